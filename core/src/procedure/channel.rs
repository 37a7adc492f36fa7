use serde::{Deserialize, Serialize};

/// The way in which an applicant hands in a dossier (NĐ 118/2025 Đ15).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Channel {
    /// At the counter (trực tiếp).
    Counter,
    /// On the portal (trực tuyến).
    Online,
    /// By the public post (bưu chính công ích).
    Post,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Counter, Self::Online, Self::Post];
}
