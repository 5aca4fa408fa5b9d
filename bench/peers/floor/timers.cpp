// floor/timers.cpp: the wheel, a binary heap, and the timer workloads on both.
#include "timers.hpp"

#include <bit>
#include <memory>
#include <queue>

#include "actor.hpp"
#include "workloads.hpp"

namespace floor_peer {

void Wheel::link(Index index) {
  Node& node = nodes_[index];
  const u64 differs = node.tick ^ now_;
  const unsigned level =
      differs == 0 ? 0 : static_cast<unsigned>(std::bit_width(differs) - 1) / bits;
  const unsigned slot = level * slots + static_cast<unsigned>(node.tick >> (bits * level)) % slots;
  node.slot = static_cast<std::uint16_t>(slot);
  node.previous = none;
  node.next = heads_[slot];
  if (node.next != none) nodes_[node.next].previous = index;
  heads_[slot] = index;
}

Wheel::Index Wheel::add(u64 tick, u64 value) {
  Index index = free_;
  if (index != none) {
    free_ = nodes_[index].next;
  } else {
    index = static_cast<Index>(nodes_.size());
    nodes_.emplace_back();
  }
  nodes_[index].tick = tick <= now_ ? now_ + 1 : tick;
  nodes_[index].value = value;
  link(index);
  return index;
}

void Wheel::remove(Index index) {
  const Node& node = nodes_[index];
  if (node.previous != none) {
    nodes_[node.previous].next = node.next;
  } else {
    heads_[node.slot] = node.next;
  }
  if (node.next != none) nodes_[node.next].previous = node.previous;
  give(index);
}

void Wheel::give(Index index) {
  ++nodes_[index].generation;
  nodes_[index].next = free_;
  free_ = index;
}

Wheel::Index Wheel::take(unsigned slot) { return std::exchange(heads_[slot], none); }

// Whatever shares its slot with `now` on a higher level belongs to a lower one from here on.
void Wheel::cascade() {
  for (unsigned level = 1; level < levels && now_ % (u64{1} << (bits * level)) == 0; ++level) {
    const unsigned slot = level * slots + static_cast<unsigned>(now_ >> (bits * level)) % slots;
    for (Index i = take(slot); i != none;) {
      const Index next = nodes_[i].next;
      link(i);
      i = next;
    }
  }
}

namespace {

struct Sink {
  u64 sum = 0;
  void fire(Cx<Sink>&, u64 value) { sum += value; }
  ~Sink() { bench::sum += sum; }
};

struct Due {
  u64 at;
  u64 value;
  bool operator<(const Due& other) const noexcept { return at > other.at; }  // the earliest on top
};

// Adds through `add(value)`, then calls `step()` for each step of the clock; prints how long one of
// the two took.
template <class Add, class Step>
int add_and_expire(const Run& run, bool time_adding, Add add, Step step) {
  for (u64 rep = 0; rep < run.reps; ++rep) {
    const double start = bench::now_ns();
    for (u64 value = 0; value < run.n; ++value) add(value);
    const double added = bench::now_ns();
    for (u64 i = 0; i < bench::timer_steps; ++i) {
      step();
      run_queue();
    }
    const double took = time_adding ? added - start : bench::now_ns() - added;
    run.line(rep, took / static_cast<double>(run.n));
  }
  return 0;
}

}  // namespace

int heap_timers(const Run& run, bool time_adding) {
  {
    const auto sink = make_actor<Sink>();
    run_queue();
    bench::Xorshift random;
    std::priority_queue<Due> heap;
    u64 now = 0;
    add_and_expire(
        run, time_adding,
        [&](u64 value) { heap.push({now + random.next() % bench::timer_span_us, value}); },
        [&] {
          now += bench::timer_step_us;
          while (!heap.empty() && heap.top().at <= now) {
            call<&Sink::fire>(sink.box(), heap.top().value);
            heap.pop();
          }
        });
  }
  run_queue();
  return run.check(bench::triangle(run.n));
}

int wheel_timers(const Run& run, bool time_adding) {
  {
    const auto sink = make_actor<Sink>();
    run_queue();
    bench::Xorshift random;
    Wheel wheel;
    add_and_expire(
        run, time_adding,
        [&](u64 value) {
          wheel.add(wheel.now() + random.next() % bench::timer_span_us / bench::timer_step_us,
                    value);
        },
        [&] { wheel.tick([&](u64 value) { call<&Sink::fire>(sink.box(), value); }); });
  }
  run_queue();
  return run.check(bench::triangle(run.n));
}

int wheel_add_delete(const Run& run) {
  bench::Xorshift random;
  Wheel wheel;
  const auto any_tick = [&] {
    return 1 + random.next() % bench::timer_span_us / bench::timer_step_us;
  };
  for (u64 value = 0; value < 1000; ++value) wheel.add(any_tick(), value);
  run.repeat([&](u64 n) {
    for (u64 value = 0; value < n; ++value) wheel.remove(wheel.add(any_tick(), value));
    bench::sum += n;
  });
  u64 live = 0;
  for (u64 i = 0; i < bench::timer_steps; ++i) wheel.tick([&](u64) { ++live; });
  bench::sum += live - 1000;  // those that were never removed are all that expire
  return run.check(run.n);
}

}  // namespace floor_peer
