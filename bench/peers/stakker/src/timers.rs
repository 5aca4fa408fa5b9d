//! Timers, in virtual time.

use measure::{add_to_sum, now_ns, triangle, Run, Xorshift};
use stakker::*;
use std::time::{Duration, Instant};

const SPAN: Duration = Duration::from_secs(100);
const STEP: Duration = Duration::from_millis(1);

struct Sink {
    sum: u64,
}

impl Sink {
    fn init(_: CX![]) -> Option<Self> {
        Some(Sink { sum: 0 })
    }
    fn fire(&mut self, _: CX![], value: u64) {
        self.sum += value;
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        add_to_sum(self.sum);
    }
}

fn within_span(random: &mut Xorshift) -> Duration {
    Duration::from_micros(random.next() % SPAN.as_micros() as u64)
}

/// Adds n timers spread over 100 s, then steps the clock by 1 ms until all have expired. Times one of the two.
pub fn add_and_expire(run: &Run, time_adding: bool) {
    let mut now = Instant::now();
    let mut stakker = Stakker::new(now);
    let s = &mut stakker;
    let actor = actor!(s, Sink::init(), ret_nop!());
    s.run(now, false);
    let mut random = Xorshift::default();
    for rep in 0..run.reps {
        let start = now_ns();
        for value in 0..run.n {
            let _ = at!(now + within_span(&mut random), [actor, s], fire(value));
        }
        let added = now_ns();
        for _ in 0..=SPAN.as_millis() / STEP.as_millis() {
            now += STEP;
            s.run(now, false);
        }
        let took = if time_adding { added - start } else { now_ns() - added };
        run.line(rep, took / run.n as f64);
    }
    drop(actor);
    s.run(now, false);
    run.check(triangle(run.n));
}

/// Adds a timer and deletes it, with 1000 others live: what a request with a time limit does.
pub fn add_delete(run: &Run) {
    let now = Instant::now();
    let mut stakker = Stakker::new(now);
    let s = &mut stakker;
    let actor = actor!(s, Sink::init(), ret_nop!());
    s.run(now, false);
    let mut random = Xorshift::default();
    for value in 0..1000 {
        let _ = at!(now + within_span(&mut random), [actor, s], fire(value));
    }
    run.repeat(|n| {
        let mut deleted = 0;
        for value in 0..n {
            let key = at!(now + within_span(&mut random), [actor, s], fire(value));
            deleted += s.timer_del(key) as u64;
        }
        add_to_sum(deleted);
    });
    run.check(run.n);
}

/// Pushes a max timer on by 1 us, n times; afterwards it must expire exactly once.
pub fn max(run: &Run) {
    const AHEAD: Duration = Duration::from_secs(60);
    let mut now = Instant::now();
    let mut stakker = Stakker::new(now);
    let s = &mut stakker;
    let actor = actor!(s, Sink::init(), ret_nop!());
    s.run(now, false);
    let mut key = MaxTimerKey::default();
    run.repeat(|n| {
        let mut expiry = now + AHEAD;
        for _ in 0..n {
            expiry += Duration::from_micros(1);
            timer_max!(&mut key, expiry, [actor, s], fire(1));
        }
    });
    // Still set after everything that was pushed on, and gone one second later.
    let last = now + AHEAD + Duration::from_micros(run.n);
    now = last - Duration::from_secs(1);
    s.run(now, false);
    assert!(s.timer_max_active(key));
    s.run(last + Duration::from_secs(1), false);
    drop(actor);
    s.run(last + Duration::from_secs(1), false);
    add_to_sum(run.reps - 1);
    run.check(1);
}
