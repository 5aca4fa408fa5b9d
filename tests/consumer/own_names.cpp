// consumer/own_names.cpp: a program with a name that the library uses inside a function, too: under
// a user's warnings (-Wshadow) nothing is said of the library's headers.
#include <cstdio>

struct Result {};

#include <troupe/core.hpp>
#include <troupe/task.hpp>

class Adder {
 public:
  int add(int n) { return total_ += n; }
  void told(troupe::Reply<int> n) { std::printf("%d\n", n.value_or(-1)); }

 private:
  int total_ = 0;
};

int main() {
  troupe::Runtime rt;
  const auto adder = troupe::make_actor<Adder>(rt, troupe::ret_nop);
  troupe::spawn(
      rt,
      [](troupe::Actor<Adder> to) -> troupe::Task<int> {
        co_return co_await troupe::ask<&Adder::add>(to, 2);
      },
      troupe::ret_to<&Adder::told>(adder), adder.actor());
  troupe::run_virtual(rt);
}
