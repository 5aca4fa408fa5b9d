// examples/spawn_to_ret.cpp: a coroutine's result comes back through a Ret, as an actor's answer
// would.
#include <cstdio>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

Task<int> slow_sum(int a, int b) {  // a coroutine; its arguments live in its frame
  co_await sleep(1s);
  co_return a + b;
}

class Desk {  // an actor: it knows nothing of coroutines
 public:
  void add(Cx<Desk>& cx, int a, int b) {
    spawn(cx, slow_sum(a, b), ret_to<&Desk::result>(cx, a, b));
    std::puts("spawned: nothing of it has run yet");
  }
  void result(int a, int b,
              Reply<int> sum) {  // the bound arguments, then a value, or why it did not come
    if (sum)
      std::printf("%d + %d = %d\n", a, b, *sum);
    else
      std::printf("%d + %d: %s\n", a, b, to_string(sum.error().why()).data());
  }
};

int main() {
  Runtime rt;
  auto desk = make_actor<Desk>(rt, ret_nop);
  call<&Desk::add>(desk, 1, 2);
  run_virtual(rt);

  // A coroutine function, where its result goes, and its arguments; a task that is cancelled says
  // so.
  const TaskRef task = spawn(rt, slow_sum, ret_do([](Reply<int> sum) {
                               std::puts(sum ? "done" : to_string(sum.error().why()).data());
                             }),
                             3, 4);
  rt.run();
  task.cancel();
}
