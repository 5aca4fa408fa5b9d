// examples/light.cpp: two actors, a timer, a reply, and a coroutine that asks an actor. Runs in
// virtual time.
#include <cstdio>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Light {  // any class can be an actor
 public:
  explicit Light(Cx<Light>& cx) : start_(cx.now()) {}
  void set(Cx<Light>& cx, bool on) {  // a handler: (Cx<A>&, args...)
    on_ = on;
    std::printf("%4lld ms: %s\n", static_cast<long long>((cx.now() - start_) / 1ms),
                on ? "on" : "off");
  }
  void dim(int percent) { percent_ = percent; }           // a plain handler may leave Cx out
  void query(Ret<bool, int> ret) { ret(on_, percent_); }  // answers through a Ret
  Task<> blink(Cx<Light>& cx, int times) {  // a handler may be a coroutine; it takes Cx
    for (int i = 0; i < times; ++i) {
      set(cx, !on_);         // its own state, directly
      co_await sleep(50ms);  // other calls to this actor run meanwhile
    }
  }

 private:
  Instant start_;
  bool on_ = false;
  int percent_ = 100;
};

class Flasher {
 public:
  Flasher(Cx<Flasher>& cx, Actor<Light> light, Duration every, int count)
      : light_(light), every_(every), count_(count) {
    flip(cx, true);
  }
  void flip(Cx<Flasher>& cx, bool on) {
    call<&Light::set>(light_, on);  // asynchronous, typed, allocation-free
    call<&Light::query>(light_, ret_to<&Flasher::told>(cx, count_));
    if (--count_ > 0)
      after<&Flasher::flip>(cx, every_, !on);
    else
      cx.stop();
  }
  void told(int left,
            Reply<bool, int>
                state) {  // the bound argument, then the reply: a value, or why it did not come
    if (state)
      std::printf("         %d left, light is %s\n", left, std::get<0>(*state) ? "on" : "off");
  }

 private:
  Actor<Light> light_;
  Duration every_;
  int count_;
};

int main() {
  Runtime rt{Clock::now()};
  auto light = make_actor<Light>(rt, ret_nop);
  auto flasher = make_actor<Flasher>(
      rt, ret_do([](Reply<StopCause> end) {
        std::puts(end ? to_string(end->kind()).data() : to_string(end.error().why()).data());
      }),
      light.actor(), 1s, 3);
  call<&Light::dim>(light, 40);
  spawn(
      rt,
      [](Actor<Light> lamp) -> Task<int> {  // captureless; its arguments are owned by the task
        co_await sleep(2500ms);
        call<&Light::blink>(lamp, 3);
        const std::tuple<bool, int> state =
            co_await ask<&Light::query>(lamp);  // an actor call from async code
        std::printf("asked: %s\n", std::get<0>(state) ? "on" : "off");
        co_return std::get<1>(state);
      },
      ret_some_do([](int percent) { std::printf("dimmed to %d %%\n", percent); }), light.actor());
  run_virtual(rt);  // or a loop of room `loop`, or your own
}
