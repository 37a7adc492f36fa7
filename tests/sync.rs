//! Offices that exchange what is in their journals: everything arrives once, and nothing that should not.

mod common;
#[path = "common/line.rs"]
mod line;

use common::{certified_copy, command, engine_over, play};
use line::{
    CENTRE, HOA, Piece, VAN, body, bundle, deflated, entrust, exchange, forged, key, office, peer, peers,
    refused, runs, send, take_in,
};
use motcua::Engine;
use motcua::dossier::{Action, Application};
use motcua::journal::{Journal, JournalError, MemoryJournal, SqliteJournal, WorkFilter};
use motcua::procedure::Channel;
use motcua::sync::{OfficeKey, Peer, SignedHead};
use std::io::Read;

const CODE: &str = "H41-1";

/// The first `steps` commands of a certified copy, with an applicant whose name is words.
fn begun(engine: &mut Engine<MemoryJournal>, code: &str, steps: usize) {
    let mut script = certified_copy();
    let applicant = Some(format!("Nguyễn Văn {code}").into());
    let apply = Application { applicant, ..Application::new("2.000815", "hoa-thanh", Channel::Online) };
    script[0].2 = Action::Receive(Box::new(apply));
    play(engine, code, &script[..steps]);
}

fn all_work(engine: &Engine<impl Journal>) -> usize {
    engine.work_list(&WorkFilter::default()).unwrap().len()
}

/// A dossier goes through three journals and comes back; both kinds of journal, the same.
fn round_trip<J: Journal>(mut hoa: Engine<J>, mut centre: Engine<J>, mut van: Engine<J>) {
    play(&mut hoa, CODE, &certified_copy()[..3]);
    play(&mut hoa, "H41-2", &certified_copy());
    assert_eq!(exchange(&mut hoa, &mut centre), [11, 0]);
    let nothing = centre.bundle(&peer(HOA), &key(CENTRE), &mut Vec::new()).unwrap();
    assert_eq!((nothing.events, nothing.up_to), (0, 11), "what it recorded itself is not sent back");
    assert_eq!(centre.events(CODE).unwrap(), hoa.events(CODE).unwrap());
    assert_eq!(centre.dossier(CODE).unwrap(), hoa.dossier(CODE).unwrap());
    assert_eq!((all_work(&hoa), all_work(&centre)), (1, 0), "the centre has a copy, not the work");

    // It does not concern the neighbour before it is entrusted to it; then all of it does.
    assert_eq!(exchange(&mut van, &mut centre), [0, 0]);
    play(&mut hoa, CODE, &[("reception", "2023-06-01 09:10", entrust(VAN))]);
    assert_eq!(exchange(&mut hoa, &mut centre), [1, 0]);
    assert_eq!(exchange(&mut van, &mut centre), [0, 4]);
    assert_eq!((all_work(&hoa), all_work(&centre), all_work(&van)), (0, 0, 1));
    assert!(van.next_wakeup().unwrap().is_some() && hoa.next_wakeup().unwrap().is_none());

    // Repeated there, a command of here is answered as here.
    let again = van.handle(&command(CODE, "justice", "2023-06-01 09:00", common::complete("check"))).unwrap();
    assert!(again.repeated && again.version == 3);
    let back =
        [("chair", "2023-06-01 09:30", common::sign()), ("reception", "2023-06-01 09:35", entrust(HOA))];
    play(&mut van, CODE, &back);
    assert_eq!(exchange(&mut van, &mut centre), [2, 0]);
    assert_eq!(exchange(&mut hoa, &mut centre), [0, 2]);
    play(&mut hoa, CODE, &certified_copy()[4..]);
    assert_eq!(exchange(&mut hoa, &mut centre), [4, 0]);
    assert_eq!(exchange(&mut van, &mut centre), [0, 4], "it concerned the neighbour once");

    for engine in [&hoa, &centre, &van] {
        engine.journal().verify(None).unwrap();
        assert_eq!(engine.events(CODE).unwrap(), hoa.events(CODE).unwrap());
        assert_eq!(engine.dossier(CODE).unwrap(), hoa.dossier(CODE).unwrap());
    }
    assert_eq!((centre.journal().size().unwrap(), van.journal().size().unwrap()), (18, 10));
    // And no more.
    for engine in [&mut hoa, &mut van] {
        assert_eq!(exchange(engine, &mut centre), [0, 0]);
        assert!(bundle(engine, CENTRE).len() < 150 && bundle(&centre, engine.office().unwrap()).len() < 150);
    }
}

