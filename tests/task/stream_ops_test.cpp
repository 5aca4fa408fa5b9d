// task/stream_ops_test.cpp: streams made of streams: what they give, what they leave, and the three
// modes through them.
#include <troupe/task/stream_ops.hpp>

#include <gtest/gtest.h>

#include <array>
#include <new>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>
#include <vector>

#include "support/allocations.hpp"
#include "support/recorder.hpp"
#include "support/streams.hpp"

namespace troupe {
namespace stream_ops_test {

using namespace std::chrono_literals;
using troupe_test::count_to;
using troupe_test::say;
using troupe_test::SaysBye;
using troupe_test::tell_int;
using troupe_test::told;

using StreamOpsTest = troupe_test::BalancedTest;

template <Stream S> Task<> tell_all(S stream) {
  const SaysBye local("~reader");
  for (;;) {
    const auto item = co_await stream.next();
    if (!item) break;
    say("", *item);
  }
  say("end");
}
template <Stream S> Task<> tell_replies(S stream) {
  for (;;) {
    const auto item = co_await reply_of(stream.next());
    if (!item) break;
    if (*item)
      say("", **item);
    else
      say(to_string(item->error().why()));
  }
  const auto again = co_await reply_of(stream.next());
  say(again ? "more?" : "end");
}
PipeStream<int> lost_after(Core& core, int n) {
  auto [stream, fwd] = stream_pipe<int>(core);
  for (int i = 0; i < n; ++i) fwd(i);
  return std::move(stream);
}

// ---- one at a time
TEST_F(StreamOpsTest, MapFilterTake) {
  Runtime rt;
  const auto even = [](const int& n) { return n % 2 == 0; };
  const auto times = [](int by, int n) { return by * n; };
  spawn(rt, tell_all(take(map(filter(count_to(100), even), times, 10), 3)));
  rt.run();
  EXPECT_EQ(told(), "0 20 40 end ~reader ~gen") << "take() does not ask for the fourth";
}

TEST_F(StreamOpsTest, MapChangesTheType) {
  Runtime rt;
  spawn(rt, [](Core&) -> Task<> {
    auto texts = map(count_to(2), [](int n) { return std::string(30, 'x') + std::to_string(n); });
    static_assert(Stream<decltype(texts), std::string>);
    auto all = co_await collect(std::move(texts));
    say(all.at(1));
  });
  rt.run();
  EXPECT_EQ(told(), "~gen xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1");
}

struct RunningSum {  // a function object may keep what its fields hold
  int sum = 0;
  int operator()(int n) { return sum += n; }
};
int square(int n) { return n * n; }

TEST_F(StreamOpsTest, FunctionsOfAllKinds) {
  Runtime rt;
  spawn(rt, tell_all(map(map(count_to(4), RunningSum{}), square)));
  rt.run();
  EXPECT_EQ(told(), "0 1 9 36 ~gen end ~reader");
}

TEST_F(StreamOpsTest, NothingIsReadBeforeItIsAskedFor) {
  Runtime rt;
  { const auto mapped = map(count_to(3), square); }
  EXPECT_EQ(told(), "") << "the source never began";
  auto [stream, fwd] = stream_pipe<int>(rt);
  {
    const auto taken = take(std::move(stream), 0);
    EXPECT_TRUE(fwd.is_wanted());
  }
  EXPECT_FALSE(fwd.is_wanted());
}

TEST_F(StreamOpsTest, TakeNone) {
  Runtime rt;
  spawn(rt, tell_all(take(count_to(3), 0)));
  rt.run();
  EXPECT_EQ(told(), "end ~reader");
}

// ---- the three modes
TEST_F(StreamOpsTest, ALossPassesThrough) {
  Runtime rt;
  spawn(rt, tell_all(map(take(filter(lost_after(rt, 3), [](const int& n) { return n != 1; }), 9),
                         square)));
  rt.run();
  EXPECT_EQ(told(), "0 4 ~reader") << "mode 1";
  EXPECT_EQ(rt.live_tasks(), 0u);
  spawn(rt, tell_replies(map(
                take(filter(lost_after(rt, 3), [](const int& n) { return n != 1; }), 9), square)));
  rt.run();
  EXPECT_EQ(told(), "0 4 dropped end") << "mode 2";
}

#if TROUPE_EXCEPTIONS
TEST_F(StreamOpsTest, ALossIsThrownThroughThem) {
  Runtime rt;
  spawn(
      rt,
      [](Generator<int> s) -> Task<> {
        try {
          (void)co_await value_of(s.next());
        } catch (const ActorFailed& failed) {
          say(to_string(failed.fail().why()));
        }
      },
      ret_nop, map(lost_after(rt, 0), square));
  rt.run();
  EXPECT_EQ(told(), "dropped");
}

TEST_F(StreamOpsTest, AFunctionThatThrowsEndsTheStream) {
  Runtime rt;
  auto thrower = [](int n) { return n == 1 ? throw std::runtime_error("oops") : n; };
  spawn(rt, tell_replies(map(count_to(3), thrower)));
  rt.run();
  EXPECT_EQ(told(), "0 failed end ~gen");
  spawn(rt, for_each(count_to(3), thrower),
        ret_do([](const Reply<>& r) { say(r.error().error().text()); }));
  rt.run();
  EXPECT_EQ(told(), "~gen oops");
}
#endif

// ---- merge
TEST_F(StreamOpsTest, MergeTakesOneEachInTurn) {
  Runtime rt;
  spawn(rt, tell_all(merge(count_to(3), map(count_to(4), [](int n) { return n + 10; }),
                           map(count_to(1), [](int n) { return n + 20; }))));
  rt.run();
  std::string got = told();
  std::string items;
  for (std::size_t at = 0; at < got.size();) {
    const std::size_t end = std::min(got.find(' ', at), got.size());
    if (got[at] != '~') items += got.substr(at, end - at) + " ";
    at = end + 1;
  }
  EXPECT_EQ(items, "0 10 20 1 11 2 12 13 end ");
  EXPECT_EQ(rt.live_tasks(), 0u);
}

Generator<int> ticks(int first, int n, Duration every) {
  for (int i = 0; i < n; ++i) {
    co_await sleep(every);
    co_yield first + i;
  }
}

TEST_F(StreamOpsTest, MergeGivesItemsAsTheyArrive) {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<int>(rt);
  spawn(rt, tell_all(merge(ticks(10, 2, 10s), ticks(20, 3, 4s), std::move(stream))));
  rt.run();
  fwd(1);
  rt.run();
  EXPECT_EQ(told(), "1");
  fwd(std::nullopt);
  run_virtual(rt);
  EXPECT_EQ(told(), "20 21 10 22 11 end ~reader");
}

TEST_F(StreamOpsTest, ALossOfOneIsALossOfAllMerged) {
  Runtime rt;
  auto [endless, fwd] = stream_pipe<int>(rt);
  spawn(rt, tell_replies(merge(std::move(endless), lost_after(rt, 2))));
  rt.run();
  EXPECT_EQ(told(), "0 1 dropped end");
  EXPECT_FALSE(fwd.is_wanted()) << "the others are dropped";
  auto [other, other_fwd] = stream_pipe<int>(rt);
  spawn(rt, tell_all(merge(std::move(other), lost_after(rt, 2))));
  rt.run();
  EXPECT_EQ(told(), "0 1 ~reader");
  EXPECT_FALSE(other_fwd.is_wanted());
  EXPECT_EQ(rt.live_tasks(), 0u);
}

#if TROUPE_EXCEPTIONS
TEST_F(StreamOpsTest, ASourceThatThrowsIsALossOfAllMerged) {
  Runtime rt;
  auto [endless, fwd] = stream_pipe<int>(rt);
  spawn(rt, tell_replies(merge(std::move(endless), []() -> Generator<int> {
          co_yield 1;
          throw std::runtime_error("oops");
        }())));
  rt.run();
  EXPECT_EQ(told(), "1 failed end");
  EXPECT_FALSE(fwd.is_wanted());
}
#endif

TEST_F(StreamOpsTest, ASourceThatIsDroppedIsALossOfAllMerged) {
  Runtime rt;
  auto [value, ret] = push_pipe<int>(rt);
  auto [endless, fwd] = stream_pipe<int>(rt);
  spawn(rt, tell_replies(merge(std::move(endless), [](Value<int> v) -> Generator<int> {
          co_yield co_await v;
        }(std::move(value)))));
  rt.run();
  { const auto dies = std::move(ret); }
  rt.run();
  EXPECT_EQ(told(), "dropped end");
  (void)fwd;
}

TEST_F(StreamOpsTest, AMergeThatIsDroppedDropsItsSources) {
  Runtime rt;
  auto [a, a_fwd] = stream_pipe<int>(rt);
  auto [b, b_fwd] = stream_pipe<int>(rt);
  const TaskRef task = spawn(rt, tell_all(merge(std::move(a), std::move(b))));
  rt.run();
  EXPECT_EQ(rt.live_tasks(), 3u);
  a_fwd(1);
  task.cancel();
  EXPECT_EQ(told(), "~reader");
  EXPECT_EQ(rt.live_tasks(), 0u);
  EXPECT_FALSE(a_fwd.is_wanted());
  EXPECT_FALSE(b_fwd.is_wanted());
}

// Generators and what is made of them run in the reader's task; the sources of a merge in tasks of
// their own.
Generator<int> tell_stop(int from) {
  const StopToken token = co_await stop_token();
  for (int n = from; n < from + 2; ++n) {
    co_await sleep(1s);
    if (token.stop_requested()) say("asked", from);
    co_yield int(n);
  }
}
TEST_F(StreamOpsTest, ARequestToStopReachesWhatTheReaderRunsAndNotTheSourcesOfAMerge) {
  Runtime rt;
  const auto ask_in_time = [&](const TaskRef& reader) {
    rt.run(rt.now() + 500ms);
    reader.request_stop();
    run_virtual(rt);
  };
  const auto twice = [](int n) { return 2 * n; };
  ask_in_time(
      spawn(rt, tell_all<decltype(map(tell_stop(1), twice))>, ret_nop, map(tell_stop(1), twice)));
  EXPECT_EQ(told(), "asked1 2 asked1 4 end ~reader");
  ask_in_time(spawn(rt, tell_all<Generator<int>>, ret_nop, merge(tell_stop(1), tell_stop(11))));
  EXPECT_EQ(told(), "1 11 2 12 end ~reader") << "and no item is lost";
}

TEST_F(StreamOpsTest, AMergeReadsOneItemAhead) {
  Runtime rt;
  spawn(
      rt,
      [](Generator<int> merged) -> Task<> {
        const auto first = co_await merged.next();
        say("got", *first);
        co_await sleep(1s);
      },
      ret_nop, merge([]() -> Generator<int> {
        for (int i = 0;; ++i) {
          say("made", i);
          co_yield i;
        }
      }()));
  rt.run();
  const std::string got = told();
  EXPECT_NE(got.find("got0"), std::string::npos);
  EXPECT_EQ(got.find("made2"), std::string::npos) << got;
}

// ---- what becomes of a stream
TEST_F(StreamOpsTest, Collect) {
  Runtime rt;
  spawn(
      rt,
      [](Core&) -> Task<int> {
        const auto all = co_await collect(count_to(5));
        co_return std::accumulate(all.begin(), all.end(), 0);
      },
      tell_int("sum"));
  rt.run();
  EXPECT_EQ(told(), "~gen sum=10");
}

TEST_F(StreamOpsTest, CollectOfALostStream) {
  Runtime rt;
  spawn(
      rt,
      [](PipeStream<int> s) -> Task<int> {
        const auto all = co_await collect(std::move(s));
        co_return static_cast<int>(all.size());
      },
      tell_int("drop"), lost_after(rt, 2));
  spawn(
      rt,
      [](PipeStream<int> s) -> Task<int> {
        const auto all = co_await reply_of(collect(std::move(s)));
        co_return all ? 0 : static_cast<int>(all.error().why() == Why::dropped);
      },
      tell_int("reply"), lost_after(rt, 2));
  rt.run();
  EXPECT_EQ(told(), "drop!dropped reply=1");
}

TEST_F(StreamOpsTest, ForEach) {
  Runtime rt;
  spawn(rt,
        for_each(
            count_to(3), [](int tens, int n) { say("", tens * 10 + n); }, 4),
        ret_do([](const Reply<>& r) { say(r ? "done" : "lost"); }));
  rt.run();
  EXPECT_EQ(told(), "40 41 42 ~gen done");
  spawn(rt, for_each(lost_after(rt, 1), [](int n) { say("", n); }),
        ret_do([](const Reply<>& r) { say(r ? "done" : "lost"); }));
  rt.run();
  EXPECT_EQ(told(), "0 lost");
}

TEST_F(StreamOpsTest, ForEachAwaitsATask) {
  Runtime rt;
  spawn(rt, for_each(count_to(2), [](int n) -> Task<> {
          say("begin", n);
          co_await sleep(1s);
          say("end", n);
        }));
  rt.run();
  EXPECT_EQ(told(), "begin0");
  run_virtual(rt);
  EXPECT_EQ(told(), "end0 begin1 end1 ~gen");
}

// ---- without memory
#if TROUPE_EXCEPTIONS
struct Wide {  // few of them fill what the pool has, and their buffers come from the heap
  explicit Wide(int n) : number(n) {}
  int number;
  std::array<char, 30'000> rest{};
};
Generator<Wide> make_wide(int n) {
  for (int i = 0; i < n; ++i) co_yield Wide(i);
}
void run_all() {
  Runtime rt;
  auto [stream, fwd] = stream_pipe<Wide>(rt);
  spawn(
      rt,
      [](Generator<Wide> all) -> Task<int> {
        const auto got = co_await collect(std::move(all));
        co_return static_cast<int>(got.size());
      },
      tell_int("size"),
      merge(std::move(stream), filter(make_wide(5), [](const Wide& w) { return w.number != 2; })));
  for (int i = 0; i < 20; ++i) fwd(Wide(i));
  rt.run();
  fwd(std::nullopt);
  rt.run();
}

TEST_F(StreamOpsTest, WhateverAllocationFailsNothingLeaks) {
  using troupe_test::Allocations;
  run_all();
  EXPECT_EQ(told(), "size=24");
  const auto live = Allocations::live.load();
  const auto made = Allocations::made.load();
  run_all();
  told();
  const auto each = Allocations::made.load() - made;
  EXPECT_GT(each, 4);
  for (const bool all : {false, true})
    for (std::int64_t n = 0; n < each; ++n) {
      bool thrown = false;
      {
        troupe_test::FailAllocation failing(n, all);
        try {
          run_all();
        } catch (const std::bad_alloc&) {
          thrown = true;
        }
      }
      ASSERT_TRUE(told().starts_with("size") || thrown) << n << ": somebody is told";
      ASSERT_EQ(Allocations::live.load(), live) << n << (all ? " and all behind it" : "");
    }
}
#endif

}  // namespace stream_ops_test
}  // namespace troupe
