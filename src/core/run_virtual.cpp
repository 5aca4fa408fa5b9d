// core/run_virtual.cpp: one runtime in virtual time, and the waits for what other threads have in
// hand.
#include <algorithm>
#include <cstdio>
#include <troupe/core/job_wait.hpp>
#include <troupe/core/runtime.hpp>
#include <vector>

namespace troupe {

namespace {

constexpr Duration longest_virtual_step = std::chrono::hours(24 * 365);

}  // namespace

bool detail::has_jobs_out(std::span<Kernel* const> all) noexcept {
  return std::any_of(all.begin(), all.end(), [](const Kernel* k) { return k->jobs_out != 0; });
}

void detail::wait_for_jobs(std::span<Kernel* const> all) {
  std::vector<Inbox*> inboxes;
  unsigned long jobs = 0;
  Duration unsaid = Duration::max();
  for (const Kernel* const k : all) {
    inboxes.push_back(k->inbox);
    if (k->jobs_out == 0) continue;
    jobs += k->jobs_out;
    unsaid = std::min(unsaid, k->job_warning);
  }
  if (Inbox::wait_any(inboxes, unsaid)) return;
  std::fprintf(stderr,
               "troupe: run_virtual has waited %.3f s for %lu job(s) that other threads have in "
               "hand; virtual time stands still until they are back\n",
               std::chrono::duration<double>(unsaid).count(), jobs);
  Inbox::wait_any(inboxes, Duration::max());
}

void run_virtual(Runtime& rt, AnyInstant until_when) {
  detail::Kernel* const alone[] = {&detail::kernel_of(rt.core())};
  const Instant until = until_when;
  bool idle = rt.run(rt.now());
  while (rt.not_shutdown()) {
    const auto wait = rt.next_wait(rt.now());
    if (idle && (!wait || *wait > Duration::zero())) {
      idle = rt.run(rt.now(), true);
      continue;
    }
    if (detail::has_jobs_out(alone) && (!wait || *wait > Duration::zero())) {
      detail::wait_for_jobs(alone);
      idle = rt.run(rt.now());
      continue;
    }
    if (!wait && until == Instant::max()) return;
    const Duration step = wait ? std::min(*wait, longest_virtual_step) : Duration::max();
    const Instant next = std::min(detail::later(rt.now(), step), until);
    if (next < rt.now() || (next == rt.now() && step > Duration::zero())) return;
    idle = rt.run(next);
  }
}

}  // namespace troupe
