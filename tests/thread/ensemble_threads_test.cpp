// thread/ensemble_threads_test.cpp: runtimes on threads of an ensemble's own: factories, ends, and
// what is thrown in one of them.
#include <troupe/thread/ensemble_threads.hpp>

#include <gtest/gtest.h>

#if defined(__linux__)
#include <sched.h>
#endif

#include <array>
#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/core/log_format.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/hears_stderr.hpp"

namespace troupe {
namespace ensemble_threads_test {

using namespace std::chrono_literals;

struct Order {  // who has ended, in order
  std::atomic<int> next{0};
  std::array<std::atomic<int>, 4> place{};
};
class Store {
 public:
  Store(Order* order, int number) : order_(order), number_(number) {}
  ~Store() { order_->place[static_cast<std::size_t>(number_)] = ++order_->next; }
  void add(int n) { sum_ += n; }
  void get(Ret<int> ret) { ret(sum_); }
  void later(Cx<Store>& cx, Ret<int> ret) { after<&Store::get>(cx, 1ms, std::move(ret)); }
  void close(Cx<Store>& cx) {
    static_cast<Core&>(cx).shutdown(StopCause(StopCause::stopped, Error("closed")));
  }

 private:
  Order* order_;
  int number_, sum_ = 0;
};

using MadeStore = Borrowed<std::promise<Remote<Store>>>;
using Sum = Borrowed<std::promise<int>>;

ActorOwn<Store> makes_store(Runtime& rt, Borrowed<Order> order, int number, MadeStore made) {
  auto store = make_actor<Store>(rt, ret_nop, unsafe_borrow(*order), number);
  made->set_value(remote(store));
  return store;
}

Task<> uses(Core& core, Remote<Store> store, Sum sum) {
  for (int n = 0; n != 1000; ++n) call<&Store::add>(store, 1);
  const int now = co_await ask<&Store::get>(store);
  const int later = co_await ask<&Store::later>(store);
  core.shutdown(StopCause(StopCause::stopped, Error("done")));
  sum->set_value(now + later);
}

class EnsembleThreadsTest : public ::testing::Test {
 protected:
  Remote<Store> start_store(unsigned number) {
    std::promise<Remote<Store>> made;
    threads_.start(number, &makes_store, unsafe_borrow(order_), static_cast<int>(number),
                   unsafe_borrow(made));
    return made.get_future().get();
  }
  // Another runtime that uses it, and then ends by itself.
  int sum_by(unsigned number, Remote<Store> store) {
    std::promise<int> sum;
    threads_.start(
        number,
        [](Runtime& rt, Remote<Store> far, Sum to) {
          spawn(rt, uses, ret_nop, std::move(far), to);
        },
        std::move(store), unsafe_borrow(sum));
    return sum.get_future().get();
  }
  Order order_;
  Ensemble all_{4};
  EnsembleThreads threads_{all_};
};

TEST_F(EnsembleThreadsTest, TheyCallEachOtherAndTheFirstEndIsTheReason) {
  EXPECT_EQ(sum_by(1, start_store(0)), 2000);
  const StopCause why = threads_.stop(StopCause::dropped);
  EXPECT_EQ(why.kind(), StopCause::stopped);
  EXPECT_EQ(why.error().text(), "done");
}

TEST_F(EnsembleThreadsTest, StoppedTheyEndOneAfterTheOtherTheLastOneFirst) {
  for (unsigned n = 0; n != 4; ++n) start_store(n);
  const StopCause why = threads_.stop(StopCause(StopCause::killed, Error("enough")));
  EXPECT_EQ(why.text(), "Actor was killed: enough");
  for (std::size_t n = 0; n != 4; ++n) EXPECT_EQ(order_.place[n], static_cast<int>(4 - n));
}

TEST_F(EnsembleThreadsTest, JoinWaitsUntilAllHaveEndedByThemselves) {
  const Remote<Store> store = start_store(0);
  threads_.start(
      1,
      [](Runtime& rt, Remote<Store> far) {
        defer(
            rt,
            [](Core& core, const Remote<Store>& to) {
              call<&Store::close>(to);
              core.shutdown(StopCause::stopped);
            },
            std::move(far));
      },
      store);
  EXPECT_EQ(threads_.join().kind(), StopCause::stopped);
  EXPECT_EQ(order_.next, 1);
}

TEST_F(EnsembleThreadsTest, TheDestructorStopsThem) {
  start_store(0);
  start_store(1);
}

TEST_F(EnsembleThreadsTest, NoneStartedIsNoWait) {
  EXPECT_EQ(threads_.join().kind(), StopCause::stopped);
}

TEST_F(EnsembleThreadsTest, RunStopsTheOthersWhenTheFirstHasEnded) {
  const Remote<Store> store = start_store(0);
  start_store(1);
  threads_.start(
      2,
      [](Runtime& rt, Remote<Store> far) {
        defer(rt, [](const Remote<Store>& to) { call<&Store::close>(to); }, std::move(far));
      },
      store);
  EXPECT_EQ(threads_.run(StopCause(StopCause::killed, Error("the others"))).text(),
            "Actor was killed: the others");
  EXPECT_EQ(order_.next, 2);
  EXPECT_EQ(order_.place[0], 1) << "by itself, before the others";
}

TEST(EnsembleThreadsAlone, ARuntimeThatHoldsUpTheEndIsToldOnce) {
  const troupe_test::HearsStderr hears("runtime 1 of an ensemble was asked to end 0.000 s ago");
  EnsembleThreads threads(Ensemble(2), {.end_warning = 0s});
  std::promise<void> began;
  threads.start(
      1,
      [](Runtime&, Borrowed<std::promise<void>> begins,
         Borrowed<const troupe_test::HearsStderr> said) {
        begins->set_value();
        while (said->count() == 0) std::this_thread::yield();
      },
      unsafe_borrow(began), unsafe_borrow(hears));
  began.get_future().wait();
  EXPECT_EQ(threads.stop(StopCause::stopped).kind(), StopCause::stopped);
  EXPECT_EQ(hears.count(), 1u);
}

TEST(EnsembleThreadsAlone, RunWithoutThreadsReturns) {
  EnsembleThreads threads(Ensemble(1));
  EXPECT_EQ(threads.run().kind(), StopCause::stopped);
}

#if defined(__linux__)
TEST_F(EnsembleThreadsTest, AThreadIsPinnedToACoreThatIsThere) {
  cpu_set_t mine;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(mine), &mine), 0);
  unsigned core = 0;
  while (!CPU_ISSET(core, &mine)) ++core;
  std::promise<int> where;
  std::promise<void> pinned;
  threads_.start(
      0,
      [](Runtime&, Borrowed<std::promise<void>> until, Borrowed<std::promise<int>> to) {
        until->get_future().wait();
        cpu_set_t here;
        ::sched_getaffinity(0, sizeof(here), &here);
        to->set_value(CPU_COUNT(&here));
      },
      unsafe_borrow(pinned), unsafe_borrow(where));
  EXPECT_TRUE(threads_.pin(0, core).has_value());
  pinned.set_value();
  EXPECT_EQ(where.get_future().get(), 1);
  const auto none = threads_.pin(0, 100'000);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().text(), "there is no core 100000, or not for this process");
  EXPECT_EQ(threads_.pin(3, core).error().text(), "no runtime was started with number 3");
  threads_.stop(StopCause::stopped);
  EXPECT_EQ(threads_.pin(0, core).error().text(), "the runtime with number 0 has ended");
  cpu_set_t still;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(still), &still), 0);
  EXPECT_TRUE(CPU_EQUAL(&mine, &still)) << "the caller's own thread";
}
#endif

