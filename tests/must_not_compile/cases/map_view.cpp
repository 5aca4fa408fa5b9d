// must_not_compile/map_view.cpp: a stream of views of items that have gone.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
auto use(PipeStream<std::string> stream) {
  return map(std::move(stream), [](const std::string& item) { return item + "!"; });
}
#else
auto use(PipeStream<std::string> stream) {
  return map(std::move(stream), [](const std::string& item) { return std::string_view(item); });
}
#endif
