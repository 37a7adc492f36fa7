//! Where a dossier stands.

use serde::{Deserialize, Serialize};

/// The ten states of the national public service portal, with its numbers.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Mới đăng ký.
    Submitted = 1,
    /// Được tiếp nhận.
    Received = 2,
    /// Không được tiếp nhận.
    NotReceived = 3,
    /// Đang xử lý.
    InProgress = 4,
    /// Yêu cầu bổ sung giấy tờ.
    SupplementRequested = 5,
    /// Yêu cầu thực hiện nghĩa vụ tài chính.
    PaymentRequested = 6,
    /// Công dân yêu cầu rút hồ sơ.
    Withdrawn = 7,
    /// Dừng xử lý.
    Discontinued = 8,
    /// Đã xử lý xong.
    Resolved = 9,
    /// Đã trả kết quả.
    Delivered = 10,
}

impl Status {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The name on the national portal.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            Self::Submitted => "Mới đăng ký",
            Self::Received => "Được tiếp nhận",
            Self::NotReceived => "Không được tiếp nhận",
            Self::InProgress => "Đang xử lý",
            Self::SupplementRequested => "Yêu cầu bổ sung giấy tờ",
            Self::PaymentRequested => "Yêu cầu thực hiện nghĩa vụ tài chính",
            Self::Withdrawn => "Công dân yêu cầu rút hồ sơ",
            Self::Discontinued => "Dừng xử lý",
            Self::Resolved => "Đã xử lý xong",
            Self::Delivered => "Đã trả kết quả",
        }
    }

    /// The number of the state on the national portal, 1 to 10.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Whether the applicant is asked for something, and the work waits for it.
    pub(super) fn is_asked(self) -> bool {
        matches!(self, Self::SupplementRequested | Self::PaymentRequested)
    }

    /// Whether the office has nothing more to decide: refused, withdrawn, discontinued, resolved or delivered.
    #[must_use]
    pub fn is_ended(self) -> bool {
        matches!(
            self,
            Self::NotReceived | Self::Withdrawn | Self::Discontinued | Self::Resolved | Self::Delivered
        )
    }
}
