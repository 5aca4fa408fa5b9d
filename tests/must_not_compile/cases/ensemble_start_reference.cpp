// must_not_compile/ensemble_start_reference.cpp: a factory that takes a reference.
// expect: a_bound_value_is_moved_into_the_function_take_it_by_value_or_const_reference
#include <troupe/thread.hpp>

using namespace troupe;

void use(EnsembleThreads& threads, std::string name) {
#ifdef FIXED
  threads.start(1, [](Runtime&, std::string n) { n += '!'; }, name);
#else
  threads.start(1, [](Runtime&, std::string& n) { n += '!'; }, name);
#endif
}