#[test]
fn what_concerns_an_office_reaches_it_through_the_centre() {
    round_trip(office(HOA), office(CENTRE), office(VAN));
    let folder = tempfile::tempdir().unwrap();
    let file =
        |name: &str| engine_over(SqliteJournal::open(folder.path().join(name)).unwrap()).at_office(name);
    round_trip(file(HOA), file(CENTRE), file(VAN));
}

#[test]
fn a_bundle_that_is_cut_anywhere_is_taken_in_as_far_as_it_is_whole() {
    let mut hoa = office(HOA);
    begun(&mut hoa, CODE, 8);
    let bytes = bundle(&hoa, CENTRE);
    for cut in 0..bytes.len() {
        let mut centre = office(CENTRE);
        match take_in(&mut centre, &bytes[..cut]) {
            Ok(taken) => assert!(taken.is_cut && taken.events == 0 && taken.up_to == 0),
            // Its first bytes do not even say whose it is.
            Err(error) => assert_eq!((error.code(), cut < 60), ("sync.unreadable", true)),
        }
        assert_eq!(centre.journal().size().unwrap(), 0);
    }

    // Several pieces: so many are there, and the next bundle begins behind them.
    for number in 2..=250 {
        begun(&mut hoa, &format!("H41-{number}"), 8);
    }
    let bytes = bundle(&hoa, CENTRE);
    let mut reached = std::collections::BTreeSet::new();
    for cut in (0..bytes.len()).step_by(bytes.len() / 40).chain([bytes.len() - 1]) {
        let mut centre = office(CENTRE);
        let Ok(taken) = take_in(&mut centre, &bytes[..cut]) else { continue };
        assert!(taken.is_cut);
        assert_eq!((taken.up_to, taken.events), (centre.journal().size().unwrap(), taken.up_to));
        reached.insert(taken.up_to);
        // The office learns how far the centre has come, and sends the rest.
        send(&centre, &mut hoa);
        let rest = bundle(&hoa, CENTRE);
        assert!(taken.up_to == 0 || rest.len() < bytes.len());
        assert_eq!(take_in(&mut centre, &rest).unwrap().events, 2_000 - taken.up_to);
        assert_eq!(centre.journal().head().unwrap().size, 2_000);
    }
    // Each piece is signed for its place: none can be left out.
    let first = 8 + 2 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let length = 85 + u32::from_le_bytes(bytes[first..first + 4].try_into().unwrap()) as usize;
    let without = [&bytes[..first], &bytes[first + length..]].concat();
    assert_eq!(refused(&mut office(CENTRE), &without), "sync.signature");
    assert_eq!(reached.into_iter().collect::<Vec<_>>(), [0, 1_000]);
}

#[test]
fn a_bundle_that_comes_again_or_out_of_order_changes_nothing() {
    let (mut hoa, mut centre) = (office(HOA), office(CENTRE));
    let mut bundles = Vec::new();
    for steps in [(0, 2), (2, 4), (4, 8)] {
        play(&mut hoa, CODE, &certified_copy()[steps.0..steps.1]);
        bundles.push(bundle(&hoa, CENTRE));
        send(&hoa, &mut centre);
        send(&centre, &mut hoa);
    }
    let head = centre.journal().head().unwrap();
    for number in [2, 0, 1, 1, 2, 0, 0] {
        let taken = take_in(&mut centre, &bundles[number]).unwrap();
        assert_eq!((taken.events, taken.up_to, taken.is_cut), (0, 8, false));
        assert_eq!(centre.journal().head().unwrap(), head);
    }
    // After an old one, all goes on.
    send(&centre, &mut hoa);
    begun(&mut hoa, "H41-2", 2);
    assert_eq!(send(&hoa, &mut centre).events, 2);

    // A later one first: it says where it begins, and where the journal ends here.
    let mut other = office(CENTRE);
    assert_eq!(refused(&mut other, &bundles[1]), "sync.gap");
    let error = take_in(&mut other, &bundles[1]).unwrap_err().to_string();
    assert!(error.contains("after place 2") && error.contains("up to 0"), "{error}");
    for bundle in &bundles {
        assert!(!take_in(&mut other, bundle).unwrap().is_cut);
    }
    assert_eq!(other.events(CODE).unwrap(), hoa.events(CODE).unwrap());
}

