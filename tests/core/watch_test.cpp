// core/watch_test.cpp: who watches, in which order they hear, and how a watch ends before that.
#include <troupe/core/watch.hpp>

#include <gtest/gtest.h>
#include <malloc.h>

#include <new>
#include <optional>
#include <troupe/core.hpp>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace watch_test {

using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;

// Bytes that the program has from malloc; 0 under sanitizers, which have an allocator of their own.
std::size_t bytes_in_use() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

struct Db {
  void stop(Cx<Db>& cx) { cx.stop(); }
};
struct Session {
  explicit Session(std::string n) : name(std::move(n)) {}
  void begin(Cx<Session>& cx, Actor<Db> db) { key = watch(db, ret_to<&Session::gone>(cx, 7)); }
  void again(Cx<Session>& cx, Actor<Db> db) { watch(db, ret_to<&Session::gone>(cx, 8)); }
  void leave(Actor<Db> db) { say(unwatch(db, key) ? "left" : "not there"); }
  void gone(int bound, Reply<StopCause> cause) {
    say(name, bound);
    say(cause ? troupe_test::word(cause->kind()) : to_string(cause.error().why()));
  }
  void stop(Cx<Session>& cx) { cx.stop(); }
  std::string name;
  WatchKey key;
};

struct WatchTest : troupe_test::OneRuntimeTest {
  ActorOwn<Db> db = make_actor<Db>(rt, tell_end("owner"));
  std::size_t before = 0;
  void SetUp() override {
    OneRuntimeTest::SetUp();
    rt.run();
    before = rt.live_rets();
  }
  void TearDown() override {
    db = {};
    rt.run();
    told();
    OneRuntimeTest::TearDown();
  }
  ActorOwn<Session> session(std::string name) {
    auto s = make_actor<Session>(rt, ret_nop, std::move(name));
    call<&Session::begin>(s, db.actor());
    rt.run();
    return s;
  }
};

TEST_F(WatchTest, EachHearsOnceInTheOrderOfTheirWatches) {
  const auto a = session("a"), b = session("b");
  watch(db, tell_end("function"));
  call<&Session::again>(a, db.actor());
  call<&Db::stop>(db);
  rt.run();
  EXPECT_EQ(told(), "owner:stopped function:stopped a7 stopped b7 stopped a8 stopped");
  call<&Session::leave>(a, db.actor());
  rt.run();
  EXPECT_EQ(told(), "not there");
}

TEST_F(WatchTest, AWatcherThatEndsLeaves) {
  {
    const auto a = session("a");
    call<&Session::again>(a, db.actor());
    const auto b = session("b");
    rt.run();
    EXPECT_EQ(rt.live_rets(), before + 3);
    call<&Session::stop>(a);
    rt.run();
    EXPECT_EQ(rt.live_rets(), before + 1);
    call<&Db::stop>(db);
    rt.run();
    EXPECT_EQ(told(), "owner:stopped b7 stopped");
  }
  rt.run();
  EXPECT_EQ(rt.live_rets(), 0u);
}

TEST_F(WatchTest, ManyComeAndGo) {
  for (int i = 0; i < 100; ++i) session("a");
  rt.run();
  const std::size_t bytes = rt.pool_bytes();
  for (int i = 0; i < 20000; ++i) {
    const auto s = session("a");
    call<&Session::stop>(s);
    rt.run();
  }
  rt.run();
  EXPECT_EQ(rt.live_rets(), before);
  EXPECT_EQ(rt.pool_bytes(), bytes);
}

TEST_F(WatchTest, ManyAtOnce) {
  std::vector<ActorOwn<Session>> all;
  for (int i = 0; i < 20000; ++i) {
    all.push_back(make_actor<Session>(rt, ret_nop, std::string("a")));
    call<&Session::begin>(all.back(), db.actor());
  }
  rt.run();
  EXPECT_EQ(rt.live_rets(), before + all.size());
  all.clear();  // each leaves from the middle of a long list
  rt.run();
  EXPECT_EQ(rt.live_rets(), before);
}

