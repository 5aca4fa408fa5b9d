//! Calls through a `Fwd`, and requests answered through a `Ret`.

use measure::{add_to_sum, triangle, Run};
use stakker::*;
use std::time::Instant;

struct Asker {
    peer: Option<Actor<Asker>>,
    fwd: Option<Fwd<u64>>,
    sum: u64,
}

impl Asker {
    fn init(_: CX![]) -> Option<Self> {
        Some(Asker { peer: None, fwd: None, sum: 0 })
    }
    fn link(&mut self, _: CX![], peer: Actor<Asker>, fwd: Fwd<u64>) {
        self.peer = Some(peer);
        self.fwd = Some(fwd);
    }
    fn hop(&mut self, _: CX![], left: u64) {
        self.sum += left;
        if left != 0 {
            if let Some(ref fwd) = self.fwd {
                fwd!([fwd], left - 1);
            }
        }
    }
    fn query(&mut self, _: CX![], left: u64, ret: Ret<u64>) {
        self.sum += left;
        ret!([ret], left - 1);
    }
    fn ask(&mut self, cx: CX![], left: u64) {
        if let Some(ref peer) = self.peer {
            let ret = ret_some_to!([cx], reply() as (u64));
            call!([peer], query(left, ret));
        }
    }
    fn reply(&mut self, cx: CX![], left: u64) {
        self.sum += left;
        if left != 0 {
            self.ask(cx, left);
        }
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        add_to_sum(self.sum);
    }
}

fn pair(s: &mut Stakker) -> (ActorOwn<Asker>, ActorOwn<Asker>) {
    let a = actor!(s, Asker::init(), ret_nop!());
    let b = actor!(s, Asker::init(), ret_nop!());
    let to_a = fwd_to!([a], hop() as (u64));
    let to_b = fwd_to!([b], hop() as (u64));
    call!([a], link(b.clone(), to_b));
    call!([b], link(a.clone(), to_a));
    s.run(s.now(), false);
    (a, b)
}

/// Two actors call each other through a `Fwd`, 1000 messages in flight.
pub fn fwd(run: &Run) {
    const IN_FLIGHT: u64 = 1000;
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    let (a, b) = pair(s);
    run.repeat(|n| {
        for _ in 0..IN_FLIGHT {
            call!([a], hop(n / IN_FLIGHT - 1));
        }
        s.run(s.now(), false);
    });
    drop((a, b));
    s.run(s.now(), false);
    run.check(IN_FLIGHT * triangle(run.n / IN_FLIGHT));
}

/// A request with a `Ret` to the other actor, and its answer; `in_flight` exchanges at once.
pub fn ret(run: &Run, in_flight: u64) {
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    let (a, b) = pair(s);
    let rounds = run.n / in_flight;
    run.repeat(|_| {
        for _ in 0..in_flight {
            call!([a], ask(rounds));
        }
        s.run(s.now(), false);
    });
    drop((a, b));
    s.run(s.now(), false);
    run.check(in_flight * rounds * rounds);
}
