// must_not_compile/call_reference.cpp: a parameter that is a reference.
// expect: a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Store {
 public:
#ifdef FIXED
  void take(Cx<Store>&, std::string text) {}
#else
  void take(Cx<Store>&, std::string& text) {}
#endif
};

void use(const Actor<Store>& store) {
  std::string text;
  call<&Store::take>(store, text);
}
