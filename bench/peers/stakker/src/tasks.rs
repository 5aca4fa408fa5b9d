//! Tasks of `stakker_async_await`.

use futures_core::Stream;
use measure::{add_to_sum, heap_bytes, triangle, Run, BATCH};
use stakker::*;
use stakker_async_await::{fwd_to_stream, ret_to_future, spawn_future};
use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::time::Instant;

fn answer() -> Ret<u64> {
    Ret::new(|value: Option<u64>| add_to_sum(value.expect("a task was dropped")))
}

/// Spawns 1000 tasks that end at once, runs; and so on.
pub fn now(run: &Run) {
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    run.repeat(|n| {
        for first in (0..n).step_by(BATCH as usize) {
            for value in first..first + BATCH {
                spawn_future(s, async move { value }, answer());
            }
            s.run(s.now(), false);
        }
    });
    run.check(triangle(run.n));
}

/// A task awaits pushed values one by one; each is answered by a queue item of its own.
///
/// A future of this library can make no pipe itself (it is given no `Core`), so 1000 pipes are made ahead.
pub fn resume(run: &Run) {
    fn answer_next(core: &mut Core, value: u64, mut rets: std::vec::IntoIter<Ret<u64>>) {
        if let Some(ret) = rets.next() {
            ret!([ret], value);
            core.defer(move |s| answer_next(s, value + 1, rets));
        }
    }
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    run.repeat(|n| {
        for _ in 0..n / BATCH {
            let (values, rets): (Vec<_>, Vec<_>) = (0..BATCH).map(|_| ret_to_future::<u64>(s)).unzip();
            let task = async move {
                let mut total = 0;
                for value in values {
                    total += value.await;
                }
                total
            };
            spawn_future(s, task, answer());
            s.defer(move |s| answer_next(s, 0, rets.into_iter()));
            s.run(s.now(), false);
        }
    });
    run.check(run.n / BATCH * triangle(BATCH));
}

/// A task reads a stream that a queue item feeds with `batch` items at a time.
pub fn stream(run: &Run, batch: u64) {
    fn feed(core: &mut Core, first: u64, n: u64, batch: u64, fwd: Fwd<Option<u64>>) {
        for value in first..first + batch {
            fwd!([fwd], Some(value));
        }
        if first + batch < n {
            core.defer(move |s| feed(s, first + batch, n, batch, fwd));
        } else {
            fwd!([fwd], None);
        }
    }
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    run.repeat(|n| {
        let (stream, fwd) = fwd_to_stream::<u64>(s, fwd_nop!(), 128);
        let task = async move {
            let mut stream = pin!(stream);
            let mut total = 0;
            while let Some(value) = poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
                total += value;
            }
            total
        };
        spawn_future(s, task, answer());
        s.defer(move |s| feed(s, 0, n, batch, fwd));
        s.run(s.now(), false);
    });
    run.check(triangle(run.n));
}

struct Answerer {
    answered: u64,
}

impl Answerer {
    fn init(_: CX![]) -> Option<Self> {
        Some(Answerer { answered: 0 })
    }
    fn query(&mut self, _: CX![], value: u64, ret: Ret<u64>) {
        self.answered += 1;
        ret!([ret], value);
    }
}

/// A task asks an actor, which answers at once. A task can call an actor itself, but its pipes are made ahead, 1000 at
/// a time, as in `resume`.
pub fn ask(run: &Run) {
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    let answerer = actor!(s, Answerer::init(), ret_nop!());
    s.run(s.now(), false);
    run.repeat(|n| {
        for first in (0..n).step_by(BATCH as usize) {
            let pipes: Vec<_> = (0..BATCH).map(|_| ret_to_future::<u64>(s)).collect();
            let answerer = answerer.clone();
            let task = async move {
                let mut total = 0;
                for (value, (reply, ret)) in (first..).zip(pipes) {
                    call!([answerer], query(value, ret));
                    total += reply.await;
                }
                total
            };
            spawn_future(s, task, answer());
            s.run(s.now(), false);
        }
    });
    run.check(triangle(run.n));
}

/// The values of many tasks; the last of them answers who awaits them all.
struct Together {
    values: Vec<u64>,
    left: u64,
    done: Option<Ret<Vec<u64>>>,
}

impl Together {
    fn set(&mut self, at: u64, value: u64) {
        self.values[at as usize] = value;
        self.left -= 1;
        if self.left == 0 {
            let (done, values) = (self.done.take(), std::mem::take(&mut self.values));
            ret!([done.expect("who awaits them")], values);
        }
    }
}

/// A task awaits 1000 others together, each of which awaits a pending answer; one queue item gives them all.
pub fn all(run: &Run) {
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    run.repeat(|n| {
        for first in (0..n).step_by(BATCH as usize) {
            let (values, done) = ret_to_future::<Vec<u64>>(s);
            spawn_future(s, async move { values.await.into_iter().sum() }, answer());
            let together =
                Rc::new(RefCell::new(Together { values: vec![0; BATCH as usize], left: BATCH, done: Some(done) }));
            let mut rets = Vec::with_capacity(BATCH as usize);
            for at in 0..BATCH {
                let (value, ret) = ret_to_future::<u64>(s);
                let together = together.clone();
                let task = async move {
                    let value = value.await;
                    together.borrow_mut().set(at, value);
                };
                spawn_future(s, task, ret_nop!());
                rets.push(ret);
            }
            s.defer(move |_| {
                for (value, ret) in (first..).zip(rets) {
                    ret!([ret], value);
                }
            });
            s.run(s.now(), false);
        }
    });
    run.check(triangle(run.n));
}

/// Heap held by a task that waits for a pushed value, with its pipe.
pub fn bytes(run: &Run) {
    let mut stakker = Stakker::new(Instant::now());
    let s = &mut stakker;
    for rep in 0..run.reps {
        let mut rets: Vec<Ret<u64>> = Vec::with_capacity(run.n as usize);
        let before = heap_bytes();
        for value in 0..run.n {
            let (reply, ret) = ret_to_future::<u64>(s);
            spawn_future(s, async move { reply.await + value }, answer());
            rets.push(ret);
            if value % BATCH == BATCH - 1 {
                s.run(s.now(), false);
            }
        }
        run.line(rep, heap_bytes().wrapping_sub(before) as f64 / run.n as f64);
        for ret in rets {
            ret!([ret], 1);
        }
        s.run(s.now(), false);
    }
    run.check(triangle(run.n) + run.n);
}
