//! The workloads of the benchmark on the crates `stakker` and `stakker_async_await`, with their default features.
//! What each workload is, and which check sum it must give: `bench/README.md`.

mod actors;
mod calls;
mod cross;
mod replies;
mod tasks;
mod timers;

use measure::Run;

fn main() {
    let run = Run::from_args();
    match run.workload.as_str() {
        "call_burst" => calls::burst(&run),
        "call_pingpong" => calls::ring(&run, 2, 1, false),
        "ring_1k" => calls::ring(&run, 1000, 100, false),
        "ring_1m" => calls::ring(&run, 1_000_000, 100, true),
        "fwd" => replies::fwd(&run),
        "ret_pingpong" => replies::ret(&run, 1),
        "ret_burst" => replies::ret(&run, 1000),
        "actor" => actors::make_and_end(&run),
        "actor_bytes" => actors::bytes(&run),
        "timer_add" => timers::add_and_expire(&run, true),
        "timer_expire" => timers::add_and_expire(&run, false),
        "timer_add_delete" => timers::add_delete(&run),
        "timer_max" => timers::max(&run),
        "task_now" => tasks::now(&run),
        "task_resume" => tasks::resume(&run),
        "stream_1" => tasks::stream(&run, 1),
        "stream_100" => tasks::stream(&run, 100),
        "ask" => tasks::ask(&run),
        "all_1000" => tasks::all(&run),
        "task_bytes" => tasks::bytes(&run),
        "cross_channel_1" => cross::channel(&run, 1),
        "cross_channel_2" => cross::channel(&run, 2),
        _ => run.unknown(),
    }
}
