//! Why a signature does not hold.

use super::Digest;
use crate::moment::short;
use chrono::NaiveDateTime;
use thiserror::Error;

/// What is wrong with a container that cannot be read as one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// It is not CMS in DER.
    NotCms,
    /// It is CMS, but holds no signature.
    NotSignedData,
    /// Something other than a document was signed.
    NotADocument {
        /// The type of what was signed, an object identifier.
        kind: String,
    },
    /// It holds no signature, or several.
    Signers {
        /// How many.
        count: usize,
    },
    /// It holds more certificates than any chain has.
    Certificates {
        /// How many.
        count: usize,
    },
    /// A signed attribute is missing, there twice, or unreadable.
    Attribute {
        /// Which.
        name: &'static str,
    },
    /// Its parts name different algorithms.
    Algorithms,
    /// A certificate in it breaks the rules of certificates.
    Certificate {
        /// Whose.
        subject: String,
    },
}

impl Flaw {
    fn en(&self) -> String {
        match self {
            Self::NotCms => "it is not CMS in DER".into(),
            Self::NotSignedData => "it holds no signed data".into(),
            Self::NotADocument { kind } => format!("it signs a thing of type {kind}, not a document"),
            Self::Signers { count } => format!("it holds {count} signatures, not one"),
            Self::Certificates { count } => format!("it holds {count} certificates, more than a chain has"),
            Self::Attribute { name } => {
                format!("its signed attribute `{name}` is missing, repeated or unreadable")
            }
            Self::Algorithms => "its parts name different algorithms".into(),
            Self::Certificate { subject } => format!("the certificate of `{subject}` is broken"),
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NotCms => "không phải CMS dạng DER".into(),
            Self::NotSignedData => "không chứa dữ liệu ký".into(),
            Self::NotADocument { kind } => format!("ký một đối tượng loại {kind}, không phải văn bản"),
            Self::Signers { count } => format!("có {count} chữ ký, không phải một"),
            Self::Certificates { count } => format!("có {count} chứng thư số, nhiều hơn một chuỗi chứng thư"),
            Self::Attribute { name } => format!("thuộc tính được ký `{name}` thiếu, lặp hoặc không đọc được"),
            Self::Algorithms => "các phần nêu thuật toán khác nhau".into(),
            Self::Certificate { subject } => format!("chứng thư số của `{subject}` bị lỗi"),
        }
    }
}

/// Why a signature does not hold; [`SignatureError::code`] is stable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum SignatureError {
    #[error("the signature cannot be read: {}; have it made again as one detached CMS signature in DER", flaw.en())]
    Malformed { flaw: Flaw },
    #[error(
        "the signature has {bytes} bytes; one with its certificates has at most {limit}, so leave out the rest"
    )]
    TooLarge { bytes: usize, limit: usize },
    #[error(
        "the content is not what was signed (digest {given}, signed {signed}); take the signed file, or sign this one"
    )]
    DigestDiffers { signed: String, given: String },
    #[error("the signature was not made with the key of `{signer}`; have it signed again")]
    NotSignedBy { signer: String },
    #[error("the signature says it was made at {}, after {}; check the signer's clock", short(*signed), short(*at))]
    SignedLater { signed: NaiveDateTime, at: NaiveDateTime },
    #[error("the signature does not hold the certificate it was made with; have it added when signing")]
    NoCertificate,
    #[error(
        "the certificate of `{subject}` is valid until {}, not at {}; have it renewed, then sign again",
        short(*until), short(*at)
    )]
    CertificateExpired { subject: String, until: NaiveDateTime, at: NaiveDateTime },
    #[error(
        "the certificate of `{subject}` is valid from {}, not at {}; check the moment, or sign again",
        short(*from), short(*at)
    )]
    CertificateNotYetValid { subject: String, from: NaiveDateTime, at: NaiveDateTime },
    #[error("the certificate of `{subject}` is not for signing documents; sign with one that is")]
    CertificateUnfit { subject: String },
    #[error(
        "no trusted authority stands behind `{signer}`, issued by `{issuer}`; add its authority to the anchors if it is to be trusted"
    )]
    Untrusted { signer: String, issuer: String },
    #[error("`{issuer}` may not issue the certificates under it; have them issued by an authority that may")]
    IssuerUnfit { issuer: String },
    #[error(
        "the certificate of `{subject}` restricts itself by {extension}, which cannot be checked; use another verifier"
    )]
    UnsupportedExtension { subject: String, extension: String },
    #[error(
        "the algorithm {algorithm} is not supported; sign with RSA or ECDSA P-256, and SHA-256 or longer"
    )]
    UnsupportedAlgorithm { algorithm: String },
    #[error("the key of `{subject}` has {bits} bits; RSA takes {least} to {most}")]
    KeySize { subject: String, bits: usize, least: usize, most: usize },
    #[error(
        "officer `{officer}` did not sign: the certificate {certificate} of `{signer}` is not registered for them; register it, or have them sign"
    )]
    SignerIsNot { officer: String, signer: String, certificate: Digest },
    #[error("the certificate of `{subject}` was revoked at {}; have it signed with another", short(*since))]
    Revoked { subject: String, since: NaiveDateTime },
    #[error("the signature could not be verified: {reason}; try again")]
    Unavailable { reason: String },
    #[error("anchor {number} is no certificate; give DER or PEM")]
    Anchor { number: usize },
}

