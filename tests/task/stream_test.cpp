// task/stream_test.cpp: what counts as a stream, and of what.
#include <troupe/task/stream.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

namespace troupe {
namespace stream_test {

struct Foreign {  // of another library: its awaitable gives an optional
  struct Next {
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    std::optional<int> await_resume() noexcept {
      return *left > 0 ? std::optional<int>((*left)--) : std::nullopt;
    }
    int* left;
  };
  Next next() { return {&left}; }
  int left = 3;
};
struct GivesNoOptional {
  Value<int> next();
};
struct HasNoNext {};

static_assert(Stream<PipeStream<int>, int> && Stream<Generator<std::string>, std::string> &&
              Stream<Queue<int>, int>);
static_assert(Stream<Foreign, int> && std::same_as<stream_item<Foreign>, int>);
static_assert(!Stream<Foreign, long> && !Stream<GivesNoOptional> && !Stream<HasNoNext> &&
              !Stream<int>);

TEST(StreamTest, AStreamOfAnotherLibraryPassesThroughOurs) {
  Runtime rt;
  static std::vector<int> got;
  got.clear();
  spawn(rt, collect(map(Foreign(), [](int n) { return n * 10; })),
        ret_some_do([](std::vector<int> all) { got = std::move(all); }));
  rt.run();
  EXPECT_EQ(got, (std::vector<int>{30, 20, 10}));
}

}  // namespace stream_test
}  // namespace troupe
