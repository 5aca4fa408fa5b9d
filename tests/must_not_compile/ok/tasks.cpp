// must_not_compile/ok/tasks.cpp: the forms of coroutines, those that GCC 12 compiles well.
#include <coroutine>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>
#include <vector>

using namespace troupe;

struct Order {
  std::string text;
  int count = 0;
};
struct Foreign {  // another library's
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() { return 1; }
};
struct Adapted {
  Foreign operator co_await() const { return {}; }
};

Task<int> child(int number) { co_return number; }
Task<void> nothing() { co_return; }
Task<std::string> owner(Core&, std::string text, std::vector<int>, std::unique_ptr<int>,
                        Order order) {
  co_return text + order.text;
}
Step<std::size_t> measure(std::string_view text, std::span<const int> numbers, const Order& order) {
  co_await sleep(std::chrono::seconds(1));
  co_return text.size() + numbers.size() + order.text.size();
}

class Light {
 public:
  int level(int more) { return level_ + more; }
  void query(Cx<Light>&, std::string& counter, Ret<int> ret) {
    ret(static_cast<int>(counter.size()));
  }
  void set(Cx<Light>&, Order order, Ret<> ret) {
    level_ = order.count;
    ret();
  }
  Task<void> blink(Cx<Light>& cx, int times) {
    for (int i = 0; i < times; ++i) {
      ++level_;
      co_await sleep(std::chrono::milliseconds(500));
    }
    cx.stop();
  }
  Task<int> read(Cx<Light>&) const { co_return level_; }
  Task<int> later(Cx<Light>& cx) {
    const int read_now = co_await read(cx);
    co_return read_now + co_await child(1);
  }

 private:
  int level_ = 0;
};

Task<int> awaits(Core& core, Actor<Light> light) {
  int sum = 0;
  auto kept = child(1);
  sum += co_await std::move(kept);
  std::vector<Task<int>> several;
  several.push_back(child(2));
  several.push_back(child(3));
  for (auto& each : several) sum += co_await std::move(each);
  if (sum > 1) {
    auto one = child(4);
    sum += co_await std::move(one);
  } else {
    co_await nothing();
  }
  for (;;) {
    auto again = child(5);
    sum += co_await std::move(again);
    if (sum > 9) break;
  }
  const std::vector<int> numbers{1, 2};
  sum += static_cast<int>(co_await measure("text", numbers, Order("order", 1)));
  Foreign named;
  sum += co_await named;
  sum += co_await Foreign{};
  sum += co_await Adapted{};
  sum += co_await ask<&Light::level>(light, 1);
  sum += co_await ask<&Light::later>(light);
  const Order order{"named first", 1};
  co_await ask<&Light::set>(light, order);
  static std::string counter;
  sum += co_await ask<&Light::query>(light, unsafe_borrow(counter));
  const auto reply = co_await ask<&Light::level>(light, 1).reply();
  if (reply) sum += *reply;
  auto [value, ret] = push_pipe<int>(core);
  ret(1);
  sum += co_await value;
  co_return sum;
}

Step<> counts(Semaphore& semaphore, int n, std::string_view name);
Step<int> adds(Core& core, const std::vector<int>& numbers, int& sum);
Task<> lends(Core& core) {
  Semaphore semaphore(1);
  const std::vector<int> numbers{1, 2};
  int sum = 0;
  Scope scope(core);
  scope.spawn(counts, scoped(semaphore), 1, std::string("named in the child"));
  scope.spawn(adds, scoped(numbers), scoped(sum));
  scope.spawn(adds, std::vector<int>{3}, scoped(sum));
  scope.spawn(
      [](Scope& itself, auto& n) -> Step<> {
        itself.spawn(adds, std::vector<int>{n}, scoped(n));
        co_return;
      },
      scoped(scope), scoped(sum));
  co_await all(counts(scoped(semaphore), 2, "text"), counts(semaphore, 3, "text"));
  co_await scope.join();
}

void starts(Runtime& rt, const Actor<Light>& light) {
  spawn(rt, awaits, ret_do([](Reply<int>) {}), light);
  spawn(rt, nothing);
  spawn(rt, [](Core&, int number) -> Task<int> { co_return number; }, ret_nop, 1);
  spawn(rt, [](auto number) -> Task<int> { co_return number; }, ret_nop, 1);
  spawn(rt, []() -> Task<void> { co_await sleep(std::chrono::seconds(1)); });
  spawn(rt, child(1), ret_some_do([](int) {}));
  spawn(rt, sleep(std::chrono::seconds(1)));
  spawn(rt, owner, ret_nop, std::string("text"), std::vector<int>{1}, std::make_unique<int>(1),
        Order("order", 1));
  call<&Light::blink>(light, 3);
}
