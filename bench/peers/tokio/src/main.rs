//! The task workloads of the benchmark on Tokio's current-thread runtime.
//! What each workload is, and which check sum it must give: `bench/README.md`.

use futures_util::future::join_all;
use measure::{add_to_sum, heap_bytes, produce, triangle, Run, BATCH};
use std::future::poll_fn;
use std::task::Poll;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::task::coop::unconstrained;
use tokio::task::{spawn, spawn_blocking};

/// Channels with a bound pay for a semaphore; the workloads bound themselves.
type Request = (u64, oneshot::Sender<u64>);

/// Lets the tasks that are queued run first. `yield_now` would also poll the driver, which costs Tokio 150 ns more.
async fn turn() {
    let mut queued = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut queued, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

fn main() {
    let run = Run::from_args();
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    match run.workload.as_str() {
        "task_now" => now(&run, &runtime),
        "task_resume" => resume(&run, &runtime),
        "stream_1" => stream(&run, &runtime, 1),
        "stream_100" => stream(&run, &runtime, 100),
        "ask" => ask(&run, &runtime),
        "all_1000" => all(&run, &runtime),
        "task_bytes" => bytes(&run, &runtime),
        "offload" => offload(&run),
        "cross_channel_1" => cross_channel(&run, &runtime, 1),
        "cross_channel_2" => cross_channel(&run, &runtime, 2),
        _ => run.unknown(),
    }
}

/// A task hands a job to another thread and awaits its result.
fn offload(run: &Run) {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().expect("a runtime");
    run.repeat(|n| {
        runtime.block_on(async {
            let task = spawn(async move {
                let mut total = 0;
                for value in 0..n {
                    total += spawn_blocking(move || value).await.expect("a result");
                }
                total
            });
            add_to_sum(task.await.expect("a task failed"));
        })
    });
    run.check(triangle(run.n));
}

/// Numbers from other threads through an unbounded `mpsc` channel to a task.
fn cross_channel(run: &Run, runtime: &Runtime, producers: u64) {
    run.repeat_wall(|n| {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        produce(
            producers,
            n,
            || {
                let sender = sender.clone();
                move |value| sender.send(value).expect("the receiver has gone")
            },
            || {
                runtime.block_on(unconstrained(async {
                    for _ in 0..n {
                        add_to_sum(receiver.recv().await.expect("the senders have gone"));
                    }
                }))
            },
        )
    });
    run.check(triangle(run.n));
}

/// Spawns 1000 tasks that end at once, and takes their results; and so on.
fn now(run: &Run, runtime: &Runtime) {
    run.repeat(|n| {
        runtime.block_on(async {
            let mut tasks = Vec::with_capacity(BATCH as usize);
            for first in (0..n).step_by(BATCH as usize) {
                tasks.extend((first..first + BATCH).map(|value| spawn(async move { value })));
                for task in tasks.drain(..) {
                    add_to_sum(task.await.expect("a task failed"));
                }
            }
        })
    });
    run.check(triangle(run.n));
}

/// A task awaits values one by one, each through a channel of its own; another task answers one a turn.
fn resume(run: &Run, runtime: &Runtime) {
    run.repeat(|n| {
        runtime.block_on(async {
            for _ in 0..n / BATCH {
                let (senders, receivers): (Vec<_>, Vec<_>) = (0..BATCH).map(|_| oneshot::channel::<u64>()).unzip();
                let task = spawn(async move {
                    let mut total = 0;
                    for receiver in receivers {
                        total += receiver.await.expect("an answer");
                    }
                    total
                });
                spawn(async move {
                    for (value, sender) in senders.into_iter().enumerate() {
                        sender.send(value as u64).expect("a receiver");
                        turn().await;
                    }
                });
                add_to_sum(task.await.expect("a task failed"));
            }
        })
    });
    run.check(run.n / BATCH * triangle(BATCH));
}

/// A task reads a channel that another task feeds with `batch` items a turn.
fn stream(run: &Run, runtime: &Runtime, batch: u64) {
    run.repeat(|n| {
        runtime.block_on(async {
            let (sender, mut receiver) = mpsc::unbounded_channel::<u64>();
            let task = spawn(async move {
                let mut total = 0;
                while let Some(value) = receiver.recv().await {
                    total += value;
                }
                total
            });
            spawn(async move {
                for first in (0..n).step_by(batch as usize) {
                    for value in first..first + batch {
                        sender.send(value).expect("a receiver");
                    }
                    turn().await;
                }
            });
            add_to_sum(task.await.expect("a task failed"));
        })
    });
    run.check(triangle(run.n));
}

/// A task asks another one, which answers through the sender that came with the request.
fn ask(run: &Run, runtime: &Runtime) {
    run.repeat(|n| {
        runtime.block_on(async {
            let (requests, mut inbox) = mpsc::unbounded_channel::<Request>();
            spawn(async move {
                while let Some((value, answer)) = inbox.recv().await {
                    answer.send(value).expect("an asker");
                }
            });
            let task = spawn(async move {
                let mut total = 0;
                for value in 0..n {
                    let (sender, receiver) = oneshot::channel();
                    requests.send((value, sender)).expect("an actor");
                    total += receiver.await.expect("an answer");
                }
                total
            });
            add_to_sum(task.await.expect("a task failed"));
        })
    });
    run.check(triangle(run.n));
}

/// One task awaits 1000 pending answers together; a second one gives them all in one turn. Without `unconstrained`, a turn
/// may take 128 answers, and polls all the others in vain.
fn all(run: &Run, runtime: &Runtime) {
    run.repeat(|n| {
        runtime.block_on(async {
            for first in (0..n).step_by(BATCH as usize) {
                let (senders, receivers): (Vec<_>, Vec<_>) = (0..BATCH).map(|_| oneshot::channel::<u64>()).unzip();
                let children = receivers.into_iter().map(|receiver| async move { receiver.await.expect("an answer") });
                let task = spawn(unconstrained(join_all(children.collect::<Vec<_>>())));
                spawn(async move {
                    for (value, sender) in (first..).zip(senders) {
                        sender.send(value).expect("a receiver");
                    }
                });
                add_to_sum(task.await.expect("a task failed").into_iter().sum());
            }
        })
    });
    run.check(triangle(run.n));
}

/// Heap held by a task that waits for one value, with its channel. The handles' own vectors are not counted.
fn bytes(run: &Run, runtime: &Runtime) {
    for rep in 0..run.reps {
        runtime.block_on(async {
            let mut senders = Vec::with_capacity(run.n as usize);
            let mut tasks = Vec::with_capacity(run.n as usize);
            let before = heap_bytes();
            for value in 0..run.n {
                let (sender, receiver) = oneshot::channel::<u64>();
                tasks.push(spawn(async move { receiver.await.expect("an answer") + value }));
                senders.push(sender);
                if value % BATCH == BATCH - 1 {
                    turn().await;
                }
            }
            while runtime.metrics().global_queue_depth() > 0 {
                turn().await;
            }
            run.line(rep, heap_bytes().wrapping_sub(before) as f64 / run.n as f64);
            for sender in senders {
                sender.send(1).expect("a receiver");
            }
            for task in tasks {
                add_to_sum(task.await.expect("a task failed"));
            }
        });
    }
    run.check(triangle(run.n) + run.n);
}
