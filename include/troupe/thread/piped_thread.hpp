// thread/piped_thread.hpp: `PipedThread`: a thread of one's own, with a pipe each way.
//
// What goes in waits in a channel to the thread, what comes out in a channel to the runtime; the
// end of the second is the thread's end, so that it is told behind all that the thread has sent.
#pragma once
#include <thread>
#include <troupe/core/fwd.hpp>
#include <troupe/core/stop_cause.hpp>
#include <troupe/thread/good_thread_function.hpp>
#include <troupe/thread/thread_channel.hpp>
#include <troupe/thread/thread_end.hpp>
#include <variant>
#include <version>
#if defined(__cpp_lib_jthread)
#include <stop_token>
#endif

namespace troupe {

/// How many items wait at most in the pipes of a PipedThread.
struct PipeBounds {
  std::size_t in = 1024;   ///< items that the thread has not taken
  std::size_t out = 1024;  ///< items that the runtime has not taken
};

namespace detail {
struct PipedState {  // of the thread's end; and what it shares with its owner
#if defined(__cpp_lib_jthread)
  std::stop_source stop;
#endif
  StopCause cause{StopCause::lost};  // the thread's, until the end of its pipe
  ThreadEnd end;
};
template <class Out> struct PipedHome {  // where things come out
  Fwd<Out> out;
  Ret<StopCause> end;
  std::shared_ptr<PipedState> state;
};
}  // namespace detail

/// The thread's end of a PipedThread: what its function is given. Thread: that one.
template <class In, class Out> class PipedLink {
 public:
  PipedLink(const PipedLink&) = delete;  // the function takes a PipedLink<In, Out>&
  /// Takes the next item of the owner's; blocks while there is none.
  /// @returns nothing when stop was asked, at once, whatever waits; or when the owner has closed
  /// the pipe, behind all items
  std::optional<In> recv() { return in_.recv(); }
  /// Takes the next item, if there is one and stop was not asked. Does not block.
  std::optional<In> try_recv() { return in_.try_recv(); }
  /// Sends to the owner's side; blocks while there is no room.
  /// @returns whether it is on its way; false when stop was asked, or the runtime has gone, also
  /// while it waits: `item` is destroyed then
  /// @throws std::bad_alloc when there is no memory: nothing is sent
  [[nodiscard("false: there is nobody to send to, and stop may be asked")]]
  bool send(Out item) {
    return out_.send_blocking(std::move(item));
  }
  /// Sends, if there is room. Does not block. `item` is moved from where that is `Sent::sent`.
  /// @throws std::bad_alloc when there is no memory: nothing is sent
  Sent try_send(Out&& item) { return out_.try_send(std::move(item)); }
  /// Whether stop was asked: by stop(), or because the owner goes. It stays so. One atomic load:
  /// for a loop that neither receives nor sends.
  bool stop_requested() const noexcept { return in_.cell_->stop_requested(); }
#if defined(__cpp_lib_jthread)
  /// A token of the standard library that is stopped with the thread, for what takes one; callbacks
  /// that are registered there run on the owner's thread, inside stop(). With libc++, which has no
  /// such tokens, there is no such function.
  std::stop_token stop_token() const noexcept { return state_->stop.get_token(); }
#endif

 private:
  friend struct detail::WaitsFor;
  template <class I, class O> friend class PipedThread;
  PipedLink(ThreadReceiver<In>&& in, BoundedSender<Out>&& out,
            std::shared_ptr<detail::PipedState> state) noexcept
      : state_(std::move(state)), out_(std::move(out)), in_(std::move(in)) {}
  // The function runs, and what it was given dies, before the pipes end: the one that comes in
  // first, so that who hears of the end finds it closed.
  template <class F, class... B> void run(F fn, B... args) noexcept {
    TROUPE_TRY {
      fn(*this, std::move(args)...);
      state_->cause = stop_requested() ? StopCause::dropped : StopCause::stopped;
    }
    TROUPE_CATCH_ALL {
      state_->cause = StopCause(StopCause::failed, Error(std::current_exception()));
    }
  }

  std::shared_ptr<detail::PipedState> state_;
  BoundedSender<Out> out_;
  ThreadReceiver<In> in_;
};

/// A thread with a pipe each way, for work that blocks and goes on: a device, a library with a loop
/// of its own, a computation with state. (For single calls there is `offload`.) It is joined when
/// this is destroyed, and never left to itself.
///
/// The function runs on the thread: `void work(PipedLink<In, Out>& link, B... args)`, which loops
/// over `link.recv()` and answers by `link.send(x)`. What it sends goes to `out`, in order, and
/// counts as calls do; then `end` hears, exactly once and behind all that was sent, how the thread
/// ended:
///
///   it returned by itself            StopCause::stopped; also after close()
///   it returned when stop was asked  StopCause::dropped: by stop(), or because this was destroyed
///   an exception came out of it      StopCause::failed, with the exception and its text
///   the system gave no thread        StopCause::lost, and the constructor throws
///   the runtime ended before that    no cause, but the failure Why::ended
///
/// The end: a thread cannot be ended from outside. The destructor asks it to stop and *waits for
/// it, with the whole runtime*: a function that is in recv() or send() returns from there at once;
/// one that computes or blocks elsewhere holds up the runtime until it looks at
/// `link.stop_requested()`. Where that takes longer than `Runtime::set_job_warning` (10 s), the log
/// has an error record of it, once. To go without a wait, call stop() (or close(), which lets it
/// finish what waits), and destroy this when `end` has heard: the thread has nothing to do any more
/// then.
///
/// Virtual time does not wait for the thread: `run_virtual` waits for items that carry a `JobOut`.
///
/// Belongs to its runtime's thread; may outlive the runtime, and then waits all the same.
/// Move-only. Cost: a thread; an item is a lock that is nearly always free, each way, and a wake
/// where the other side sleeps; nothing is allocated in steady state.
/// @tparam In what goes to the thread; `Sendable`
/// @tparam Out what comes out of it; `Sendable`
template <class In, class Out> class PipedThread {
 public:
  using troupe_of_one_runtime = void;
  using Link = PipedLink<In, Out>;
  /// None: there is no thread.
  PipedThread() noexcept = default;
  /// Starts a thread.
  /// @param out hears each item that the thread sends
  /// @param end hears how it ended, see above
  /// @param fn a function, or a lambda without captures
  /// @param args values for `fn`, behind its link; each is `Sendable`. They die on the thread,
  /// before its end is told
  /// @throws std::bad_alloc when there is no memory; std::system_error when there is no thread
  template <class F, class... B>
    requires detail::good_thread_function<In, Out, F, B...>
  PipedThread(Core& core, Fwd<Out> out, Ret<StopCause> end, F fn, B... args)
      : PipedThread(core, PipeBounds{}, std::move(out), std::move(end), std::move(fn),
                    std::move(args)...) {}
  /// Starts a thread with bounds of yours for both pipes.
  template <class F, class... B>
    requires detail::good_thread_function<In, Out, F, B...>
  PipedThread(Core& core, PipeBounds bounds, Fwd<Out> out, Ret<StopCause> end, F fn, B... args) {
    auto state = std::make_shared<detail::PipedState>();
    state_ = state;
    detail::kernel_of(core).retain();
    kernel_ = detail::KernelRef(&detail::kernel_of(core));
    auto goes_out = fwd_do<std::optional<Out>>(
        [](const std::unique_ptr<detail::PipedHome<Out>>& home, std::optional<Out> item) {
          if (item)
            home->out(std::move(*item));
          else
            home->end(std::move(home->state->cause));
        },
        std::make_unique<detail::PipedHome<Out>>(std::move(out), std::move(end), state));
    auto* out_cell =
        new detail::ChannelCell<Out, ByCount>(core, std::move(goes_out), bounds.out, false);
    BoundedSender<Out> sender(out_cell);
    out_ = detail::ChannelRef(out_cell);
    auto in = thread_channel<In>(bounds.in);
    in.receiver.cell_->retain();
    in_ = InRef(in.receiver.cell_.get());
    sender_ = std::move(in.sender);
    thread_ = std::thread(
        [](ThreadReceiver<In> from, BoundedSender<Out> to, std::shared_ptr<detail::PipedState> s,
           F f, B... b) noexcept {
          {
            Link link(std::move(from), std::move(to), s);
            link.run(std::move(f), std::move(b)...);
          }
          s->end.tell();
        },
        std::move(in.receiver), std::move(sender), std::move(state), std::move(fn),
        std::move(args)...);
  }
  template <
      class F, class... B,
      class Mistake = detail::ThreadFunctionMistake<In, Out, std::decay_t<F>, std::decay_t<B>...>>
    requires(!detail::good_thread_function<In, Out, std::decay_t<F>, std::decay_t<B>...>)
  PipedThread(Core&, Fwd<Out>, Ret<StopCause>, F&&, B&&...) = delete;  // see Mistake
  template <
      class F, class... B,
      class Mistake = detail::ThreadFunctionMistake<In, Out, std::decay_t<F>, std::decay_t<B>...>>
    requires(!detail::good_thread_function<In, Out, std::decay_t<F>, std::decay_t<B>...>)
  PipedThread(Core&, PipeBounds, Fwd<Out>, Ret<StopCause>, F&&, B&&...) = delete;  // see Mistake
  PipedThread(PipedThread&&) noexcept = default;
  PipedThread& operator=(PipedThread&& other) noexcept {
    const PipedThread old(std::move(*this));
    state_ = std::move(other.state_);
    kernel_ = std::move(other.kernel_);
    out_ = std::move(other.out_);
    in_ = std::move(other.in_);
    sender_ = std::move(other.sender_);
    thread_ = std::move(other.thread_);
    return *this;
  }
  /// Asks it to stop, and waits until it has ended: see above.
  ~PipedThread() {
    if (!thread_.joinable()) return;
    stop();
    detail::wait_for_end(state_->end, *kernel_);
    thread_.join();
  }

  /// Sends to the thread, if there is room. Does not block.
  /// @param item is moved from where the result is `Sent::sent`, and as it was otherwise:
  /// `Sent::full` at the bound, `Sent::gone` when the thread has ended, or was asked to
  /// @throws std::bad_alloc when there is no memory: nothing is sent
  Sent try_send(In&& item) const { return sender_.try_send(std::move(item)); }
  /// What sends to the thread in other ways: it tells when there is room, a task awaits it, another
  /// thread has a copy. Empty after close(). The thread's pipe stays open until all copies have
  /// gone.
  const BoundedSender<In>& sender() const noexcept { return sender_; }
  /// Nothing more will be sent: the thread takes what waits, and then hears so.
  void close() noexcept { sender_ = {}; }
  /// Asks the thread to stop: its recv() gives nothing, its send() is false, at once; what it has
  /// sent still comes out, and then its end. Does not wait.
  void stop() noexcept {
    if (!in_) return;
    in_->refuse();
    in_->request_stop();
    out_->refuse();
#if defined(__cpp_lib_jthread)
    state_->stop.request_stop();
#endif
  }
  /// Whether there is a thread: not for an empty one. It may have ended.
  explicit operator bool() const noexcept { return thread_.joinable(); }

 private:
  using InRef = detail::Handle<detail::ThreadCell<In, ByCount>, &detail::ChannelHead::release>;
  std::shared_ptr<detail::PipedState> state_;
  detail::KernelRef kernel_;
  detail::ChannelRef out_;
  InRef in_;
  BoundedSender<In> sender_;
  std::thread thread_;
};

// A void for an item: one error, and not those of what would hold it.
namespace detail {
template <class In, class Out> struct VoidItem {
  static_assert(!std::is_void_v<In> && !std::is_void_v<Out>,
                "troupe: a PipedThread that gets nothing, or sends nothing, has std::monostate as "
                "that type");
};
}  // namespace detail
template <class In, class Out>
  requires(std::is_void_v<In> || std::is_void_v<Out>)
class PipedLink<In, Out> : detail::VoidItem<In, Out> {
 public:
  std::optional<std::monostate> recv();
  std::optional<std::monostate> try_recv();
  template <class... X> bool send(X&&...);
  template <class... X> Sent try_send(X&&...);
  bool stop_requested() const noexcept;
};
template <class In, class Out>
  requires(std::is_void_v<In> || std::is_void_v<Out>)
class PipedThread<In, Out> : detail::VoidItem<In, Out> {
 public:
  using Link = PipedLink<In, Out>;
  PipedThread() noexcept = default;
  template <class... X> explicit PipedThread(X&&...);
  template <class... X> Sent try_send(X&&...) const;
  void close() noexcept;
  void stop() noexcept;
  explicit operator bool() const noexcept;
};

}  // namespace troupe
