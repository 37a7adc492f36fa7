//! Signatures in CMS (RFC 5652) with certificates after X.509 (RFC 5280), by the crates of RustCrypto.

mod algorithm;
mod certificate;
mod chain;

use super::{Digest, Flaw, Signature, SignatureError, Verifier, digest::hexadecimal};
use crate::moment;
use algorithm::{Hash, Scheme};
use certificate::Held;
use chrono::{DateTime, NaiveDateTime, TimeDelta};
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedAttributes, SignedData, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Any, Decode, Encode, Header, Reader, Sequence, SliceReader, Tag, Tagged};
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

/// The longest container that is read, in bytes; one with its certificates has a few thousand, one with lists of
/// revocations some hundred thousand.
pub const MAX_CONTAINER: usize = 1 << 20;

/// More certificates than this are in no chain.
const MOST_CERTIFICATES: usize = 16;

/// By this much a signer's clock may be fast.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// Verifies CMS signatures against authorities that the host trusts.
///
/// What is checked:
///
/// - the container: one signer, at most [`MAX_CONTAINER`] bytes of DER; attached content, if any, is the content given;
/// - the signed attributes: type, digest and, if there, moment and certificate (CAdES);
/// - the signature: RSA (PKCS #1 v1.5, 2048 to 8192 bits) or ECDSA on P-256, with SHA-256, SHA-384 or SHA-512;
/// - the signer's certificate: valid at `at` and when it signed, and for signing documents;
/// - the chain to an anchor, with at most three authorities between: each may issue certificates, is valid at `at`, and
///   has no critical restriction that is not understood. An anchor may be a root, an authority under it, or the
///   certificate of an officer.
///
/// What is **not** checked: whether a certificate was **revoked**. That takes a list or an answer of the authority, from
/// the net, at that moment; a host asks for it by [`Signature::issuer`] and [`Signature::serial`], and has
/// [`SignatureError::Revoked`] to say so. Nor are time stamps read: the moment is the host's.
///
/// ```no_run
/// use motcua::dossier::signature::{CmsVerifier, Verifier};
///
/// let verifier = CmsVerifier::new(&[&std::fs::read("root.pem")?])?;
/// let (decision, container) = (std::fs::read("decision.pdf")?, std::fs::read("decision.p7s")?);
/// let at = motcua::moment::parse("2026-03-02 09:00").unwrap();
/// let signature = verifier.verify(&decision, &container, at)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CmsVerifier {
    anchors: Vec<Held>,
}

impl CmsVerifier {
    /// A verifier that trusts these: certificates in DER or PEM; one PEM may hold several.
    ///
    /// # Errors
    /// `signature.anchor`.
    pub fn new(anchors: &[&[u8]]) -> Result<Self, SignatureError> {
        let mut read = Vec::new();
        for (index, bytes) in anchors.iter().enumerate() {
            read.extend(certificates(bytes).ok_or(SignatureError::Anchor { number: index + 1 })?);
        }
        Ok(Self { anchors: read })
    }
}

