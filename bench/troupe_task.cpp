// bench/troupe_task.cpp: the workloads of room `task` on Troupe. What the workloads are:
// bench/README.md.
#include <coroutine>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/task/all.hpp>
#include <troupe/task/stream_pipe.hpp>
#include <vector>

#include "support/measure.hpp"

namespace {

using namespace troupe;
using bench::Run;
using bench::triangle;
using bench::u64;

Ret<u64> add_to_sum() {
  return ret_some_do([](u64 value) { bench::sum += value; });
}

struct Answerer {
  u64 answered = 0;
  void query(Cx<Answerer>&, u64 value, Ret<u64> ret) {
    ++answered;
    ret(value);
  }
};

// Something of another library: it is resumed while it suspends, so each await is one hop through
// the queue.
struct ForeignHop {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) const { frame.resume(); }
  u64 await_resume() const noexcept { return 1; }
};

// The same hop as an awaiter of ours.
struct OwnHop {
  static constexpr Mode mode = Mode::drop;
  bool await_ready() const noexcept { return false; }
  void wait(Wake waiter) const noexcept { waiter.strand()->wake(); }
  u64 await_resume() const noexcept { return 1; }
};

Task<u64> at_once(u64 value) { co_return value; }

Task<u64> await_pushed(Core& core, u64 n) {
  u64 total = 0;
  for (u64 i = 0; i < n; ++i) {
    auto [value, ret] = push_pipe<u64>(core);
    defer(core, [](Ret<u64> answer, u64 with) { answer(with); }, std::move(ret), i);
    total += co_await value;
  }
  co_return total;
}

Task<u64> ask_all(Actor<Answerer> answerer, u64 n) {
  u64 total = 0;
  for (u64 value = 0; value < n; ++value) total += co_await ask<&Answerer::query>(answerer, value);
  co_return total;
}

template <class Hop> Task<u64> hops(u64 n) {
  u64 total = 0;
  for (u64 i = 0; i < n; ++i) {
    const Hop hop;
    total += co_await hop;
  }
  co_return total;
}

Task<u64> add_one(Value<u64> pushed, u64 value) {
  const u64 one = co_await pushed;
  co_return one + value;
}

Task<u64> take(Value<u64> pushed) {
  const u64 value = co_await pushed;
  co_return value;
}

// Lets go first what was queued in the turn that spawned it, so that every answer finds a task that
// waits for it.
Task<> answer_all(std::vector<Ret<u64>> answers, u64 from) {
  const OwnHop hop;
  (void)co_await hop;
  for (Ret<u64>& answer : answers) answer(from++);
}

// Awaits pushed values together, each in a task of its own; one queue item answers them all.
Task<u64> await_all(Core& core, u64 first) {
  std::vector<Task<u64>> tasks;
  std::vector<Ret<u64>> rets;
  tasks.reserve(bench::batch);
  rets.reserve(bench::batch);
  for (u64 i = 0; i < bench::batch; ++i) {
    auto [value, ret] = push_pipe<u64>(core);
    tasks.push_back(take(std::move(value)));
    rets.push_back(std::move(ret));
  }
  spawn(core, answer_all, ret_nop, std::move(rets), first);
  u64 total = 0;
  for (const u64 value : co_await all(std::move(tasks))) total += value;
  co_return total;
}

Task<u64> add_up(PipeStream<u64> stream) {
  u64 total = 0;
  for (;;) {
    const std::optional<u64> item = co_await stream.next();
    if (!item) co_return total;
    total += *item;
  }
}

// Sends a batch of items in each queue item, and the end behind the last.
struct Feed {
  Fwd<std::optional<u64>> fwd;
  u64 first;
  u64 n;
  u64 batch;
  void operator()(Core& core) {
    const u64 end = first + batch;
    for (u64 value = first; value < end; ++value) fwd(value);
    first = end;
    if (end < n)
      defer(core, std::move(*this));
    else
      fwd(std::nullopt);
  }
};