#[test]
fn a_bundle_with_any_byte_changed_is_refused() {
    let mut hoa = office(HOA);
    begun(&mut hoa, CODE, 8);
    let bytes = bundle(&hoa, CENTRE);
    let mut codes = std::collections::BTreeMap::new();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1 << (place % 8);
        let mut centre = office(CENTRE);
        let code = match take_in(&mut centre, &changed) {
            // A length that is too great: its end seems to be missing.
            Ok(taken) => {
                assert!(taken.is_cut && taken.events == 0);
                "cut"
            }
            Err(error) => error.code(),
        };
        assert_eq!(centre.journal().size().unwrap(), 0);
        *codes.entry(code).or_insert(0) += 1;
    }
    println!("{} bytes: {codes:?}", bytes.len());
    let known =
        ["cut", "sync.other_office", "sync.signature", "sync.stranger", "sync.too_large", "sync.unreadable"];
    assert!(codes.keys().all(|code| known.contains(code)), "{codes:?}");
}

#[test]
fn a_bundle_of_a_stranger_or_for_another_is_refused() {
    let (mut hoa, mut centre) = (office(HOA), office(CENTRE));
    begun(&mut hoa, CODE, 3);
    let bytes = bundle(&hoa, CENTRE);
    let mut take = |peers: &[Peer], bytes: &[u8]| {
        let outcome = centre.take_in_bundle(peers, &mut &*bytes);
        assert_eq!(centre.journal().size().unwrap(), 0);
        outcome.unwrap_err().code()
    };
    assert_eq!(take(&[peer(VAN)], &bytes), "sync.stranger");
    let other = Peer { key: OfficeKey::generate().unwrap().public(), ..peer(HOA) };
    assert_eq!(take(&[other], &bytes), "sync.signature");
    // Signed by an office that is known, in the name of another.
    assert_eq!(take(&peers(), &forged(VAN, HOA, CENTRE, 0, &[Piece::last(0, runs(&[]))])), "sync.signature");
    assert_eq!(take(&peers(), &bundle(&hoa, VAN)), "sync.other_office");
    assert_eq!(take(&peers(), b""), "sync.unreadable");
    assert_eq!(take(&peers(), b"PK\x03\x04 something else"), "sync.unreadable");
    assert_eq!(take(&peers(), &[b"MOTCUAB1", &[255; 40][..]].concat()), "sync.too_large");

    let mut alone = common::engine();
    assert_eq!(alone.bundle(&peer(CENTRE), &key(HOA), &mut Vec::new()).unwrap_err().code(), "sync.no_office");
    assert_eq!(alone.take_in_bundle(&peers(), &mut &*bytes).unwrap_err().code(), "sync.no_office");

    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the line broke"))
        }
    }
    let mut stream = bytes[..bytes.len() - 9].chain(Broken);
    assert_eq!(centre.take_in_bundle(&peers(), &mut stream).unwrap_err().code(), "sync.io");
    assert_eq!(take_in(&mut centre, &bytes).unwrap().events, 3);
}

