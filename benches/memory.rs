//! How many bytes a dossier takes, live, saved and as events: the dossier of `consultation`, parked after five of its
//! nine completions. `make bench` prints the table; it is a program of its own, since counting slows every allocation.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "it is a program of measurements"
)]

mod consultation;
mod peers;

use consultation::{World, dossier, script, step, supplement};
use motcua::dossier::{Command, Dossier, Rules};
use peers::Peers;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What is made, and the bytes that it holds on the heap.
fn counted<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let region = Region::new(COUNTING);
    let made = make();
    let change = region.change();
    (made, change.bytes_allocated - change.bytes_deallocated)
}

/// A line of the table for a live dossier; its bytes saved.
fn live(name: &str, rules: Rules<'_>, commands: &[Command]) -> usize {
    let (made, heap) = counted(|| dossier(rules, commands));
    let inline = size_of::<Dossier>();
    println!("| {name} | {} | {inline} inline, {heap} on the heap |", inline + heap);
    let bytes = made.save().unwrap();
    let (loaded, heap) = counted(|| Dossier::load(rules.catalogue, &made.code, &bytes).unwrap());
    assert!(loaded == made);
    println!("| … loaded | {} | {inline} inline, {heap} on the heap |", inline + heap);
    bytes.len()
}

fn main() {
    let only = std::env::var("ONLY").unwrap_or_default();
    if std::env::args().any(|argument| argument == "--test") || !"workflow memory".contains(only.as_str()) {
        return;
    }
    let peers = Peers::measure(&["workflow.mjs", "workflow.py"], "memory");
    let world = World::new();
    let rules = world.rules();
    let script = script();
    let supplied = [&script[..7], &supplement(7)].concat();
    // What is made once, at first use, is no dossier's.
    drop(dossier(rules, &supplied));
    println!("\n| a dossier, 5 of 9 steps done | bytes | |");
    println!("|------|------:|------|");
    let saved = live("live", rules, &script[..7]);
    let saved_supplied = live("live, suspended once", rules, &supplied);
    println!("| saved | {saved} | |");
    println!("| saved, suspended once | {saved_supplied} | |");
    let mut folded = dossier(rules, &script[..2]);
    let events: Vec<_> = script[2..].iter().map(|command| step(rules, &mut folded, command)).collect();
    let mean = |bytes: &dyn Fn(usize) -> usize| (0..9).map(bytes).sum::<usize>() / 9;
    println!("| event of a completed step | {} | mean of nine |", mean(&|n| events[n].to_bytes().len()));
    let json = mean(&|n| serde_json::to_vec(&events[n]).unwrap().len());
    println!("| … as JSON | {json} | mean of nine |");
    for (what, figure) in [
        ("live", "xstate_live"),
        ("live", "spiff_live"),
        ("saved as JSON", "xstate_saved"),
        ("saved as JSON", "spiff_saved"),
    ] {
        let (bytes, name) = peers.get(figure);
        let bytes = bytes.map_or_else(|| "–".into(), |bytes| format!("{bytes:.0}"));
        println!("| {what} | {bytes} | {name} |");
    }
}
