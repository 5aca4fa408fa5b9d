// must_not_compile/ret_unused.cpp: a Ret that is made and not used.
// expect: a Ret that is dropped tells its receiver a failure
// flags: -Werror=unused-result
#include <troupe/core.hpp>

using namespace troupe;

void use() {
#ifdef FIXED
  auto ret = ret_do([](Reply<int>) {});
  ret(1);
#else
  ret_do([](Reply<int>) {});
#endif
}
