// core/nesting.cpp: the line of what waits for the outermost function of a Ret or Fwd.
#include <troupe/core/nesting.hpp>

#include <exception>
#include <troupe/core/fwd_cell.hpp>
#include <troupe/core/throw_later.hpp>

namespace troupe::detail {

void Nesting::add(NestedLater& w) noexcept {
  (here.first ? here.last->next : here.first) = &w;
  here.last = &w;
}

void Nesting::die_later(FwdCell& cell) noexcept {
  cell.next_dead = std::exchange(here.dead, &cell);
}

struct Nesting::Behind {  // those that wait for what one of them leaves waiting
  ~Behind() {
    if (!first) return;
    (here.first ? here.last->next : here.first) = first;
    here.last = last;
  }
  NestedLater *first, *last;
};

// Outside of any run an exception comes out of the outermost answer, once all the others have run.
void Nesting::run_waiting() {
  std::exception_ptr thrown;
  while (here.anything()) {
    TROUPE_TRY {
      if (NestedLater* w = std::exchange(here.first, nullptr)) {
        const Behind rest{w->next, here.last};
        w->run(w);
      } else {
        FwdCell* cell = std::exchange(here.dead, here.dead->next_dead);
        cell->destroy(*cell);
      }
    }
    TROUPE_CATCH_ALL {
      if (!thrown) thrown = std::current_exception();
    }
  }
  if (!thrown || std::uncaught_exceptions() != 0) return;
  TROUPE_TRY { std::rethrow_exception(thrown); }
  TROUPE_CATCH_ALL { body_threw(dropped_); }
}

}  // namespace troupe::detail
