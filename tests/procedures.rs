//! The procedures that come with the library.

#[path = "common/sample.rs"]
mod sample;

use chrono::NaiveDate;
use motcua::deadline::{CutOffEffect, SuspensionPolicy, TimeLimit};
use motcua::procedure::{Catalogue, Channel, Part, Procedure, Texts, Tier};
use sample::day;
use std::collections::BTreeSet;
use std::sync::Arc;

fn all() -> Vec<&'static Arc<Procedure>> {
    Catalogue::embedded().iter().collect()
}

#[test]
fn every_file_of_the_folder_is_in_the_catalogue() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/data/procedures");
    let on_disk: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    let embedded: BTreeSet<String> =
        Texts::embedded().procedures.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(on_disk, embedded);
}

#[test]
fn at_least_forty_procedures_each_with_all_its_parts() {
    let codes: BTreeSet<&str> = all().iter().map(|procedure| procedure.code.as_str()).collect();
    assert!(codes.len() >= 40, "{}", codes.len());
    for procedure in all() {
        let code = &procedure.code;
        assert!(procedure.name_vi.chars().count() > 5 && procedure.name_en.len() > 5, "{code}");
        assert!(Catalogue::embedded().field(&procedure.field).is_some(), "{code}");
        assert!(!procedure.agency.is_empty() && !procedure.jurisdiction.is_empty(), "{code}");
        assert!(procedure.source.contains('.'), "{code}: the address, or what is known of it");
        let steps_are_told = !procedure.not_in_source.contains(&Part::Steps);
        assert!(!procedure.time_limits.is_empty(), "{code}");
        assert!(procedure.steps.len() >= if steps_are_told { 2 } else { 1 }, "{code}");
        assert!(
            procedure
                .steps
                .iter()
                .all(|step| step.role.as_ref().is_none_or(|role| Catalogue::embedded().role(role).is_some())),
            "{code}"
        );
        let silent = |part| procedure.not_in_source.contains(&part);
        assert_eq!(procedure.components.is_empty(), silent(Part::Components), "{code}");
        assert_eq!(procedure.fees.is_empty(), silent(Part::Fees), "{code}");
        assert_eq!(procedure.legal_basis.is_empty(), silent(Part::LegalBasis), "{code}");
        // A reader is told what is in doubt.
        assert!(procedure.verified || procedure.note.is_some(), "{code}");
    }
}

#[test]
fn both_regimes_are_there() {
    let in_force =
        |date: &str| all().into_iter().filter(move |p| p.is_in_force(day(date))).collect::<Vec<_>>();
    let (four, two) = (in_force("2015-06-01"), in_force("2026-09-01"));
    assert!(four.iter().any(|procedure| procedure.tier == Tier::District));
    assert!(two.len() >= 20 && two.iter().all(|procedure| procedure.tier != Tier::District));
    assert!(two.iter().all(|p| p.steps.iter().all(|step| step.tier != Tier::District)));
    for (date, act) in [
        ("2016-01-04", "Quyết định 93/2007/QĐ-TTg, Quyết định 09/2015/QĐ-TTg"),
        ("2018-06-21", "Nghị định 61/2018/NĐ-CP"),
        ("2025-06-30", "Nghị định 61/2018/NĐ-CP"),
        ("2025-07-01", "Nghị định 118/2025/NĐ-CP"),
    ] {
        assert_eq!(Catalogue::embedded().regime(day(date)).unwrap().act, act, "{date}");
    }
    // The same code, before and after.
    let birth = |date| Catalogue::embedded().find("1.001193", day(date)).unwrap();
    assert_ne!(birth("2025-06-30").in_force_from, birth("2025-07-01").in_force_from);
    assert!(Catalogue::embedded().find("1.001193", day("2013-01-01")).is_none());
}

#[test]
fn who_does_a_step_is_of_its_tier() {
    for procedure in all() {
        for step in &procedure.steps {
            let role = step.role.as_deref().unwrap_or_default();
            let of = |prefix: &str, tier| !role.starts_with(prefix) || step.tier == tier;
            let fits = of("commune_", Tier::Commune)
                && of("district_", Tier::District)
                && of("province_", Tier::Province);
            assert!(fits, "{}: {} of tier {:?} by {}", procedure.code, step.id, step.tier, role);
        }
    }
}

#[test]
fn a_time_limit_depends_on_case_and_channel() {
    let days = |procedure: &Procedure, channel, case| match procedure.time_limit(channel, case).unwrap().limit
    {
        TimeLimit::Span { amount, .. } => amount.to_string(),
        other => other.to_string(),
    };
    let land = Catalogue::embedded().find("1.013978", day("2026-09-01")).unwrap();
    let by_channel =
        [Channel::Online, Channel::Post, Channel::Counter].map(|channel| days(land, channel, None));
    assert_eq!(by_channel, ["17", "20", "27"]);
    let linked = Catalogue::embedded().find("2.000986", day("2023-06-01")).unwrap();
    let remote = linked.time_limits[0].case.as_deref();
    assert!(remote.is_some());
    assert_eq!(days(linked, Channel::Online, remote), "25");
    assert_eq!(days(linked, Channel::Online, None), "20");
    let birth = Catalogue::embedded().find("1.001193", day("2023-06-01")).unwrap();
    let regime = Catalogue::embedded().regime(day("2023-06-01")).unwrap();
    let rule = birth.limit_rule(Channel::Counter, None, regime);
    assert_eq!(rule.limit, TimeLimit::SameDay);
    assert_eq!(rule.cut_off.unwrap().effect, CutOffEffect::DueNextWorkingDay);
    assert_eq!(rule.on_suspension, SuspensionPolicy::Restart, "Nghị định 61/2018 Điều 19(4)");
}

