//! Several offices and a centre, a line that loses, repeats, delays, reorders and cuts what it carries, and machines that
//! stop: thousands of random lives, each from a seed, and what has to hold after every step of each.
//!
//! `SEED=n` plays one life and prints it, `RUNS=n` plays so many.

#[path = "common/lives.rs"]
mod lives;

use lives::{Counts, Life};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn whatever_the_line_does_each_dossier_has_one_history_and_one_owner() {
    if let Some(seed) = number("SEED") {
        let mut life = Life::new(seed, true);
        life.live();
        println!("seed {seed}: {:?}", life.counts);
        return;
    }
    let runs = number("RUNS").unwrap_or(2_000);
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let total = std::thread::scope(|scope| {
        let played: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let mut total = Counts::default();
                    for seed in (thread..runs).step_by(threads as usize) {
                        let mut life = Life::new(seed, false);
                        if catch_unwind(AssertUnwindSafe(|| life.live())).is_err() {
                            panic!(
                                "it failed with SEED={seed}; play it again with that to see what happened"
                            );
                        }
                        total.add(life.counts);
                    }
                    total
                })
            })
            .collect();
        played.into_iter().fold(Counts::default(), |mut total, played| {
            total.add(played.join().unwrap_or_else(|_| panic!("a life failed; its seed stands above")));
            total
        })
    });
    println!("{runs} lives: {total:?}");
    // Each of these things happens often, so that what holds holds against all of them.
    for (what, count) in total.all() {
        assert!(count as u64 >= runs / 20, "{what}: {count}");
    }
}

#[test]
fn a_seed_gives_the_same_life_again() {
    let [first, second] = [7, 7].map(|seed| {
        let mut life = Life::new(seed, false);
        life.live();
        (life.counts, life.digest())
    });
    assert_eq!(first, second);
    let mut other = Life::new(8, false);
    other.live();
    assert_ne!(first.1, other.digest());
}
