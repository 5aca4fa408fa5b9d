// io/listener.hpp: where connections come in, whatever carries them.
#pragma once
#include <troupe/io/connection.hpp>

namespace troupe {

/// A connection, or why there is none.
using ConnectionResult = std::expected<Connection, IoError>;

namespace detail {
struct Arrival : IoWait {  // a connection that a task waits for
  Arrival() noexcept = default;
  Arrival(Arrival&& other) noexcept : Arrival() { check_unknown(other.known); }
  ConnectionResult result{std::unexpected(IoError(IoError::would_block))};
  bool known = false;     // to the plug
  bool deferred = false;  // there, but it goes through the queue for fairness
};
}  // namespace detail

/// Implements a `Listener`. Owned by its handle, until `end()`. Belongs to one runtime and its
/// thread.
class ListenerPlug {
 public:
  ListenerPlug(const ListenerPlug&) = delete;
  /// How many connections in a row are accepted without suspending.
  static constexpr std::uint8_t at_once = 32;
  /// A connection that has come in, or `would_block`, without blocking. Any other error is told to
  /// one accept.
  virtual ConnectionResult try_accept() noexcept = 0;
  /// Sees to it that acceptable() is called once, later or at once, when a try is worth it.
  virtual void watch() noexcept = 0;
  /// The handle has gone: stops listening, and destroys itself when nothing refers to it any more.
  virtual void end() noexcept = 0;
  /// Where it listens ("127.0.0.1:6379"). Allocates.
  virtual std::string address() const = 0;
  /// Whether the descriptor that is kept in reserve is in use.
  virtual bool is_short() const noexcept { return false; }
  /// The port, 0 where there is no such thing.
  virtual std::uint16_t port() const noexcept { return 0; }

  bool begin(detail::Arrival& a) noexcept;
  void wait(detail::Arrival& a, Wake wake) noexcept;
  void forget(detail::Arrival& a) noexcept;
  void put_back(Connection&& connection) noexcept;  // the next accept gets it
  void release() noexcept;
  detail::RingLink& stored() noexcept {
    return stored_;
  }  // accepts that were stored before they are awaited

 protected:
  /// What becomes, with the handle, of a connection that came for an accept that was dropped.
  enum class Unclaimed : bool { is_closed, is_reset };
  explicit ListenerPlug(Core& core, Unclaimed unclaimed = Unclaimed::is_closed) noexcept
      : core_(core), resets_unclaimed_(unclaimed == Unclaimed::is_reset) {}
  ~ListenerPlug() = default;
  /// Another try is worth it: serves the task that waits, if one still does.
  void acceptable() noexcept;
  /// Ends what a task waits for with this error, and whatever is asked later.
  void abandon(IoError why) noexcept;
  const detail::KeptCore& core() const noexcept { return core_; }

 private:
  bool take(detail::Arrival& a) noexcept;
  detail::KeptCore core_;
  detail::RingLink stored_;
  detail::Arrival* waiting_ = nullptr;
  bool watches_ = false;
  std::uint8_t streak_ = 0;
  bool resets_unclaimed_;
  bool is_over_ = false;  // abandoned: `unclaimed_` says why, to everyone
  ConnectionResult unclaimed_{
      std::unexpected(IoError(IoError::would_block))};  // came for a task that was dropped
};

/// What `Listener::accept` returns. Awaited once; may be moved before that, and gives `closed` when
/// its listener has gone by then.
class [[nodiscard("does nothing until it is awaited")]] Accept {
 public:
  using troupe_not_storable = void;
  static constexpr Mode mode = Mode::reply;
  static constexpr const char* what = "a connection";
  static constexpr bool must_be_read = true;
  explicit Accept(ListenerPlug* plug) noexcept : plug_(plug) {}
  Accept(Accept&& other) noexcept : plug_(other.plug_), a_(std::move(other.a_)) {
    if (plug_)
      place_.move_from(other.place_,
                       [this]() noexcept -> detail::RingLink& { return plug_->stored(); });
  }
  ~Accept() {
    if (a_.known) plug_->forget(a_);
  }
  bool await_ready() noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    if (plug_ && !place_.object_has_gone()) return plug_->begin(a_);
    a_.result = std::unexpected(IoError(IoError::closed));
    return true;
  }
  void wait(Wake w) noexcept { plug_->wait(a_, w); }
  void await_suspend(std::coroutine_handle<> h) noexcept { plug_->wait(a_, a_.IoWait::wait(h)); }
  [[nodiscard]] ConnectionResult await_resume() noexcept {
    ConnectionResult result =
        std::exchange(a_.result, std::unexpected(IoError(IoError::would_block)));
    if (std::exchange(a_.known, false)) plug_->forget(a_);
    if (a_.was_missed()) return std::unexpected(IoError(IoError::closed));
    return result;
  }

 private:
  friend struct detail::AsksOrigin;
  auto origin() const noexcept {
    using Origin = detail::ObjectOrigin<Connection, ListenerPlug>;
    return plug_ && !place_.object_has_gone() ? Origin(*plug_, plug_->stored()) : Origin();
  }
  ListenerPlug* plug_;
  detail::StoredPlace place_;
  detail::Arrival a_;
};

/// A place where connections come in. Move-only, 8 bytes; destroyed, it stops listening
/// (connections that were accepted live on). One accept may wait at a time; a second one ends the
/// process. Else as `Connection`.
class Listener {
 public:
  Listener() noexcept = default;
  explicit Listener(ListenerPlug* plug) noexcept : plug_(plug) {}
  Listener(Listener&& other) noexcept : plug_(std::exchange(other.plug_, nullptr)) {}
  Listener& operator=(Listener&& other) noexcept {
    Listener old(std::move(*this));
    plug_ = std::exchange(other.plug_, nullptr);
    return *this;
  }
  ~Listener() { close(); }

  /// `co_await l.accept()` gives a `ConnectionResult`. A shortage of descriptors or memory is no
  /// error: the connection that comes next gets the descriptor that is kept for this (see
  /// is_short), the others wait until there are some. `closed` when the listener or its loop has
  /// gone. A task that is dropped while it waits loses no connection: the next accept gets it. Nor
  /// does one that awaits this as a child of race() or its like, and is dropped before it goes on.
  Accept accept() noexcept { return Accept(plug_); }
  /// Whether descriptors have run out, as far as is known: the connection that accept() gave last
  /// has the one that was kept in reserve. A program that tells it so and closes it before it
  /// accepts again has the reserve back for the next, so that nobody waits without a word; one that
  /// keeps it serves one connection more, and those who come then wait. False over what knows no
  /// such shortage. Cost: none.
  bool is_short() const noexcept { return plug_ && plug_->is_short(); }
  /// Stops listening now; connections that nobody has accepted are reset. An accept that waits ends
  /// with `closed`. Never waits itself.
  Closed close() noexcept {
    if (auto* p = std::exchange(plug_, nullptr)) p->release();
    return {};
  }
  explicit operator bool() const noexcept { return plug_ != nullptr; }
  /// Where it listens, such as "127.0.0.1:6379"; empty when it does not. Allocates.
  std::string address() const { return plug_ ? plug_->address() : std::string(); }
  /// The port: what the system chose, if 0 was asked for. 0 where there is none.
  std::uint16_t port() const noexcept { return plug_ ? plug_->port() : std::uint16_t{0}; }

 private:
  ListenerPlug* plug_ = nullptr;
};
static_assert(sizeof(Listener) == 8);

}  // namespace troupe