#[test]
fn only_the_owner_goes_on_with_a_dossier() {
    let (mut hoa, mut centre) = (office(HOA), office(CENTRE));
    begun(&mut hoa, CODE, 3);
    send(&hoa, &mut centre);
    let sealed = hoa.journal().sealed_of(CODE, 0).unwrap();
    let (last, before) = (sealed[2].event().unwrap(), Some(sealed[2].hash.0));
    let go_on = |by: Option<&str>, first: u64, before, action: Action| {
        let mut event = last.clone();
        event.version = first - 1;
        runs(&[(CODE, first, before, vec![body(&event, by, action)])])
    };
    let note = || Action::Lapse {};
    let mut code = |from: &str, packed: Vec<u8>| {
        refused(&mut centre, &forged(from, from, CENTRE, 0, &[Piece::last(9, packed)]))
    };
    // In its own name, in the owner's, in the receiver's, in nobody's; and by taking it first.
    assert_eq!(code(VAN, go_on(Some(VAN), 4, before, note())), "sync.not_owner");
    assert_eq!(code(VAN, go_on(Some(HOA), 4, before, note())), "sync.not_its_own");
    assert_eq!(code(VAN, go_on(Some(CENTRE), 4, before, note())), "sync.not_owner");
    assert_eq!(code(VAN, go_on(None, 4, before, note())), "sync.not_owner");
    assert_eq!(code(VAN, go_on(Some(VAN), 4, before, entrust(VAN))), "sync.not_owner");
    // The owner, but not what follows what is here.
    assert_eq!(code(HOA, go_on(Some(HOA), 6, before, note())), "journal.conflict");
    assert_eq!(code(HOA, go_on(Some(HOA), 4, Some([7; 32]), note())), "journal.forked");
    assert_eq!(code(HOA, go_on(Some(HOA), 4, None, note())), "journal.forked");
    assert_eq!(code(HOA, go_on(Some(HOA), 3, Some(sealed[1].hash.0), note())), "journal.forked");
    assert_eq!(code(HOA, runs(&[(CODE, 0, None, vec![])])), "journal.forked");
    // No event, or one that cannot be folded.
    assert_eq!(code(HOA, runs(&[(CODE, 4, before, vec!["{}".into()])])), "journal.damaged");
    assert_eq!(code(HOA, go_on(Some(HOA), 4, before, common::complete("nowhere"))), "routing.unknown_step");
    let unknown = sealed[0].event().unwrap();
    let unknown = body(
        &motcua::dossier::Event { version: 0, ..unknown },
        Some(HOA),
        common::receive("9.999", Channel::Online),
    );
    assert_eq!(code(HOA, runs(&[("H41-9", 1, None, vec![unknown])])), "dossier.procedure_missing");
    // Of no office at all.
    let nobody = motcua::dossier::Event { version: 0, ..sealed[0].event().unwrap() };
    let nobody = body(&nobody, None, common::receive("2.000815", Channel::Online));
    assert_eq!(code(HOA, runs(&[("H41-8", 1, None, vec![nobody])])), "sync.not_owner");
    let error = take_in(
        &mut centre,
        &forged(VAN, VAN, CENTRE, 0, &[Piece::last(9, go_on(Some(VAN), 4, before, note()))]),
    );
    let text = error.unwrap_err().to_string();
    assert!(["event 4", CODE, HOA, VAN].iter().all(|part| text.contains(part)), "{text}");

    // A commune passes on nothing to another, the centre does.
    let mut van = office(VAN);
    play(&mut hoa, CODE, &[("reception", "2023-06-01 09:10", entrust(VAN))]);
    send(&hoa, &mut centre);
    send(&centre, &mut van);
    let mut third = office(HOA);
    let not_its = forged(
        VAN,
        VAN,
        HOA,
        0,
        &[Piece::last(
            9,
            runs(&[(
                "H41-7",
                1,
                None,
                vec![body(
                    &motcua::dossier::Event { version: 0, ..last.clone() },
                    Some(CENTRE),
                    common::receive("2.000815", Channel::Online),
                )],
            )]),
        )],
    );
    assert_eq!(refused(&mut third, &not_its), "sync.not_its_own");
    // Nobody but itself goes on with what an office owns, not in its own name either, unless the centre gives back what it
    // lost.
    assert_eq!(van.dossier(CODE).unwrap().unwrap().owner(), Some(VAN));
    let (event, hash) = {
        let sealed = van.journal().sealed_of(CODE, 3).unwrap();
        (sealed[0].event().unwrap(), Some(sealed[0].hash.0))
    };
    for (from, by, code) in [
        (HOA, HOA, "sync.not_owner"),
        (HOA, VAN, "sync.not_its_own"),
        (CENTRE, CENTRE, "sync.not_owner"),
        (CENTRE, HOA, "sync.not_owner"),
    ] {
        let packed = runs(&[(CODE, 5, hash, vec![body(&event, Some(by), note())])]);
        assert_eq!(
            refused(&mut van, &forged(from, from, VAN, 0, &[Piece::last(99, packed)])),
            code,
            "{from} {by}"
        );
    }
}

#[test]
fn hostile_pieces_cost_no_memory() {
    let mut centre = office(CENTRE);
    let mut code =
        |packed: Vec<u8>| refused(&mut centre, &forged(HOA, HOA, CENTRE, 0, &[Piece::last(9, packed)]));
    // 70 MB of nothing in 70 KB.
    let bomb = deflated(&vec![0; 70 << 20]);
    assert!(bomb.len() < 100_000);
    assert_eq!(code(bomb), "sync.too_large");
    // Lists that say they are as long as can be.
    assert_eq!(code(deflated(&[255, 255, 255, 255, 255, 255, 255, 255, 255, 1])), "sync.unreadable");
    assert_eq!(code(deflated(&[1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])), "sync.unreadable");
    assert_eq!(code(b"not packed".to_vec()), "sync.unreadable");
    // A piece of four gigabytes that is not there.
    let mut long = forged(HOA, HOA, CENTRE, 0, &[]);
    long.extend_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(refused(&mut centre, &long), "sync.too_large");
    long.truncate(long.len() - 4);
    long.extend_from_slice(&(16_u32 << 20).to_le_bytes());
    assert!(take_in(&mut centre, &long).unwrap().is_cut);
}