impl Verifier for CmsVerifier {
    fn verify(&self, content: &[u8], cms: &[u8], at: NaiveDateTime) -> Result<Signature, SignatureError> {
        let Container { attached, sent, signer } = Container::read(cms)?;
        if let Some(attached) = attached.filter(|attached| attached != content) {
            let (signed, given) = (Digest::of(&attached).to_string(), Digest::of(content).to_string());
            return Err(SignatureError::DigestDiffers { signed, given });
        }

        let hash = Hash::named(&signer.digest_alg)?;
        let scheme = Scheme::named(&signer.signature_algorithm)?;
        if scheme.hash.is_some_and(|named| named != hash) {
            return Err(malformed(Flaw::Algorithms));
        }
        let attributes = Attributes::read(signer.signed_attrs.as_ref())?;
        let given = hash.of(content);
        if given != attributes.digest {
            let (signed, given) = (hexadecimal(&attributes.digest), hexadecimal(&given));
            return Err(SignatureError::DigestDiffers { signed, given });
        }

        let own = sent.iter().chain(&self.anchors).find(|one| one.is(&signer.sid));
        let own = own.ok_or(SignatureError::NoCertificate)?;
        let not_theirs = || SignatureError::NotSignedBy { signer: own.subject() };
        if !own.signed(scheme, hash, &attributes.der, signer.signature.as_bytes())? {
            return Err(not_theirs());
        }
        if let Some((hash, certificate)) = &attributes.certificate
            && *certificate != hash.of(&own.der)
        {
            return Err(not_theirs());
        }

        let signed = attributes.at.unwrap_or(moment::whole(at));
        if signed.signed_duration_since(at) > CLOCKS_DIFFER {
            return Err(SignatureError::SignedLater { signed, at });
        }
        own.valid_at(at)?;
        own.valid_at(signed)?;
        own.fit_to_sign()?;
        chain::trusted(own, &sent, &self.anchors, at)?;
        Ok(Signature {
            content: Digest::of(content),
            container: Digest::of(cms),
            signer: own.tbs().subject().to_string(),
            certificate: own.digest(),
            issuer: own.tbs().issuer().to_string(),
            serial: hexadecimal(own.tbs().serial_number().as_bytes()),
            at: signed,
        })
    }
}

fn malformed(flaw: Flaw) -> SignatureError {
    SignatureError::Malformed { flaw }
}

/// The parts of a container.
struct Container {
    attached: Option<Vec<u8>>,
    sent: Vec<Held>,
    signer: SignerInfo,
}

impl Container {
    fn read(cms: &[u8]) -> Result<Self, SignatureError> {
        if cms.len() > MAX_CONTAINER {
            return Err(SignatureError::TooLarge { bytes: cms.len(), limit: MAX_CONTAINER });
        }
        let unreadable = |_| malformed(Flaw::NotCms);
        let outer = ContentInfo::from_der(cms).map_err(unreadable)?;
        if outer.content_type != SIGNED_DATA {
            return Err(malformed(Flaw::NotSignedData));
        }
        let inner = outer.content.to_der().map_err(unreadable)?;
        let data = SignedData::from_der(&inner).map_err(unreadable)?;

        // A time stamp or a message of another protocol is signed too; only documents are taken for documents.
        let kind = data.encap_content_info.econtent_type;
        if kind != DATA {
            return Err(malformed(Flaw::NotADocument { kind: kind.to_string() }));
        }
        let attached = match data.encap_content_info.econtent {
            Some(content) if content.tag() == Tag::OctetString => Some(content.value().to_vec()),
            Some(_) => return Err(malformed(Flaw::NotCms)),
            None => None,
        };
        let mut signers = data.signer_infos.0.into_vec();
        let count = signers.len();
        let Some(signer) = signers.pop().filter(|_| count == 1) else {
            return Err(malformed(Flaw::Signers { count }));
        };
        let sent = sent_certificates(&inner).map_err(unreadable)?;
        if sent.len() > MOST_CERTIFICATES {
            return Err(malformed(Flaw::Certificates { count: sent.len() }));
        }
        let sent: Option<_> = sent.into_iter().map(Held::read).collect();
        Ok(Self { attached, sent: sent.ok_or(malformed(Flaw::NotCms))?, signer })
    }
}

/// The certificates in a `SignedData`, as they were sent: to write them anew might change them.
fn sent_certificates(data: &[u8]) -> der::Result<Vec<&[u8]>> {
    let mut found = Vec::new();
    let mut fields = SliceReader::new(data)?;
    Header::decode(&mut fields)?;
    while !fields.is_finished() {
        let field = fields.tlv_bytes()?;
        // [0], the set of certificates.
        if field.first() != Some(&0xa0) {
            continue;
        }
        let mut set = SliceReader::new(field)?;
        Header::decode(&mut set)?;
        while !set.is_finished() {
            let one = set.tlv_bytes()?;
            // Other kinds of certificates have other tags.
            found.extend((one.first() == Some(&0x30)).then_some(one));
        }
    }
    Ok(found)
}

