// base/refused_test.cpp: what goes through behind a refused function, and what a deleted function
// takes.
#include <troupe/base/refused.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace refused_test {

using troupe::detail::Any;
using troupe::detail::Refused;

struct Other {
  explicit Other(int);
};

// What a user does with a result: converts it, takes it apart, asks it for its other modes, awaits
// it.
static_assert(std::is_convertible_v<Refused, int> &&
              std::is_convertible_v<Refused, std::unique_ptr<int>>);
static_assert(std::is_convertible_v<Refused, Other>);
static_assert(std::is_convertible_v<decltype(std::declval<Refused>().reply()), bool>);
static_assert(std::is_convertible_v<decltype(std::declval<Refused>().value()), int>);
static_assert(requires(Refused r, int& strand) { r.enter(strand); });
[[maybe_unused]] void take_apart(const Refused& refused) {
  const auto& [one, other] = refused;
  static_assert(std::is_same_v<decltype(one), decltype(other)>);
}

// A deleted template of Any loses against whatever else has its name, also where both convert.
struct Names {
  template <class = void> static int named(Any = {}, Any = {}, ...);
  static char named(std::string, int);
};
static_assert(std::is_same_v<decltype(Names::named("text", 1)), char>);
static_assert(std::is_same_v<decltype(Names::named(std::unique_ptr<int>())), int>);
static_assert(std::is_same_v<decltype(Names::named()), int>);

TEST(RefusedTest, IsACompileTimeMatter) { EXPECT_TRUE(std::is_empty_v<Any>); }

}  // namespace refused_test
