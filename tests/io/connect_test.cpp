// io/connect_test.cpp: asking for a connection, and thinking better of it.
#include <troupe/io/connect.hpp>

#include <gtest/gtest.h>

#include "io/echo.hpp"

namespace troupe {
namespace connect_test {

using troupe_test::receive;
using troupe_test::say;
using troupe_test::tell_text;
using troupe_test::told;

using ConnectTest = troupe_test::RecordedTest;

// A source that the test moves by hand.
class HandSource final : public ListenerPlug {
 public:
  explicit HandSource(Core& core) : ListenerPlug(core) {}
  ConnectionResult try_accept() noexcept override {
    return std::exchange(result, std::unexpected(IoError(IoError::would_block)));
  }
  void watch() noexcept override { say("begins"); }
  void end() noexcept override { say("ends"); }
  std::string address() const override { return "hand"; }
  using ListenerPlug::acceptable;
  ConnectionResult result{std::unexpected(IoError(IoError::would_block))};
};
struct To {
  explicit To(HandSource& s) : source(&s) {}
  HandSource* source;
};
Task<std::string> dial(To to) {
  ConnectionResult c = co_await Connect(Listener(to.source));
  if (!c) co_return std::string(to_string(c.error().kind()));
  co_return c->peer();
}

TEST_F(ConnectTest, BeginsWhenItIsAwaitedAndGivesWhatArrives) {
  Runtime rt;
  MemoryNetwork net(rt);
  HandSource source(rt);
  spawn(rt, dial, tell_text("dial"), To(source));
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "begins");
  source.result = std::move(net.pair().first);
  source.acceptable();
  rt.run();
  EXPECT_EQ(told(), "ends dial=pair:server");
}

TEST_F(ConnectTest, GivesTheError) {
  Runtime rt;
  HandSource source(rt);
  spawn(rt, dial, tell_text("dial"), To(source));
  rt.run();
  source.result = std::unexpected(IoError(IoError::unreachable));
  source.acceptable();
  rt.run();
  EXPECT_EQ(told(), "begins ends dial=unreachable");
}

TEST_F(ConnectTest, IsCalledOffWithItsTask) {
  Runtime rt;
  HandSource source(rt);
  const TaskRef task = spawn(rt, dial, tell_text("dial"), To(source));
  rt.run();
  task.cancel();
  EXPECT_EQ(told(), "begins ends dial!cancelled");
}

TEST_F(ConnectTest, ClosesAConnectionThatCameForADroppedTask) {
  Runtime rt;
  MemoryNetwork net(rt);
  auto [near, far] = net.pair();
  HandSource source(rt);
  const TaskRef task = spawn(rt, dial, tell_text("dial"), To(source));
  rt.run();
  source.result = std::move(near);
  source.acceptable();
  task.cancel();
  EXPECT_EQ(told(), "begins ends dial!cancelled");
  spawn(
      rt, [](Connection c) -> Task<std::string> { co_return co_await receive(c); },
      tell_text("far"), std::move(far));
  rt.run();
  EXPECT_EQ(told(), "far=.");
}

}  // namespace connect_test
}  // namespace troupe
