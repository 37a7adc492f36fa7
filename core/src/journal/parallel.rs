//! Work on many events by all processors, in order.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::mpsc::sync_channel;
use std::thread;

/// How many processors there are.
pub(super) fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Does something with each chunk, on all processors, and visits what comes of it in the order of the chunks; a break ends
/// it.
pub(super) fn in_order<T: Send, R: Send>(
    chunks: Vec<T>,
    work: impl Fn(T) -> R + Sync,
    mut visit: impl FnMut(R) -> ControlFlow<()>,
) {
    let workers = processors().min(chunks.len()).max(1);
    let mut shares: Vec<Vec<T>> = (0..workers).map(|_| Vec::new()).collect();
    let count = chunks.len();
    for (place, chunk) in chunks.into_iter().enumerate() {
        if let Some(share) = shares.get_mut(place % workers) {
            share.push(chunk);
        }
    }
    let work = &work;
    thread::scope(|threads| {
        let done: Vec<_> = shares
            .into_iter()
            .map(|share| {
                // A few ahead of who visits, no more.
                let (send, receive) = sync_channel(4);
                threads.spawn(move || {
                    for chunk in share {
                        if send.send(work(chunk)).is_err() {
                            break;
                        }
                    }
                });
                receive
            })
            .collect();
        for place in 0..count {
            let Some(Ok(done)) = done.get(place % workers).map(|done| done.recv()) else { break };
            if visit(done).is_break() {
                break;
            }
        }
    });
}
