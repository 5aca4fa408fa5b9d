// examples/streams.cpp: from a Fwd to a stream, pushed, batched and pulled, and from a stream to a
// Fwd.
#include <cstdio>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Source {  // sends `count` numbers, `batch` of them each time it is asked; 0: all at once,
                // without being asked
 public:
  Source(int count, int batch) : count_(count), batch_(batch) {}
  void start(Cx<Source>& cx, Fwd<std::optional<int>> to) {
    to_ = std::move(to);
    if (batch_ == 0) send(cx, count_);
  }
  void more(Cx<Source>& cx) {
    if (batch_ == 0) return;
    std::printf("(more) ");
    send(cx, batch_);
  }

 private:
  void send(Cx<Source>& cx, int n) {
    for (; n > 0 && next_ < count_; --n) to_(next_++);
    if (next_ < count_) return;
    to_(std::nullopt);  // the stream ends; going without a word would be a failure
    cx.stop();
  }
  int count_, batch_, next_ = 0;
  Fwd<std::optional<int>> to_;
};

template <Stream<int> S> Task<int> add_up(S numbers) {  // does not know how they come
  int sum = 0;
  while (const std::optional<int> n = co_await numbers.next()) {
    std::printf("%d ", *n);
    sum += *n;
  }
  co_return sum;
}

void read(const char* how, int batch) {
  std::printf("%-9s", how);
  Runtime rt;
  auto source = make_actor<Source>(rt, ret_nop, 5, batch);
  auto [numbers, fwd] = stream_pipe<int>(rt, fwd_to<&Source::more>(source.actor()));
  call<&Source::start>(source, std::move(fwd));
  spawn(rt, add_up(std::move(numbers)), ret_some_do([](int sum) { std::printf("= %d\n", sum); }));
  run_virtual(rt);
}

Generator<int> countdown(int from) {  // a stream written as a coroutine
  for (; from > 0; --from) {
    co_await sleep(1s);
    co_yield from;
  }
}

class Display {
 public:
  void show(std::optional<int> n) { n ? (void)std::printf("%d ", *n) : (void)std::printf("go\n"); }
};

int main() {
  read("pushed", 0);
  read("batched", 2);
  read("pulled", 1);

  Runtime rt;
  auto display = make_actor<Display>(rt, ret_nop);
  std::printf("%-9s", "to a Fwd");
  spawn_stream(rt, filter(countdown(6), [](int n) { return n % 2 == 0; }),
               fwd_to<&Display::show>(display.actor()));
  run_virtual(rt);
}
