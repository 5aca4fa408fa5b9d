// must_not_compile/ensemble_restart_moves.cpp: a runtime made anew of what is there once.
// expect: a_factory_that_may_be_called_again_gets_copies_bind_values_that_can_be_copied
#include <memory>
#include <troupe/thread.hpp>

using namespace troupe;

void use(EnsembleThreads& threads, std::unique_ptr<int> size) {
#ifdef FIXED
  threads.start(1, Restart{}, [](Runtime&, int) {}, *size);
#else
  threads.start(1, Restart{}, [](Runtime&, std::unique_ptr<int>) {}, std::move(size));
#endif
}
