// bench/troupe_core.cpp: the workloads of room `core` on Troupe. What the workloads are:
// bench/README.md.
#include <troupe/core.hpp>

#include "support/measure.hpp"

namespace {

using namespace troupe;
using bench::Run;
using bench::triangle;
using bench::u64;

constexpr u64 burst = 1000;

struct Node {
  Actor<Node> next;
  u64 sum = 0;

  void link(Actor<Node> to) { next = std::move(to); }
  void hop(Cx<Node>&, u64 left) {
    sum += left;
    if (left != 0) call<&Node::hop>(next, left - 1);
  }
  void again(Cx<Node>& cx, u64 left) {
    sum += left;
    if (left != 0) call<&Node::again>(cx, left - 1);
  }
  ~Node() { bench::sum += sum; }
};

struct Asker {
  Actor<Asker> peer;
  Fwd<u64> fwd;
  u64 sum = 0;

  void link(Actor<Asker> to, Fwd<u64> hops) {
    peer = std::move(to);
    fwd = std::move(hops);
  }
  void hop(Cx<Asker>&, u64 left) {
    sum += left;
    if (left != 0) fwd(left - 1);
  }
  void query(Cx<Asker>&, u64 left, Ret<u64> ret) {
    sum += left;
    ret(left - 1);
  }
  void ask(Cx<Asker>& cx, u64 left) { call<&Asker::query>(peer, left, ret_to<&Asker::reply>(cx)); }
  void reply(Cx<Asker>& cx, Reply<u64> left) {
    if (!left) return;
    sum += *left;
    if (*left != 0) ask(cx, *left);
  }
  ~Asker() { bench::sum += sum; }
};

struct Small {
  u64 low;
  u64 high;
  explicit Small(u64 value) : low(value), high(2 * value) {}
  ~Small() { bench::sum += high - low; }
};

struct Sink {
  u64 sum = 0;
  void fire(Cx<Sink>&, u64 value) { sum += value; }
  ~Sink() { bench::sum += sum; }
};

struct Pair {
  ActorOwn<Asker> a;
  ActorOwn<Asker> b;

  explicit Pair(Runtime& rt)
      : a(make_actor<Asker>(rt, ret_nop)), b(make_actor<Asker>(rt, ret_nop)) {
    call<&Asker::link>(a, b.actor(), fwd_to<&Asker::hop>(b));
    call<&Asker::link>(b, a.actor(), fwd_to<&Asker::hop>(a));
    rt.run();
  }
};

// One actor calls itself, 1000 calls in flight.
int call_burst(const Run& run) {
  {
    Runtime rt;
    const auto node = make_actor<Node>(rt, ret_nop);
    rt.run();
    run.repeat([&](u64 n) {
      for (u64 i = 0; i < burst; ++i) call<&Node::again>(node, n / burst - 1);
      rt.run();
    });
  }
  return run.check(burst * triangle(run.n / burst));
}

// A ring of `size` actors with `in_flight` messages going round, linked in memory order or in
// random order.
int ring(const Run& run, std::size_t size, std::size_t in_flight, bool random) {
  const u64 hops = run.n / in_flight;
  {
    Runtime rt;
    std::vector<ActorOwn<Node>> nodes;
    nodes.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      nodes.push_back(make_actor<Node>(rt, ret_nop));
      if (i % bench::batch == 0) rt.run();
    }
    const auto order = bench::Xorshift().order(size, random);
    for (std::size_t i = 0; i < size; ++i) {
      call<&Node::link>(nodes[order[i]], nodes[order[(i + 1) % size]].actor());
      if (i % bench::batch == 0) rt.run();
    }
    rt.run();
    const std::size_t stride = size / in_flight;
    run.repeat([&](u64) {
      for (std::size_t i = 0; i < in_flight; ++i) call<&Node::hop>(nodes[i * stride], hops - 1);
      rt.run();
    });
  }
  return run.check(in_flight * triangle(hops));
}

// Two actors call each other through a Fwd, 1000 messages in flight.
int fwd(const Run& run) {
  {
    Runtime rt;
    const Pair pair(rt);
    run.repeat([&](u64 n) {
      for (u64 i = 0; i < burst; ++i) call<&Asker::hop>(pair.a, n / burst - 1);
      rt.run();
    });
  }
  return run.check(burst * triangle(run.n / burst));
}

// A request with a Ret to the other actor, and its answer; `in_flight` exchanges at once.
int ret(const Run& run, u64 in_flight) {
  const u64 rounds = run.n / in_flight;
  {
    Runtime rt;
    const Pair pair(rt);
    run.repeat([&](u64) {
      for (u64 i = 0; i < in_flight; ++i) call<&Asker::ask>(pair.a, rounds);
      rt.run();
    });
  }
  return run.check(in_flight * rounds * rounds);
}

