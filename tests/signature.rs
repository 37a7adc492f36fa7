//! Signatures: real ones, made by OpenSSL, and what becomes of them when anything about them is wrong.

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use cms::cert::x509::attr::Attribute;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerInfos};
use der::asn1::SetOfVec;
use der::{Any, Decode, Encode};
use motcua::dossier::signature::{
    CmsVerifier, Digest, Flaw, MAX_CONTAINER, Signature, SignatureError, Verifier,
};
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use tempfile::TempDir;

const CONTENT: &[u8] = "Quyết định số 12/QĐ-UBND: cấp giấy chứng nhận.\n".as_bytes();
const SIGNS: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n";
const ISSUES: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";
const WHEN: (&str, &str) = ("20240101000000Z", "24000101000000Z");

static PKI: LazyLock<Pki> = LazyLock::new(Pki::new);

/// Authorities and signers: `root` (RSA) over `sub` (ECDSA) over the officers; `elsewhere`, which nobody trusts.
struct Pki {
    folder: TempDir,
}

impl Pki {
    fn new() -> Self {
        let pki = Self { folder: TempDir::new().unwrap() };
        let of = ["C", "O", "CN"].map(|part| format!("{part} = optional\n")).concat();
        let config = format!(
            "[ca]\ndefault_ca = here\n[here]\nnew_certs_dir = issued\ndatabase = index\nunique_subject = no\nrand_serial = yes\n\
             default_md = sha256\npolicy = any\n[any]\n{of}[req]\ndistinguished_name = name\n[name]\n"
        );
        fs::write(pki.path("config"), config).unwrap();
        fs::create_dir(pki.path("issued")).unwrap();
        fs::write(pki.path("index"), "").unwrap();
        fs::write(pki.path("content"), CONTENT).unwrap();
        fs::write(pki.path("other"), b"another").unwrap();

        pki.issue("root", "root", "rsa", ISSUES, WHEN);
        pki.issue("sub", "root", "ec", &ISSUES.replace("CA:TRUE", "CA:TRUE,pathlen:0"), WHEN);
        pki.issue("hoa", "sub", "ec", SIGNS, WHEN);
        pki.issue("binh", "sub", "rsa", SIGNS, WHEN);
        pki.issue("an", "root", "rsa", SIGNS, WHEN);
        pki.issue("past", "sub", "ec", SIGNS, ("20240101000000Z", "20250101000000Z"));
        pki.issue("future", "sub", "ec", SIGNS, ("23900101000000Z", "24000101000000Z"));
        pki.issue("server", "sub", "ec", &format!("{SIGNS}extendedKeyUsage=serverAuth\n"), WHEN);
        pki.issue("mail", "sub", "ec", &format!("{SIGNS}extendedKeyUsage=emailProtection\n"), WHEN);
        pki.issue("cipher", "sub", "ec", "keyUsage=keyAgreement\n", WHEN);
        pki.issue("critical", "sub", "ec", &format!("{SIGNS}1.2.3.4=critical,DER:0500\n"), WHEN);
        pki.issue("weak", "sub", "rsa:1024", SIGNS, WHEN);
        pki.issue("curve", "sub", "ec:P-384", SIGNS, WHEN);
        pki.issue("elsewhere", "elsewhere", "ec", ISSUES, WHEN);
        pki.issue("mallory", "elsewhere", "ec", SIGNS, WHEN);
        pki.issue("by-officer", "binh", "ec", SIGNS, WHEN);
        pki.issue("too-deep", "sub", "ec", ISSUES, WHEN);
        pki.issue("by-too-deep", "too-deep", "ec", SIGNS, WHEN);
        pki.issue("old-sub", "root", "ec", ISSUES, ("20240101000000Z", "20250101000000Z"));
        pki.issue("by-old-sub", "old-sub", "ec", SIGNS, WHEN);
        for (issuer, name) in [("root", "a1"), ("a1", "a2"), ("a2", "a3"), ("a3", "a4")] {
            pki.issue(name, issuer, "ec", ISSUES, WHEN);
        }
        pki.issue("by-a3", "a3", "ec", SIGNS, WHEN);
        pki.issue("by-a4", "a4", "ec", SIGNS, WHEN);
        pki
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Runs OpenSSL; words are parted by spaces.
    fn openssl(&self, words: &str, more: &[&str]) {
        let output = Command::new("openssl")
            .args(words.split_whitespace().chain(more.iter().copied()))
            .current_dir(self.folder.path())
            .output()
            .expect("the tests of signatures need openssl; run .ci/setup");
        assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn issue(&self, name: &str, issuer: &str, key: &str, extensions: &str, (from, until): (&str, &str)) {
        let (kind, size) = key.split_once(':').unwrap_or((key, if key == "rsa" { "2048" } else { "P-256" }));
        let (kind, option) = match kind {
            "rsa" => ("RSA", format!("rsa_keygen_bits:{size}")),
            _ => ("EC", format!("ec_paramgen_curve:{size}")),
        };
        let extensions = format!("subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n{extensions}");
        fs::write(self.path("extensions"), extensions).unwrap();
        self.openssl(&format!("genpkey -algorithm {kind} -pkeyopt {option} -out {name}.key"), &[]);
        let subject = format!("/C=VN/O=UBND xã Hoa Thành/CN={name}");
        self.openssl(
            &format!("req -new -config config -key {name}.key -out {name}.csr -utf8 -subj"),
            &[&subject],
        );
        let issuer = match issuer == name {
            true => format!("-selfsign -keyfile {name}.key"),
            false => format!("-keyfile {issuer}.key -cert {issuer}.pem"),
        };
        self.openssl(
            &format!(
                "ca -batch -notext -utf8 -preserveDN -config config -extfile extensions \
                 -startdate {from} -enddate {until} -in {name}.csr -out {name}.pem {issuer}"
            ),
            &[],
        );
    }

    /// A container with the signer's signature on `content`.
    fn sign(&self, signer: &str, options: &str) -> Vec<u8> {
        let out = TempDir::new_in(self.folder.path()).unwrap();
        let out = out.path().join("out");
        let input = if options.contains("-in ") { "" } else { "-in content" };
        self.openssl(
            &format!(
                "cms -sign -binary {input} -signer {signer}.pem -inkey {signer}.key -outform DER {options} -out"
            ),
            &[out.to_str().unwrap()],
        );
        fs::read(out).unwrap()
    }

    fn verifier(&self, anchors: &[&str]) -> CmsVerifier {
        let anchors: Vec<_> = anchors.iter().map(|name| self.read(&format!("{name}.pem"))).collect();
        CmsVerifier::new(&anchors.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap()
    }

    fn fingerprint(&self, name: &str) -> Digest {
        self.openssl(&format!("x509 -in {name}.pem -outform DER -out {name}.der"), &[]);
        Digest::of(&self.read(&format!("{name}.der")))
    }
}

fn now() -> NaiveDateTime {
    let utc = DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).naive_utc();
    utc + TimeDelta::hours(7)
}

/// Against the root, with the authority under it sent along.
fn verify(cms: &[u8]) -> Result<Signature, SignatureError> {
    PKI.verifier(&["root"]).verify(CONTENT, cms, now())
}

/// The code for a signature that this signer made, with its authority sent along.
fn code(signer: &str, options: &str) -> &'static str {
    code_of(verify(&PKI.sign(signer, &format!("-certfile sub.pem {options}"))))
}

fn code_of(result: Result<Signature, SignatureError>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "holds")
}

