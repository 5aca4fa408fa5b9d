// must_not_compile/fwd_sends_pointer.cpp: a value that is sent as a pointer.
// expect: Keepable
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
void use(const Fwd<int>& fwd) {
#else
void use(const Fwd<const int*>& fwd) {
#endif
  const int n = 1;
#ifdef FIXED
  fwd(n);
#else
  fwd(&n);
#endif
}
