// must_not_compile/offload_permit.cpp: a permit of a semaphore in the hands of a job.
// expect: it_belongs_to_one_runtime_send_remote_of_an_Actor_or_sendable_of_a_Ret_or_Fwd
#include <memory>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

int works(int n) { return n; }
Task<int> use(std::shared_ptr<Semaphore> semaphore, PoolRef pool) {
  Permit permit = co_await semaphore->acquire();
#ifdef FIXED
  co_return co_await offload(pool, &works, 1);
#else
  co_return co_await offload(pool, [](const Permit&, int n) { return n; }, std::move(permit), 1);
#endif
}
