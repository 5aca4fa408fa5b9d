//! Numbers from other threads through `crossbeam-channel`, unbounded; its receiver looks for a while before it blocks.
//! What the workloads are, and which check sum they must give: `bench/README.md`.

use crossbeam_channel::unbounded;
use measure::{add_to_sum, produce, triangle, Run};

fn main() {
    let run = Run::from_args();
    match run.workload.as_str() {
        "cross_channel_1" => channel(&run, 1),
        "cross_channel_2" => channel(&run, 2),
        _ => run.unknown(),
    }
}

fn channel(run: &Run, producers: u64) {
    run.repeat_wall(|n| {
        let (sender, receiver) = unbounded();
        produce(
            producers,
            n,
            || {
                let sender = sender.clone();
                move |value| sender.send(value).expect("the receiver has gone")
            },
            || {
                for _ in 0..n {
                    add_to_sum(receiver.recv().expect("the senders have gone"));
                }
            },
        )
    });
    run.check(triangle(run.n));
}
