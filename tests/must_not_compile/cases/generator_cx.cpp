// must_not_compile/generator_cx.cpp: a Generator that takes a Cx.
// expect: a Generator belongs to who reads it
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Desk {
#ifdef FIXED
  static Generator<int> numbers(int n){
#else
  Generator<int> numbers(Cx<Desk>&, int n) {
#endif
      co_yield n;
}
}
;