#[test]
fn real_signatures_hold() {
    let before = now() - TimeDelta::minutes(1);
    for (signer, options) in [
        ("hoa", "-certfile sub.pem"),
        ("binh", "-certfile sub.pem"),
        ("binh", "-certfile sub.pem -md sha512"),
        ("hoa", "-certfile sub.pem -md sha384"),
        ("hoa", "-certfile sub.pem -keyid"),
        ("hoa", "-certfile sub.pem -cades"),
        ("binh", "-certfile sub.pem -cades -md sha512"),
        ("hoa", "-certfile sub.pem -nodetach"),
        ("mail", "-certfile sub.pem"),
        ("an", ""),
    ] {
        let cms = PKI.sign(signer, options);
        let signature = verify(&cms).unwrap_or_else(|error| panic!("{signer} {options}: {error}"));
        assert_eq!(signature.content, Digest::of(CONTENT));
        assert_eq!(signature.container, Digest::of(&cms));
        assert_eq!(signature.signer, format!("CN={signer},O=UBND xã Hoa Thành,C=VN"));
        let issuer = if signer == "an" { "root" } else { "sub" };
        assert_eq!(signature.issuer, format!("CN={issuer},O=UBND xã Hoa Thành,C=VN"));
        assert_eq!(signature.certificate, PKI.fingerprint(signer));
        assert!((before..=now()).contains(&signature.at), "{}", signature.at);
    }
}

