// thread/ensemble.cpp: seats, and one virtual clock for many runtimes.
#include <troupe/thread/ensemble.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace troupe {

Ensemble::Ensemble(unsigned runtimes, EnsembleOptions options)
    : slice_(std::max<std::size_t>(options.slice, 1)) {
  if (runtimes == 0 || runtimes > most_runtimes)
    panic("an ensemble has from 1 to 64 runtimes", "Ensemble");
  lanes_ = std::make_shared<detail::Lanes>(
      runtimes, detail::LaneSizes{options.lane_bound, options.lane_chunk, options.publish});
}

void Ensemble::seat(unsigned number, Runtime& rt) const {
  const detail::Kernel& k = detail::kernel_of(rt.core());
  if (number >= lanes_->size || lanes_->seat(number).is_taken())
    panic("there is no such seat, or it was given before", "Ensemble::seat");
  if (k.feed || k.running) panic("a runtime takes one seat, outside of its runs", "Ensemble::seat");
  auto* const node = new detail::Node(lanes_, number, rt);  // goes with the runtime
  node->slice = slice_;
}

namespace {

using Here = std::vector<Runtime*>;

bool nobody_shuts_down(const Here& here) noexcept {
  return std::all_of(here.begin(), here.end(), [](Runtime* rt) { return rt->not_shutdown(); });
}

// Virtual time stands still while another thread has a job of one of them in hand. Where several
// have jobs out, it looks at the others each millisecond.
bool wait_for_job(const Here& here) noexcept {
  for (Runtime* const rt : here) {
    const detail::Kernel& k = detail::kernel_of(rt->core());
    if (k.jobs_out == 0) continue;
    k.inbox->wait(std::chrono::milliseconds(1));
    return true;
  }
  return false;
}

// Whether somebody had work at this instant.
bool run_round(const Here& here, Instant now, bool& idle) {
  bool ran = false;
  idle = false;
  for (Runtime* const rt : here) {
    const bool worked = rt->now() < now || rt->next_wait(now) == Duration::zero();
    idle |= rt->run(now);
    ran |= worked;
    if (!rt->not_shutdown()) return true;
  }
  return ran;
}

}  // namespace

void run_virtual(const Ensemble& all, AnyInstant until_when) {
  const Instant until = until_when;
  Here here;
  std::vector<std::pair<unsigned, Runtime*>> seats;
  detail::Node::each_here([&](detail::Node& node) {
    if (node.is_of(*all.lanes_)) seats.emplace_back(node.number(), &node.runtime());
  });
  std::sort(seats.begin(), seats.end());
  Instant now{};
  for (const auto& [number, rt] : seats) {
    here.push_back(rt);
    now = std::max(now, rt->now());
  }
  for (;;) {
    bool idle = false;
    while (run_round(here, now, idle)) {
      if (!nobody_shuts_down(here)) return;
    }
    if (idle) {
      for (Runtime* const rt : here) rt->run(now, true);
      if (!nobody_shuts_down(here)) return;
      continue;
    }
    if (wait_for_job(here)) continue;
    std::optional<Instant> next;
    for (const Runtime* const rt : here)
      if (const auto at = rt->next_expiry()) next = next ? std::min(*next, *at) : *at;
    if (!next && until == Instant::max()) return;
    const Instant then = std::min(next.value_or(Instant::max()), until);
    if (then <= now) return;
    now = then;
  }
}

}  // namespace troupe
