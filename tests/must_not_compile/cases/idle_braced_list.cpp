// must_not_compile/idle_braced_list.cpp: a braced list as an argument.
// expect: a_braced_list_has_no_type_make_a_value_of_it_first_and_pass_that
#include <troupe/core.hpp>
#include <vector>

using namespace troupe;

class Store {
 public:
  int add(int first, std::vector<int> rest) { return first + static_cast<int>(rest.size()); }
};

void use(const Actor<Store>& store) {
#ifdef FIXED
  const std::vector<int> rest{2, 3};
  idle<&Store::add>(store, 1, rest);
#else
  idle<&Store::add>(store, 1, {2, 3});
#endif
}