#if TROUPE_EXCEPTIONS
TEST_F(EnsembleThreadsTest, WhatIsThrownEndsOneRuntimeAndTheOthersRunOn) {
  const Remote<Store> store = start_store(0);
  std::promise<void> thrown;
  threads_.start(
      1,
      [](Runtime& rt, Borrowed<std::promise<void>> begins) {
        defer(
            rt,
            [](Borrowed<std::promise<void>> b) {
              b->set_value();
              throw std::runtime_error("no luck");
            },
            begins);
      },
      unsafe_borrow(thrown));
  thrown.get_future().wait();
  EXPECT_EQ(sum_by(2, store), 2000);
  const StopCause why = threads_.stop(StopCause::dropped);
  EXPECT_EQ(why.text(), "Actor failed: no luck");
}

TEST_F(EnsembleThreadsTest, AFactoryThatThrowsEndsItsRuntime) {
  threads_.start(1, [](Runtime&) -> ActorOwn<Store> { throw std::runtime_error("no store"); });
  EXPECT_EQ(threads_.join().text(), "Actor failed: no store");
}

// ---- one that is made anew
struct Told {  // by the runtimes that fail, each on its thread
  std::mutex mutex;
  std::vector<std::string> log;
  void add(const LogRecord& record) {
    if (!record.text.starts_with("a runtime")) return;  // of the actor that failed
    std::string text(record.text);
    append_text_fields(text, record, " ", "");
    const std::lock_guard hold(mutex);
    log.push_back(std::move(text));
  }
};
struct Fragile {
  void breaks() { throw std::runtime_error("broken"); }
  void get(Ret<int> ret) { ret(7); }
};
struct Front {  // hears of each new one
  explicit Front(std::vector<Remote<Fragile>>* m) : met(m) {}
  void meet(Remote<Fragile> fragile) { met->push_back(std::move(fragile)); }
  std::vector<Remote<Fragile>>* met;
};
ActorOwn<Fragile> makes_fragile(Runtime& rt, Remote<Front> front, Borrowed<Told> told) {
  rt.set_logger(LogLevel::error,
                unsafe_capture([told](Core&, const LogRecord& record) { told->add(record); }));
  auto fragile = make_actor<Fragile>(rt, ret_shutdown(rt));
  call<&Front::meet>(front, remote(fragile));
  return fragile;
}