impl SignatureError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "signature.malformed",
            Self::TooLarge { .. } => "signature.too_large",
            Self::DigestDiffers { .. } => "signature.digest_differs",
            Self::NotSignedBy { .. } => "signature.not_signed_by",
            Self::SignedLater { .. } => "signature.signed_later",
            Self::NoCertificate => "signature.no_certificate",
            Self::CertificateExpired { .. } => "signature.certificate_expired",
            Self::CertificateNotYetValid { .. } => "signature.certificate_not_yet_valid",
            Self::CertificateUnfit { .. } => "signature.certificate_unfit",
            Self::Untrusted { .. } => "signature.untrusted",
            Self::IssuerUnfit { .. } => "signature.issuer_unfit",
            Self::UnsupportedExtension { .. } => "signature.unsupported_extension",
            Self::UnsupportedAlgorithm { .. } => "signature.unsupported_algorithm",
            Self::KeySize { .. } => "signature.key_size",
            Self::SignerIsNot { .. } => "signature.signer_is_not",
            Self::Revoked { .. } => "signature.revoked",
            Self::Unavailable { .. } => "signature.unavailable",
            Self::Anchor { .. } => "signature.anchor",
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Malformed { flaw } => {
                format!(
                    "không đọc được chữ ký số: {}; hãy ký lại thành một chữ ký CMS rời dạng DER",
                    flaw.vi()
                )
            }
            Self::TooLarge { bytes, limit } => {
                format!("chữ ký số dài {bytes} byte, tối đa là {limit} kể cả chứng thư; hãy bỏ phần thừa")
            }
            Self::DigestDiffers { signed, given } => format!(
                "nội dung không phải là nội dung đã ký (mã băm {given}, đã ký {signed}); hãy lấy đúng tệp đã ký hoặc ký tệp này"
            ),
            Self::NotSignedBy { signer } => {
                format!("chữ ký không được tạo bằng khóa của `{signer}`; hãy ký lại")
            }
            Self::SignedLater { signed, at } => format!(
                "chữ ký ghi thời điểm ký {}, sau {}; hãy kiểm tra đồng hồ của người ký",
                short(*signed),
                short(*at)
            ),
            Self::NoCertificate => "chữ ký không kèm chứng thư số của người ký; hãy kèm theo khi ký".into(),
            Self::CertificateExpired { subject, until, at } => format!(
                "chứng thư số của `{subject}` có hiệu lực đến {}, không còn hiệu lực lúc {}; hãy gia hạn rồi ký lại",
                short(*until),
                short(*at)
            ),
            Self::CertificateNotYetValid { subject, from, at } => format!(
                "chứng thư số của `{subject}` có hiệu lực từ {}, chưa có hiệu lực lúc {}; hãy kiểm tra thời điểm hoặc ký lại",
                short(*from),
                short(*at)
            ),
            Self::CertificateUnfit { subject } => format!(
                "chứng thư số của `{subject}` không dùng để ký văn bản; hãy ký bằng chứng thư số phù hợp"
            ),
            Self::Untrusted { signer, issuer } => format!(
                "không có tổ chức tin cậy nào bảo đảm cho `{signer}` do `{issuer}` cấp; hãy thêm tổ chức đó vào danh sách tin cậy nếu đúng"
            ),
            Self::IssuerUnfit { issuer } => format!(
                "`{issuer}` không được phép cấp chứng thư số bên dưới; hãy dùng chứng thư số do tổ chức có thẩm quyền cấp"
            ),
            Self::UnsupportedExtension { subject, extension } => format!(
                "chứng thư số của `{subject}` có giới hạn {extension} không kiểm tra được; hãy dùng công cụ kiểm tra khác"
            ),
            Self::UnsupportedAlgorithm { algorithm } => format!(
                "thuật toán {algorithm} không được hỗ trợ; hãy ký bằng RSA hoặc ECDSA P-256 với SHA-256 trở lên"
            ),
            Self::KeySize { subject, bits, least, most } => {
                format!("khóa của `{subject}` dài {bits} bit; RSA phải từ {least} đến {most} bit")
            }
            Self::SignerIsNot { officer, signer, certificate } => format!(
                "cán bộ `{officer}` không phải người ký: chứng thư số {certificate} của `{signer}` chưa được đăng ký cho họ; hãy đăng ký hoặc để họ ký"
            ),
            Self::Revoked { subject, since } => format!(
                "chứng thư số của `{subject}` đã bị thu hồi lúc {}; hãy ký bằng chứng thư số khác",
                short(*since)
            ),
            Self::Unavailable { reason } => format!("chưa kiểm tra được chữ ký số: {reason}; hãy thử lại"),
            Self::Anchor { number } => {
                format!("chứng thư tin cậy thứ {number} không đọc được; hãy dùng dạng DER hoặc PEM")
            }
        }
    }
}
