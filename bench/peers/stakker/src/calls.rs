//! Plain calls: one actor, two actors, rings.

use measure::{add_to_sum, triangle, Run, Xorshift};
use stakker::*;
use std::time::Instant;

struct Node {
    next: Option<Actor<Node>>,
    sum: u64,
}

impl Node {
    fn init(_: CX![]) -> Option<Self> {
        Some(Node { next: None, sum: 0 })
    }
    fn link(&mut self, _: CX![], next: Actor<Node>) {
        self.next = Some(next);
    }
    fn hop(&mut self, _: CX![], left: u64) {
        self.sum += left;
        if left != 0 {
            if let Some(ref next) = self.next {
                call!([next], hop(left - 1));
            }
        }
    }
    fn again(&mut self, cx: CX![], left: u64) {
        self.sum += left;
        if left != 0 {
            call!([cx], again(left - 1));
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        add_to_sum(self.sum);
    }
}

/// One actor calls itself, 1000 calls in flight.
pub fn burst(run: &Run) {
    const IN_FLIGHT: u64 = 1000;
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    let actor = actor!(s, Node::init(), ret_nop!());
    s.run(s.now(), false);
    run.repeat(|n| {
        for _ in 0..IN_FLIGHT {
            call!([actor], again(n / IN_FLIGHT - 1));
        }
        s.run(s.now(), false);
    });
    drop(actor);
    s.run(s.now(), false);
    run.check(IN_FLIGHT * triangle(run.n / IN_FLIGHT));
}

/// A ring of `size` actors with `in_flight` messages going round, linked in memory order or in random order.
pub fn ring(run: &Run, size: usize, in_flight: usize, random: bool) {
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    let actors: Vec<ActorOwn<Node>> = (0..size).map(|_| actor!(s, Node::init(), ret_nop!())).collect();
    s.run(s.now(), false);
    let order = if random { Xorshift::default().permutation(size) } else { (0..size).collect() };
    for (i, &from) in order.iter().enumerate() {
        let next = actors[order[(i + 1) % size]].clone();
        call!([actors[from]], link(next));
    }
    s.run(s.now(), false);

    let stride = size / in_flight;
    let hops = run.n / in_flight as u64;
    run.repeat(|_| {
        for i in 0..in_flight {
            call!([actors[i * stride % size]], hop(hops - 1));
        }
        s.run(s.now(), false);
    });
    drop(actors);
    s.run(s.now(), false);
    run.check(in_flight as u64 * triangle(hops));
}
