// core/error.hpp: `Error`: what an actor or a task failed with, as a value that many may hold.
#pragma once
#include <exception>
#include <string_view>
#include <troupe/base/platform.hpp>
#include <utility>

namespace troupe {

/// What an actor or a task failed with: a text, an exception, or nothing. A counted, immutable
/// value of 8 bytes that may be copied freely and passed between threads. Making one never throws:
/// where there is no memory for it, it says so in its text.
class Error {
 public:
  Error() noexcept = default;
  /// From a text, which is copied.
  explicit Error(std::string_view text) noexcept;
  /// From an exception; its text is that of `std::exception::what`, or "unknown exception".
  explicit Error(std::exception_ptr exception) noexcept;
  Error(const Error& other) noexcept;
  Error(Error&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Error& operator=(Error other) noexcept { return std::swap(rep_, other.rep_), *this; }
  ~Error() {
    if (rep_) release();
  }
  /// Whether there is an error at all.
  explicit operator bool() const noexcept { return rep_ != nullptr; }
  /// The text; empty when there is no error. Valid as long as this value or a copy of it.
  std::string_view text() const noexcept;
  /// The exception, or null when it began as a text. To tell the types of failures apart, rethrow
  /// it.
  std::exception_ptr exception() const noexcept;

 private:
  struct Rep;
  static Rep* no_memory() noexcept;
  void release() noexcept;
  Rep* rep_ = nullptr;
};

}  // namespace troupe