/// What was signed beside the digest.
struct Attributes {
    /// As they are signed.
    der: Vec<u8>,
    digest: Vec<u8>,
    at: Option<NaiveDateTime>,
    /// Digest of the signer's certificate (CAdES).
    certificate: Option<(Hash, Vec<u8>)>,
}

#[derive(Sequence)]
struct SigningCertificate {
    certificates: Vec<CertificateDigest>,
    policies: Option<Any>,
}

#[derive(Sequence)]
struct CertificateDigest {
    algorithm: Option<AlgorithmIdentifierOwned>,
    digest: OctetString,
    issuer: Option<Any>,
}

impl Attributes {
    /// A signature without signed attributes is refused: it could be that of another message's attributes.
    fn read(attributes: Option<&SignedAttributes>) -> Result<Self, SignatureError> {
        let missing = |name| malformed(Flaw::Attribute { name });
        let attributes = attributes.ok_or(missing("message-digest"))?;
        let kind: ObjectIdentifier =
            only(attributes, CONTENT_TYPE, "content-type")?.ok_or(missing("content-type"))?;
        if kind != DATA {
            return Err(malformed(Flaw::NotADocument { kind: kind.to_string() }));
        }
        let digest: OctetString =
            only(attributes, MESSAGE_DIGEST, "message-digest")?.ok_or(missing("message-digest"))?;
        let at = match only::<Time>(attributes, SIGNING_TIME, "signing-time")? {
            Some(time) => Some(vietnam(time).ok_or(missing("signing-time"))?),
            None => None,
        };
        let name = "signing-certificate-v2";
        let certificate = match only::<SigningCertificate>(attributes, SIGNING_CERTIFICATE, name)? {
            // The first is the signer's; the others, if any, its chain.
            Some(all) => {
                let first = all.certificates.into_iter().next().ok_or(missing(name))?;
                let hash = first.algorithm.as_ref().map_or(Ok(Hash::Sha256), Hash::named)?;
                Some((hash, first.digest.as_bytes().to_vec()))
            }
            None => None,
        };
        let der = attributes.to_der().map_err(|_| malformed(Flaw::NotCms))?;
        Ok(Self { der, digest: digest.as_bytes().to_vec(), at, certificate })
    }
}

/// The one value of an attribute that may be there once.
fn only<T: for<'a> Decode<'a>>(
    attributes: &SignedAttributes,
    kind: ObjectIdentifier,
    name: &'static str,
) -> Result<Option<T>, SignatureError> {
    let unreadable = || malformed(Flaw::Attribute { name });
    let mut found = attributes.iter().filter(|attribute| attribute.oid == kind);
    let Some(attribute) = found.next() else { return Ok(None) };
    if found.next().is_some() || attribute.values.len() != 1 {
        return Err(unreadable());
    }
    let value = attribute.values.get(0).and_then(|value| value.to_der().ok()).ok_or_else(unreadable)?;
    T::from_der(&value).map(Some).map_err(|_| unreadable())
}

/// In Vietnam time.
fn vietnam(time: Time) -> Option<NaiveDateTime> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
    DateTime::from_timestamp(seconds, 0)?.naive_utc().checked_add_signed(TimeDelta::hours(7))
}

/// The certificates of a file.
fn certificates(file: &[u8]) -> Option<Vec<Held>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let Some(mut text) = std::str::from_utf8(file).ok().filter(|text| text.contains(BEGIN)) else {
        return Some(vec![Held::read(file)?]);
    };
    let mut found = Vec::new();
    while let Some((_, rest)) = text.split_once(BEGIN) {
        let (body, rest) = rest.split_once(END)?;
        let (_, der) = der::pem::decode_vec(format!("{BEGIN}{body}{END}").as_bytes()).ok()?;
        found.push(Held::read(&der)?);
        text = rest;
    }
    Some(found)
}
