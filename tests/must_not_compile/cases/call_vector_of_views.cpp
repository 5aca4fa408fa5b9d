// must_not_compile/call_vector_of_views.cpp: a parameter that holds views.
// expect: a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <vector>

using namespace troupe;

using Words = std::vector<
#ifdef FIXED
    std::string
#else
    std::string_view
#endif
    >;

class Store {
 public:
  void take(Cx<Store>&, const Words& words);
};

void use(const Actor<Store>& store) { call<&Store::take>(store, Words{"one", "two"}); }
