// task/wake_test.cpp: one word for who waits: ours or a coroutine of a foreign type.
#include <troupe/task/wake.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <exception>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

namespace troupe {
namespace wake_test {

struct Foreign {  // the least coroutine type of another library
  struct promise_type {
    Foreign get_return_object() {
      return Foreign{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }
    std::exception_ptr error;
  };
  std::coroutine_handle<promise_type> handle;
  explicit Foreign(std::coroutine_handle<promise_type> h) : handle(h) {}
  Foreign(const Foreign&) = delete;
  ~Foreign() { handle.destroy(); }
};

Foreign foreign(Core& core, int* got, Ret<int>* ret) {
  auto [value, tell] = push_pipe<int>(core);
  *ret = std::move(tell);
  *got = co_await value;
}

TEST(WakeTest, OursInsideAForeignCoroutine) {
  Runtime rt;
  int got = 0;
  Ret<int> ret = nullptr;
  Foreign f = foreign(rt, &got, &ret);
  ret(5);
  EXPECT_EQ(got, 0) << "by an item of the queue";
  rt.run();
  EXPECT_EQ(got, 5);
}

TEST(WakeTest, AForeignFrameThatDiesTakesItsWakeBack) {
  Runtime rt;
  int got = 0;
  Ret<int> ret = nullptr;
  {
    Foreign f = foreign(rt, &got, &ret);
    ret(5);
  }
  rt.run();
  EXPECT_EQ(got, 0);
}

#if TROUPE_EXCEPTIONS
TEST(WakeTest, ALossIsThrownThere) {
  Runtime rt;
  int got = 0;
  Ret<int> ret = nullptr;
  Foreign f = foreign(rt, &got, &ret);
  { const Ret<int> dies = std::move(ret); }
  rt.run();
  EXPECT_TRUE(f.handle.promise().error != nullptr);
}
#endif

}  // namespace wake_test
}  // namespace troupe