#[test]
fn the_number_is_that_of_openssl() {
    let signature = verify(&PKI.sign("an", "")).unwrap();
    PKI.openssl("x509 -in an.pem -noout -text -out an.txt", &[]);
    let text = String::from_utf8(PKI.read("an.txt")).unwrap();
    let number = text.split("Serial Number:").nth(1).unwrap().split_whitespace().next().unwrap();
    assert_eq!(signature.serial.trim_start_matches("00"), number.replace(':', "").trim_start_matches("00"));
}

#[test]
fn any_authority_may_be_the_anchor() {
    let cms = PKI.sign("hoa", "");
    for anchor in ["sub", "hoa"] {
        let signature = PKI.verifier(&[anchor]).verify(CONTENT, &cms, now()).unwrap();
        assert_eq!(signature.certificate, PKI.fingerprint("hoa"));
    }
    // Several in one file, and DER.
    let both = [PKI.read("elsewhere.pem"), PKI.read("sub.pem")].concat();
    assert!(CmsVerifier::new(&[&both]).unwrap().verify(CONTENT, &cms, now()).is_ok());
    PKI.openssl("x509 -in sub.pem -outform DER -out anchor.der", &[]);
    assert!(CmsVerifier::new(&[&PKI.read("anchor.der")]).unwrap().verify(CONTENT, &cms, now()).is_ok());
    // A signer whom the host knows need not send the certificate.
    let bare = PKI.sign("hoa", "-nocerts");
    assert!(PKI.verifier(&["root", "hoa"]).verify(CONTENT, &bare, now()).is_ok());
    assert_eq!(code_of(verify(&bare)), "signature.no_certificate");

    let error = CmsVerifier::new(&[&both, b"no certificate"]).unwrap_err();
    assert_eq!(error, SignatureError::Anchor { number: 2 });
    let cut = both[..both.len() - 40].to_vec();
    assert_eq!(CmsVerifier::new(&[&cut]).unwrap_err(), SignatureError::Anchor { number: 1 });
}

#[test]
fn other_content_is_found_out() {
    let cms = PKI.sign("hoa", "-certfile sub.pem");
    let result = PKI.verifier(&["root"]).verify(b"another decision", &cms, now());
    assert_eq!(code_of(result), "signature.digest_differs");
    // Attached content that is not the content given, though it is what was signed.
    assert_eq!(code("hoa", "-in other -nodetach"), "signature.digest_differs");
    // Asked again later, without the container.
    let signature = verify(&cms).unwrap();
    assert_eq!(signature.must_cover(CONTENT), Ok(()));
    assert_eq!(signature.must_cover(b"another").unwrap_err().code(), "signature.digest_differs");
}

#[test]
fn certificates_are_valid_for_a_while() {
    assert_eq!(code("past", ""), "signature.certificate_expired");
    assert_eq!(code("future", ""), "signature.certificate_not_yet_valid");
    let cms = PKI.sign("by-old-sub", "-certfile old-sub.pem");
    assert_eq!(code_of(verify(&cms)), "signature.certificate_expired");

    let cms = PKI.sign("hoa", "-certfile sub.pem");
    let at = |at: NaiveDateTime| code_of(PKI.verifier(&["root"]).verify(CONTENT, &cms, at));
    let year = TimeDelta::days(365);
    assert_eq!(at(now() + year), "holds");
    assert_eq!(at(now() + year * 400), "signature.certificate_expired");
    assert_eq!(at(now() - year * 30), "signature.signed_later");
    assert_eq!(at(now() - TimeDelta::minutes(1)), "holds");
    assert_eq!(at(now() - TimeDelta::hours(1)), "signature.signed_later");
}

