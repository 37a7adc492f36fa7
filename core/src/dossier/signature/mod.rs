//! Digital signatures (chữ ký số): what an event keeps of one, and how it is verified.
//!
//! A signed document is three things: its content, a container (CMS, *detached*: without the content) that holds the
//! signature, and the [`Signature`] that the event `sign` keeps. Content and container stay with the host, who finds
//! them by their digests. The container is not in the event since it is ten times as long as all the rest of it, and
//! events are read again for each report; and nothing is lost by that: whoever has content and container can verify
//! them anew, and the digests in the event say that they are the same.
//!
//! A host verifies a signature before it sends `sign`, through a [`Verifier`]: its own (a service of the state, a
//! device), or `CmsVerifier`, with the feature `cms`. Then it asks whether the certificate is one of the officer's:
//!
//! ```
//! use motcua::dossier::signature::{Digest, Signature, SignatureError, Verifier};
//! use motcua::moment;
//!
//! /// Trusts whatever it is given: for a rehearsal.
//! struct Rehearsal;
//!
//! impl Verifier for Rehearsal {
//!     fn verify(
//!         &self,
//!         content: &[u8],
//!         cms: &[u8],
//!         at: chrono::NaiveDateTime,
//!     ) -> Result<Signature, SignatureError> {
//!         Ok(Signature {
//!             content: Digest::of(content),
//!             container: Digest::of(cms),
//!             signer: "CN=Nguyễn Thị Hoa,O=UBND xã Hoa Thành,C=VN".into(),
//!             certificate: Digest::of(b"the certificate"),
//!             issuer: "CN=Rehearsal,C=VN".into(),
//!             serial: "01".into(),
//!             at,
//!         })
//!     }
//! }
//!
//! let at = moment::parse("2026-03-02 09:00").unwrap();
//! let signature = Rehearsal.verify(b"Decision 12", b"container", at)?;
//! let registered = [Digest::of(b"the certificate")];
//! signature.must_be_of("hoa", &registered)?;
//!
//! // Years later: is this what was signed?
//! signature.must_cover(b"Decision 12")?;
//! assert_eq!(signature.must_cover(b"Decision 13").unwrap_err().code(), "signature.digest_differs");
//! # Ok::<(), SignatureError>(())
//! ```

#[cfg(feature = "cms")]
mod cms;
mod digest;
mod error;

#[cfg(feature = "cms")]
pub use cms::{CmsVerifier, MAX_CONTAINER};
pub use digest::{Digest, NoDigest};
pub use error::{Flaw, SignatureError};

use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// What an event keeps of a verified signature: what was signed, by whom, with which certificate, when. A few hundred
/// bytes; the certificate and what else proves it are in the container that `container` finds.
///
/// ```
/// # use motcua::dossier::signature::Signature;
/// let json = r#"{
///     "content": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
///     "container": "cb8379ac2098aa165029e3938a51da0bcecfc008fd6795f401178647f96c5b34",
///     "signer": "CN=Nguyễn Thị Hoa,O=UBND xã Hoa Thành,C=VN",
///     "certificate": "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
///     "issuer": "CN=CA,C=VN",
///     "serial": "54010b7c",
///     "at": "2026-03-02T09:00:00+07:00"
/// }"#;
/// let signature: Signature = serde_json::from_str(json).unwrap();
/// assert_eq!(signature.serial, "54010b7c");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// SHA-256 of what was signed.
    pub content: Digest,
    /// SHA-256 of the container, which the host keeps beside the content.
    pub container: Digest,
    /// The signer as the certificate names it (RFC 4514).
    pub signer: String,
    /// SHA-256 of the certificate, its fingerprint.
    pub certificate: Digest,
    /// The authority that issued the certificate, as it names itself (RFC 4514).
    pub issuer: String,
    /// The number that the authority gave the certificate, in hexadecimal: under it and the issuer's name a
    /// revocation is published.
    pub serial: String,
    /// When it was signed, Vietnam time, as the signer's software says; if it says nothing, when it was verified for.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
}

impl Signature {
    /// Whether this content is what was signed.
    ///
    /// # Errors
    /// `signature.digest_differs`.
    pub fn must_cover(&self, content: &[u8]) -> Result<(), SignatureError> {
        let given = Digest::of(content);
        if given == self.content {
            return Ok(());
        }
        Err(SignatureError::DigestDiffers { signed: self.content.to_string(), given: given.to_string() })
    }

    /// Whether the certificate is among those registered for this officer. A name is not enough: two people may have
    /// the same.
    ///
    /// # Errors
    /// `signature.signer_is_not`.
    pub fn must_be_of(&self, officer: &str, registered: &[Digest]) -> Result<(), SignatureError> {
        if registered.contains(&self.certificate) {
            return Ok(());
        }
        Err(SignatureError::SignerIsNot {
            officer: officer.into(),
            signer: self.signer.clone(),
            certificate: self.certificate,
        })
    }
}

/// Verifies signatures; a host implements it.
pub trait Verifier {
    /// Verifies that the container holds a signature on this content, by a certificate that is trusted at `at`.
    ///
    /// `at` (Vietnam time) is the moment at which the host knows the signature to have been there: when it came in, or
    /// what a time stamp proves. A certificate has to be valid then. The moment that a signer's software writes is the
    /// signer's word only, and goes into [`Signature::at`].
    ///
    /// # Errors
    /// Why it does not hold.
    fn verify(&self, content: &[u8], cms: &[u8], at: NaiveDateTime) -> Result<Signature, SignatureError>;
}
