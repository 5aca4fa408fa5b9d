// must_not_compile/call_unsafe_borrow_other_type.cpp: an unsafe_borrow of what the parameter does
// not take.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
#include <string>
#include <troupe/core.hpp>

using namespace troupe;

class Store {
 public:
  void take(Cx<Store>&, std::string& text);
};

void use(const Actor<Store>& store) {
  static std::string text;
  [[maybe_unused]] static int number = 0;
#ifdef FIXED
  call<&Store::take>(store, unsafe_borrow(text));
#else
  call<&Store::take>(store, unsafe_borrow(number));
#endif
}
