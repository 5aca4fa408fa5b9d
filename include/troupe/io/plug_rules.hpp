// io/plug_rules.hpp: what plugs and their handles share. (internal)
#pragma once
#include <memory>
#include <span>
#include <troupe/core/kept_core.hpp>
#include <troupe/io/io_error.hpp>
#include <troupe/task/mode.hpp>
#include <troupe/task/ring.hpp>
#include <troupe/task/wake.hpp>
#include <utility>

namespace troupe::detail {

// One operation that a task waits for; lies in its awaiter. The plug knows it from wait() until it
// is claimed.
class IoWait {
 public:
  IoWait() noexcept = default;
  IoWait(const IoWait&) = delete;
  bool is_waiting() const noexcept { return bool(wake_); }
  // Resumed, and still waiting: a coroutine of a foreign type, at the runtime's end.
  bool was_missed() noexcept { return bool(std::exchange(wake_, {})); }
  void wait(Wake wake) noexcept { wake_ = wake; }
  Wake wait(std::coroutine_handle<> handle) noexcept {
    foreign_.set(handle);
    return Wake(foreign_);
  }
  void fire(const KeptCore& core) noexcept {
    const Wake wake = std::exchange(wake_, {});
    if (wake && core.is_alive()) wake.fire(*core);
  }

 private:
  Wake wake_;
  HandleWaiter foreign_;
};

// Awaiters may be moved until they wait.
inline void check_unknown([[maybe_unused]] bool known) noexcept {
#if TROUPE_DEBUG
  if (known) panic("an awaitable was moved while it was awaited", "io");
#endif
}

struct Transfer : IoWait {  // a read or a write
  Transfer(Transfer&& other) noexcept : Transfer(other.data, other.size) {
    check_unknown(other.known);
  }
  Transfer(std::byte* d, std::size_t n) noexcept : data(d), size(n) {}
  std::byte* data;
  std::size_t size;
  IoResult result{std::size_t{0}};
  bool known = false;     // to the plug
  bool deferred = false;  // done, but it goes through the queue for fairness
};

// Bytes that were read for a task that was dropped before it saw them, in order. What is taken from
// it may itself be taken back, until it is settled that its reader has it. Each byte is moved about
// once, and memory goes as it empties.
class PutBack {
 public:
  bool empty() const noexcept { return at_ == end_; }
  /// Bytes of memory that it holds.
  std::size_t held() const noexcept { return end_; }
  /// In front of what it has; false when there is no memory.
  bool put(std::span<const std::byte> bytes) noexcept;
  std::size_t take(std::span<std::byte> room) noexcept;
  void take_back(std::size_t n) noexcept { at_ -= n; }
  void trim() noexcept {
    if (bytes_) shrink();
  }

 private:
  static constexpr std::size_t smallest =
      4096;  // bytes below which it does not shrink until it is empty
  void shrink() noexcept;
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t at_ = 0, end_ = 0;
};

}  // namespace troupe::detail
