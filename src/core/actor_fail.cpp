// core/actor_fail.cpp: the words of failures, and what an exception is as one.
#include <troupe/core/actor_fail.hpp>

namespace troupe {

std::string_view to_string(Why why) noexcept {
  switch (why) {
    case Why::dropped:
      return "dropped";
    case Why::failed:
      return "failed";
    case Why::cancelled:
      return "cancelled";
    case Why::lost:
      return "lost";
    case Why::timed_out:
      return "timed out";
    case Why::overloaded:
      return "overloaded";
    case Why::no_memory:
      return "out of memory";
    case Why::ended:
      return "runtime ended";
  }
  return "unknown";
}

std::string ActorFail::text() const {
  std::string text(to_string(why_));
  if (type_) text.append(" in ").append(*type_).append(" ").append(std::to_string(actor_));
  if (const auto number = runtime()) text.append(" of runtime ").append(std::to_string(*number));
  if (error_) text.append(": ").append(error_.text());
  return text;
}

const char* ActorFailed::what() const noexcept {  // an error's string and the literals end in 0
  return (fail_.error() ? fail_.error().text() : to_string(fail_.why())).data();
}

ActorFail detail::fail_of(const std::exception_ptr& error) noexcept {
#if TROUPE_EXCEPTIONS
  TROUPE_TRY { std::rethrow_exception(error); }
  catch (const ActorFailed& failed) {
    return failed.fail();
  }
  TROUPE_CATCH_ALL {}
#endif
  return ActorFail(Why::failed, Error(error));
}

}  // namespace troupe