#[test]
fn only_authorities_that_are_trusted_and_may_count() {
    let mallory = PKI.sign("mallory", "-certfile elsewhere.pem");
    assert_eq!(code_of(verify(&mallory)), "signature.untrusted");
    assert_eq!(code_of(PKI.verifier(&[]).verify(CONTENT, &mallory, now())), "signature.untrusted");
    // The one between is not there.
    assert_eq!(code_of(verify(&PKI.sign("hoa", ""))), "signature.untrusted");
    // An officer is no authority; nor is one that `sub` may not have under it.
    fs::write(PKI.path("officer-chain"), [PKI.read("binh.pem"), PKI.read("sub.pem")].concat()).unwrap();
    let cms = PKI.sign("by-officer", "-certfile officer-chain");
    assert_eq!(code_of(verify(&cms)), "signature.issuer_unfit");
    fs::write(PKI.path("deep-chain"), [PKI.read("too-deep.pem"), PKI.read("sub.pem")].concat()).unwrap();
    let cms = PKI.sign("by-too-deep", "-certfile deep-chain");
    assert_eq!(code_of(verify(&cms)), "signature.issuer_unfit");
    assert!(PKI.verifier(&["too-deep"]).verify(CONTENT, &cms, now()).is_ok());
    // Three between the signer and the root, and four.
    let chain = ["a1", "a2", "a3", "a4"].map(|name| PKI.read(&format!("{name}.pem"))).concat();
    fs::write(PKI.path("long-chain"), chain).unwrap();
    assert_eq!(code_of(verify(&PKI.sign("by-a3", "-certfile long-chain"))), "holds");
    assert_eq!(code_of(verify(&PKI.sign("by-a4", "-certfile long-chain"))), "signature.untrusted");
}

#[test]
fn certificates_say_what_they_are_for() {
    assert_eq!(code("server", ""), "signature.certificate_unfit");
    assert_eq!(code("cipher", ""), "signature.certificate_unfit");
    assert_eq!(code("critical", ""), "signature.unsupported_extension");
    assert_eq!(code("weak", ""), "signature.key_size");
    assert_eq!(code("curve", ""), "signature.unsupported_algorithm");
    assert_eq!(code("binh", "-md sha1"), "signature.unsupported_algorithm");
    assert_eq!(code("binh", "-keyopt rsa_padding_mode:pss"), "signature.unsupported_algorithm");
}

