//! What all stores of events have to do.
#![allow(dead_code, reason = "each test file uses its own part")]

use crate::common::{certified_copy, complete, engine_over, play};
use motcua::dossier::{Action, Event};
use motcua::journal::{Head, Journal, Sealed};
use std::ops::ControlFlow;

/// Two dossiers, with words and without.
pub fn fill<J: Journal>(journal: J) -> J {
    let mut engine = engine_over(journal);
    for code in ["H41-1", "H41-2"] {
        play(&mut engine, code, &certified_copy()[..2]);
    }
    let ask = Action::RequestSupplement { reason: "thiếu giấy của ông An".into() };
    play(&mut engine, "H41-1", &[("justice", "2023-06-01 08:20", ask)]);
    play(&mut engine, "H41-1", &[("applicant", "2023-06-01 08:30", Action::supply())]);
    play(&mut engine, "H41-2", &certified_copy()[2..4]);
    engine.into_journal()
}

pub fn sealed<J: Journal>(journal: &J) -> Vec<Sealed> {
    let mut all = Vec::new();
    journal
        .sealed(0, &mut |sealed| {
            all.push(sealed);
            ControlFlow::Continue(())
        })
        .unwrap();
    all
}

/// Chains, heads, proofs and erasure, as every store has to keep them.
pub fn keeps_chains<J: Journal>(journal: J) {
    let mut journal = fill(journal);
    let all = sealed(&journal);
    assert_eq!(all.iter().map(|one| one.place).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    let head = journal.verify(None).unwrap();
    assert_eq!((head, head.size), (journal.head().unwrap(), 8));
    let of = |code: &str| {
        all.iter().filter(|one| one.dossier == code).map(|one| one.event().unwrap()).collect::<Vec<_>>()
    };
    for code in ["H41-1", "H41-2"] {
        assert_eq!(journal.events(code).unwrap(), of(code));
    }
    // Each event is proved to be in it, at its place and at no other.
    for one in &all {
        let proof = journal.prove_event(one.place).unwrap();
        assert!(proof.len() <= 3);
        for place in 0..=9 {
            assert_eq!(head.includes(one.hash, place, &proof), place == one.place, "{place}");
        }
    }
    for place in [0, 9] {
        assert_eq!(journal.prove_event(place).unwrap_err().code(), "journal.no_event");
    }
    assert_eq!(journal.prove_since(9).unwrap_err().code(), "journal.no_event");
    // It goes on, and still begins as it did.
    let mut engine = engine_over(journal);
    play(&mut engine, "H41-2", &certified_copy()[4..]);
    journal = engine.into_journal();
    let later = journal.verify(Some(head)).unwrap();
    assert!(later.extends(&head, &journal.prove_since(head.size).unwrap()));
    assert!(!later.extends(&Head { root: later.root, ..head }, &journal.prove_since(head.size).unwrap()));
    let wrong = Head { size: head.size, root: later.root };
    assert_eq!(journal.verify(Some(wrong)).unwrap_err().code(), "journal.head_differs");
    let longer = Head { size: later.size + 1, root: later.root };
    assert_eq!(journal.verify(Some(longer)).unwrap_err().code(), "journal.head_differs");

    // Words go, and what happened stays.
    let before = journal.events("H41-1").unwrap();
    assert_eq!(journal.erase("H41-1").unwrap(), 1);
    assert_eq!(journal.erase("H41-1").unwrap(), 0, "once is enough");
    assert_eq!(journal.erase("H41-9").unwrap(), 0);
    assert_eq!(journal.verify(Some(head)).unwrap(), later, "the seals hold");
    let after = journal.events("H41-1").unwrap();
    assert_eq!(after.len(), before.len());
    for (before, after) in before.iter().zip(&after) {
        let reason = |event: &Event| match &event.action {
            Action::RequestSupplement { reason } => Some(reason.clone()),
            _ => None,
        };
        assert_eq!(reason(after), reason(before).map(|_| String::new()));
        if reason(after).is_none() {
            assert_eq!(after, before);
        }
    }
    let mut engine = engine_over(journal);
    assert_eq!(engine.dossier("H41-1").unwrap().unwrap().version, 4);
    play(&mut engine, "H41-1", &[("justice", "2023-06-01 09:20", complete("check"))]);
    assert!(engine.journal().verify(Some(later)).is_ok());
}
