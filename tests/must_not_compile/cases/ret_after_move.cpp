// must_not_compile/ret_after_move.cpp: a Ret that is answered after it was moved away.
// expect: while it is in the 'consumed' state
// compilers: clang
// flags: -Werror=consumed
#include <troupe/core.hpp>
#include <utility>
#include <vector>

using namespace troupe;

class Keeper {
 public:
  void query(Cx<Keeper>&, Ret<int> ret) {
    waiting_.push_back(std::move(ret));
#ifdef FIXED
    waiting_.back()(1);
#else
    ret(1);
#endif
  }

 private:
  std::vector<Ret<int>> waiting_;
};
