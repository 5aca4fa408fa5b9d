// examples/pipes.cpp: a Ret and the coroutine that waits for it are two ends of one pipe: pushed,
// or pulled.
#include <cstdio>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Sensor {  // an actor that answers when it has something
 public:
  void next_reading(Ret<double> ret) { waiting_ = std::move(ret); }
  void reading(double celsius) { waiting_(celsius); }
  void wanted(Ret<double> ret) {
    std::puts("pull: asked for it");
    ret(19.5);
  }

 private:
  Ret<double> waiting_{ret_nop};
};

int main() {
  Runtime rt;
  auto sensor = make_actor<Sensor>(rt, ret_nop);

  // Push: the Ret exists at once and may be answered before or after somebody waits.
  auto [value, ret] = push_pipe<double>(rt);
  call<&Sensor::next_reading>(sensor, std::move(ret));
  spawn(
      rt,
      [](Value<double> reading) -> Task<> {
        std::puts("push: waiting");
        const double celsius = co_await reading;
        std::printf("push: %.1f degrees\n", celsius);
      },
      ret_nop, std::move(value));
  after(rt, 2s, [](Actor<Sensor> to) { call<&Sensor::reading>(to, 21.5); }, sensor.actor());
  run_virtual(rt);

  // Pull: the Ret is made, and the request sent, only when somebody waits.
  auto request = ret_some_do(
      [](Actor<Sensor> to, Ret<double> answer) { call<&Sensor::wanted>(to, std::move(answer)); },
      sensor.actor());
  spawn(
      rt,
      [](Ret<Ret<double>> asks) -> Task<> {
        std::puts("pull: not asked yet");
        co_await sleep(1s);
        const double celsius = co_await pull_pipe<double>(std::move(asks));
        std::printf("pull: %.1f degrees\n", celsius);
      },
      ret_nop, Ret<Ret<double>>(std::move(request)));
  run_virtual(rt);
}
