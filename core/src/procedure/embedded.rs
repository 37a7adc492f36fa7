//! The catalogue's own texts.

use super::Texts;

/// The files under `core/data`, compiled in. A new file of procedures is named here; `tests/procedures.rs` fails if
/// one is missing.
macro_rules! data {
    ($($file:literal),+ $(,)?) => {
        vec![$(($file, include_str!(concat!("../../data/procedures/", $file)))),+]
    };
}

impl Texts<'static> {
    /// The texts that come with the library.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            fields: ("fields.toml", include_str!("../../data/fields.toml")),
            roles: ("roles.toml", include_str!("../../data/roles.toml")),
            regimes: ("regimes.toml", include_str!("../../data/regimes.toml")),
            procedures: data![
                "bao-tro-xa-hoi.toml",
                "bao-ve-thuc-vat.toml",
                "bien-dao.toml",
                "bien-phap-bao-dam.toml",
                "boi-thuong-nha-nuoc.toml",
                "can-cuoc.toml",
                "chung-thuc.toml",
                "cu-tru.toml",
                "dat-dai.toml",
                "dau-thau.toml",
                "dau-tu.toml",
                "giao-duc.toml",
                "ho-kinh-doanh.toml",
                "ho-tich.toml",
                "ly-lich-tu-phap.toml",
                "moi-truong.toml",
                "nguoi-co-cong.toml",
                "quoc-tich.toml",
                "thien-tai.toml",
                "thu-y.toml",
                "van-hoa.toml",
                "xay-dung.toml",
                "xuat-nhap-canh.toml",
                "y-te.toml",
            ],
        }
    }
}
