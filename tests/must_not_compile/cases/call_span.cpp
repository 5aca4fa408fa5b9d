// must_not_compile/call_span.cpp: a parameter that is a span.
// expect: a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow
#include <span>
#include <troupe/core.hpp>
#include <vector>

using namespace troupe;

class Store {
 public:
#ifdef FIXED
  void take(Cx<Store>&, std::vector<int> numbers) {}
#else
  void take(Cx<Store>&, std::span<const int> numbers) {}
#endif
};

void use(const Actor<Store>& store) {
  std::vector<int> numbers{1, 2};
  call<&Store::take>(store, numbers);
}
