// thread/ensemble_threads_test.cpp: runtimes on threads of an ensemble's own: factories, ends, and
// what is thrown in one of them.
#include <troupe/thread/ensemble_threads.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

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
#endif

}  // namespace ensemble_threads_test
}  // namespace troupe
