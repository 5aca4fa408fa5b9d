// loop/asio_tcp.cpp: sockets of Asio as plugs of room io.
//
// A try is a plain call on a non-blocking socket; a watch is Asio's wait for readiness, which refers to no memory of a
// task. After a read that left room the socket is known to be empty, and the next one waits without trying.
#include <troupe/loop/asio_tcp.hpp>

#include <asio/basic_socket_acceptor.hpp>
#include <new>

#include "asio_host.hpp"

namespace troupe {
namespace detail {
namespace {

using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, AsioExecutor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, AsioExecutor>;
constexpr int accept_retries = 16;  // connections that died in the backlog, in a row
constexpr Duration accept_pause = std::chrono::milliseconds(100);

IoError error_of(const asio::error_code& error) noexcept {
  if (error == asio::error::eof) return IoError(IoError::reset);
  return IoError::from_system(error.value());
}

std::string name_of(const Tcp::endpoint& at) {
  const std::string host = at.address().to_string();
  return (at.address().is_v6() ? "[" + host + "]:" : host + ":") + std::to_string(at.port());
}

class TcpConnection final : public ConnectionPlug, public Counted, public AsioGuest {
 public:
  TcpConnection(AsioHost& host, Socket&& socket) : ConnectionPlug(host.core()), host_(&host), socket_(std::move(socket)) {
    host.enter(*this);
  }

  IoResult try_read(std::span<std::byte> room) noexcept override {
    if (drained_) return std::unexpected(IoError(IoError::would_block));
    if (!socket_) return std::unexpected(IoError(IoError::closed));
    asio::error_code error;
    const std::size_t n = socket_->read_some(asio::buffer(room.data(), room.size()), error);
    if (error == asio::error::eof) return std::size_t{0};
    if (error) return std::unexpected(error_of(error));
    drained_ = n < room.size();
    return n;
  }
  IoResult try_write(std::span<const std::byte> bytes) noexcept override {
    if (!socket_) return std::unexpected(IoError(IoError::closed));
    asio::error_code error;
    const std::size_t n = socket_->write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (error) return std::unexpected(error_of(error));
    return n;
  }
  void watch_read() noexcept override {
    if (socket_) socket_->async_wait(Socket::wait_read, Handler<TcpConnection, &TcpConnection::on_read>(*this, room_));
  }
  void watch_write() noexcept override {
    if (socket_) socket_->async_wait(Socket::wait_write, Handler<TcpConnection, &TcpConnection::on_write>(*this, room_));
  }
  void end_write() noexcept override {
    asio::error_code ignored;
    if (socket_) socket_->shutdown(Socket::shutdown_send, ignored);
  }
  void end(bool reset) noexcept override {
    if (host_) {
      asio::error_code ignored;
      if (reset) socket_->set_option(asio::socket_base::linger(true, 0), ignored);
      socket_->close(ignored);
      socket_.reset();
      host_->leave(*this);
      host_->request_turn();
      host_ = nullptr;
    }
    unref();
  }
  std::string peer() const override {
    asio::error_code error;
    const Tcp::endpoint at = socket_ ? socket_->remote_endpoint(error) : Tcp::endpoint();
    return !socket_ || error ? std::string() : name_of(at);
  }
  void loop_ends() noexcept override {
    host_->leave(*this);
    host_ = nullptr;
    drained_ = false;
    socket_.reset();
    abandon(IoError(IoError::closed));
  }
  void set_drained() noexcept { drained_ = true; }

 private:
  ~TcpConnection() = default;
  void destroy() noexcept override { delete this; }
  void on_read(const asio::error_code&) {
    drained_ = false;
    if (!host_) return;
    readable();
    host_->request_turn();
  }
  void on_write(const asio::error_code&) {
    if (!host_) return;
    writable();
    host_->request_turn();
  }
  AsioHost* host_;  // null once closed, or its loop has gone
  std::optional<Socket> socket_;
  bool drained_ = false;
  OperationRoom room_;
};

// A connected socket becomes a connection; an error or no memory close it.
ConnectionResult make_connection(AsioHost& host, Socket&& socket, bool is_new) noexcept {
  asio::error_code error;
  socket.non_blocking(true, error);
  if (error) return std::unexpected(error_of(error));
  socket.set_option(Tcp::no_delay(true), error);
  auto* plug = new (std::nothrow) TcpConnection(host, std::move(socket));
  if (!plug) return std::unexpected(IoError(IoError::no_memory));
  if (is_new) plug->set_drained();
  return Connection(plug);
}

class TcpListener final : public ListenerPlug, public Counted, public AsioGuest {
 public:
  TcpListener(AsioHost& host, Acceptor&& acceptor)
      : ListenerPlug(host.core()), host_(&host), acceptor_(std::move(acceptor)), pause_(host.io()) {
    host.enter(*this);
  }

