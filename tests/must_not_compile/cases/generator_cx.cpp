// must_not_compile/generator_cx.cpp: a Generator that takes a Cx.
// expect: a_Generator_belongs_to_who_reads_it_and_takes_no_Cx_pass_values
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
