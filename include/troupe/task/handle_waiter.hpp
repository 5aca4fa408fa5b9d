// task/handle_waiter.hpp: a coroutine of a foreign type that waits for something of ours.
// (internal)
//
// It lies in the awaiter, queues the resumption of the handle, and takes the resumption back if it
// dies first.
#pragma once
#include <coroutine>
#include <cstdint>
#include <string_view>
#include <troupe/base/borrow.hpp>
#include <troupe/base/panic.hpp>
#include <troupe/core/core.hpp>

namespace troupe::detail {

// Awaiters may be moved until they are awaited.
inline void expect_not_awaited(bool was_awaited, std::string_view what) noexcept {
  if (was_awaited) [[unlikely]]
    panic("an awaiter was moved after it had been awaited", what);
}

class HandleWaiter {
 public:
  HandleWaiter() noexcept = default;
  HandleWaiter(HandleWaiter&& other) noexcept {
    expect_not_awaited(bool(other.handle_), "in a coroutine of a foreign type");
  }
  ~HandleWaiter() {
    if (known_) forget();
  }
  void set(std::coroutine_handle<> handle) noexcept {
    expect_no_borrow("co_await in a coroutine of a foreign type");
    handle_ = handle;
    take_back();
  }
  bool has_fired() const noexcept { return known_ && !waits(); }
  void take_back() noexcept {
    forget();
    wait();
  }
  void resume();  // here and now, in an item of the queue; what it throws passes through
  // Queues the resumption on `core`. While that ends, it is resumed to be told so, if a task is
  // parked: it may be what the task waits for. So is one that was not fired at all: nothing of ours
  // fires it any more, and its awaiter finds that it resumes without what it awaited. Later than
  // that nothing is resumed.
  void fire(Core& core) noexcept;
  static void resume_lost(Core& core, bool resume) noexcept;

 private:
  friend struct ForeignWait;
  struct Record {
    RecordStep step;
    HandleWaiter* waiter;
    static std::byte* run(Core* core, std::byte* at);
  };
  struct Lost {  // a cell of the pool, where the queue is closed
    Lost* next;
    Record record;
  };
  void wait() noexcept;    // is known to the core from here on
  void forget() noexcept;  // neither waits nor resumes
  void lose_at_the_end(Core& core) noexcept;
  void resume_at_the_end(Core& core) noexcept;
  bool waits() const noexcept { return known_ & 1u; }
  void set_record(Record* r) noexcept { known_ = reinterpret_cast<std::uintptr_t>(r); }
  std::coroutine_handle<> handle_;
  std::uintptr_t known_ = 0;  // a ForeignWait, plus 1, while it waits; a Record once it was fired
};

}  // namespace troupe::detail
