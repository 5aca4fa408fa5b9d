// must_not_compile/unsafe_borrow_temporary.cpp: an unsafe_borrow of a temporary.
// expect: deleted
// expect: a temporary is gone before the call runs
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
