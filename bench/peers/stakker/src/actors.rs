//! Life and size of an actor with 16 bytes of state.

use measure::{add_to_sum, heap_bytes, triangle, Run, BATCH};
use stakker::*;
use std::time::Instant;

struct Small {
    low: u64,
    high: u64,
}

impl Small {
    fn init(_: CX![], value: u64) -> Option<Self> {
        Some(Small { low: value, high: 2 * value })
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        add_to_sum(self.high - self.low);
    }
}

/// Makes 1000 actors, runs, ends them, runs; and so on.
pub fn make_and_end(run: &Run) {
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    let mut actors: Vec<ActorOwn<Small>> = Vec::with_capacity(BATCH as usize);
    run.repeat(|n| {
        for first in (0..n).step_by(BATCH as usize) {
            for value in first..first + BATCH {
                actors.push(actor!(s, Small::init(value), ret_nop!()));
            }
            s.run(s.now(), false);
            actors.clear();
            s.run(s.now(), false);
        }
    });
    run.check(triangle(run.n));
}

/// Heap held by a live actor. The handles' own vector is not counted, and a repetition ends all before the next.
pub fn bytes(run: &Run) {
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    for rep in 0..run.reps {
        let mut actors: Vec<ActorOwn<Small>> = Vec::with_capacity(run.n as usize);
        let before = heap_bytes();
        for value in 0..run.n {
            actors.push(actor!(s, Small::init(value), ret_nop!()));
            if value % BATCH == BATCH - 1 {
                s.run(s.now(), false);
            }
        }
        run.line(rep, heap_bytes().wrapping_sub(before) as f64 / run.n as f64);
        drop(actors);
        s.run(s.now(), false);
    }
    run.check(triangle(run.n));
}
