// core/fail.cpp: errors as shared values, and the words of failures.
#include <troupe/core/fail.hpp>

#include <atomic>
#include <new>
#include <string>
#include <troupe/core/cx.hpp>
#include <troupe/core/life.hpp>

namespace troupe {

struct Error::Rep {
  std::atomic<std::uint32_t> count{1};  // errors may travel between threads; failing is no hot path
  std::exception_ptr exception;
  std::string text;
};

namespace {

std::string text_of([[maybe_unused]] const std::exception_ptr& e) {
#if TROUPE_EXCEPTIONS
  try {
    std::rethrow_exception(e);
  } catch (const ActorFailed& f) {
    return std::string(f.what());
  } catch (const std::exception& x) {
    return x.what();
  } catch (...) {}
#endif
  return "unknown exception";
}

}  // namespace

Error::Error(std::string_view text) noexcept {
  TROUPE_TRY { rep_ = new Rep{1, nullptr, std::string(text)}; }
  TROUPE_CATCH_ALL { rep_ = no_memory(); }
}

Error::Error(std::exception_ptr exception) noexcept {
  if (!exception) return;
  TROUPE_TRY { rep_ = new Rep{1, exception, text_of(exception)}; }
  TROUPE_CATCH_ALL { rep_ = no_memory(); }
}

Error::Rep* Error::no_memory() noexcept {
  static Rep rep{1, nullptr, "out of memory"};  // fits the string's own room: no allocation
  rep.count.fetch_add(1, std::memory_order_relaxed);
  return &rep;
}

Error::Error(const Error& other) noexcept : rep_(other.rep_) {
  if (rep_) rep_->count.fetch_add(1, std::memory_order_relaxed);
}

void Error::release() noexcept {
  if (rep_->count.fetch_sub(1, std::memory_order_acq_rel) == 1) delete rep_;
}

std::string_view Error::text() const noexcept { return rep_ ? std::string_view(rep_->text) : std::string_view{}; }
std::exception_ptr Error::exception() const noexcept { return rep_ ? rep_->exception : nullptr; }

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

std::string_view ActorFail::actor_type() const noexcept { return type_ ? type_->name : std::string_view{}; }

std::string ActorFail::text() const {
  std::string text(to_string(why_));
  if (type_) text.append(" in ").append(type_->name).append(" ").append(std::to_string(actor_));
  if (error_) text.append(": ").append(error_.text());
  return text;
}

std::string StopCause::text() const {
  std::string text(to_string(kind_));
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

ActorFail detail::DropScope::reason() noexcept {
  const detail::DropScope* d = innermost;
  if (!d) {
    if (Core* core = Core::current(); core && detail::Access::leaver(*core))
      return detail::Access::fail_of_leaver(*core);
    return {};
  }
  if (d->why_ == as_told) return *d->told_;
  return ActorFail(d->why_, d->error_ ? *d->error_ : Error{}, d->actor_ ? d->actor_->id() : 0,
                   d->actor_ ? std::addressof(detail::Access::kind(*d->actor_)) : nullptr);
}

// A handler has said stop() or fail(), and what dies is of its turn.
ActorFail detail::Access::fail_of_leaver(Core& core) noexcept {
  const detail::DropScope of_it(core.cause_.has_error() ? Why::failed : Why::dropped, core.leaver_,
                                &core.cause_.error_);
  return detail::DropScope::reason();
}

}  // namespace troupe
