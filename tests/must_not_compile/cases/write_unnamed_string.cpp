// must_not_compile/write_unnamed_string.cpp: a text to write that has no name.
// expect: the_text_must_live_until_it_is_written_keep_the_string_in_a_variable
#include <string>
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/task.hpp>

using namespace troupe;

Task<> use(Connection c, std::string name) {
#ifdef FIXED
  const std::string text = "hello " + name;
  (void)co_await c.write(text);
#else
  (void)co_await c.write("hello " + name);
#endif
}
