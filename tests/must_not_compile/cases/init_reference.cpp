// must_not_compile/init_reference.cpp: a constructor that takes a reference, of init().
// expect: a_constructor_gets_what_it_owns_take_it_by_value_or_unsafe_borrow_the_argument
#include <chrono>
#include <troupe/core.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {
 public:
  explicit Light(int& number) : number_(&number) {}

 private:
  int* number_;
};

void use(const ActorOwn<Light>& light, int& number) {
#ifdef FIXED
  init(light, unsafe_borrow(number));
#else
  init(light, number);
#endif
}
