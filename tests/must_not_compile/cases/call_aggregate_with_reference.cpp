// must_not_compile/call_aggregate_with_reference.cpp: a parameter with a member that is a
// reference.
// expect: a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

struct Order {
#ifdef FIXED
  std::string text;
#else
  const std::string& text;
#endif
};

class Store {
 public:
  void take(Cx<Store>&, const Order& order);
};

void use(const Actor<Store>& store, const std::string& text) {
  call<&Store::take>(store, Order{text});
}
