// must_not_compile/ret_to_move_throws.cpp: an answer to an actor waits in the queue.
// expect: _or_take_a_unique_ptr
#include <deque>
#include <memory>
#include <troupe/core.hpp>
#include <utility>

using namespace troupe;

#ifdef FIXED
using Items = std::unique_ptr<std::deque<int>>;
#else
using Items = std::deque<int>;
#endif
struct Log {
  void got(Reply<Items>) {}
};

void use(const Actor<Log>& log) { Ret<Items> ret = ret_to<&Log::got>(log); }