#[test]
fn containers_hold_one_signed_document() {
    assert_eq!(code("hoa", "-noattr"), "signature.malformed");
    let two = PKI.sign("hoa", "-certfile sub.pem -signer binh.pem -inkey binh.key");
    assert_eq!(verify(&two), Err(SignatureError::Malformed { flaw: Flaw::Signers { count: 2 } }));
    // A time stamp is signed, too.
    let stamp = PKI.sign("hoa", "-certfile sub.pem -econtent_type 1.2.840.113549.1.9.16.1.4");
    let kind = "1.2.840.113549.1.9.16.1.4".to_owned();
    assert_eq!(verify(&stamp), Err(SignatureError::Malformed { flaw: Flaw::NotADocument { kind } }));
    PKI.openssl("cms -encrypt -in content -outform DER -out encrypted -aes128", &["binh.pem"]);
    assert_eq!(verify(&PKI.read("encrypted")), Err(SignatureError::Malformed { flaw: Flaw::NotSignedData }));
    let many = fs::read_dir(PKI.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let many = many.filter(|path| path.extension().is_some_and(|ending| ending == "pem"));
    let many = many.filter(|path| path.file_stem().is_some_and(|name| name != "hoa" && name != "renewed"));
    let many = many.take(16).map(|path| fs::read(path).unwrap()).collect::<Vec<_>>().concat();
    fs::write(PKI.path("many"), many).unwrap();
    let flaw = Flaw::Certificates { count: 17 };
    assert_eq!(verify(&PKI.sign("hoa", "-certfile many")), Err(SignatureError::Malformed { flaw }));
    let long = vec![0; MAX_CONTAINER + 1];
    assert_eq!(code_of(verify(&long)), "signature.too_large");
    assert_eq!(code_of(verify(&[])), "signature.malformed");
}

/// Hoa's signature on attributes that OpenSSL would not write.
fn with_attributes(change: impl FnOnce(&mut Vec<Attribute>)) -> Vec<u8> {
    let mut outer = ContentInfo::from_der(&PKI.sign("hoa", "-certfile sub.pem")).unwrap();
    let mut data: SignedData = outer.content.decode_as().unwrap();
    let mut signer = data.signer_infos.0.into_vec().remove(0);
    let mut attributes = signer.signed_attrs.take().unwrap().into_vec();
    change(&mut attributes);
    let attributes = SetOfVec::try_from(attributes).unwrap();
    let place = TempDir::new_in(PKI.folder.path()).unwrap();
    let [message, signature] = ["message", "signature"].map(|name| place.path().join(name));
    fs::write(&message, attributes.to_der().unwrap()).unwrap();
    PKI.openssl("dgst -sha256 -sign hoa.key -out", &[signature.to_str().unwrap(), message.to_str().unwrap()]);
    signer.signature = der::asn1::OctetString::new(fs::read(signature).unwrap()).unwrap();
    signer.signed_attrs = Some(attributes);
    data.signer_infos = SignerInfos(SetOfVec::try_from(vec![signer]).unwrap());
    outer.content = Any::encode_from(&data).unwrap();
    outer.to_der().unwrap()
}

#[test]
fn attributes_are_there_once() {
    let kind = |last: u32| format!("1.2.840.113549.1.9.{last}").parse().unwrap();
    let (content_type, digest, time) = (kind(3), kind(4), kind(5));
    assert_eq!(code_of(verify(&with_attributes(|_| {}))), "holds");

    // A signature in a PDF has no moment: then it is that for which it is verified.
    let timeless = with_attributes(|attributes| attributes.retain(|one| one.oid != time));
    let at = now() - TimeDelta::days(100);
    assert_eq!(
        PKI.verifier(&["root"]).verify(CONTENT, &timeless, at).unwrap().at.and_utc().timestamp(),
        at.and_utc().timestamp()
    );

    for (kind, name) in [(content_type, "content-type"), (digest, "message-digest")] {
        let expected = Err(SignatureError::Malformed { flaw: Flaw::Attribute { name } });
        assert_eq!(verify(&with_attributes(|attributes| attributes.retain(|one| one.oid != kind))), expected);
    }
    for (kind, name) in [(content_type, "content-type"), (digest, "message-digest"), (time, "signing-time")] {
        let expected = Err(SignatureError::Malformed { flaw: Flaw::Attribute { name } });
        let twice = with_attributes(|attributes| {
            attributes.extend(attributes.iter().find(|one| one.oid == kind).cloned());
        });
        assert_eq!(verify(&twice), expected);
        let valueless = with_attributes(|attributes| {
            attributes.iter_mut().filter(|one| one.oid == kind).for_each(|one| one.values = SetOfVec::new());
        });
        assert_eq!(verify(&valueless), expected);
        let wrong = with_attributes(|attributes| {
            let null = SetOfVec::try_from(vec![Any::null()]).unwrap();
            attributes.iter_mut().filter(|one| one.oid == kind).for_each(|one| one.values = null.clone());
        });
        assert_eq!(verify(&wrong), expected);
    }
}

#[test]
fn a_certificate_with_the_same_key_is_another_certificate() {
    // The same person, name and key, renewed: CAdES says with which of the two it was signed.
    fs::write(PKI.path("extensions"), format!("{SIGNS}subjectKeyIdentifier=hash\n")).unwrap();
    PKI.openssl(
        "ca -batch -notext -utf8 -preserveDN -config config -startdate 20240101000000Z -enddate 23000101000000Z \
         -in hoa.csr -out renewed.pem -keyfile sub.key -cert sub.pem -extfile extensions",
        &[],
    );
    let code = |anchors: &[&str], cms: &[u8]| code_of(PKI.verifier(anchors).verify(CONTENT, cms, now()));
    let cades = PKI.sign("hoa", "-cades -nocerts -keyid");
    assert_eq!(code(&["hoa", "sub"], &cades), "holds");
    assert_eq!(code(&["renewed", "sub"], &cades), "signature.not_signed_by");
    // Without, they cannot be told apart, unless a number names one of them.
    assert_eq!(code(&["renewed", "sub"], &PKI.sign("hoa", "-nocerts -keyid")), "holds");
    assert_eq!(code(&["renewed", "sub"], &PKI.sign("hoa", "-nocerts")), "signature.no_certificate");
}

#[test]
fn an_officer_signs_with_a_registered_certificate() {
    let signature = verify(&PKI.sign("hoa", "-certfile sub.pem")).unwrap();
    let [hoa, binh] = ["hoa", "binh"].map(|name| PKI.fingerprint(name));
    assert_eq!(signature.must_be_of("hoa-1", &[binh, hoa]), Ok(()));
    let error = signature.must_be_of("binh-1", &[binh]).unwrap_err();
    assert_eq!(error.code(), "signature.signer_is_not");
    assert!(error.to_string().contains("binh-1") && error.vi().contains("binh-1"), "{error}");
    assert_eq!(signature.must_be_of("new", &[]).unwrap_err().code(), "signature.signer_is_not");
}

/// The good container and the shortest chain, so that many can be tried.
fn small() -> (Vec<u8>, CmsVerifier, Signature) {
    let (cms, verifier) = (PKI.sign("hoa", ""), PKI.verifier(&["sub"]));
    let good = verifier.verify(CONTENT, &cms, now()).unwrap();
    (cms, verifier, good)
}

/// Either refused, or the same in all that is said of it but the digest of the container itself.
fn no_worse(verifier: &CmsVerifier, good: &Signature, changed: &[u8]) -> Result<(), String> {
    match verifier.verify(CONTENT, changed, now()) {
        Ok(result) if (Signature { container: good.container, ..result.clone() }) != *good => {
            Err(format!("{result:?}"))
        }
        Ok(_) => Ok(()),
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.vi().is_empty());
            Ok(())
        }
    }
}

