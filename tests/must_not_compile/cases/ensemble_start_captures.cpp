// must_not_compile/ensemble_start_captures.cpp: a factory that captures a local.
// expect: a_lambda_must_not_capture_bind_values_behind_it_or_say_unsafe_capture
#include <troupe/thread.hpp>

using namespace troupe;

void use(EnsembleThreads& threads, int size) {
#ifdef FIXED
  threads.start(1, [](Runtime&, int s) { (void)s; }, size);
#else
  threads.start(1, [size](Runtime&) { (void)size; });
#endif
}
