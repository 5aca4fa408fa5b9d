// core/cx.cpp: what handlers say of themselves.
#include <troupe/core/cx.hpp>

#include "extras.hpp"

namespace troupe {

void CxBase::stop() noexcept { detail::say_end(*this, StopCause(StopCause::stopped)); }

void CxBase::fail(Error error) noexcept {
  detail::say_end(*this, StopCause(StopCause::failed, std::move(error)));
}

void CxBase::stop_after_tasks() noexcept {
  last_task_stops = true;
  if (!tasks) detail::stop_when_idle(*this);
}

void CxBase::set_name(std::string_view text) {
  check_lent();
  kernel().make_extras().names[id()] = text;
  named = true;
}

}  // namespace troupe
