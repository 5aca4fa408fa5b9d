// must_not_compile/call_pointer.cpp: a parameter that is a pointer to an object.
// expect: a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow
#include <memory>
#include <troupe/core.hpp>

using namespace troupe;

class Store {
 public:
#ifdef FIXED
  void take(Cx<Store>&, std::unique_ptr<int> number);
#else
  void take(Cx<Store>&, const int* number);
#endif
};

void use(const Actor<Store>& store) {
  auto number = std::make_unique<int>(1);
#ifdef FIXED
  call<&Store::take>(store, std::move(number));
#else
  call<&Store::take>(store, number.get());
#endif
}
