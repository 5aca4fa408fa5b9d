// io/memory_network.cpp: pipes in memory, and names under which to listen.
//
// One end never calls the other: what arrives, and room that becomes free, are told by an item of
// the queue or a timer, so that no try is ever inside another.
#include <troupe/io/memory_network.hpp>

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <troupe/core/timer.hpp>

namespace troupe {
namespace detail {
namespace {

struct Chance {  // splitmix64
  std::uint64_t state;
  std::uint64_t next() noexcept {
    std::uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
};

struct Wire;
class MemoryEnd final : public ConnectionPlug {
 public:
  MemoryEnd(Core& core, Wire& wire, int side) noexcept
      : ConnectionPlug(core), wire_(wire), side_(side) {}
  ~MemoryEnd() = default;
  IoResult try_read(std::span<std::byte> room) noexcept override;
  IoResult try_write(std::span<const std::byte> bytes) noexcept override;
  void watch_read() noexcept override;
  void watch_write() noexcept override;
  void end_write() noexcept override;
  void end(bool reset) noexcept override;
  std::string peer() const override;
  void tell_readable() noexcept {
    if (std::exchange(watches_read_, false)) readable();
  }
  void tell_writable() noexcept {
    if (std::exchange(watches_write_, false)) writable();
  }
  void break_the_other() noexcept;

 private:
  Wire& wire_;
  int side_;
  bool watches_read_ = false, watches_write_ = false;
};

struct Pipe {                   // from one end to the other
  std::deque<std::byte> bytes;  // not read yet; those behind `arrived` are on their way
  std::size_t arrived = 0;
  bool eof = false;     // its end has arrived
  bool gone = false;    // the writer has heard that nobody reads it any more
  bool reset = false;   // the connection broke before that end, and the reader has heard of it
  bool closed = false;  // nobody reads it any more
};

struct Wire {  // a connection: both ends and what is between them
  Wire(Core& core, const MemoryOptions& o, std::uint64_t seed, std::string n)
      : options(o), chance{seed}, name(std::move(n)), ends{{core, *this, 0}, {core, *this, 1}} {}
  void ref() noexcept { ++refs; }
  void unref() noexcept {
    if (--refs == 0) delete this;
  }
  std::size_t part_of(std::size_t n) noexcept {
    return options.split && n > 1 ? 1 + static_cast<std::size_t>(chance.next() % n) : n;
  }
  Pipe& into(int side) noexcept { return pipes[1 - side]; }  // what `side` reads
  Pipe& from(int side) noexcept { return pipes[side]; }      // what it writes
  MemoryOptions options;
  Chance chance;
  std::string name;
  Pipe pipes[2];
  int refs = 2;  // handles, and what is on its way
  bool is_late = false;
  MemoryEnd ends[2];
};
class WireRef {
 public:
  explicit WireRef(Wire& wire) noexcept : wire_(&wire) { wire.ref(); }
  WireRef(WireRef&& other) noexcept : wire_(std::exchange(other.wire_, nullptr)) {}
  ~WireRef() {
    if (wire_) wire_->unref();
  }
  Wire& operator*() const noexcept { return *wire_; }

