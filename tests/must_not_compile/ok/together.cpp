// must_not_compile/ok/together.cpp: what is awaited together, and streams: every form, beside
// functions of the same names that another library has.
#include <chrono>
#include <coroutine>
#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>
#include <vector>

namespace other {
struct Point {
  int x = 0;
};
template <class V> bool all(const V&) { return true; }
template <class V> bool any(const V&, const V&) { return true; }
template <class V> int race(const V&) { return 1; }
template <class F> int timeout(std::chrono::seconds, const F& f) { return f(); }
template <class F> int deadline(const Point&, const F& f) { return f(); }
template <class V> int take(const V&, int) { return 1; }
template <class V, class F> int map(const V&, const F&) { return 1; }
template <class V, class F> int filter(const V&, const F&) { return 1; }
template <class V, class F> int for_each(const V&, const F&) { return 1; }
template <class V> int merge(const V&, const V&) { return 1; }
template <class V> int collect(const V&) { return 1; }
template <class V> int shield(const V&) { return 1; }
}  // namespace other

using namespace troupe;

struct Foreign {  // another library's
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() { return 1; }
};

Task<int> child() { co_return 1; }
Task<> of_item(int) { co_return; }
Generator<int> numbers() { co_yield 1; }
Generator<int> from(Core&, int first) { co_yield first; }

int not_ours() {
  using namespace other;
  Point p;
  std::vector<Point> points;
  std::vector<Fwd<int>> of_ours;
  auto f = [] { return 1; };
  return all(p) + all(points) + all(of_ours) + any(p, p) + race(points) + race(of_ours) +
         timeout(std::chrono::seconds(1), f) + deadline(p, f) + take(p, 1) + take(of_ours, 1) +
         map(p, f) + map(of_ours, f) + filter(p, f) + for_each(points, f) + merge(p, p) +
         merge(of_ours, of_ours) + collect(p) + shield(p);
}

template <class... A> Task<> generic(A... awaitables) { co_await all(std::move(awaitables)...); }

Task<> together(Core& core, Instant at) {
  const auto wait = std::chrono::seconds(1);
  Foreign named;
  auto sleeps = sleep(wait);
  auto task = child();
  std::vector<Foreign> kept(2);
  const std::vector<Foreign> constant(2);
  std::vector<Task<int>> tasks;
  tasks.push_back(child());
  co_await all(std::move(task), child(), sleep(wait), named, Foreign());
  co_await all(std::move(tasks));
  co_await all(kept);
  co_await race(constant);
  co_await any(std::vector<Foreign>(1));
  co_await all();
  co_await generic();
  co_await race(child(), any(child(), named)).reply();
  co_await timeout(wait, sleeps);
  co_await timeout(wait, timeout(Duration(7), child()));
  co_await deadline(at, named);
  co_await deadline(at, all(child(), child()));
  co_await shield(child());
  Scope scope(core, 7);
  scope.spawn(child());
  scope.spawn(child);
  scope.spawn(named);
  scope.spawn([](Core&, int n) -> Task<int> { co_return n; }, 1);
  co_await scope.join();
}

Task<> streams(Core& core, Fwd<std::optional<int>> items, Fwd<std::optional<Reply<int>>> replies) {
  spawn_stream(core, numbers(), items);
  spawn_stream(core, numbers, replies);
  spawn_stream(core, from, fwd_nop, 1);
  auto [stream, fwd] = stream_pipe<int>(core);
  fwd(std::nullopt);
  auto few = take(filter(std::move(stream), [](int least, int n) { return n > least; }, 1), 3);
  auto texts = map(std::move(few), [](int&& n) { return std::to_string(n); });
  co_await for_each(std::move(texts), [](std::string) {});
  co_await for_each(merge(numbers(), from(core, 1)), of_item);
  co_await collect(merge(numbers()));
}
