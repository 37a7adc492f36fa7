//! One certificate, with the very bytes that were signed and digested.

use super::super::{Digest, Flaw, SignatureError};
use super::algorithm::{self, Hash, Scheme};
use super::vietnam;
use chrono::NaiveDateTime;
use cms::signed_data::SignerIdentifier;
use der::asn1::ObjectIdentifier;
use der::oid::AssociatedOid;
use der::{Decode, Header, Reader, SliceReader};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier};
use x509_cert::{Certificate, TbsCertificate};

/// Longer names are cut off in errors: what a hostile file says should not fill a log.
const SHOWN: usize = 200;

/// Extensions that are checked, or that only tell where to find something. A critical one beyond these restricts the
/// certificate in a way that nobody here looks at.
const UNDERSTOOD: [ObjectIdentifier; 9] = [
    BasicConstraints::OID,
    KeyUsage::OID,
    ExtendedKeyUsage::OID,
    SubjectKeyIdentifier::OID,
    ObjectIdentifier::new_unwrap("2.5.29.35"), // authority key identifier
    ObjectIdentifier::new_unwrap("2.5.29.17"), // subject alternative name
    ObjectIdentifier::new_unwrap("2.5.29.31"), // where revocations are published
    ObjectIdentifier::new_unwrap("2.5.29.32"), // policies
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.1"), // where the authority is found
];

/// Purposes that are signing a document: any, mail, documents (RFC 9336), documents (Microsoft).
const SIGNING: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("2.5.29.37.0"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.12"),
];

#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) der: Vec<u8>,
    /// The part that its issuer signed, as it was sent: what is written anew might differ.
    signed: Vec<u8>,
    parsed: Certificate,
}

impl Held {
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let parsed = Certificate::from_der(der).ok()?;
        let mut reader = SliceReader::new(der).ok()?;
        Header::decode(&mut reader).ok()?;
        let signed = reader.tlv_bytes().ok()?.to_vec();
        Some(Self { der: der.to_vec(), signed, parsed })
    }

    pub(super) fn tbs(&self) -> &TbsCertificate {
        self.parsed.tbs_certificate()
    }

    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.der)
    }

    pub(super) fn subject(&self) -> String {
        shown(&self.tbs().subject().to_string())
    }

    pub(super) fn issuer(&self) -> String {
        shown(&self.tbs().issuer().to_string())
    }

    pub(super) fn is(&self, signer: &SignerIdentifier) -> bool {
        match signer {
            SignerIdentifier::IssuerAndSerialNumber(named) => {
                named.issuer == *self.tbs().issuer() && named.serial_number == *self.tbs().serial_number()
            }
            SignerIdentifier::SubjectKeyIdentifier(key) => self
                .tbs()
                .get_extension::<SubjectKeyIdentifier>()
                .is_ok_and(|own| own.is_some_and(|(_, own)| own == *key)),
        }
    }

    /// Whether this key made the signature.
    pub(super) fn signed(
        &self,
        scheme: Scheme,
        hash: Hash,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, SignatureError> {
        let key = self.tbs().subject_public_key_info();
        algorithm::holds(key, &self.subject(), scheme, hash, message, signature)
    }

    /// Whether this key signed the other certificate.
    pub(super) fn issued(&self, other: &Self) -> Result<bool, SignatureError> {
        let named = other.parsed.signature_algorithm();
        if named != other.tbs().signature() {
            return Err(other.broken());
        }
        let scheme = Scheme::named(named)?;
        let (Some(hash), Some(signature)) = (scheme.hash, other.parsed.signature().as_bytes()) else {
            return Err(other.broken());
        };
        self.signed(scheme, hash, &other.signed, signature)
    }

    pub(super) fn valid_at(&self, at: NaiveDateTime) -> Result<(), SignatureError> {
        let validity = self.tbs().validity();
        let (from, until) = (vietnam(validity.not_before), vietnam(validity.not_after));
        let (Some(from), Some(until)) = (from, until) else { return Err(self.broken()) };
        if at < from {
            return Err(SignatureError::CertificateNotYetValid { subject: self.subject(), from, at });
        }
        if at > until {
            return Err(SignatureError::CertificateExpired { subject: self.subject(), until, at });
        }
        Ok(())
    }

    /// May it sign documents?
    pub(super) fn fit_to_sign(&self) -> Result<(), SignatureError> {
        self.understood()?;
        let usage = self.extension::<KeyUsage>()?;
        let signs = usage.is_none_or(|usage| usage.digital_signature() || usage.non_repudiation());
        let purposes = self.extension::<ExtendedKeyUsage>()?;
        let for_documents =
            purposes.is_none_or(|purposes| purposes.0.iter().any(|one| SIGNING.contains(one)));
        if signs && for_documents {
            return Ok(());
        }
        Err(SignatureError::CertificateUnfit { subject: self.subject() })
    }

    /// May it issue a certificate with this many authorities between it and the signer?
    pub(super) fn fit_to_issue(&self, between: u8) -> Result<(), SignatureError> {
        self.understood()?;
        let usage = self.extension::<KeyUsage>()?;
        let authority = self
            .extension::<BasicConstraints>()?
            .is_some_and(|basic| basic.ca && basic.path_len_constraint.is_none_or(|most| between <= most));
        if authority && usage.is_none_or(|usage| usage.key_cert_sign()) {
            return Ok(());
        }
        Err(SignatureError::IssuerUnfit { issuer: self.subject() })
    }

    fn understood(&self) -> Result<(), SignatureError> {
        let extensions = self.tbs().extensions().map(Vec::as_slice).unwrap_or_default();
        match extensions.iter().find(|one| one.critical && !UNDERSTOOD.contains(&one.extn_id)) {
            Some(one) => Err(SignatureError::UnsupportedExtension {
                subject: self.subject(),
                extension: one.extn_id.to_string(),
            }),
            None => Ok(()),
        }
    }

    fn extension<'a, T: Decode<'a, Error = der::Error> + AssociatedOid>(
        &'a self,
    ) -> Result<Option<T>, SignatureError> {
        let found = self.tbs().get_extension::<T>().map_err(|_| self.broken())?;
        Ok(found.map(|(_, extension)| extension))
    }

    fn broken(&self) -> SignatureError {
        SignatureError::Malformed { flaw: Flaw::Certificate { subject: self.subject() } }
    }
}

fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.into(),
    }
}
