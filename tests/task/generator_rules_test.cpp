// task/generator_rules_test.cpp: which coroutines may be a Generator.
#include <troupe/task/generator_rules.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

namespace troupe {
namespace generator_rules_test {

template <class T, class... P>
using PromiseOf = typename std::coroutine_traits<Generator<T>, P...>::promise_type;
template <class Promise>
inline constexpr bool good = requires(Promise& p) { p.get_return_object(); };

struct alignas(32) Wide {
  int value = 0;
};
struct Object {
  int field = 0;
};

static_assert(good<PromiseOf<int>> && good<PromiseOf<std::string, int, std::unique_ptr<int>>>);
static_assert(good<PromiseOf<int, Core&>>);
static_assert(!good<PromiseOf<std::string_view>> && !good<PromiseOf<int*, int>> &&
              !good<PromiseOf<const int&>>);
static_assert(!good<PromiseOf<Wide>> && !good<PromiseOf<int, Wide>> &&
              good<PromiseOf<int, std::unique_ptr<Wide>>>);
static_assert(!good<PromiseOf<int, std::string_view>> && !good<PromiseOf<int, Object&>>);
static_assert(!good<PromiseOf<int, Cx<Object>&>>);

// What refuses says nothing else: whatever is yielded goes through.
using Views = PromiseOf<std::string_view>;
static_assert(requires(Views& p) {
  p.yield_value("text");
  p.yield_value(std::string_view());
  p.return_void();
});

Generator<std::string> words(std::string first) {
  co_yield std::move(first);
  std::string second = "second";
  co_yield std::move(second);
}

TEST(GeneratorRulesTest, WhatOwnsItsItemsIsRead) {
  Runtime rt;
  std::string all;
  spawn(
      rt,
      [](Generator<std::string> source) -> Task<std::string> {
        std::string text;
        while (auto word = co_await source.next()) text += *word;
        co_return text;
      },
      ret_some_do<std::string>([](std::string* to, std::string text) { *to = std::move(text); },
                               unsafe_borrow(&all)),
      words("first "));
  run_virtual(rt);
  EXPECT_EQ(all, "first second");
}

}  // namespace generator_rules_test
}  // namespace troupe
