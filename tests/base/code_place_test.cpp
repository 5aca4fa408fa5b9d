// base/code_place_test.cpp: places in the user's code, and what GCC calls the bodies of coroutines.
#include <troupe/base/code_place.hpp>

#include <gtest/gtest.h>

#include <coroutine>

namespace troupe {
namespace {

struct Places {  // a coroutine that notes where it awaits
  struct promise_type {
    Places get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {}
    std::suspend_never await_transform(CodePlace& to,
                                       std::source_location here = std::source_location::current()) noexcept {
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
  EXPECT_NE(found.function().find("without_parameters"), std::string_view::npos) << found.function();
  EXPECT_EQ(found.function().find(".Frame"), std::string_view::npos) << found.function();
  with_parameters(1, nullptr);
  EXPECT_NE(found.function().find("with_parameters"), std::string_view::npos) << found.function();
  EXPECT_EQ(found.function().find(".Frame"), std::string_view::npos) << found.function();
}

TEST(CodePlaceTest, NoPlace) {
  EXPECT_EQ(CodePlace().function(), "");
  EXPECT_EQ(CodePlace().line(), 0u);
}

}  // namespace
}  // namespace troupe
