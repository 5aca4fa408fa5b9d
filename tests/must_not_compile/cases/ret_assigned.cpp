// must_not_compile/ret_assigned.cpp: a Ret that is copied by assignment.
// expect: deleted
// expect: an answer is given once: std::move it
#include <troupe/core.hpp>
#include <utility>

using namespace troupe;

void use(Ret<int>& to, Ret<int>& from) {
#ifdef FIXED
  to = std::move(from);
#else
  to = from;
#endif
}
