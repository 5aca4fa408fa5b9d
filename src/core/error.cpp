// core/error.cpp: errors as shared values.
#include <troupe/core/error.hpp>

#include <atomic>
#include <cstdint>
#include <string>

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

std::string_view Error::text() const noexcept {
  return rep_ ? std::string_view(rep_->text) : std::string_view{};
}
std::exception_ptr Error::exception() const noexcept { return rep_ ? rep_->exception : nullptr; }

}  // namespace troupe
