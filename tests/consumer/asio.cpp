// consumer/asio.cpp: a runtime inside the host's own io_context, beside a coroutine of Asio's.
//
// That Asio's coroutines compile under each compiler is half of the test: target troupe::asio sees
// to it.
#include <asio.hpp>
#include <troupe/core.hpp>
#include <troupe/loop/asio.hpp>

namespace {

class Light {
 public:
  explicit Light(troupe::Cx<Light>&) {}
  void off(troupe::Cx<Light>& cx) { cx.stop(); }
};

asio::awaitable<void> switch_off(troupe::Actor<Light> light) {
  co_await asio::post(asio::use_awaitable);
  troupe::call<&Light::off>(light);
}

}  // namespace

int main() {
  troupe::Runtime rt{troupe::Clock::now()};
  asio::io_context io;
  troupe::AsioLoop loop(rt, io);
  const auto light = troupe::make_actor<Light>(rt, troupe::ret_shutdown(rt));
  asio::co_spawn(io, switch_off(light), asio::detached);
  return loop.run() == troupe::StopCause::stopped ? 0 : 1;
}
