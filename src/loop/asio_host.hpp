// loop/asio_host.hpp: the inside of an AsioLoop: its turns, its timer, its signals, and what is
// plugged into it.
//
// Pending operations of Asio hold counts of what they call back, so that any order of destruction
// is safe: handle, loop, runtime, io_context. What they allocate comes from room beside whatever
// they wait for.
#pragma once
#include <asio/basic_stream_socket.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/signal_set.hpp>
#include <memory>
#include <optional>
#include <troupe/io/plug.hpp>
#include <troupe/loop/asio.hpp>
#include <troupe/loop/drain.hpp>
#include <troupe/loop/host_waker.hpp>
#include <troupe/thread/adaptive_spin.hpp>

namespace troupe::detail {

using AsioExecutor = asio::io_context::executor_type;
using AsioTimer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, AsioExecutor>;

// Room for one pending operation; a second one at the same time goes to the heap.
class OperationRoom {
 public:
  static constexpr std::size_t size = 192;  // bytes
  void* take(std::size_t bytes) {
    if (used_ || bytes > size) return ::operator new(bytes);
    used_ = true;
    return room_;
  }
  void give(void* p) noexcept {
    if (p == room_)
      used_ = false;
    else
      ::operator delete(p);
  }

 private:
  alignas(std::max_align_t) std::byte room_[size];
  bool used_ = false;
};
template <class T> struct OperationAllocator {
  using value_type = T;
  explicit OperationAllocator(OperationRoom& r) noexcept : room(&r) {}
  template <class U>
  OperationAllocator(const OperationAllocator<U>& other) noexcept : room(other.room) {}
  T* allocate(std::size_t n) { return static_cast<T*>(room->take(n * sizeof(T))); }
  void deallocate(T* p, std::size_t) noexcept { room->give(p); }
  template <class U> bool operator==(const OperationAllocator<U>& other) const noexcept {
    return room == other.room;
  }
  OperationRoom* room;
};

// Counted by handles and pending operations. One thread.
class Counted {
 public:
  void ref() noexcept { ++refs_; }
  void unref() noexcept {
    if (--refs_ == 0) destroy();
  }

 protected:
  ~Counted() = default;

 private:
  virtual void destroy() noexcept = 0;
  std::uint32_t refs_ = 1;
};
// A completion handler: calls `On` of what it counts.
template <class T, auto On> class Handler {
 public:
  using allocator_type = OperationAllocator<void>;
  Handler(T& object, OperationRoom& room) noexcept : object_(&object), room_(&room) {
    object.ref();
  }
  Handler(Handler&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)), room_(other.room_) {}
  ~Handler() {
    if (object_) object_->unref();
  }
  allocator_type get_allocator() const noexcept { return allocator_type(*room_); }
  template <class... X> void operator()(const X&... x) { (object_->*On)(x...); }

 private:
  T* object_;
  OperationRoom* room_;
};

// What is plugged into a loop: told when that goes.
struct AsioGuest {
  AsioGuest *prev = nullptr, *next = nullptr;
  virtual void loop_ends() noexcept = 0;

 protected:
  ~AsioGuest() = default;
};

class AsioHost final : public Counted {
 public:
  AsioHost(Runtime& rt, asio::io_context* host);
  void end() noexcept;  // the loop goes: everything that names its io_context goes with it
  StopCause run();
  void set_spin(Duration most) noexcept { spin_.set(most); }
  void request_turn();  // something of the system's has come
  void stop_on_signals(Drain drain);

  asio::io_context& io() noexcept { return *io_; }
  Core& core() noexcept { return *core_; }
  void enter(AsioGuest& guest) noexcept;
  void leave(AsioGuest& guest) noexcept;

  std::shared_ptr<Callback<void()>> on_shutdown;  // shared with a call: it may replace itself

 private:
  ~AsioHost() = default;
  void destroy() noexcept override { delete this; }
  void post();
  void asked() noexcept;  // by the runtime, on its own thread
  void turn();
  RunResult run_turn();
  bool look();
  void after_turn(const RunResult& left);
  void arm_timer();
  void on_timer(const asio::error_code& error);
  void on_signal(const asio::error_code& error, int signal);
  struct Gate {  // through which other threads ask for a turn; emptied on the loop's thread
    AsioHost* host;
  };

  Runtime* rt_;
  KeptCore core_;
  std::unique_ptr<asio::io_context> own_;
  asio::io_context* io_;
  std::shared_ptr<HostWaker> waker_;
  std::shared_ptr<Gate> gate_;
  std::optional<AsioTimer> timer_;
  std::optional<asio::basic_signal_set<AsioExecutor>> signals_;
  Drain drain_;
  AsioGuest* guests_ = nullptr;
  Instant timer_at_;
  AdaptiveSpin spin_;
  bool timer_armed_ = false;
  bool posted_ = false, in_turn_ = false;
  bool spins_ = false;   // run() spins: a turn leaves the runtime awake
  bool ended_ = false;   // somebody asked for a shutdown: no turns until its cause has been taken
  bool active_ = false;  // something came since the last turn
  std::uint8_t quiet_ = 0;  // turns without anything while idle items wait
  OperationRoom turn_room_, timer_room_;
};

}  // namespace troupe::detail