 private:
  Wire* wire_;
};

// By an item of the queue, or after the latency. What a full queue refuses comes by a timer, which
// waits for room; and so does all that follows it, since nothing may overtake.
template <class Item> void post(Core& core, bool& is_late, Duration wait, Item item) noexcept {
  if (wait == Duration::zero() && !is_late && queue_now(core, item)) return;
  is_late |= wait == Duration::zero();
  TROUPE_TRY { add_fixed(core, detail::later(core.now(), wait), std::move(item)); }
  TROUPE_CATCH_ALL { panic("no memory for what is on its way", "MemoryNetwork"); }
}
template <class Fn>
void send(const KeptCore& core, Wire& wire, Duration wait, Fn fn, int side,
          std::size_t n) noexcept {
  if (core.is_alive())
    post(*core, wire.is_late, wait,
         deferred([](Fn f, WireRef w, int s, std::size_t k) { f(*w, s, k); }, fn, WireRef(wire),
                  side, n));
}
template <class Fn> void soon(const KeptCore& core, Wire& wire, Fn fn, int side) noexcept {
  send(core, wire, Duration::zero(), fn, side, 0);
}
template <class Fn>
void later(const KeptCore& core, Wire& wire, Fn fn, int side, std::size_t n = 0) noexcept {
  send(core, wire, wire.options.latency, fn, side, n);
}

void bytes_arrive(Wire& wire, int side, std::size_t n) noexcept {
  Pipe& p = wire.into(side);
  if (p.closed) {
    p.bytes.erase(p.bytes.begin(), p.bytes.begin() + static_cast<std::ptrdiff_t>(n));
    return wire.ends[side].break_the_other();
  }
  p.arrived += n;
  wire.ends[side].tell_readable();
}
void eof_arrives(Wire& wire, int side, std::size_t closes) noexcept {
  wire.into(side).eof = true;
  if (closes && wire.options.close_is_heard) wire.from(side).gone = true;
  wire.ends[side].tell_readable();
  wire.ends[side].tell_writable();
}
// What came before it can be read, as far as nothing of that is lost; what has ended already stays
// ended.
void reset_arrives(Wire& wire, int side, std::size_t) noexcept {
  Pipe& p = wire.into(side);
  wire.from(side).gone = true;
  if (!p.eof) {
    p.reset = true;
    if (wire.options.reset_loses)
      p.arrived = static_cast<std::size_t>(wire.chance.next() % (p.arrived + 1));
    p.bytes.resize(p.arrived);
  }
  wire.ends[side].tell_readable();
  wire.ends[side].tell_writable();
}
void MemoryEnd::break_the_other() noexcept { later(core(), wire_, &reset_arrives, 1 - side_); }

IoResult MemoryEnd::try_read(std::span<std::byte> room) noexcept {
  Pipe& p = wire_.into(side_);
  if (p.arrived == 0) {
    if (p.reset) return std::unexpected(IoError(IoError::reset));
    if (p.eof) return std::size_t{0};
    return std::unexpected(IoError(IoError::would_block));
  }
  const std::size_t n = wire_.part_of(std::min(room.size(), p.arrived));
  std::copy_n(p.bytes.begin(), n, room.begin());
  p.bytes.erase(p.bytes.begin(), p.bytes.begin() + static_cast<std::ptrdiff_t>(n));
  p.arrived -= n;
  soon(
      core(), wire_, [](Wire& w, int side, std::size_t) noexcept { w.ends[side].tell_writable(); },
      1 - side_);
  return n;
}

IoResult MemoryEnd::try_write(std::span<const std::byte> bytes) noexcept {
  Pipe& p = wire_.from(side_);
  if (p.gone) {
    if (wire_.into(side_).eof) note_clean_end();
    return std::unexpected(IoError(IoError::reset));
  }
  const std::size_t room = wire_.options.buffer - p.bytes.size();
  if (room == 0) return std::unexpected(IoError(IoError::would_block));
  const std::size_t n = wire_.part_of(std::min(room, bytes.size()));
  TROUPE_TRY {
    p.bytes.insert(p.bytes.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
  }
  TROUPE_CATCH_ALL { return std::unexpected(IoError(IoError::no_memory)); }
  later(core(), wire_, &bytes_arrive, 1 - side_, n);
  return n;
}

void MemoryEnd::watch_read() noexcept {
  watches_read_ = true;
  const Pipe& p = wire_.into(side_);
  if (p.arrived || p.eof || p.reset)
    soon(
        core(), wire_,
        [](Wire& w, int side, std::size_t) noexcept { w.ends[side].tell_readable(); }, side_);
}
void MemoryEnd::watch_write() noexcept {
  watches_write_ = true;
  const Pipe& p = wire_.from(side_);
  if (p.bytes.size() < wire_.options.buffer || p.gone)
    soon(
        core(), wire_,
        [](Wire& w, int side, std::size_t) noexcept { w.ends[side].tell_writable(); }, side_);
}
void MemoryEnd::end_write() noexcept { later(core(), wire_, &eof_arrives, 1 - side_, 0); }

// What has come and nobody will read breaks the connection at once; what comes later does so then.
// Without a latency nothing is on its way, though its arrival may not have been told yet.
void MemoryEnd::end(bool reset) noexcept {
  Pipe& p = wire_.into(side_);
  const bool is_unread =
      wire_.options.latency == Duration::zero() ? !p.bytes.empty() : p.arrived != 0;
  watches_read_ = watches_write_ = false;
  p.closed = true;
  p.bytes.erase(p.bytes.begin(), p.bytes.begin() + static_cast<std::ptrdiff_t>(p.arrived));
  p.arrived = 0;
  if (reset || is_unread)
    break_the_other();
  else
    later(core(), wire_, &eof_arrives, 1 - side_, 1);
  wire_.unref();
}

std::string MemoryEnd::peer() const { return wire_.name + (side_ == 0 ? ":server" : ":client"); }

}  // namespace

class MemoryListener;
struct MemoryNames {
  MemoryNames(Core& c, const MemoryOptions& o) noexcept : core(c), options(o), chance{o.seed} {}
  MemoryListener* find(std::string_view name) noexcept;
  Wire* make_wire(std::string name) {
    return new Wire(*core, options, chance.next(), std::move(name));
  }
  void unref() noexcept {
    if (--refs == 0) delete this;
  }
  KeptCore core;
  MemoryOptions options;
  Chance chance;
  std::map<std::string, MemoryListener*, std::less<>> listeners;
  int refs = 1;  // the network, and its listeners
  bool is_late = false;
};

class MemoryListener final : public ListenerPlug {
 public:
  MemoryListener(MemoryNames& names, std::string name)
      : ListenerPlug(*names.core, Unclaimed::is_reset), names_(&names), name_(std::move(name)) {
    names.listeners.emplace(name_, this);
    ++names.refs;
  }
  ConnectionResult try_accept() noexcept override {
    if (is_shut_) return std::unexpected(IoError(IoError::closed));
    if (backlog_.empty()) return std::unexpected(IoError(IoError::would_block));
    ConnectionResult result(std::move(backlog_.front()));
    backlog_.pop_front();
    return result;
  }
  void watch() noexcept override {}  // deliver() and shut() tell
  void end() noexcept override {
    shut();
    if (--names_->refs == 0) delete names_;
    delete this;
  }
  std::string address() const override { return name_; }
  bool is_full() const noexcept { return backlog_.size() >= MemoryNetwork::backlog; }
  void deliver(Connection connection) {
    backlog_.push_back(std::move(connection));
    acceptable();
  }
  void shut() noexcept {
    if (std::exchange(is_shut_, true)) return;
    names_->listeners.erase(name_);
    for (Connection& c : backlog_) c.reset();
    backlog_.clear();
    abandon(IoError(IoError::closed));
  }