TEST_F(WatchTest, MemoryOfManyWatchersIsGivenBackByTrim) {
  const auto held = [this] {
    rt.trim();
    return bytes_in_use();
  };
  session("a");
  rt.run();
  const std::size_t first = held();
  {
    std::vector<ActorOwn<Session>> all;
    for (int i = 0; i < 20000; ++i) {
      all.push_back(make_actor<Session>(rt, ret_nop, std::string("a")));
      call<&Session::begin>(all.back(), db.actor());
    }
    rt.run();
  }
  rt.run();
  EXPECT_LE(held(), first + 100'000) << "the table of 20000 watchers is larger";
}

TEST_F(WatchTest, ItCanBeTakenBack) {
  const auto a = session("a"), b = session("b");
  call<&Session::leave>(a, db.actor());
  rt.run();
  EXPECT_EQ(told(), "left a7 cancelled");
  call<&Session::leave>(a, db.actor());
  call<&Db::stop>(db);
  rt.run();
  EXPECT_EQ(told(), "not there owner:stopped b7 stopped");
  EXPECT_FALSE(unwatch(db, WatchKey()));
}

TEST_F(WatchTest, AFunctionToo) {
  const WatchKey one = watch(db, tell_end("one"));
  watch(db, tell_end("two"));
  EXPECT_TRUE(unwatch(db, one));
  EXPECT_EQ(told(), "one!cancelled");
  EXPECT_FALSE(unwatch(db, one));
  EXPECT_FALSE(unwatch(db, watch(db, ret_nop)));
}

TEST_F(WatchTest, AnEndedActorIsLostAtOnce) {
  call<&Db::stop>(db);
  rt.run();
  watch(db, tell_end("late"));
  watch(Actor<Db>(), tell_end("nobody"));
  EXPECT_EQ(told(), "owner:stopped late:lost nobody:lost");
}

#if TROUPE_EXCEPTIONS
TEST_F(WatchTest, WhereMemoryLacksItHearsSo) {
  bool failed = true;
  for (int n = 0; failed; ++n) {  // each allocation fails
    std::optional<Why> heard;
    Runtime other;
    const auto watched = make_actor<Db>(other, ret_nop);
    other.run();
    auto notice = ret_do<StopCause>(
        [](std::optional<Why>* to, const Reply<StopCause>& cause) {
          *to = cause ? Why::ended : cause.error().why();
        },
        unsafe_borrow(&heard));
    troupe_test::FailAllocation fail(n, true);
    failed = false;
    try {
      watch(watched, std::move(notice));
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    fail.stop();
    EXPECT_EQ(heard, failed ? std::optional(Why::no_memory) : std::nullopt);
    EXPECT_TRUE(failed || n > 0);
  }
}
#endif

TEST_F(WatchTest, AcrossRuntimes) {
  {
    Runtime other;
    const auto far = make_actor<Session>(other, ret_nop, std::string("far"));
    call<&Session::begin>(far, db.actor());
    other.run();
    auto near = make_actor<Session>(rt, ret_nop, std::string("near"));
    auto far_db = make_actor<Db>(other, tell_end("far owner"));
    other.run();
    call<&Session::begin>(near, far_db.actor());
    rt.run();
    near = {};
    rt.run();
  }
  EXPECT_EQ(told(), "far owner:dropped") << "and both have left";
  call<&Db::stop>(db);
  rt.run();
  EXPECT_EQ(told(), "owner:stopped");
}

TEST_F(WatchTest, AKeyOfAnotherActorOrRuntimeNamesNothing) {
  Runtime other;
  const auto far = make_actor<Db>(other, ret_nop);
  const auto near = make_actor<Db>(rt, ret_nop);
  other.run();
  rt.run();
  watch(db, tell_end("watch"));
  const WatchKey of_far = watch(far, ret_nop), of_far_too = watch(far, tell_end("far")),
                 of_near = watch(near, tell_end("near"));
  EXPECT_FALSE(unwatch(db, of_far_too) || unwatch(db, of_far) || unwatch(db, of_near) ||
               unwatch(db, WatchKey()));
  call<&Db::stop>(db);
  rt.run();
  EXPECT_EQ(told(), "owner:stopped watch:stopped");
  EXPECT_TRUE(unwatch(far, of_far_too));
  EXPECT_TRUE(unwatch(near, of_near));
  told();
}

TEST_F(WatchTest, ANoticeMayWatchAndLeave) {
  static Actor<Db> the_db;
  static WatchKey second;
  the_db = db;
  watch(db, ret_some_do([](StopCause) {
          for (int i = 0; i < 2; ++i) say(unwatch(the_db, second) ? "left" : "not there");
          watch(the_db, tell_end("in a notice"));
        }));
  second = watch(db, tell_end("second"));
  watch(db, tell_end("third"));
  call<&Db::stop>(db);
  rt.run();
  EXPECT_EQ(told(), "owner:stopped second!cancelled left not there in a notice:lost third:stopped");
  the_db = {};
}

}  // namespace watch_test
}  // namespace troupe
