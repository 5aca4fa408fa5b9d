// io/memory_network.hpp: connections in memory and virtual time, for tests of whatever speaks
// through room io.
//
// What becomes of ends, resets and writes to nobody is what TCP makes of them; a test compares
// both. It can be slower and ruder than a real network: small buffers, late bytes, parts instead of
// wholes; and the same seed gives the same run.
#pragma once
#include <troupe/io/connect.hpp>

namespace troupe {

namespace detail {
struct MemoryNames;
}

/// How the connections of a `MemoryNetwork` behave.
struct MemoryOptions {
  std::size_t buffer =
      64 * 1024;  ///< bytes in each direction between a write and the read; at least 1
  AnyDuration latency = Duration::zero();  ///< from a write, a close or a reset to the other end
  bool split = false;  ///< reads and writes take a random part, at least one byte
  bool reset_loses =
      false;  ///< a reset takes a random part of what came before it and was not read yet
  bool close_is_heard =
      false;  ///< the first write after the other end's close fails; else it is lost unheard
  std::uint64_t seed = 1;  ///< of that chance
};

/// Listeners and connections inside one runtime. They behave as TCP over a loopback does: what was
/// sent before a close or a reset arrives, and is read before either is heard; closing over input
/// that nobody has read resets; a write to an end that was closed goes through, is lost, and brings
/// a reset back, so that only a later write hears of it. Bytes, ends of streams and resets arrive
/// by the runtime's timers and queue. Goes before its runtime or after it; listeners that outlive
/// it are closed, connections live on.
class MemoryNetwork {
 public:
  using troupe_not_storable = void;
  /// Connections that wait at a listener at most; more are `refused`.
  static constexpr std::size_t backlog = 128;
  explicit MemoryNetwork(Core& core, MemoryOptions options = {});
  MemoryNetwork(const MemoryNetwork&) = delete;
  ~MemoryNetwork();

  /// Listens under a name. Errors: `address_in_use`.
  std::expected<Listener, IoError> listen(std::string_view name);
  /// `co_await net.connect(name)` gives a connection, at once; it arrives at the listener after the
  /// latency. Errors: `refused` when nobody listens, or the backlog is full.
  Connect connect(std::string_view name);
  /// Both ends of a new connection.
  std::pair<Connection, Connection> pair();

 private:
  detail::MemoryNames* names_;
};

}  // namespace troupe
