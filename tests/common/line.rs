//! Offices with a line between them, which carries bundles, true ones and forged ones.
#![allow(dead_code, reason = "each test file uses its own part")]

use crate::common;
use ed25519_dalek::{Signer, SigningKey};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use motcua::dossier::{Action, Event};
use motcua::journal::{Journal, MemoryJournal};
use motcua::sync::{OfficeKey, Peer, TakenIn};
use motcua::{Engine, EngineError};
use std::io::Write;

/// Two communes around the centre, their district.
pub const OFFICES: [&str; 3] = ["yen-thanh", "hoa-thanh", "van-thanh"];
pub const CENTRE: &str = OFFICES[0];
pub const HOA: &str = OFFICES[1];
pub const VAN: &str = OFFICES[2];

pub fn secret(office: &str) -> [u8; 32] {
    [office.as_bytes()[0]; 32]
}

pub fn key(office: &str) -> OfficeKey {
    OfficeKey::from_bytes(&secret(office))
}

pub fn peer(office: &str) -> Peer {
    Peer { office: office.into(), key: key(office).public(), passes_on: office == CENTRE }
}

pub fn peers() -> Vec<Peer> {
    OFFICES.iter().map(|office| peer(office)).collect()
}

pub fn office(name: &str) -> Engine<MemoryJournal> {
    common::engine().at_office(name)
}

pub fn entrust(office: &str) -> Action {
    Action::Entrust { office: office.into() }
}

/// What an office writes for another.
pub fn bundle<J: Journal>(from: &Engine<J>, to: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let sent = from.bundle(&peer(to), &key(from.office().unwrap()), &mut bytes).unwrap();
    assert_eq!(sent.bytes, bytes.len() as u64);
    bytes
}

pub fn take_in<J: Journal>(to: &mut Engine<J>, bytes: &[u8]) -> Result<TakenIn, EngineError> {
    to.take_in_bundle(&peers(), &mut &*bytes)
}

/// The code of the refusal of a bundle, with which nothing is taken in.
pub fn refused(to: &mut Engine<MemoryJournal>, bytes: &[u8]) -> &'static str {
    let before = to.journal().head().unwrap();
    let error = take_in(to, bytes).expect_err("the bundle is refused");
    assert_eq!(to.journal().head().unwrap(), before, "{error}");
    assert!(error.to_string().len() > 20 && error.vi().len() > 20, "{error} / {}", error.vi());
    error.code()
}

/// One way, whole.
pub fn send<J: Journal, K: Journal>(from: &Engine<J>, to: &mut Engine<K>) -> TakenIn {
    let bytes = bundle(from, to.office().unwrap());
    let taken = take_in(to, &bytes).unwrap_or_else(|error| panic!("{error}"));
    assert!(!taken.is_cut);
    taken
}

/// There and back.
pub fn exchange<J: Journal, K: Journal>(office: &mut Engine<J>, centre: &mut Engine<K>) -> [u64; 2] {
    [send(office, centre).events, send(centre, office).events]
}

/// A piece of a bundle, as the documentation of the format says.
pub struct Piece {
    pub up_to: u64,
    pub mark: u64,
    pub is_last: bool,
    pub packed: Vec<u8>,
}

impl Piece {
    pub fn last(up_to: u64, packed: Vec<u8>) -> Self {
        Self { up_to, mark: 0, is_last: true, packed }
    }
}

/// A bundle that is written here, not by the library, signed with the secret of `signer`.
pub fn forged(signer: &str, from: &str, to: &str, after: u64, pieces: &[Piece]) -> Vec<u8> {
    let header = postcard::to_stdvec(&(from, to, after, (0_u64, 0_u64))).unwrap();
    let mut bytes = b"MOTCUAB1".to_vec();
    bytes.extend_from_slice(&u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&header);
    let mut before = after;
    for Piece { up_to, mark, is_last, packed } in pieces {
        let mut message = b"motcua bundle 1\n".to_vec();
        message.extend_from_slice(&(header.len() as u64).to_le_bytes());
        message.extend_from_slice(&header);
        for number in [before, *up_to, *mark, u64::from(*is_last)] {
            message.extend_from_slice(&number.to_le_bytes());
        }
        message.extend_from_slice(packed);
        bytes.extend_from_slice(&u32::try_from(packed.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&up_to.to_le_bytes());
        bytes.extend_from_slice(&mark.to_le_bytes());
        bytes.push(u8::from(*is_last));
        bytes.extend_from_slice(&SigningKey::from_bytes(&secret(signer)).sign(&message).to_bytes());
        bytes.extend_from_slice(packed);
        before = *up_to;
    }
    bytes
}

pub fn deflated(plain: &[u8]) -> Vec<u8> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    packer.write_all(plain).unwrap();
    packer.finish().unwrap()
}

/// Consecutive events without words: dossier, first version, hash before, bodies.
pub type Run<'a> = (&'a str, u64, Option<[u8; 32]>, Vec<String>);

pub fn runs(runs: &[Run<'_>]) -> Vec<u8> {
    let runs: Vec<_> = runs
        .iter()
        .map(|(dossier, first, before, bodies)| {
            // The number of `Said::Nothing`.
            let items: Vec<(&String, u32)> = bodies.iter().map(|body| (body, 0)).collect();
            (*dossier, *first, *before, items)
        })
        .collect();
    deflated(&postcard::to_stdvec(&runs).unwrap())
}

/// An event as a body, by an office.
pub fn body(event: &Event, office: Option<&str>, action: Action) -> String {
    let event = Event {
        version: event.version + 1,
        key: format!("{}+", event.key).into(),
        office: office.map(Into::into),
        action,
        ..event.clone()
    };
    serde_json::to_string(&event).unwrap()
}
