//! Makes a net smaller without changing whether it is sound.
//!
//! **A step is passed over** if completing it at once, as soon as it is entered, loses nothing: each move that puts
//! its token is replaced by one for each of the step's outcomes, which puts that outcome's targets instead. Any order
//! in which things happen can be changed into one in which the step is completed at once, since all it needs is its
//! own token; so the same ends can be reached. Two tokens on the step become two on a target. Hence:
//!
//! - At least one outcome must put something. If none does, the step is passed over only if a single move enters it,
//!   which puts nothing else and cancels nothing: two tokens on the step are then as well two on the step before it.
//! - The step does not lead back to itself, cancels nothing, and neither it nor what it puts can be taken away by an
//!   outcome's `cancel` or by a join that cancels; nor does it put what such a join collects. There it matters what
//!   happens first.
//! - No root holds its token, and no join puts it.
//! - What an outcome puts is not put by the entering move as well; that is left to be found as a step running twice.
//!
//! **A join that is fed early** by this must not fire early and so make room for a token that would have been a second
//! one. It is explored as a move of its own, which may come at any time. That allows more than the routing does, so
//! what is sound then is sound; what is not is looked at again, in whole.
//!
//! **A join of all** whose places are always filled together is one place.
//!
//! **A move that changes nothing**, a step back to itself, is dropped, and of equal moves one is kept; the steps that
//! run on the way are remembered, since each step must be able to run.

use super::bits;
use super::net::{Move, Net};

/// Reduces a net for exploring it from the roots.
pub(super) fn reduce(net: &mut Net, roots: &[u128]) {
    let touched = touched(net);
    let rooted = roots.iter().fold(0, |all, root| all | root);
    let mut fixed = touched | rooted;
    // The places that joins put; a join that is gone puts its place no longer.
    fixed |= net.joins.iter().fold(0, |all, join| all | join.own);
    let mut early = 0;
    let moves = std::mem::take(&mut net.moves);
    let mut list = Vec::with_capacity(moves.len());
    for taken in moves {
        add(net, &mut list, taken);
    }
    loop {
        let mut changed = false;
        for step in bits(net.steps & !fixed) {
            if let Some(put) = pass_over(net, &mut list, step, touched) {
                early |= put;
                changed = true;
            }
        }
        let joins = std::mem::take(&mut net.joins);
        for join in joins {
            let puts = |taken: &&Move| taken.put & join.collect != 0;
            let together =
                |taken: &Move| taken.put & join.collect == join.collect && taken.put & join.own == 0;
            let fused = join.is_plain()
                && rooted & join.collect == 0
                && list.iter().any(|taken| puts(&taken))
                && list.iter().filter(puts).all(together);
            if !fused {
                net.joins.push(join);
                continue;
            }
            let filling: Vec<Move> = list.extract_if(.., |taken| taken.put & join.collect != 0).collect();
            for taken in filling {
                let put = taken.put & !join.collect | join.own;
                add(net, &mut list, Move { put, ..taken });
            }
            fixed &= !join.own | touched | rooted;
            changed = true;
        }
        if !changed {
            break;
        }
    }
    list.sort_by_key(|taken| taken.from);
    net.moves = list;
    net.loose = net.joins.extract_if(.., |join| join.collect & early != 0).collect();
}

/// The places that can lose their token to another than their own step or join, those of joins that cancel, and all
/// places of a join of which one is among them.
fn touched(net: &Net) -> u128 {
    let cancelled = net.moves.iter().fold(0, |all, taken| all | !taken.keep & !taken.take());
    let cancelling = net.joins.iter().filter(|join| !join.is_plain() && join.fired == 0);
    let touched = cancelling.fold(cancelled, |all, join| all | join.region | join.collect);
    let places = net.joins.iter().map(|join| join.collect | join.fired | join.own);
    places.filter(|places| places & touched != 0).fold(touched, |all, places| all | places)
}

/// Replaces the moves into a step and out of it by those that do both; gives what the step puts, if it could.
fn pass_over(net: &mut Net, list: &mut Vec<Move>, step: usize, touched: u128) -> Option<u128> {
    let place: u128 = 1 << step;
    let (mut into, mut out, mut puts) = (0, 0, 0);
    let mut put_in: u128 = 0;
    let mut only: Option<Move> = None;
    for taken in list.iter() {
        if taken.put & place != 0 {
            if taken.from == step {
                return None;
            }
            into += 1;
            only = Some(*taken);
            put_in |= taken.put & !place;
        }
        if taken.from == step {
            out += 1;
            puts |= taken.put;
            if taken.cancels() || taken.put & touched != 0 {
                return None;
            }
        }
    }
    let entry = only?;
    let is_end = into == 1 && entry.put == place && !entry.cancels() && touched & entry.take() == 0;
    if out == 0 || into * out > into + out && into > 1 && out > 1 || puts == 0 && !is_end {
        return None;
    }
    if puts & put_in != 0 {
        return None;
    }
    let along = net.along.get(step).copied().unwrap_or_default();
    let (mut entering, mut leaving) = (Vec::new(), Vec::new());
    list.retain(|taken| {
        let list = if taken.from == step { &mut leaving } else { &mut entering };
        let goes = taken.from == step || taken.put & place != 0;
        if goes {
            list.push(*taken);
        }
        !goes
    });
    for one in &entering {
        for other in &leaving {
            let fired = net.pair(one.fired, other.fired);
            let (put, ran) = (one.put & !place | other.put, one.ran | other.ran | along);
            add(net, list, Move { put, ran, fired, ..*one });
        }
    }
    Some(puts)
}

/// Adds a move, if it changes something and is not there yet.
fn add(net: &mut Net, list: &mut Vec<Move>, taken: Move) {
    if taken.put == taken.take() && !taken.cancels() {
        if let Some(along) = net.along.get_mut(taken.from) {
            *along |= taken.ran;
        }
        return;
    }
    let same =
        |other: &&mut Move| other.from == taken.from && other.put == taken.put && other.keep == taken.keep;
    match list.iter_mut().find(same) {
        Some(other) => other.ran |= taken.ran,
        None => list.push(taken),
    }
}
