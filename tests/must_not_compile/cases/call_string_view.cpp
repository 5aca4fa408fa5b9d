// must_not_compile/call_string_view.cpp: a parameter that is a string_view.
// expect: a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow
#include <string>
#include <string_view>
#include <troupe/core.hpp>

using namespace troupe;

class Store {
 public:
#ifdef FIXED
  void take(Cx<Store>&, std::string text) {}
#else
  void take(Cx<Store>&, std::string_view text) {}
#endif
};

void use(const Actor<Store>& store) { call<&Store::take>(store, "text"); }
