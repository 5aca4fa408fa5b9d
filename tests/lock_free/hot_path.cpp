// lock_free/hot_path.cpp: a program that goes through the hot path of one thread: calls, Rets,
// Fwds, timers, tasks.
//
// It is not run for what it prints. check.py reads its machine code.
#include <troupe/core.hpp>
#include <troupe/task.hpp>

namespace {

using namespace troupe;
using namespace std::chrono_literals;

struct Adder {
  int sum = 0;
  Fwd<std::optional<int>> out;
  explicit Adder(Fwd<std::optional<int>> o) : out(std::move(o)) {}
  void add(int v) { sum += v; }
  void get(int v, Ret<int> ret) { ret(sum + v); }
  void send(int v) { out(v); }
  void end() { out(std::nullopt); }
  void got(int tag, Reply<int> v) { sum += tag + v.value_or(0); }
  void ask_other(Cx<Adder>& cx, Actor<Adder> other) {
    call<&Adder::get>(other, 1, ret_to<&Adder::got>(cx, 1));
    call<&Adder::get>(other, 1, ret_do([](Reply<int>) {}));
    after<&Adder::add>(cx, 1ms, 1);
  }
};

Task<int> asks(Core& core, Actor<Adder> to) {
  int sum = 0;
  for (int i = 0; i < 10; ++i) {
    sum += co_await ask<&Adder::get>(to, 1);
    auto [value, ret] = push_pipe<int>(core);
    ret(1);
    sum += co_await value;
    co_await sleep(1ms);
  }
  co_return sum;
}
Task<int> reads(PipeStream<int> items) {
  int sum = 0;
  for (;;) {
    const auto item = co_await items.next();
    if (!item) co_return sum;
    sum += *item;
  }
}

}  // namespace

int main() {
  Runtime rt;
  auto [stream, out] = stream_pipe<int>(rt);
  static int total = 0;
  const auto add_up = [](int v) { total += v; };
  spawn(rt, reads, ret_some_do(add_up), std::move(stream));
  auto one = make_actor<Adder>(rt, ret_nop, out);
  auto two = make_actor<Adder>(rt, ret_nop, std::move(out));
  const Fwd<int> fwd = fwd_to<&Adder::add>(two);
  for (int i = 0; i < 100; ++i) {
    call<&Adder::add>(one, i);
    call<&Adder::ask_other>(one, two.actor());
    call<&Adder::send>(two, i);
    fwd(i);
    rt.run();
  }
  spawn(rt, asks, ret_some_do(add_up), one.actor());
  call<&Adder::end>(two);
  run_virtual(rt);
  return total == 4950 + 10 * (4950 + 100) ? 0 : total == 0;
}
