// loop/asio_tcp.hpp: TCP over Asio, behind the handles of room io.
#pragma once
#include <string>
#include <troupe/io/listener.hpp>
#include <troupe/loop/asio.hpp>

namespace troupe {

/// Listens for TCP connections, with `SO_REUSEADDR`; accepted ones have `TCP_NODELAY`. Never blocks.
/// @param address numeric: "127.0.0.1", "::1", "0.0.0.0"
/// @param port 0 lets the system choose: `listener.port()`
/// @param backlog connections that the system keeps until they are accepted
/// Errors: `bad_address`, `address_in_use`, and what the system says.
std::expected<Listener, IoError> tcp_listen(AsioLoop& loop, std::string_view address, std::uint16_t port,
                                            int backlog = 1024);
/// The same from a handler, on the AsioLoop that holds its runtime.
std::expected<Listener, IoError> tcp_listen(Core& core, std::string_view address, std::uint16_t port,
                                            int backlog = 1024);

}  // namespace troupe
