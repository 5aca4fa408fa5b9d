// core/probe.hpp: the seam for whoever watches a runtime work: a tracer, a profiler, a console.
// (internal)
//
// A run picks the plain or the watched loop at its start, so that a probe which is not set costs
// nothing.
#pragma once
#include <troupe/core/held.hpp>

namespace troupe::detail {

// Told of each record of the main, lazy and idle queues, before it runs and when it has returned or
// thrown. Each function of a record's step is one kind of call, bound types and all. The calls held
// for an actor in Prep are records when it is ready. What a probe does must not touch the runtime.
struct Probe {
  void (*before)(Probe&, RecordStep step) noexcept;
  void (*after)(Probe&) noexcept;
};

struct Watched {
  Probe& probe;
  std::byte* operator()(RecordStep step, Core* core, std::byte* at) const {
    if (CallQueue::is_jump(step)) return step(core, at);
    struct After {
      Probe& probe;
      ~After() { probe.after(probe); }
    } after{probe};
    probe.before(probe, step == &Held::run ? reinterpret_cast<Held*>(at)->kept() : step);
    return step(core, at);
  }
};

}  // namespace troupe::detail
