// must_not_compile/ensemble_start_pool.cpp: a Pool for a runtime on another thread.
// expect: a_Pool_stays_with_its_owner_give_pool_ref
#include <troupe/thread.hpp>

using namespace troupe;

void use(EnsembleThreads& threads, Pool& pool) {
#ifdef FIXED
  threads.start(1, [](Runtime&, PoolRef) {}, pool.ref());
#else
  threads.start(1, [](Runtime&, PoolRef) {}, pool);
#endif
}
