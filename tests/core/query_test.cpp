// core/query_test.cpp: what the host asks of actors, between two runs.
#include <troupe/core/query.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <utility>

#include "support/recorder.hpp"

namespace troupe {
namespace query_test {

using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;

using QueryTest = troupe_test::RecordedTest;

struct Worker {
  explicit Worker(std::string n = "w") : name(std::move(n)) {}
  ~Worker() { say("~", name); }
  void stop(Cx<Worker>& cx) { cx.stop(); }
  int count() const { return set_to; }
  const std::string& text() const { return name; }
  int throws() { TROUPE_THROW(std::runtime_error("thrown")); }
  void set(int v) { set_to = v; }
  std::unique_ptr<int> boxed(bool throws) {
    if (throws) TROUPE_THROW(std::runtime_error("thrown"));
    return std::make_unique<int>(set_to);
  }
  std::string name;
  int set_to = 0;
};

struct Asked {
  explicit Asked(Ret<int> r) : ret(std::move(r)) {}
  int fails(Cx<Asked>& cx) {
    cx.fail("said so");
    const Ret<int> dies = std::move(ret);
    return 1;
  }
  int throws() {
    const Ret<int> dies = std::move(ret);
    TROUPE_THROW(std::runtime_error("thrown"));
  }
  int answers() {
    ret(1);
    return 2;
  }
  int drops() {
    const Ret<int> dies = std::move(ret);
    return 3;
  }
  Ret<int> ret;
};

Ret<int> tell_error() {
  return ret_do([](const Reply<int>& r) {
    say(r ? "value" : to_string(r.error().why()));
    if (!r) say(r.error().error().text());
  });
}

TEST_F(QueryTest, AResultMayBeOneThatOnlyMoves) {
  Runtime rt;
  const auto a = make_actor<Worker>(rt, ret_nop);
  EXPECT_FALSE(query<&Worker::boxed>(rt, a, false)) << "it is in Prep";
  rt.run();
  query<&Worker::set>(rt, a, 7);
  const std::optional<std::unique_ptr<int>> boxed = query<&Worker::boxed>(rt, a, false);
  EXPECT_EQ(**boxed, 7);
#if TROUPE_EXCEPTIONS
  EXPECT_FALSE(query<&Worker::boxed>(rt, a, true));
  EXPECT_TRUE(a.is_zombie());
#endif
  told();
}

TEST_F(QueryTest, ARetThatIsDroppedInsideAQueryHearsWhy) {
  Runtime rt;
  auto own = make_actor<Asked>(rt, tell_end("end"), tell_error());
  rt.run();
  EXPECT_EQ(query<&Asked::fails>(rt, own), 1);
  EXPECT_EQ(told(), "failed said so end:failed(said so)");
#if TROUPE_EXCEPTIONS
  own = make_actor<Asked>(rt, tell_end("end"), tell_error());
  rt.run();
  EXPECT_FALSE(query<&Asked::throws>(rt, own).has_value());
  EXPECT_EQ(told(), "failed thrown end:failed(thrown)");
#endif
  EXPECT_EQ(Core::current(), nullptr);
}

#if TROUPE_EXCEPTIONS
TEST_F(QueryTest, ABodyThatThrowsInsideAQueryFailsNobodyAndComesOutOfTheNextRun) {
  for (const bool answers : {true, false}) {
    Runtime rt;
    auto own = make_actor<Asked>(rt, ret_nop,
                                 ret_do([](Reply<int>) { throw std::runtime_error("body"); }));
    rt.run();
    EXPECT_TRUE(
        (answers ? query<&Asked::answers>(rt, own) : query<&Asked::drops>(rt, own)).has_value());
    EXPECT_FALSE(own.is_zombie());
    EXPECT_EQ(told(), "");
    EXPECT_THROW(rt.run(), std::runtime_error);
    rt.run();
    EXPECT_EQ(told(), "");
  }
}
#endif

TEST_F(QueryTest, AnActorOfAnotherRuntimeIsRefused) {
  Runtime rt;
  Runtime other;
  auto own = make_actor<Worker>(other, ret_nop);
  EXPECT_FALSE(query<&Worker::count>(rt, own)) << "it is in Prep";
  other.run();
  EXPECT_DEATH(query<&Worker::count>(rt, own), "actor of another runtime");
  own.kill("over");
  other.run();
  EXPECT_FALSE(query<&Worker::count>(rt, own)) << "it has ended";
}

TEST_F(QueryTest, QueryIsSynchronous) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, tell_end("w"));
  EXPECT_FALSE(query<&Worker::set>(rt, own, 5)) << "in Prep";
  rt.run();
  EXPECT_TRUE(query<&Worker::set>(rt, own, 5));
  EXPECT_EQ(query<&Worker::count>(rt, own.actor()), 5);
  EXPECT_EQ(query<&Worker::text>(rt, own), "w") << "a reference is returned as a value";
  EXPECT_TRUE(query<&Worker::stop>(rt, own));
  EXPECT_EQ(told(), "~w w:stopped") << "before query returns";
  EXPECT_FALSE(query<&Worker::count>(rt, own).has_value());
}

#if TROUPE_EXCEPTIONS
TEST_F(QueryTest, AQueryThatThrowsFailsTheActor) {
  Runtime rt;
  auto own = make_actor<Worker>(rt, tell_end("w"));
  rt.run();
  EXPECT_FALSE(query<&Worker::throws>(rt, own).has_value());
  EXPECT_EQ(told(), "~w w:failed(thrown)");
}
#endif

}  // namespace query_test
}  // namespace troupe