#[test]
fn every_byte_counts() {
    let (cms, verifier, good) = small();
    let chain = PKI.sign("binh", "-certfile sub.pem -cades");
    let whole = verify(&chain).unwrap();
    let all = [(&cms, &verifier, &good), (&chain, &PKI.verifier(&["root"]), &whole)];
    for (cms, verifier, good) in all {
        for place in 0..cms.len() {
            for change in [0x01, 0x20, 0x80, 0xff] {
                let mut changed = cms.clone();
                changed[place] ^= change;
                no_worse(verifier, good, &changed).unwrap_or_else(|result| panic!("byte {place}: {result}"));
            }
            assert!(verifier.verify(CONTENT, &cms[..place], now()).is_err(), "cut at {place}");
        }
    }
    let longer = [cms.as_slice(), &[0]].concat();
    assert_eq!(code_of(verifier.verify(CONTENT, &longer, now())), "signature.malformed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn hostile_containers_are_refused_and_no_more(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..6usize, prop::collection::vec(any::<u8>(), 0..6)), 1..4),
    ) {
        static SMALL: LazyLock<(Vec<u8>, CmsVerifier, Signature)> = LazyLock::new(small);
        let (cms, verifier, good) = &*SMALL;
        let mut changed = cms.clone();
        for (place, length, bytes) in cuts {
            let from = place.index(changed.len());
            let to = (from + length).min(changed.len());
            changed.splice(from..to, bytes);
        }
        prop_assert_eq!(no_worse(verifier, good, &changed), Ok(()));
    }

    #[test]
    fn noise_is_malformed(noise in prop::collection::vec(any::<u8>(), 0..300)) {
        let result = CmsVerifier::new(&[]).unwrap().verify(CONTENT, &noise, NaiveDateTime::default());
        prop_assert_eq!(code_of(result), "signature.malformed");
        prop_assert!(CmsVerifier::new(&[&noise]).is_err());
    }

    #[test]
    fn signatures_are_read_as_they_were_written(
        digests in any::<[[u8; 32]; 3]>(), name in ".*", serial in "[0-9a-f]{2,40}", second in 0..4_000_000_000_i64,
    ) {
        let [content, container, certificate] = digests.map(Digest);
        let at = DateTime::from_timestamp(second, 0).unwrap().naive_utc();
        let (signer, issuer) = (name.clone(), name);
        let signature = Signature { content, container, signer, certificate, issuer, serial, at };
        let json = serde_json::to_value(&signature).unwrap();
        // Every field is always there, so binary forms can go by position.
        prop_assert_eq!(json.as_object().unwrap().len(), 7);
        prop_assert_eq!(&json["content"], &content.to_string());
        prop_assert_eq!(&serde_json::from_value::<Signature>(json).unwrap(), &signature);
        let bytes = postcard::to_stdvec(&signature).unwrap();
        prop_assert_eq!(&bytes[..32], &content.0);
        prop_assert_eq!(&postcard::from_bytes::<Signature>(&bytes).unwrap(), &signature);
    }

    #[test]
    fn digests_are_sixty_four_digits(digest in any::<[u8; 32]>(), noise in ".{0,100}") {
        let digest = Digest(digest);
        let text = digest.to_string();
        prop_assert_eq!(text.parse(), Ok(digest));
        prop_assert_eq!(text.to_uppercase().parse(), Ok(digest));
        prop_assert!(text[1..].parse::<Digest>().is_err());
        prop_assert!(noise.parse::<Digest>().is_err());
    }
}
