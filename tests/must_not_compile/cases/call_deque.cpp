// must_not_compile/call_deque.cpp: a std::deque may allocate, and so throw, where it is moved.
// expect: _or_take_a_unique_ptr
#include <deque>
#include <memory>
#include <troupe/core.hpp>
#include <utility>

using namespace troupe;

struct Log {
#ifdef FIXED
  void add(std::unique_ptr<std::deque<int>>) {}
#else
  void add(std::deque<int>) {}
#endif
};

void use(const Actor<Log>& log) {
#ifdef FIXED
  call<&Log::add>(log, std::make_unique<std::deque<int>>());
#else
  call<&Log::add>(log, std::deque<int>());
#endif
}
