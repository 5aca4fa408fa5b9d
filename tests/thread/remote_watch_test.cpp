// thread/remote_watch_test.cpp: the end of an actor of another runtime, told across.
#include <troupe/thread/remote_watch.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/thread/ensemble.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace remote_watch_test {

using troupe_test::say;
using troupe_test::told;

struct Light {
  void stop(Cx<Light>& cx) { cx.stop(); }
};
Ret<StopCause> hears() {
  return ret_do([](Reply<StopCause> cause) {
    if (!cause)
      say("!", to_string(cause.error().why()));
    else
      say(cause->has_error() ? cause->error().text() : to_string(cause->kind()));
  });
}

class RemoteWatchTest : public troupe_test::BalancedTest {
 protected:
  RemoteWatchTest() {
    all_.seat(1, *b_);
    all_.seat(0, *a_);
    b_->set_logger(LogFilter(), nullptr);
    light_ = make_actor<Light>(*b_, ret_nop);
    b_->run();
    far_ = remote(light_);
  }
  void both() {
    for (int n = 0; n != 4; ++n)
      for (auto* rt : {&a_, &b_})
        if (*rt) (*rt)->run();
  }
  Ensemble all_{2, {.lane_bound = 1024, .lane_chunk = 512, .publish = 128}};
  std::optional<Runtime> a_{std::in_place}, b_{std::in_place};
  ActorOwn<Light> light_;
  Remote<Light> far_;
};

TEST_F(RemoteWatchTest, TellsTheCause) {
  watch(far_, hears());
  both();
  EXPECT_EQ(told(), "");
  call<&Light::stop>(light_);
  both();
  EXPECT_EQ(told(), "Actor stopped");
}

TEST_F(RemoteWatchTest, TheErrorCrosses) {
  watch(far_, hears());
  both();
  light_.kill("enough");
  both();
  EXPECT_EQ(told(), "enough");
}

TEST_F(RemoteWatchTest, OneThatHadEndedIsLost) {
  light_ = {};
  b_->run();
  watch(far_, hears());
  both();
  EXPECT_EQ(told(), "Lost connection to actor");
}

TEST_F(RemoteWatchTest, ItsRuntimeEnds) {
  watch(far_, hears());
  both();
  watch(far_, hears());  // not read
  b_.reset();
  a_->run();
  EXPECT_EQ(told(), "Actor was dropped Lost connection to actor");
  watch(far_, hears());
  a_->run();
  EXPECT_EQ(told(), "Lost connection to actor");
}

TEST_F(RemoteWatchTest, TheWatchersRuntimeEnds) {
  watch(far_, hears());
  both();
  a_.reset();
  EXPECT_EQ(told(), "!runtime ended");
  light_ = {};
  both();
  EXPECT_EQ(told(), "");
}

TEST_F(RemoteWatchTest, AtItsOwnRuntimeItIsALocalWatch) {
  defer(*b_, unsafe_capture([this] { watch(far_, hears()); }));
  call<&Light::stop>(light_);
  b_->run();
  EXPECT_EQ(told(), "Actor stopped");
}

TEST_F(RemoteWatchTest, AtTheBoundItHearsSo) {
  for (int n = 0; n != 100; ++n) watch(far_, hears());
  EXPECT_EQ(told().substr(0, 23), "!overloaded !overloaded");
  both();
  call<&Light::stop>(light_);
  both();
  EXPECT_EQ(told().substr(0, 27), "Actor stopped Actor stopped");
}

struct Watcher {
  void go(Cx<Watcher>& cx, Remote<Light> far) { watch(far, ret_to<&Watcher::ended>(cx)); }
  void ended(Reply<StopCause> cause) { say(cause ? "told" : "failed"); }
};
TEST_F(RemoteWatchTest, AnActorWatchesAndMayEndFirst) {
  auto one = make_actor<Watcher>(*a_, ret_nop);
  auto two = make_actor<Watcher>(*a_, ret_nop);
  call<&Watcher::go>(one, far_);
  call<&Watcher::go>(two, far_);
  both();
  two = {};
  both();
  light_ = {};
  both();
  EXPECT_EQ(told(), "told");
}

}  // namespace remote_watch_test
}  // namespace troupe
