// must_not_compile/pull_pipe_view.cpp: an answer that is a view of what answers.
// expect: a_value_that_outlives_its_turn_borrows_give_one_that_owns_what_it_needs
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
auto use(Ret<Ret<std::string>> request) { return pull_pipe<std::string>(std::move(request)); }
#else
auto use(Ret<Ret<std::string_view>> request) {
  return pull_pipe<std::string_view>(std::move(request));
}
#endif