 private:
  ~MemoryListener() = default;
  MemoryNames* names_;
  std::string name_;
  std::deque<Connection> backlog_;
  bool is_shut_ = false;
};

MemoryListener* MemoryNames::find(std::string_view name) noexcept {
  const auto at = listeners.find(name);
  return at == listeners.end() ? nullptr : at->second;
}

namespace {

class MemoryConnector final : public ListenerPlug {  // where the one connection asked for arrives
 public:
  MemoryConnector(MemoryNames& names, std::string name)
      : ListenerPlug(*names.core), names_(names), name_(std::move(name)) {
    ++names_.refs;
  }
  ConnectionResult try_accept() noexcept override {
    const MemoryListener* listener = names_.find(name_);
    if (!listener || listener->is_full()) return std::unexpected(IoError(IoError::refused));
    Wire* wire = names_.make_wire(name_);
    Connection server(&wire->ends[1]);
    names_.refs += 1;
    const auto arrive = [](NamesRef names, std::string name, Connection c) {
      MemoryListener* l = (*names).find(name);
      if (l && !l->is_full())
        l->deliver(std::move(c));
      else
        c.reset();
    };
    Core& c = *names_.core;
    post(c, names_.is_late, names_.options.latency,
         deferred(arrive, NamesRef(names_), name_, std::move(server)));
    return Connection(&wire->ends[0]);
  }
  void watch() noexcept override {}
  void end() noexcept override {
    names_.unref();
    delete this;
  }
  std::string address() const override { return name_; }

 private:
  class NamesRef {
   public:
    explicit NamesRef(MemoryNames& names) noexcept : names_(&names) {}  // takes over one count
    NamesRef(NamesRef&& other) noexcept : names_(std::exchange(other.names_, nullptr)) {}
    ~NamesRef() {
      if (names_) names_->unref();
    }
    MemoryNames& operator*() const noexcept { return *names_; }

   private:
    MemoryNames* names_;
  };
  ~MemoryConnector() = default;
  MemoryNames& names_;
  std::string name_;
};

}  // namespace
}  // namespace detail

MemoryNetwork::MemoryNetwork(Core& core, MemoryOptions options)
    : names_(new detail::MemoryNames(core, options)) {
  if (options.buffer == 0)
    panic("a connection needs a buffer of at least one byte", "MemoryNetwork");
}

MemoryNetwork::~MemoryNetwork() {
  while (!names_->listeners.empty()) names_->listeners.begin()->second->shut();
  names_->unref();
}

std::expected<Listener, IoError> MemoryNetwork::listen(std::string_view name) {
  if (names_->find(name)) return std::unexpected(IoError(IoError::address_in_use));
  return Listener(new detail::MemoryListener(*names_, std::string(name)));
}

Connect MemoryNetwork::connect(std::string_view name) {
  return Connect(Listener(new detail::MemoryConnector(*names_, std::string(name))));
}

std::pair<Connection, Connection> MemoryNetwork::pair() {
  detail::Wire* wire = names_->make_wire("pair");
  return {Connection(&wire->ends[0]), Connection(&wire->ends[1])};
}

}  // namespace troupe
