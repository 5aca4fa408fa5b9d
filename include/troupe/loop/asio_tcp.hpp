// loop/asio_tcp.hpp: TCP over Asio, behind the handles of room io.
#pragma once
#include <string>
#include <troupe/io/connect.hpp>
#include <troupe/loop/asio.hpp>

namespace troupe {

/// What is chosen for a listener.
struct TcpListenOptions {
  int backlog = 1024;  ///< connections that the system keeps until they are accepted
  /// With `SO_REUSEPORT`: several listeners of this user, of one runtime each, may share the
  /// address, and the system spreads the connections over them. All of them say so; to one that
  /// does not the address is in use. Connections that one of them has not accepted when it closes
  /// are reset. Where the system has no such thing, listening fails.
  bool shares_port = false;
};

/// Listens for TCP connections, with `SO_REUSEADDR`; accepted ones have `TCP_NODELAY`. Never
/// blocks. Takes two descriptors: one is kept for the connection that comes when there are none
/// (`Listener::is_short`).
/// @param address numeric: "127.0.0.1", "::1", "0.0.0.0"
/// @param port 0 lets the system choose one that nobody has: `listener.port()`
///
/// Errors: `bad_address`, `address_in_use`, and what the system says.
std::expected<Listener, IoError> tcp_listen(AsioLoop& loop, std::string_view address,
                                            std::uint16_t port, TcpListenOptions options = {});
/// Listens for TCP connections, from a handler, on the AsioLoop that holds its runtime; without one
/// it ends the process.
std::expected<Listener, IoError> tcp_listen(Core& core, std::string_view address,
                                            std::uint16_t port, TcpListenOptions options = {});

/// `co_await tcp_connect(loop, "127.0.0.1", 6379)` gives a `ConnectionResult`, with `TCP_NODELAY`.
/// Never blocks.
/// @param host a numeric address, or a name: then Asio's own thread asks the system, and each
/// address is tried in turn
///
/// Errors: `refused`, `bad_address` (no such name), `timed_out` (the
/// system's limit, minutes), `unreachable`. Dropped, it is called off.
/// @throws std::bad_alloc when there is no memory
Connect tcp_connect(AsioLoop& loop, std::string_view host, std::uint16_t port);
/// Connects from a handler, on the AsioLoop that holds its runtime; without one it ends the
/// process.
Connect tcp_connect(Core& core, std::string_view host, std::uint16_t port);

}  // namespace troupe
