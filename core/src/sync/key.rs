//! Who an office is, to the others: an Ed25519 key (RFC 8032).

use super::SyncError;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use smol_str::SmolStr;
use std::fmt;
use std::str::FromStr;

/// The secret with which an office signs what it sends. It is as secret as the office's seal: whoever has it can write
/// bundles in the office's name.
pub struct OfficeKey(SigningKey);

impl OfficeKey {
    /// A new one.
    ///
    /// # Errors
    /// `sync.io` if the machine gives no random numbers.
    pub fn generate() -> Result<Self, SyncError> {
        let mut secret = [0; 32];
        let failed = |error: getrandom::Error| SyncError::Io { reason: error.to_string() };
        getrandom::fill(&mut secret).map_err(failed)?;
        Ok(Self::from_bytes(&secret))
    }

    /// The one of these 32 bytes.
    #[must_use]
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The 32 bytes, to be kept where nobody else reads them.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// What the other offices need to know of it.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        Hex(self.0.verifying_key().to_bytes())
    }

    pub(super) fn sign(&self, message: &[u8]) -> Signature {
        Hex(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for OfficeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OfficeKey of {}", self.public())
    }
}

/// Another office, as this one knows it: from the file or table in which a host keeps them.
///
/// ```
/// use motcua::sync::{OfficeKey, Peer};
///
/// let key = OfficeKey::from_bytes(&[7; 32]);
/// let peer: Peer = serde_json::from_str(
///     r#"{"office": "hoa-thanh", "key": "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c"}"#,
/// ).unwrap();
/// assert_eq!(peer.key, key.public());
/// assert!(!peer.passes_on);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// The office, by the id of its unit.
    pub office: SmolStr,
    /// What it signs with.
    pub key: PublicKey,
    /// Whether it is the centre, which has everything and passes on what others recorded.
    #[serde(default)]
    pub passes_on: bool,
}

/// The public half of an [`OfficeKey`]; as text 64 hexadecimal digits.
pub type PublicKey = Hex<32>;

/// A signature; as text 128 hexadecimal digits.
pub type Signature = Hex<64>;

impl PublicKey {
    /// Whether this key signed this message.
    pub(super) fn has_signed(&self, message: &[u8], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        // Strictly: no second signature can be made of one, and no key fits all messages.
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
    }
}

/// So many bytes, in hexadecimal as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex<const N: usize>(pub [u8; N]);

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no key and no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no key or signature; write {digits} hexadecimal digits")]
pub struct NoKey {
    /// The text, or its beginning.
    pub text: String,
    /// How many digits it takes.
    pub digits: usize,
}

impl<const N: usize> FromStr for Hex<N> {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let wrong = || NoKey { text: text.chars().take(200).collect(), digits: 2 * N };
        let mut bytes = [0; N];
        if text.len() != 2 * N {
            return Err(wrong());
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let mut digits = pair.iter().map(|digit| char::from(*digit).to_digit(16));
            let value = digits.try_fold(0, |value, digit| Some(value * 16 + digit?));
            *byte = value.and_then(|value| u8::try_from(value).ok()).ok_or_else(wrong)?;
        }
        Ok(Self(bytes))
    }
}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
