// thread/fault_sweep_test.cpp: each allocation of an offload fails in turn.
#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

#if TROUPE_EXCEPTIONS

namespace troupe {
namespace thread_fault_sweep_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

using ThreadFaultSweep = troupe_test::OneRuntimeTest;

int same(int n) { return n; }

struct Asker {
  void ask(Cx<Asker>& cx, PoolRef pool) { offload(cx, pool, &same, ret_to<&Asker::heard>(cx), 7); }
  void heard(Reply<int> reply) { say("n", reply ? "=" : "!"); }
};

TEST_F(ThreadFaultSweep, WhereMemoryLacksTheRetHearsOnce) {
  rt.set_logger({}, {});
  for (const bool threads : {true, false}) {
    int worked = 0, refused = 0;
    for (std::int64_t n = 0; n < 40 && worked < 2; ++n) {
      Pool pool = threads ? Pool({.threads = 1}) : Pool::without_threads(1s, {.threads = 1});
      {
        Ret<int> ret = tell_int("n");
        const troupe_test::FailAllocation fails(n, true);
        offload(rt, pool, &same, std::move(ret), 7);
      }
      run_virtual(rt);
      const std::string heard = told();
      EXPECT_TRUE(heard == "n=7" || heard == "n!out of memory" || heard == "n!failed") << heard;
      ++(heard == "n=7" ? worked : refused);
      const ActorOwn<Asker> asker = make_actor<Asker>(rt, ret_nop);
      call<&Asker::ask>(asker, pool.ref());
      {
        const troupe_test::FailAllocation fails(n, true);
        TROUPE_TRY { rt.run(); }
        TROUPE_CATCH_ALL {}
      }
      run_virtual(rt);
      const std::string asked = told();
      EXPECT_TRUE(asked == "n=" || asked == "n!" || asked.empty()) << asked;
    }
    EXPECT_EQ(worked, 2);
    EXPECT_GT(refused, 0);
  }
}

}  // namespace thread_fault_sweep_test
}  // namespace troupe

#endif  // TROUPE_EXCEPTIONS