// Makes 1000 actors, runs, ends them, runs; and so on.
int actor(const Run& run) {
  Runtime rt;
  std::vector<ActorOwn<Small>> actors;
  actors.reserve(bench::batch);
  run.repeat([&](u64 n) {
    for (u64 first = 0; first < n; first += bench::batch) {
      for (u64 value = first; value < first + bench::batch; ++value) {
        actors.push_back(make_actor<Small>(rt, ret_nop, value));
      }
      rt.run();
      actors.clear();
      rt.run();
    }
  });
  return run.check(triangle(run.n));
}

// Heap held by a live actor. The handles' own vector is not counted. Freed boxes stay in the pool,
// so it is the first repetition that sees the heap grow.
int actor_bytes(const Run& run) {
  Runtime rt;
  std::vector<ActorOwn<Small>> actors;
  actors.reserve(run.n);
  const double before = bench::heap_bytes();
  for (u64 rep = 0; rep < run.reps; ++rep) {
    for (u64 value = 0; value < run.n; ++value) {
      actors.push_back(make_actor<Small>(rt, ret_nop, value));
      if (value % bench::batch == bench::batch - 1) rt.run();
    }
    run.line(rep, (bench::heap_bytes() - before) / static_cast<double>(run.n));
    actors.clear();
    rt.run();
  }
  return run.check(triangle(run.n));
}

Duration microseconds(u64 count) {
  return std::chrono::microseconds(static_cast<std::int64_t>(count));
}

Instant within_span(const Runtime& rt, bench::Xorshift& random) {
  return rt.now() + microseconds(random.next() % bench::timer_span_us);
}

// Adds n timers spread over 100 s, then steps the clock by 1 ms until all have expired. Times one
// of the two.
int timers(const Run& run, bool time_adding) {
  {
    Runtime rt;
    const auto sink = make_actor<Sink>(rt, ret_nop);
    rt.run();
    bench::Xorshift random;
    for (u64 rep = 0; rep < run.reps; ++rep) {
      const double start = bench::now_ns();
      for (u64 value = 0; value < run.n; ++value)
        at<&Sink::fire>(sink, within_span(rt, random), value);
      const double added = bench::now_ns();
      for (u64 i = 0; i < bench::timer_steps; ++i)
        rt.run(rt.now() + microseconds(bench::timer_step_us));
      const double took = time_adding ? added - start : bench::now_ns() - added;
      run.line(rep, took / static_cast<double>(run.n));
    }
  }
  return run.check(triangle(run.n));
}

// Adds a timer and deletes it, with 1000 others live: what a request with a time limit does.
int timer_add_delete(const Run& run) {
  Runtime rt;
  const auto sink = make_actor<Sink>(rt, ret_nop);
  rt.run();
  bench::Xorshift random;
  for (u64 value = 0; value < 1000; ++value) at<&Sink::fire>(sink, within_span(rt, random), value);
  run.repeat([&](u64 n) {
    u64 deleted = 0;
    for (u64 value = 0; value < n; ++value) {
      deleted += timer_delete(rt, at<&Sink::fire>(sink, within_span(rt, random), value));
    }
    bench::sum += deleted;
  });
  return run.check(run.n);
}

// Pushes a max timer on by 1 us, n times; afterwards it must expire exactly once.
int timer_push(const Run& run) {
  {
    Runtime rt;
    const auto sink = make_actor<Sink>(rt, ret_nop);
    rt.run();
    MaxTimerKey key;
    Instant last;
    run.repeat([&](u64 n) {
      last = rt.now() + microseconds(bench::timer_max_ahead_us);
      for (u64 i = 0; i < n; ++i) {
        last += microseconds(1);
        timer_max<&Sink::fire>(key, sink, last, u64{1});
      }
    });
    rt.run(last - std::chrono::seconds(1));
    bench::sum += run.reps - 1 - (timer_active(rt, key) ? 0 : 1);  // wrong if it has expired early
    rt.run(last);
  }
  return run.check(1);
}

}  // namespace

int main(int argc, char** argv) {
  const Run run = Run::from_args(argc, argv);
  if (run.is("call_burst")) return call_burst(run);
  if (run.is("call_pingpong")) return ring(run, 2, 1, false);
  if (run.is("ring_1k")) return ring(run, 1000, 100, false);
  if (run.is("ring_1m")) return ring(run, 1'000'000, 100, true);
  if (run.is("fwd")) return fwd(run);
  if (run.is("ret_pingpong")) return ret(run, 1);
  if (run.is("ret_burst")) return ret(run, 1000);
  if (run.is("actor")) return actor(run);
  if (run.is("actor_bytes")) return actor_bytes(run);
  if (run.is("timer_add")) return timers(run, true);
  if (run.is("timer_expire")) return timers(run, false);
  if (run.is("timer_add_delete")) return timer_add_delete(run);
  if (run.is("timer_max")) return timer_push(run);
  return run.unknown();
}
