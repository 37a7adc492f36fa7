//! The checked-in header is what the sources give. `MOTCUA_REWRITE=1 cargo test -p motcua-c --test header` writes it.

#[test]
fn the_header_has_not_drifted() {
    let here = env!("CARGO_MANIFEST_DIR");
    let config = cbindgen::Config::from_file(format!("{here}/cbindgen.toml")).unwrap();
    let mut bytes = Vec::new();
    cbindgen::Builder::new().with_crate(here).with_config(config).generate().unwrap().write(&mut bytes);
    let generated = String::from_utf8(bytes).unwrap();
    let path = format!("{here}/include/motcua.h");
    if std::env::var_os("MOTCUA_REWRITE").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == generated, "include/motcua.h has drifted; write it anew with MOTCUA_REWRITE=1");
}

#[test]
fn the_version_is_the_package_s() {
    let header = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/include/motcua.h")).unwrap();
    let number = |name: &str| {
        let line =
            header.lines().find(|line| line.starts_with(&format!("#define MOTCUA_VERSION_{name} "))).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };
    let version = [number("MAJOR"), number("MINOR"), number("PATCH")].join(".");
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}
