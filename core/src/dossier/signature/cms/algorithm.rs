//! The algorithms: a digest, a key, and whether a signature was made with it.

use super::super::SignatureError;
use der::asn1::ObjectIdentifier;
use der::referenced::OwnedToRef;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::Pkcs1v15Sign;
use rsa::traits::PublicKeyParts;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ECDSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");

/// Below this a key is too weak, above it a hostile one takes long.
const RSA_BITS: (usize, usize) = (2048, 8192);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn named(algorithm: &AlgorithmIdentifierOwned) -> Result<Self, SignatureError> {
        match algorithm.oid {
            SHA_256 => Ok(Self::Sha256),
            SHA_384 => Ok(Self::Sha384),
            SHA_512 => Ok(Self::Sha512),
            other => Err(unsupported(other)),
        }
    }

    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn padding(self) -> Pkcs1v15Sign {
        match self {
            Self::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Self::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Self::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Rsa,
    Ecdsa,
}

/// How a signature was made. The hash is absent where only the family is named, as CMS may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scheme {
    family: Family,
    pub(super) hash: Option<Hash>,
}

impl Scheme {
    pub(super) fn named(algorithm: &AlgorithmIdentifierOwned) -> Result<Self, SignatureError> {
        let (family, hash) = match algorithm.oid {
            RSA => (Family::Rsa, None),
            RSA_SHA_256 => (Family::Rsa, Some(Hash::Sha256)),
            RSA_SHA_384 => (Family::Rsa, Some(Hash::Sha384)),
            RSA_SHA_512 => (Family::Rsa, Some(Hash::Sha512)),
            ECDSA_SHA_256 => (Family::Ecdsa, Some(Hash::Sha256)),
            ECDSA_SHA_384 => (Family::Ecdsa, Some(Hash::Sha384)),
            ECDSA_SHA_512 => (Family::Ecdsa, Some(Hash::Sha512)),
            other => return Err(unsupported(other)),
        };
        Ok(Self { family, hash })
    }
}

fn unsupported(algorithm: ObjectIdentifier) -> SignatureError {
    SignatureError::UnsupportedAlgorithm { algorithm: algorithm.to_string() }
}

/// Whether `signature` was made over `message` with this key; `owner` is whose the key is, for errors.
pub(super) fn holds(
    key: &SubjectPublicKeyInfoOwned,
    owner: &str,
    scheme: Scheme,
    hash: Hash,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, SignatureError> {
    let digest = hash.of(message);
    match (scheme.family, key.algorithm.oid) {
        (Family::Rsa, RSA) => {
            let Ok(public) = rsa::PublicKey::try_from(key.owned_to_ref()) else { return Ok(false) };
            let (bits, (least, most)) = (public.size() * 8, RSA_BITS);
            if !(least..=most).contains(&bits) {
                return Err(SignatureError::KeySize { subject: owner.into(), bits, least, most });
            }
            Ok(public.verify(hash.padding(), &digest, signature).is_ok())
        }
        (Family::Ecdsa, EC) => {
            let curve = key.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as().ok());
            match curve {
                Some(P_256) => {}
                Some(other) => return Err(unsupported(other)),
                None => return Ok(false),
            }
            let point = key.subject_public_key.as_bytes().unwrap_or_default();
            let public = p256::ecdsa::VerifyingKey::from_sec1_bytes(point);
            let signature = p256::ecdsa::Signature::from_der(signature);
            let (Ok(public), Ok(signature)) = (public, signature) else { return Ok(false) };
            Ok(public.verify_prehash(&digest, &signature).is_ok())
        }
        // A key of one family, a signature of the other.
        (_, RSA | EC) => Ok(false),
        (_, other) => Err(unsupported(other)),
    }
}
