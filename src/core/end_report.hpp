// core/end_report.hpp: what the log and the failure hook hear of an actor's end. (internal)
#pragma once
#include <troupe/core/box.hpp>

namespace troupe::detail {

void report_failure(
    Box& box, const StopCause& cause) noexcept;  // of one that failed; others report nothing here
void report_close(Box& box, const StopCause& cause) noexcept;  // and the box has no name any more

}  // namespace troupe::detail
