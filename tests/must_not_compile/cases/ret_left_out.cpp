// must_not_compile/ret_left_out.cpp: an aggregate whose Ret is left out.
// expect: explicit
#include <troupe/core.hpp>

using namespace troupe;

struct Request {
  int id;
  Ret<int> ret;
};

void use() {
#ifdef FIXED
  [[maybe_unused]] Request request{.id = 1, .ret = nullptr};
#else
  [[maybe_unused]] Request request{.id = 1};
#endif
}
