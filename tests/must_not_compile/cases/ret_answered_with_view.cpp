// must_not_compile/ret_answered_with_view.cpp: an answer that is a view of what answers.
// expect: Keepable
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
void use(Ret<std::string> ret) {
#else
void use(Ret<std::string_view> ret) {
#endif
  const std::string text(100, 'x');
  ret(text);
}
