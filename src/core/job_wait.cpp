// core/job_wait.cpp: waiting until something comes from another thread, and saying so.
#include <algorithm>
#include <cstdio>
#include <troupe/core/core.hpp>
#include <troupe/core/job_wait.hpp>
#include <vector>

namespace troupe {

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

}  // namespace troupe
