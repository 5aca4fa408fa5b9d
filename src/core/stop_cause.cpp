// core/stop_cause.cpp: the words of causes.
#include <troupe/core/stop_cause.hpp>

namespace troupe {

std::string_view to_string(StopCause::Kind kind) noexcept {
  switch (kind) {
    case StopCause::stopped:
      return "Actor stopped";
    case StopCause::failed:
      return "Actor failed";
    case StopCause::killed:
      return "Actor was killed";
    case StopCause::dropped:
      return "Actor was dropped";
    case StopCause::lost:
      return "Lost connection to actor";
  }
  return "unknown";
}

std::string StopCause::text() const {
  std::string text(to_string(kind_));
  if (error_) text.append(": ").append(error_.text());
  return text;
}

}  // namespace troupe
