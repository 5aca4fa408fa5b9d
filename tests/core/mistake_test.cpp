// core/mistake_test.cpp: the sentences that a compiler shows belong to what it refuses.
#include <troupe/core/mistake.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string_view>
#include <troupe/core.hpp>

namespace troupe {
namespace mistake_test {

struct A {
  void take(int) {}
  void view(std::string_view) {}
  void function(std::function<void()>) {}
  void answer(int, Ret<int>) {}
};
template <auto M, class... X> using Told = detail::CallMistake<Actor<A>&, M, X...>;

TEST(MistakeTest, EachMistakeHasItsSentence) {
  static_assert(
      std::is_same_v<Told<&A::take>, detail::the_method_takes_another_number_of_arguments>);
  static_assert(
      std::is_same_v<Told<&A::view, std::string_view>,
                     detail::a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow>);
  static_assert(std::is_same_v<Told<&A::function, void (*)()>,
                               detail::a_std_function_hides_what_it_captured_take_a_Fwd_or_Ret>);
  static_assert(std::is_same_v<Told<&A::answer, int, void (&)(int)>,
                               detail::wrap_the_function_in_ret_do_or_ret_some_do>);
  static_assert(
      std::is_same_v<Told<&A::answer, int, int>,
                     detail::an_argument_does_not_convert_to_its_parameter_or_lacks_std_move>);
  static_assert(
      std::is_same_v<Told<&A::answer, int, Ret<bool>>,
                     detail::an_argument_does_not_convert_to_its_parameter_or_lacks_std_move>);
  static_assert(
      std::is_same_v<Told<&A::answer, std::string, RetNop>,
                     detail::an_argument_does_not_convert_to_its_parameter_or_lacks_std_move>);
  static_assert(std::is_same_v<detail::CallMistake<int, &A::take, int>,
                               detail::the_target_must_be_an_Actor_an_ActorOwn_or_a_Cx>);
}

}  // namespace mistake_test
}  // namespace troupe