#[test]
fn two_that_go_by_one_name_are_found_out() {
    let (mut hoa, mut centre) = (office(HOA), office(CENTRE));
    begun(&mut hoa, CODE, 3);
    // Somebody went on with a copy of the file.
    let mut twin = engine_over(hoa.into_journal()).at_office(HOA);
    let mut hoa = engine_over(twin.journal().clone()).at_office(HOA);
    play(&mut hoa, CODE, &certified_copy()[3..4]);
    let other = command(CODE, "chair", "2023-06-01 09:31", common::sign());
    twin.handle(&other).unwrap();
    send(&hoa, &mut centre);
    let before = centre.journal().head().unwrap();
    let error = take_in(&mut centre, &bundle(&twin, CENTRE)).unwrap_err();
    assert_eq!(error.code(), "journal.forked");
    assert!(
        matches!(&error, motcua::EngineError::Journal(JournalError::Forked { dossier, version: 4 }) if dossier == CODE)
    );
    assert_eq!(centre.journal().head().unwrap(), before);
    // Two offices that begin a dossier under one code.
    let mut van = office(VAN);
    begun(&mut van, CODE, 1);
    assert_eq!(refused(&mut centre, &bundle(&van, CENTRE)), "journal.forked");
}

#[test]
fn an_office_that_lost_its_journal_gets_it_back_from_the_centre() {
    let (mut hoa, mut centre, mut van) = (office(HOA), office(CENTRE), office(VAN));
    begun(&mut hoa, CODE, 3);
    exchange(&mut hoa, &mut centre);
    let old = hoa.journal().clone();
    play(&mut hoa, CODE, &[("reception", "2023-06-01 09:10", entrust(VAN))]);
    begun(&mut hoa, "H41-2", 5);
    exchange(&mut hoa, &mut centre);
    exchange(&mut van, &mut centre);
    play(&mut van, CODE, &[("chair", "2023-06-01 09:30", common::sign())]);
    exchange(&mut van, &mut centre);
    exchange(&mut hoa, &mut centre);
    let (size, whole) = (hoa.journal().size().unwrap(), hoa.events("H41-2").unwrap());

    // From nothing, and from a copy of some days ago.
    for journal in [MemoryJournal::new(), old] {
        let mut hoa = engine_over(journal).at_office(HOA);
        let mut centre = engine_over(centre.journal().clone()).at_office(CENTRE);
        for _ in 0..3 {
            // The first ones may be refused; they say what is missing all the same.
            let _ = take_in(&mut centre, &bundle(&hoa, CENTRE));
            let _ = take_in(&mut hoa, &bundle(&centre, HOA));
        }
        assert_eq!((hoa.journal().size().unwrap(), hoa.events("H41-2").unwrap()), (size, whole.clone()));
        assert_eq!(hoa.events(CODE).unwrap(), centre.events(CODE).unwrap());
        assert_eq!(hoa.dossier(CODE).unwrap().unwrap().owner(), Some(VAN));
        // And goes on as before.
        play(&mut hoa, "H41-2", &certified_copy()[5..]);
        assert_eq!(send(&hoa, &mut centre).events, 3);
        assert_eq!(exchange(&mut hoa, &mut centre), [0, 0]);
    }

    // The centre itself, from nothing.
    let mut centre = office(CENTRE);
    for _ in 0..3 {
        for engine in [&mut hoa, &mut van] {
            let _ = take_in(&mut centre, &bundle(engine, CENTRE));
            let _ = take_in(engine, &bundle(&centre, engine.office().unwrap()));
        }
    }
    assert_eq!(centre.events(CODE).unwrap(), van.events(CODE).unwrap());
    assert_eq!(centre.events("H41-2").unwrap(), whole);
}