  ConnectionResult try_accept() noexcept override {
    if (!acceptor_) return std::unexpected(IoError(IoError::closed));
    for (int i = 0; i != accept_retries; ++i) {
      Socket socket(host_->io());
      asio::error_code error;
      acceptor_->accept(socket, error);
      if (!error) {
        ConnectionResult result = make_connection(*host_, std::move(socket), true);
        if (result) return result;
        must_pause_ = result.error() == IoError::no_memory;
        continue;
      }
      const IoError e = error_of(error);
      if (e == IoError::closed || e == IoError::would_block || e == IoError::bad_address) return std::unexpected(e);
      must_pause_ = e == IoError::no_memory;
      if (must_pause_) break;
    }
    return std::unexpected(IoError(IoError::would_block));
  }
  void watch() noexcept override {
    if (!acceptor_) return;
    if (must_pause_) {
      pause_->expires_after(accept_pause);
      pause_->async_wait(Handler<TcpListener, &TcpListener::on_ready>(*this, room_));
    } else {
      acceptor_->async_wait(Acceptor::wait_read, Handler<TcpListener, &TcpListener::on_ready>(*this, room_));
    }
  }
  void end() noexcept override {
    if (host_) {
      asio::error_code ignored;
      acceptor_->close(ignored);
      shut();
    }
    unref();
  }
  std::string address() const override {
    asio::error_code error;
    const Tcp::endpoint at = acceptor_ ? acceptor_->local_endpoint(error) : Tcp::endpoint();
    return !acceptor_ || error ? std::string() : name_of(at);
  }
  std::uint16_t port() const noexcept override {
    asio::error_code error;
    const Tcp::endpoint at = acceptor_ ? acceptor_->local_endpoint(error) : Tcp::endpoint();
    return error ? std::uint16_t{0} : at.port();
  }
  void loop_ends() noexcept override {
    shut();
    abandon(IoError(IoError::closed));
  }

 private:
  ~TcpListener() = default;
  void destroy() noexcept override { delete this; }
  void shut() noexcept {
    acceptor_.reset();
    pause_.reset();
    host_->leave(*this);
    host_->request_turn();
    host_ = nullptr;
  }
  void on_ready(const asio::error_code&) {
    if (!host_) return;
    must_pause_ = false;
    acceptable();
    host_->request_turn();
  }
  AsioHost* host_;  // null once closed, or its loop has gone
  std::optional<Acceptor> acceptor_;
  std::optional<AsioTimer> pause_;
  bool must_pause_ = false;  // descriptors or memory have run out
  OperationRoom room_;
};

}  // namespace
}  // namespace detail

std::expected<Listener, IoError> tcp_listen(AsioLoop& loop, std::string_view address, std::uint16_t port, int backlog) {
  using namespace detail;
  AsioHost& host = loop.host();
  asio::error_code error;
  const auto at = asio::ip::make_address(std::string(address), error);
  if (error) return std::unexpected(IoError(IoError::bad_address, error.value()));
  const Tcp::endpoint where(at, port);
  Acceptor acceptor(host.io());
  const auto steps = [&] {
    if (acceptor.open(where.protocol(), error); error) return;
    if (acceptor.set_option(asio::socket_base::reuse_address(true), error); error) return;
    if (acceptor.bind(where, error); error) return;
    if (acceptor.non_blocking(true, error); error) return;
    acceptor.listen(backlog, error);
  };
  steps();
  if (error) return std::unexpected(error_of(error));
  auto* plug = new (std::nothrow) TcpListener(host, std::move(acceptor));
  if (!plug) return std::unexpected(IoError(IoError::no_memory));
  return Listener(plug);
}

std::expected<Listener, IoError> tcp_listen(Core& core, std::string_view address, std::uint16_t port, int backlog) {
  return tcp_listen(AsioLoop::of(core), address, port, backlog);
}

}  // namespace troupe
