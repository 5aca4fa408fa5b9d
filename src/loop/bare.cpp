// loop/bare.cpp: sleeping until something is to be done.
#include <troupe/loop/bare.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>
#include <troupe/loop/host_waker.hpp>

namespace troupe {
namespace detail {

// A pipe that is rung from any thread and from signal handlers.
class Doorbell {
 public:
  explicit Doorbell(Runtime& rt) : waker_(HostWaker::of(rt)) {
    if (::pipe(ends_) != 0) throw std::system_error(errno, std::generic_category(), "BareLoop");
    for (const int end : ends_) {
      ::fcntl(end, F_SETFL, O_NONBLOCK);
      ::fcntl(end, F_SETFD, FD_CLOEXEC);
    }
    waker_->attach([this]() noexcept { ring(); });
  }
  Doorbell(const Doorbell&) = delete;
  ~Doorbell() {
    waker_->detach();
    for (const int end : ends_) ::close(end);
  }
  // A full pipe rings as well.
  void ring() noexcept {
    const char one = 1;
    [[maybe_unused]] const auto n = ::write(ends_[1], &one, 1);
  }
  // Whether it was rung within that time.
  bool wait(Duration time) noexcept {
    const auto s = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec limit{static_cast<std::time_t>(s.count()),
                         static_cast<long>((time - s).count())};
    pollfd fd{ends_[0], POLLIN, 0};
    if (::ppoll(&fd, 1, &limit, nullptr) <= 0) return false;
    char room[64];
    while (::read(ends_[0], room, sizeof(room)) == static_cast<ssize_t>(sizeof(room))) {}
    return true;
  }

 private:
  std::shared_ptr<HostWaker> waker_;
  int ends_[2];
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

BareLoop::BareLoop(Runtime& rt) : rt_(rt), bell_(new detail::Doorbell(rt)) {}
BareLoop::~BareLoop() { delete bell_; }

StopCause BareLoop::run() {
  const detail::Signals signals(takes_signals_ ? bell_ : nullptr);
  detail::expect_real_time(rt_);
  RunResult left{.work = true, .idle = false};
  bool active = true;
  while (rt_.not_shutdown()) {
    const Instant now = Clock::now();
    const RunLimit limit{.items = turn_items, .until = now + turn_time};
    left = rt_.run(now, limit, left.idle && !left.work && !active);
    if (!rt_.not_shutdown()) break;
    active = wait(left);
    if (const int signal = takes_signals_ ? detail::asked.exchange(0) : 0)
      drain_.begin(rt_.core(), Clock::now(), signal);
  }
  drain_.over();
  return rt_.shutdown_reason().value_or(StopCause(StopCause::stopped));
}

// Whether it was rung before there was something else to do.
bool BareLoop::wait(const RunResult& left) {
  if (left.work) return bell_->wait(Duration::zero());
  const auto time = [&] { return rt_.next_wait_max(Clock::now(), longest_sleep, left.idle); };
  bool rung = false;
  spin_([&] { return (rung = bell_->wait(Duration::zero())) || time() == Duration::zero(); },
        Clock::now);
  return rung || bell_->wait(time());
}

StopCause run(Runtime& rt) { return BareLoop(rt).run(); }

}  // namespace troupe