// Spawns 1000 tasks that end at once, runs; and so on.
int task_now(const Run& run) {
  Runtime rt;
  run.repeat([&](u64 n) {
    for (u64 first = 0; first < n; first += bench::batch) {
      for (u64 value = first; value < first + bench::batch; ++value)
        spawn(rt, at_once, add_to_sum(), value);
      rt.run();
    }
  });
  return run.check(triangle(run.n));
}

// A task awaits pushed values one by one; each is answered by a queue item of its own.
int task_resume(const Run& run) {
  Runtime rt;
  run.repeat([&](u64 n) {
    for (u64 i = 0; i < n / bench::batch; ++i) {
      spawn(rt, await_pushed, add_to_sum(), bench::batch);
      rt.run();
    }
  });
  return run.check(run.n / bench::batch * triangle(bench::batch));
}

// A task awaits 1000 pending answers together; and so on.
int all_1000(const Run& run) {
  Runtime rt;
  run.repeat([&](u64 n) {
    for (u64 first = 0; first < n; first += bench::batch) {
      spawn(rt, await_all, add_to_sum(), first);
      rt.run();
    }
  });
  return run.check(triangle(run.n));
}

// A task reads a stream of items, which are sent in batches.
int stream(const Run& run, u64 batch) {
  Runtime rt;
  run.repeat([&](u64 n) {
    auto [items, fwd] = stream_pipe<u64>(rt);
    spawn(rt, add_up, add_to_sum(), std::move(items));
    defer(rt, Feed{std::move(fwd), 0, n, batch});
    rt.run();
  });
  return run.check(triangle(run.n));
}

// A task asks an actor, which answers at once.
int ask_actor(const Run& run) {
  Runtime rt;
  const auto answerer = make_actor<Answerer>(rt, ret_nop);
  rt.run();
  run.repeat([&](u64 n) {
    spawn(rt, ask_all, add_to_sum(), answerer.actor(), n);
    rt.run();
  });
  return run.check(triangle(run.n));
}

// A task awaits an awaitable that goes once through the queue.
template <class Hop> int hop(const Run& run) {
  Runtime rt;
  run.repeat([&](u64 n) {
    spawn(rt, hops<Hop>, add_to_sum(), n);
    rt.run();
  });
  return run.check(run.n);
}

// Memory held by a task that waits for a pushed value, with its pipe.
int task_bytes(const Run& run) {
  Runtime rt;
  std::vector<Ret<u64>> rets;  // not counted
  rets.reserve(run.n);
  const double before = bench::heap_bytes();
  for (u64 rep = 0; rep < run.reps; ++rep) {
    for (u64 value = 0; value < run.n; ++value) {
      auto [pushed, ret] = push_pipe<u64>(rt);
      spawn(rt, add_one, add_to_sum(), std::move(pushed), value);
      rets.push_back(std::move(ret));
      if (value % bench::batch == bench::batch - 1) rt.run();
    }
    run.line(rep, (bench::heap_bytes() - before) / static_cast<double>(run.n));
    for (Ret<u64>& ret : rets) ret(1);
    rets.clear();
    rt.run();
  }
  return run.check(triangle(run.n) + run.n);
}

}  // namespace

int main(int argc, char** argv) {
  const Run run = Run::from_args(argc, argv);
  if (run.is("task_now")) return task_now(run);
  if (run.is("task_resume")) return task_resume(run);
  if (run.is("stream_1")) return stream(run, 1);
  if (run.is("stream_100")) return stream(run, 100);
  if (run.is("ask")) return ask_actor(run);
  if (run.is("all_1000")) return all_1000(run);
  if (run.is("foreign")) return hop<ForeignHop>(run);
  if (run.is("foreign_own")) return hop<OwnHop>(run);
  if (run.is("task_bytes")) return task_bytes(run);
  return run.unknown();
}
