// core/job_wait.hpp: virtual time waits for what other threads have in hand. (internal)
#pragma once
#include <span>

namespace troupe::detail {

struct Kernel;

/// Whether another thread has a job of one of them in hand.
bool has_jobs_out(std::span<Kernel* const> all) noexcept;
/// Blocks, in real time, until another thread has sent something to one of them. They belong to
/// this thread. Says so on stderr when it takes longer than `Kernel::job_warning` of one whose jobs
/// are out. Throws bad_alloc.
void wait_for_jobs(std::span<Kernel* const> all);

}  // namespace troupe::detail