#[test]
fn what_is_in_an_archive_stays_out_of_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let file =
        |name: &str| engine_over(SqliteJournal::open(folder.path().join(name)).unwrap()).at_office(name);
    let (mut hoa, mut centre) = (file(HOA), file(CENTRE));
    play(&mut hoa, CODE, &certified_copy());
    let first = bundle(&hoa, CENTRE);
    assert_eq!(exchange(&mut hoa, &mut centre), [8, 0]);
    let year = motcua::moment::parse("2024-01-01 00:00").unwrap().date();
    for engine in [&mut hoa, &mut centre] {
        let archive = folder.path().join(format!("{}-2023", engine.office().unwrap()));
        assert_eq!(engine.archive(year, archive).unwrap(), 1);
    }
    assert_eq!(exchange(&mut hoa, &mut centre), [0, 0]);
    assert_eq!(take_in(&mut centre, &first).unwrap().events, 0);
    play(&mut hoa, "H41-2", &certified_copy()[..3]);
    assert_eq!(exchange(&mut hoa, &mut centre), [3, 0]);
    assert!(bundle(&hoa, CENTRE).len() < 150);
    // To one who lost it, the rest is sent.
    let mut late = engine_over(MemoryJournal::new()).at_office(CENTRE);
    send(&late, &mut hoa);
    assert_eq!(send(&hoa, &mut late).events, 3);
}

#[test]
fn words_that_were_erased_stay_erased() {
    let (mut hoa, mut centre, mut late) = (office(HOA), office(CENTRE), office(CENTRE));
    begun(&mut hoa, CODE, 3);
    let with_words = bundle(&hoa, CENTRE);
    let name = |engine: &Engine<MemoryJournal>| {
        engine.dossier(CODE).unwrap().unwrap().applicant().map(str::to_owned)
    };
    take_in(&mut centre, &with_words).unwrap();
    assert_eq!(name(&centre).as_deref(), Some("Nguyễn Văn H41-1"));
    // Erased where it was sent from: the next copy does not have them, and is as good as any.
    assert_eq!(hoa.erase(CODE).unwrap(), 1);
    take_in(&mut late, &bundle(&hoa, CENTRE)).unwrap();
    assert_eq!(name(&late).as_deref(), Some(""));
    assert_eq!(late.journal().hashes().unwrap(), hoa.journal().hashes().unwrap());
    late.journal().verify(None).unwrap();
    // Erased where it was sent to: an old bundle does not bring them back.
    assert_eq!(centre.erase(CODE).unwrap(), 1);
    assert_eq!(take_in(&mut centre, &with_words).unwrap().events, 0);
    assert_eq!(take_in(&mut late, &with_words).unwrap().events, 0);
    assert_eq!((name(&centre).as_deref(), name(&late).as_deref()), (Some(""), Some("")));
}

#[test]
fn what_was_begun_before_there_were_offices_is_sent_once_it_has_one() {
    let mut alone = common::engine();
    play(&mut alone, CODE, &certified_copy()[..3]);
    play(&mut alone, "H41-2", &certified_copy()[..2]);
    let (mut hoa, mut centre) = (alone.at_office(HOA), office(CENTRE));
    assert_eq!(exchange(&mut hoa, &mut centre), [0, 0]);
    play(&mut hoa, CODE, &certified_copy()[3..4]);
    assert_eq!(exchange(&mut hoa, &mut centre), [4, 0]);
    assert_eq!(centre.dossier(CODE).unwrap().unwrap().owner(), Some(HOA));
    assert_eq!(centre.dossier("H41-2").unwrap(), None);
}

#[test]
fn a_head_is_signed_and_held_against_the_journal() {
    let mut hoa = office(HOA);
    begun(&mut hoa, CODE, 3);
    let at = motcua::moment::parse("2023-06-01 17:00").unwrap();
    let signed = SignedHead::sign(&key(HOA), HOA, at, hoa.journal().head().unwrap());
    let text = serde_json::to_string(&signed).unwrap();
    let read: SignedHead = serde_json::from_str(&text).unwrap();
    assert_eq!(read, signed);
    read.verify(&peers()).unwrap();
    hoa.journal().verify(Some(read.head)).unwrap();
    assert_eq!(read.verify(&[peer(VAN)]).unwrap_err().code(), "sync.stranger");
    for changed in
        [text.replace(HOA, VAN), text.replace("17:00", "17:01"), text.replace("\"size\":3", "\"size\":2")]
    {
        let changed: SignedHead = serde_json::from_str(&changed).unwrap();
        assert_eq!(changed.verify(&peers()).unwrap_err().code(), "sync.signature");
    }
    assert!(
        serde_json::from_str::<SignedHead>(&text.replace("\"signature\":\"", "\"signature\":\"zz")).is_err()
    );

    play(&mut hoa, CODE, &certified_copy()[3..]);
    hoa.journal().verify(Some(read.head)).unwrap();
    let mut other = office(HOA);
    begun(&mut other, "H41-3", 8);
    assert_eq!(other.journal().verify(Some(read.head)).unwrap_err().code(), "journal.head_differs");
}
