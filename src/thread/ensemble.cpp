// thread/ensemble.cpp: seats, and one virtual clock for many runtimes.
#include <troupe/thread/ensemble.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <troupe/core/job_wait.hpp>
#include <vector>

namespace troupe {

Ensemble::Ensemble(unsigned runtimes, EnsembleOptions options)
    : slice_(std::max<std::size_t>(options.slice, 1)) {
  if (runtimes == 0 || runtimes > most_runtimes || options.spares > most_runtimes - runtimes)
    panic("an ensemble has from 1 to 64 runtimes", "Ensemble");
  lanes_ = std::make_shared<detail::Lanes>(
      runtimes + options.spares, options.spares,
      detail::LaneSizes{options.lane_bound, options.lane_chunk, options.publish});
}

void Ensemble::seat(unsigned number, Runtime& rt) const {
  if (number >= size() || lanes_->seat(number).is_taken())
    panic("there is no such seat, or it was given before", "Ensemble::seat");
  sit(number, rt);
}

void Ensemble::sit(unsigned number, Runtime& rt) const {
  const detail::Kernel& k = detail::kernel_of(rt.core());
  if (k.feed || k.running) panic("a runtime takes one seat, outside of its runs", "Ensemble::seat");
  auto* const node = new detail::Node(lanes_, number, rt);  // goes with the runtime
  node->slice = slice_;
}

namespace {

// The runtimes of an ensemble on this thread, in the order of their seats. A handler may end one of
// them, or make another: then it is out of date, and none of what it names may be touched.
class Here {
 public:
  explicit Here(const detail::Lanes& all) : all_(all) {}
  bool is_up_to_date() const noexcept { return changes_ == detail::Node::changes_here(); }
  void look() {
    changes_ = detail::Node::changes_here();
    seats_.clear();
    detail::Node::each_here([this](detail::Node& node) {
      if (node.is_of(all_)) seats_.push_back({node.number(), &node.runtime()});
    });
    std::sort(seats_.begin(), seats_.end(),
              [](const Seated& a, const Seated& b) { return a.number < b.number; });
    kernels_.clear();
    for (const Seated& one : seats_) kernels_.push_back(&detail::kernel_of(one.rt->core()));
  }
  // Calls f(Runtime&) for each until that is false, or one has ended or begun; whether neither was.
  template <class F> bool each(F&& f) const {
    for (std::size_t i = 0; i != seats_.size(); ++i)
      if (!f(*seats_[i].rt) || !is_up_to_date()) return false;
    return true;
  }
  std::span<detail::Kernel* const> kernels() const noexcept { return kernels_; }

 private:
  struct Seated {
    unsigned number;
    Runtime* rt;
  };
  const detail::Lanes& all_;
  std::uint64_t changes_ = 0;
  std::vector<Seated> seats_;
  std::vector<detail::Kernel*> kernels_;
};

}  // namespace

void run_virtual(const Ensemble& all, AnyInstant until_when) {
  const Instant until = until_when;
  Here here(*all.lanes_);
  Instant now{};
  for (bool begun = false;; begun = true) {
    here.look();
    bool shut_down = false;
    here.each([&](const Runtime& rt) {
      now = std::max(now, rt.now());
      shut_down |= !rt.not_shutdown();
      return true;
    });
    if (begun && shut_down) return;
    bool idle = false, ran = false;
    const bool all_ran = here.each([&](Runtime& rt) {
      ran |= rt.now() < now || rt.next_wait(now) == Duration::zero();
      idle |= rt.run(now);
      return here.is_up_to_date() && rt.not_shutdown();  // or `rt` may be the one that has gone
    });
    if (!all_ran || ran) continue;
    if (idle) {
      here.each([now](Runtime& rt) { return rt.run(now, true), true; });
      continue;
    }
    if (detail::has_jobs_out(here.kernels())) {
      detail::wait_for_jobs(here.kernels());
      continue;
    }
    std::optional<Instant> next;
    here.each([&next](const Runtime& rt) {
      if (const auto at = rt.next_expiry()) next = next ? std::min(*next, *at) : *at;
      return true;
    });
    if (!next && until == Instant::max()) return;
    const Instant then = std::min(next.value_or(Instant::max()), until);
    if (then <= now) return;
    now = then;
  }
}

}  // namespace troupe
