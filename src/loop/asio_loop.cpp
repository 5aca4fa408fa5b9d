// loop/asio_loop.cpp: turns inside an io_context.
#include <troupe/loop/asio.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <csignal>

#include "asio_host.hpp"

namespace troupe {
namespace detail {
namespace {

// A poll of the operating system lies between two posts, but what it finds queues up behind the
// second one.
constexpr std::uint8_t quiet_enough = 2;

}  // namespace

AsioHost::AsioHost(Runtime& rt, asio::io_context* host)
    : rt_(&rt),
      core_(rt),
      own_(host ? nullptr : std::make_unique<asio::io_context>(ASIO_CONCURRENCY_HINT_UNSAFE_IO)),
      io_(host ? host : own_.get()),
      waker_(HostWaker::of(rt)),
      gate_(std::make_shared<Gate>(this)) {
  timer_.emplace(*io_);
  waker_->attach(
      [gate = gate_, io = io_]() mutable {
        asio::post(*io, [gate] {
          if (gate->host) gate->host->request_turn();
        });
      },
      [this] { asked(); });
}

void AsioHost::end() noexcept {
  waker_->detach();
  gate_->host = nullptr;
  if (core_.is_alive()) core().anymap_unset<Borrowed<AsioLoop>>();
  while (guests_) guests_->loop_ends();
  timer_.reset();
  signals_.reset();
  drain_ = {};
  own_.reset();
}

// ---- guests
void AsioHost::enter(AsioGuest& guest) noexcept {
  guest.next = guests_;
  if (guests_) guests_->prev = &guest;
  guests_ = &guest;
}

void AsioHost::leave(AsioGuest& guest) noexcept {
  (guest.prev ? guest.prev->next : guests_) = guest.next;
  if (guest.next) guest.next->prev = guest.prev;
  guest.prev = guest.next = nullptr;
}

// ---- turns
void AsioHost::request_turn() {
  active_ = true;
  if (!in_turn_) post();
}

void AsioHost::asked() noexcept {
  active_ = true;
  post();
}

void AsioHost::post() {
  if (posted_) return;
  asio::post(*io_, Handler<AsioHost, &AsioHost::turn>(*this, turn_room_));
  posted_ = true;
}

void AsioHost::turn() {
  posted_ = false;
  const bool gone = !timer_ || !core_.is_alive();
  if (gone || (ended_ && !rt_->not_shutdown())) return;
  ended_ = false;
  after_turn(rt_->not_shutdown() ? run_turn() : RunResult{});
}

RunResult AsioHost::run_turn() {
  struct InTurn {  // an exception passes through: the loop may go on
    AsioHost& host;
    bool done = false;
    ~InTurn() {
      host.in_turn_ = false;
      if (!done) host.post();
    }
  } in_turn{*this};
  in_turn_ = true;
  if (std::exchange(active_, false)) quiet_ = 0;
  detail::expect_real_time(*rt_);
  const Instant now = Clock::now();
  const RunLimit limit{
      .items = AsioLoop::turn_items, .until = now + AsioLoop::turn_time, .stays_awake = spins_};
  const RunResult left = rt_->run(now, limit, quiet_ >= quiet_enough);
  in_turn.done = true;
  return left;
}

void AsioHost::after_turn(const RunResult& left) {
  if (!rt_->not_shutdown()) {
    ended_ = true;
    drain_.over();
    if (own_) own_->stop();
    if (const auto hook = on_shutdown) (*hook)();
    return;
  }
  if (left.work) {
    quiet_ = 0;
    post();
  } else if (left.idle) {
    quiet_ = quiet_ >= quiet_enough ? std::uint8_t{1} : static_cast<std::uint8_t>(quiet_ + 1);
    post();
  }
  arm_timer();
}

StopCause AsioHost::run() {
  ended_ = false;
  if (io_->stopped()) io_->restart();
  request_turn();
  const auto work = asio::make_work_guard(*io_);
  if (own_ && !spin_.is_on()) {
    own_->run();
  } else {
    struct Spins {  // however that ends, the runtime is woken from then on
      AsioHost& host;
      explicit Spins(AsioHost& h) : host(h) { host.spins_ = host.spin_.is_on(); }
      ~Spins() {
        host.spins_ = false;
        if (!host.rt_->may_sleep() && !host.ended_) host.asked();
      }
    } const spins{*this};
    while (!ended_) {
      if (spin_([this] { return look(); }, Clock::now)) continue;
      if (spins_ && !posted_ && !rt_->may_sleep()) request_turn();
      if (io_->run_one() == 0) break;
    }
  }
  return rt_->shutdown_reason().value_or(StopCause(StopCause::stopped));
}

// While the runtime is awake other threads do not ask for a turn.
bool AsioHost::look() {
  if (io_->poll_one() != 0) return true;
  if (rt_->next_wait(rt_->now()) != Duration::zero()) return false;
  request_turn();
  return true;
}

// ---- timers
// One that is armed too early costs a turn without work; each time that it is moved costs a call of
// the system.
void AsioHost::arm_timer() {
  const auto next = rt_->next_expiry();
  if (!next || (timer_armed_ && timer_at_ <= *next)) return;
  timer_->expires_at(*next);
  timer_->async_wait(Handler<AsioHost, &AsioHost::on_timer>(*this, timer_room_));
  timer_at_ = *next;
  timer_armed_ = true;
}

void AsioHost::on_timer(const asio::error_code& error) {
  if (error || !timer_) return;
  timer_armed_ = false;
  request_turn();
}

// ---- signals
void AsioHost::stop_on_signals(Drain drain) {
  drain_ = std::move(drain);
  signals_.emplace(*io_, SIGINT, SIGTERM);
  signals_->async_wait([this, gate = gate_](const asio::error_code& error, int signal) {
    if (gate->host) on_signal(error, signal);
  });
}

void AsioHost::on_signal(const asio::error_code& error, int signal) {
  if (error) return;
  signals_.reset();
  if (!core_.is_alive()) return;
  drain_.begin(core(), Clock::now(), signal);
  request_turn();
}

}  // namespace detail

AsioLoop::AsioLoop(Runtime& rt) : host_(new detail::AsioHost(rt, nullptr)) {
  rt.core().anymap_set(unsafe_borrow(*this));
  host_->request_turn();
}

AsioLoop::AsioLoop(Runtime& rt, asio::io_context& io) : host_(new detail::AsioHost(rt, &io)) {
  rt.core().anymap_set(unsafe_borrow(*this));
  host_->request_turn();
}

AsioLoop::~AsioLoop() {
  host_->end();
  host_->unref();
}

StopCause AsioLoop::run() { return host_->run(); }
void AsioLoop::set_spin(AnyDuration most) noexcept { host_->set_spin(most); }
void AsioLoop::stop_on_signals() { host_->stop_on_signals({}); }
void AsioLoop::stop_on_signals(Fwd<int> drain, AnyDuration limit) {
  host_->stop_on_signals(detail::Drain(std::move(drain), limit));
}
void AsioLoop::on_shutdown(Callback<void()> hook) {
  host_->on_shutdown = hook ? std::make_shared<Callback<void()>>(std::move(hook)) : nullptr;
}
asio::io_context& AsioLoop::context() noexcept { return host_->io(); }

AsioLoop& AsioLoop::of(Core& core) {
  if (auto* loop = core.anymap_try_get<Borrowed<AsioLoop>>()) return loop->get();
  panic("no AsioLoop holds this runtime", "AsioLoop::of");
}

}  // namespace troupe
