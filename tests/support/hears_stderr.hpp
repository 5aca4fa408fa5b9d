// support/hears_stderr.hpp: what the library says on stderr, for programs without GoogleTest's
// capture, too.
#pragma once
#include <atomic>
#include <cstdio>
#include <string>
#include <string_view>

namespace troupe_test {

/// As long as it lives, counts the lines on stderr that hold some words, and keeps them back; all
/// else goes through, so that nothing is lost of what ends the process meanwhile. One at a time.
class HearsStderr {
 public:
  explicit HearsStderr(std::string_view words) : words_(words), real_(stderr) {
    stderr = fopencookie(this, "w", {nullptr, &HearsStderr::write, nullptr, nullptr});
    std::setvbuf(stderr, nullptr, _IOLBF, 1024);
  }
  HearsStderr(const HearsStderr&) = delete;
  ~HearsStderr() {
    std::fclose(stderr);
    stderr = real_;
  }
  /// How many lines there were. Any thread.
  std::size_t count() const {
    std::fflush(stderr);
    return count_;
  }

 private:
  static ssize_t write(void* self, const char* text, std::size_t size) {
    auto& hears = *static_cast<HearsStderr*>(self);
    hears.line_.append(text, size);
    for (std::size_t end; (end = hears.line_.find('\n')) != hears.line_.npos;
         hears.line_.erase(0, end + 1)) {
      const std::string_view line(hears.line_.data(), end + 1);
      if (line.find(hears.words_) != line.npos)
        ++hears.count_;
      else
        std::fwrite(line.data(), 1, line.size(), hears.real_);
    }
    return static_cast<ssize_t>(size);
  }
  std::string_view words_;
  std::FILE* real_;
  std::string line_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace troupe_test
