// must_not_compile/unsafe_borrow_temporary.cpp: an unsafe_borrow of a temporary.
// expect: deleted
// expect: a_temporary_is_gone_before_the_call_runs_give_it_a_name_that_lives
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Store {
 public:
  void take(Cx<Store>&, std::string& text);
};

void use(const Actor<Store>& store) {
#ifdef FIXED
  static std::string text = "stays";
  call<&Store::take>(store, unsafe_borrow(text));
#else
  call<&Store::take>(store, unsafe_borrow(std::string("gone")));
#endif
}
