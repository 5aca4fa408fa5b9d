//! Clock, check sum and allocation counter of the Rust peers.
//!
//! Each program of the benchmark is called as `<program> <workload> <n> <reps>` and prints one line a repetition
//! (`workload repetition ns-per-operation`), then `# sum`, `# allocs` and perhaps more lines that begin with `#`.
//! The C++ programs print the same lines (`bench/support/measure.hpp`).

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::time::Instant;

/// Operations are counted in batches of this size, so that `n` is a multiple of it in every workload.
pub const BATCH: u64 = 1000;

static SUM: AtomicU64 = AtomicU64::new(0);
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

/// A load and a store: the programs have one thread, and a locked addition would be charged to the peer.
fn bump(counter: &AtomicU64, by: u64) {
    counter.store(counter.load(Relaxed).wrapping_add(by), Relaxed);
}

/// Adds to the check sum. Cheap enough for the inside of a measured loop.
#[inline(always)]
pub fn add_to_sum(value: u64) {
    bump(&SUM, value);
}

/// The check sum so far.
pub fn sum() -> u64 {
    SUM.load(Relaxed)
}

/// The system's allocator with a counter in front.
pub struct Counting;

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        bump(&ALLOCATIONS, 1);
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        bump(&ALLOCATIONS, 1);
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        bump(&ALLOCATIONS, 1);
        unsafe { System.realloc(old, layout, size) }
    }
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        unsafe { System.dealloc(old, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What the command line asks for.
pub struct Run {
    pub workload: String,
    pub n: u64,
    pub reps: u64,
}

impl Run {
    /// Reads the command line; ends the program with a sentence when it does not fit.
    pub fn from_args() -> Run {
        let args: Vec<String> = std::env::args().collect();
        let number = |i: usize| args.get(i).and_then(|a| a.parse::<u64>().ok()).filter(|&v| v > 0);
        match (args.get(1), number(2), number(3)) {
            (Some(workload), Some(n), Some(reps)) if n % BATCH == 0 => Run { workload: workload.clone(), n, reps },
            _ => {
                eprintln!("usage: {} <workload> <n> <reps>   (n a multiple of {})", args[0], BATCH);
                std::process::exit(2);
            }
        }
    }

    /// Ends the program: there is no such workload here.
    pub fn unknown(&self) -> ! {
        eprintln!("no workload named {}", self.workload);
        std::process::exit(2);
    }

    /// Runs `body(n)` once a repetition and prints what an operation took, then what the last repetition allocated.
    pub fn repeat(&self, mut body: impl FnMut(u64)) {
        let mut allocations = 0;
        for rep in 0..self.reps {
            let before = ALLOCATIONS.load(Relaxed);
            let start = now_ns();
            body(self.n);
            let took = now_ns() - start;
            allocations = ALLOCATIONS.load(Relaxed) - before;
            self.line(rep, took / self.n as f64);
        }
        println!("# allocs {:.4}", allocations as f64 / self.n as f64);
    }

    /// Runs `body(n)` once a repetition and prints what it returns, nanoseconds of wall time, an operation: for
    /// workloads of several threads.
    pub fn repeat_wall(&self, mut body: impl FnMut(u64) -> f64) {
        for rep in 0..self.reps {
            let took = body(self.n);
            self.line(rep, took / self.n as f64);
        }
    }

    /// Prints the line of one repetition.
    pub fn line(&self, rep: u64, value: impl Display) {
        println!("{} {} {:.3}", self.workload, rep, value);
    }

    /// Ends the measurement: aborts unless the check sum is what `reps` repetitions of `each` give.
    pub fn check(&self, each: u64) {
        let expected = each.wrapping_mul(self.reps);
        println!("# sum {}", sum());
        if sum() != expected {
            eprintln!("{}: check sum is {}, expected {}", self.workload, sum(), expected);
            std::process::abort();
        }
    }
}

/// Sends 0 .. n - 1 from `producers` threads at once, each every so-many-th number, and receives them here.
/// `sender()` makes what a thread sends by; `receive()` returns when all n numbers are there, and has added them to the
/// check sum. Returns nanoseconds of wall time from the first that was sent to the last that was received.
pub fn produce<S: FnMut(u64) + Send + 'static>(
    producers: u64,
    n: u64,
    sender: impl Fn() -> S,
    receive: impl FnOnce(),
) -> f64 {
    let all_there = Arc::new(Barrier::new(producers as usize + 1));
    let threads: Vec<_> = (0..producers)
        .map(|first| {
            let (all_there, mut send) = (all_there.clone(), sender());
            std::thread::spawn(move || {
                all_there.wait();
                for value in (first..n).step_by(producers as usize) {
                    send(value);
                }
            })
        })
        .collect();
    all_there.wait();
    let start = Instant::now();
    receive();
    let took = start.elapsed().as_nanos() as f64;
    for thread in threads {
        thread.join().expect("a producer failed");
    }
    took
}

/// Sum of 0, 1, ..., n - 1.
pub fn triangle(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

/// Nanoseconds of processor time that this process has had: what else runs on the machine is not charged to it.
pub fn now_ns() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Bytes that the process holds from the heap, including the allocator's own headers.
pub fn heap_bytes() -> usize {
    let info = unsafe { libc::mallinfo2() };
    info.uordblks + info.hblkhd
}

/// The generator that all programs share, so that all get the same order and the same expiry times.
pub struct Xorshift(u64);

impl Default for Xorshift {
    fn default() -> Self {
        Xorshift(88172645463325252)
    }
}

impl Xorshift {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// 0 .. n - 1 in random order.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, (self.next() % (i as u64 + 1)) as usize);
        }
        order
    }
}
