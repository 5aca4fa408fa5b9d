// loop/asio_tcp.hpp: TCP over Asio, behind the handles of room io.
#pragma once
#include <string>
#include <troupe/io/connect.hpp>
#include <troupe/loop/asio.hpp>

namespace troupe {

/// Listens for TCP connections, with `SO_REUSEADDR`; accepted ones have `TCP_NODELAY`. Never
/// blocks. Takes two descriptors: one is kept for the connection that comes when there are none
/// (`Listener::is_short`).
/// @param address numeric: "127.0.0.1", "::1", "0.0.0.0"
/// @param port 0 lets the system choose: `listener.port()`
/// @param backlog connections that the system keeps until they are accepted
///
/// Errors: `bad_address`, `address_in_use`, and what the system says.
std::expected<Listener, IoError> tcp_listen(AsioLoop& loop, std::string_view address,
                                            std::uint16_t port, int backlog = 1024);
/// Listens for TCP connections, from a handler, on the AsioLoop that holds its runtime; without one
/// it ends the process.
std::expected<Listener, IoError> tcp_listen(Core& core, std::string_view address,
                                            std::uint16_t port, int backlog = 1024);

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
