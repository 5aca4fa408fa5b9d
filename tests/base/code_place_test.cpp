// base/code_place_test.cpp: places in the user's code, and what GCC calls the bodies of coroutines.
#include <troupe/base/code_place.hpp>

#include <gtest/gtest.h>

#include <coroutine>
#include <string>
#include <utility>

namespace troupe {
namespace code_place_test {

struct Places {  // a coroutine that notes where it awaits
  struct promise_type {
    Places get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {}
    std::suspend_never await_transform(
        CodePlace& to, std::source_location here = std::source_location::current()) noexcept {
      to = CodePlace(here);
      return {};
    }
  };
};
CodePlace found;
Places without_parameters() { co_await found; }
Places with_parameters(int, void (*)(int)) { co_await found; }

TEST(CodePlaceTest, AFunction) {
  const CodePlace here(std::source_location::current());
  EXPECT_EQ(here.line(), __LINE__ - 1u);
  EXPECT_NE(here.file().find("code_place_test.cpp"), std::string_view::npos);
  EXPECT_NE(here.function().find("TestBody"), std::string_view::npos);
}

TEST(CodePlaceTest, ACoroutineIsCalledAsItIsWritten) {
  without_parameters();
  EXPECT_NE(found.function().find("without_parameters"), std::string_view::npos)
      << found.function();
  EXPECT_EQ(found.function().find(".Frame"), std::string_view::npos) << found.function();
  with_parameters(1, nullptr);
  EXPECT_NE(found.function().find("with_parameters"), std::string_view::npos) << found.function();
  EXPECT_EQ(found.function().find(".Frame"), std::string_view::npos) << found.function();
}

// Only its end is known: what a compiler calls a function differs.
TEST(CodePlaceTest, AsText) {
  const CodePlace here(std::source_location::current());
  const detail::PlaceText text(here);
  const std::string_view words = text;
  EXPECT_TRUE(words.starts_with(here.function()));
  EXPECT_TRUE(words.ends_with("code_place_test.cpp:" + std::to_string(here.line()))) << words;
  EXPECT_EQ(std::string_view(detail::PlaceText(CodePlace())), ", :0");
}

template <class... T> CodePlace of_a_long_name() {
  return CodePlace(std::source_location::current());
}
template <int> struct WithALongName {};
template <int... N> CodePlace long_name(std::integer_sequence<int, N...>) {
  return of_a_long_name<WithALongName<N>...>();
}
TEST(CodePlaceTest, ALongTextIsCutShort) {
  const CodePlace at = long_name(std::make_integer_sequence<int, 100>());
  ASSERT_GT(at.function().size(), 600u);
  EXPECT_EQ(std::string_view(detail::PlaceText(at)), at.function().substr(0, 511));
}

TEST(CodePlaceTest, NoPlace) {
  EXPECT_EQ(CodePlace().function(), "");
  EXPECT_EQ(CodePlace().line(), 0u);
}

}  // namespace code_place_test
}  // namespace troupe
