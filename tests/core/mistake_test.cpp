// core/mistake_test.cpp: the sentences that a compiler shows belong to what it refuses.
#include <troupe/core/mistake.hpp>

#include <gtest/gtest.h>

#include <string_view>
#include <troupe/core.hpp>

namespace troupe {
namespace {

struct A {
  void take(int) {}
  void view(std::string_view) {}
};
template <auto M, class... X> using Told = detail::CallMistake<Actor<A>&, M, X...>;

TEST(MistakeTest, EachMistakeHasItsSentence) {
  static_assert(std::is_same_v<Told<&A::take>, detail::the_method_takes_another_number_of_arguments>);
  static_assert(std::is_same_v<Told<&A::view, std::string_view>,
                               detail::a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow>);
  static_assert(
      std::is_same_v<detail::CallMistake<int, &A::take, int>, detail::the_target_must_be_an_Actor_an_ActorOwn_or_a_Cx>);
}

}  // namespace
}  // namespace troupe