class RestartTest : public ::testing::Test {
 protected:
  void start(Restart restart) {
    all_.seat(0, rt_);
    front_ = make_actor<Front>(rt_, ret_nop, unsafe_borrow(&met_));
    rt_.run();
    threads_.start(1, restart, &makes_fragile, remote(front_), unsafe_borrow(told_));
  }
  template <class Done> void run_until(Done done) {
    while (!done()) {
      rt_.run();
      std::this_thread::yield();
    }
  }
  void breaks(std::size_t n) {
    run_until([&] { return met_.size() == n; });
    call<&Fragile::breaks>(met_[n - 1]);
  }
  std::string ask(const Remote<Fragile>& fragile) {
    std::string heard;
    call<&Fragile::get>(fragile, ret_do(unsafe_capture([&heard](const Reply<int>& reply) {
                          heard = reply ? std::to_string(*reply) : reply.error().text();
                        })));
    run_until([&] { return !heard.empty(); });
    return heard;
  }
  Told told_;
  std::vector<Remote<Fragile>> met_;
  Ensemble all_{2, {.spares = 2}};
  Runtime rt_;
  ActorOwn<Front> front_;
  EnsembleThreads threads_{all_};
};

TEST_F(RestartTest, OneThatFailsIsMadeAnewAndWhatWasThereBeforeHasGone) {
  start({});
  breaks(1);
  run_until([&] { return met_.size() == 2; });
  EXPECT_EQ(ask(met_[0]), "lost");
  EXPECT_EQ(ask(met_[1]), "7");
  EXPECT_EQ(threads_.restarts(1), 1u);
  EXPECT_EQ(threads_.restarts(0), 0u);
  EXPECT_EQ(threads_.stop(StopCause::stopped).kind(), StopCause::stopped);
  ASSERT_EQ(told_.log.size(), 1u);
  EXPECT_EQ(told_.log[0],
            "a runtime of an ensemble failed runtime=1 error=broken "
            R"(then="it is made anew" restarts=1)");
}

TEST_F(RestartTest, OneThatIsAskedToEndIsNotMadeAnew) {
  start({});
  run_until([&] { return met_.size() == 1; });
  EXPECT_EQ(threads_.stop(StopCause(StopCause::failed, Error("enough"))).text(),
            "Actor failed: enough");
  EXPECT_EQ(threads_.restarts(1), 0u);
  EXPECT_TRUE(told_.log.empty());
}

TEST_F(RestartTest, OneThatFailsTooOftenEnds) {
  start({.most = 1, .within = 1h});
  breaks(1);
  breaks(2);
  EXPECT_EQ(threads_.join().text(), "Actor failed: broken");
  EXPECT_EQ(threads_.restarts(1), 1u);
  ASSERT_EQ(told_.log.size(), 2u);
  EXPECT_EQ(told_.log[1],
            "a runtime of an ensemble failed runtime=1 error=broken "
            R"(then="it failed too often, and is not made anew" restarts=1)");
}

TEST_F(RestartTest, FailuresOfLongAgoDoNotCountButSparesAreUsedUp) {
  start({.most = 1, .within = 0s});
  for (std::size_t n = 1; n <= 3; ++n) breaks(n);
  EXPECT_EQ(threads_.join().text(), "Actor failed: broken");
  EXPECT_EQ(threads_.restarts(1), 2u);
  ASSERT_EQ(told_.log.size(), 3u);
  EXPECT_EQ(told_.log[2],
            "a runtime of an ensemble failed runtime=1 error=broken "
            R"(then="no spare seat is left for it" restarts=2)");
}
#endif

}  // namespace ensemble_threads_test
}  // namespace troupe
