//! Numbers from other threads through Stakker's channel to an actor. Stakker leaves its thread's sleep to the host: here it
//! looks for work for a while, as our loop and `crossbeam-channel` do, and then parks.

use measure::{add_to_sum, produce, triangle, Run};
use stakker::sync::{Channel, ChannelGuard};
use stakker::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

const SPIN: Duration = Duration::from_micros(50);

struct Receiver {
    left: u64,
    guard: Option<ChannelGuard>,
}

impl Receiver {
    fn init(_: CX![], left: u64) -> Option<Self> {
        Some(Receiver { left, guard: None })
    }
    fn keep(&mut self, _: CX![], guard: ChannelGuard) {
        self.guard = Some(guard);
    }
    fn take(&mut self, cx: CX![], value: u64) {
        add_to_sum(value);
        self.left -= 1;
        if self.left == 0 {
            stop!(cx);
        }
    }
}

/// What wakes the thread of the runtime.
struct Bell {
    rung: AtomicBool,
    thread: Thread,
}

impl Bell {
    fn ring(&self) {
        self.rung.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
    fn wait(&self) {
        let start = Instant::now();
        while !self.rung.swap(false, Ordering::SeqCst) {
            if start.elapsed() < SPIN {
                std::hint::spin_loop();
            } else {
                thread::park();
            }
        }
    }
}

pub fn channel(run: &Run, producers: u64) {
    run.repeat_wall(|n| {
        let mut stakker = Stakker::new(Instant::now());
        let s = &mut stakker;
        let bell = Arc::new(Bell { rung: AtomicBool::new(false), thread: thread::current() });
        let ringer = bell.clone();
        s.set_poll_waker(move || ringer.ring());
        let receiver = actor!(s, Receiver::init(n), ret_shutdown!(s));
        let (channel, guard) = Channel::new(s, fwd_to!([receiver], take() as (u64)));
        call!([receiver], keep(guard));
        s.run(Instant::now(), false);
        produce(
            producers,
            n,
            || {
                let channel = channel.clone();
                move |value| assert!(channel.send(value))
            },
            || {
                while s.not_shutdown() {
                    bell.wait();
                    s.poll_wake();
                    s.run(Instant::now(), false);
                }
            },
        )
    });
    run.check(triangle(run.n));
}
