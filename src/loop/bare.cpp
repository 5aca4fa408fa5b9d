// loop/bare.cpp: sleeping until something is to be done.
#include <troupe/loop/bare.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <system_error>
#include <troupe/loop/host_waker.hpp>

namespace troupe {
namespace detail {

// A descriptor that is rung from any thread and from signal handlers: the first ring writes to it,
// the others find it rung.
class Doorbell {
 public:
  explicit Doorbell(Runtime& rt) : waker_(HostWaker::of(rt)) {
#ifdef __linux__
    hears_ = rings_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (hears_ < 0) throw std::system_error(errno, std::generic_category(), "BareLoop");
#else
    int ends[2];
    if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "BareLoop");
    for (const int end : ends) {
      ::fcntl(end, F_SETFL, O_NONBLOCK);
      ::fcntl(end, F_SETFD, FD_CLOEXEC);
    }
    hears_ = ends[0];
    rings_ = ends[1];
#endif
    waker_->attach([this]() noexcept { ring(); });
  }
  Doorbell(const Doorbell&) = delete;
  ~Doorbell() {
    waker_->detach();
    ::close(hears_);
    if (rings_ != hears_) ::close(rings_);
  }
  void ring() noexcept {
    if (rung_.exchange(true)) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(rings_, &one, sizeof(one));
  }
  // Whether it was rung; no call of the system where it was not. What was written is read first, so
  // that a ring in between is heard now. One that has not written yet is heard once more.
  bool take() noexcept {
    if (!rung_.load(std::memory_order_relaxed)) return false;
    drain();
    return rung_.exchange(false);
  }
  // Until it is rung, for that time at most.
  void wait(Duration time) noexcept {
    const auto s = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec limit{static_cast<std::time_t>(s.count()),
                         static_cast<long>((time - s).count())};
    pollfd fd{hears_, POLLIN, 0};
    if (::ppoll(&fd, 1, &limit, nullptr) <= 0) return;
    drain();
    rung_.exchange(false);
  }

 private:
  void drain() noexcept {
    std::uint64_t room[8];
    while (::read(hears_, room, sizeof(room)) == static_cast<ssize_t>(sizeof(room))) {}
  }
  std::shared_ptr<HostWaker> waker_;
  std::atomic<bool> rung_{false};
  int hears_, rings_;
};

namespace {

constinit std::atomic<Doorbell*> signalled{nullptr};
constinit std::atomic<int> asked{0};  // the signal

// SIGINT and SIGTERM ring a bell while this lives; the first of them only: from then on both have
// their usual effect.
class Signals {
 public:
  explicit Signals(Doorbell* bell) noexcept : on_(bell != nullptr) {
    if (!on_) return;
    asked = 0;
    if (signalled.exchange(bell))
      panic("two loops of a process would end by signals", "BareLoop::stop_on_signals");
    struct sigaction action{};
    action.sa_handler = &heard;
    ::sigaddset(&action.sa_mask, SIGINT);
    ::sigaddset(&action.sa_mask, SIGTERM);
    ::sigaction(SIGINT, &action, &int_);
    ::sigaction(SIGTERM, &action, &term_);
  }
  Signals(const Signals&) = delete;
  ~Signals() {
    if (!on_) return;
    ::sigaction(SIGINT, &int_, nullptr);
    ::sigaction(SIGTERM, &term_, nullptr);
    signalled = nullptr;
  }

 private:
  static void heard(int signal) noexcept {
    const int error = errno;
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    asked = signal;
    if (Doorbell* bell = signalled) bell->ring();
    errno = error;
  }
  bool on_;
  struct sigaction int_{}, term_{};
};

}  // namespace
}  // namespace detail

BareLoop::BareLoop(Runtime& rt) : rt_(rt), bell_(new detail::Doorbell(rt)), host_(rt) {}
BareLoop::~BareLoop() { delete bell_; }

StopCause BareLoop::run() {
  const detail::Signals signals(takes_signals_ ? bell_ : nullptr);
  detail::expect_real_time(rt_);
  drive();
  (void)rt_.may_sleep();  // its next host may never say so
  drain_.over();
  return rt_.shutdown_reason().value_or(StopCause(StopCause::stopped));
}

// While the loop is awake only signals ring, and what is queued on this thread between two runs.
void BareLoop::drive() {
  host_.look_at_clock();
  bool idle = false;
  while (rt_.not_shutdown()) {
    const RunResult left = host_.run(idle);
    if (!rt_.not_shutdown()) return;
    idle = host_.wait(
        left, [this] { return bell_->take(); }, [this](Duration most) { bell_->wait(most); });
    if (const int signal = takes_signals_ ? detail::asked.exchange(0) : 0)
      drain_.begin(rt_.core(), Clock::now(), signal);
  }
}

StopCause run(Runtime& rt) { return BareLoop(rt).run(); }

}  // namespace troupe