/// The codes of the published procedures that the catalogue was made from.
const PUBLISHED: &str = "1.001193 1.000656 1.000894 2.000806 1.004873 2.000815 2.000986 2.002039 1.001612 1.013225 \
    1.013978 1.012786 1.012805 1.004222 1.014061 3.000333 1.009645 1.010736 2.002165 1.001010 2.001046 1.010092 1.002338 \
    yen-bai/DT01 yen-bai/DT07 yen-bai/LD01 yen-bai/LD21 yen-bai/TC05 yen-bai/TC12 yen-bai/TN04 yen-bai/TN17 yen-bai/TP01 \
    yen-bai/TP06 yen-bai/LD05 quang-nam/dien-ban-208 quang-nam/dien-ban-67 quang-nam/nam-tra-my-72 B-BTP-052157-TT \
    quang-nam/dien-ban-402 quang-nam/dien-ban-382 quang-nam/dien-ban-172 quang-nam/nam-tra-my-209 \
    quang-nam/nam-tra-my-218 quang-nam/nam-tra-my-174 quang-nam/tam-ky-3 quang-nam/tam-ky-103 lam-dong/cai-chinh-ho-tich \
    tp-hcm/quan-4-2.000806 binh-phuoc/dong-xoai-chuyen-muc-dich binh-phuoc/giay-phep-xay-dung ha-noi/van-quan-hoa-giai \
    quang-nam/cam-kim-tham-van-dtm binh-dinh/karaoke-22335 dak-nong/dak-mil-karaoke binh-dinh/giao-khu-vuc-bien-34822 \
    tp-hcm/nha-be-mai-tang-phi thua-thien-hue/tho-cung-liet-si 3.000010 1.007073 vinh-phuc/chung-chi-hanh-nghe \
    ninh-binh/hoa-lu-thanh-lap-thcs lang-son/2.000286 long-an/dang-ky-ho-kinh-doanh-21918 lao-cai/dang-ky-dat-dai-35284 \
    thua-thien-hue/giao-dat-khong-dau-gia dien-bien/rang-dong-ung-pho-thien-tai";

#[test]
fn all_published_procedures_are_there() {
    let codes: BTreeSet<&str> = PUBLISHED.split_whitespace().collect();
    assert_eq!(codes.len(), 66);
    let missing: Vec<_> =
        codes.iter().filter(|code| Catalogue::embedded().versions(code).is_empty()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // What the source prints no steps of says so, and is not taken as verified.
    for procedure in all().into_iter().filter(|procedure| procedure.not_in_source.contains(&Part::Steps)) {
        assert!(!procedure.verified && procedure.note.is_some(), "{}", procedure.code);
    }
    for procedure in all() {
        for step in procedure.steps.iter().filter(|step| step.role.is_none()) {
            let told = procedure.accepted.iter().any(|accepted| accepted.step.as_ref() == Some(&step.id));
            assert!(told, "{}: {}", procedure.code, step.id);
        }
        assert!(
            procedure.accepted.iter().all(|accepted| accepted.source.contains(['.', '/'])),
            "{}",
            procedure.code
        );
    }
}

#[test]
fn the_patterns_of_the_published_procedures_are_data() {
    let find = |code: &str| Catalogue::embedded().versions(code).last().unwrap();
    // Silence is consent after twelve days, until 30/6/2026.
    let june = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
    let permit = Catalogue::embedded().find("1.013225", june).unwrap();
    let consult = permit.step("consult").unwrap().elapse.as_ref().unwrap();
    assert_eq!(
        (consult.after.to_string().as_str(), consult.then.as_str(), consult.not_before),
        ("12 day", "consent", false)
    );
    // A posting cannot end before its time.
    let post = find("1.012786").step("post").unwrap().elapse.as_ref().unwrap();
    assert!(post.not_before && post.after.to_string() == "15 day");
    // Who does not give up the other nationality in time is refused; that time does not count.
    let renounce = find("2.002039").step("renounce").unwrap();
    assert_eq!(
        (renounce.clock, renounce.elapse.as_ref().unwrap().then.as_str()),
        (Some(SuspensionPolicy::Pause), "overdue")
    );
    // Silence beside the meeting: whichever is first takes the other away.
    let environment = &find("1.010736").routing;
    let running = environment.fire(environment.start(), "check", "complete").unwrap();
    let silent = environment.fire(running, "silence", "consent").unwrap();
    assert_eq!(environment.running(silent).collect::<Vec<_>>(), ["deliver"]);
    // The desk at which a dossier comes in decides where it begins.
    let land = find("lao-cai/dang-ky-dat-dai-35284");
    assert_eq!(land.case("nop-tai-huyen").unwrap().start.as_deref(), Some("receive"));
    assert_eq!(
        find("2.000986").parts.iter().map(|part| part.id.as_str()).collect::<Vec<_>>(),
        ["birth", "residence", "insurance", "identity-card"]
    );
    // The applicant waits for nobody but pays: the clock stands still.
    assert_eq!(find("yen-bai/TN04").step("receipt").unwrap().clock, Some(SuspensionPolicy::Pause));
}
