// loop/asio_tcp.cpp: sockets of Asio as plugs of room io.
//
// A try is a plain call on a non-blocking socket; a watch is Asio's wait for readiness, which
// refers to no memory of a task. After a read that left room the socket is known to be empty, and
// the next one waits without trying.
#include <troupe/loop/asio_tcp.hpp>

#include <algorithm>
#include <asio/basic_socket_acceptor.hpp>
#include <cerrno>
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
  TcpConnection(AsioHost& host, Socket&& socket)
      : ConnectionPlug(host.core()), host_(&host), socket_(std::move(socket)) {
    host.enter(*this);
  }

  IoResult try_read(std::span<std::byte> room) noexcept override {
    if (drained_) return std::unexpected(IoError(IoError::would_block));
    if (!socket_) return std::unexpected(IoError(IoError::closed));
    asio::error_code error;
    const std::size_t n = socket_->read_some(asio::buffer(room.data(), room.size()), error);
    if (error == asio::error::eof) return std::size_t{0};
    if (error) return std::unexpected(error_of(error));
    drained_ = n < room.size() && !is_broken_;
    return n;
  }
  IoResult try_write(std::span<const std::byte> bytes) noexcept override {
    if (!socket_) return std::unexpected(IoError(IoError::closed));
    asio::error_code error;
    const std::size_t n = socket_->write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (error) return std::unexpected(broken_in_write(error_of(error)));
    return n;
  }
  void watch_read() noexcept override { watch<&TcpConnection::on_read>(Socket::wait_read); }
  void watch_write() noexcept override { watch<&TcpConnection::on_write>(Socket::wait_write); }
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
  template <auto On> void watch(Socket::wait_type what) noexcept {
    if (!socket_) return;
    TROUPE_TRY { socket_->async_wait(what, Handler<TcpConnection, On>(*this, room_)); }
    TROUPE_CATCH_ALL { abandon(IoError(IoError::no_memory)); }
  }
  // A socket tells its error once; what came before it is still there, and its end behind that.
  // EPIPE says that the other end's FIN had come.
  IoError broken_in_write(IoError why) noexcept {
    if (why == IoError::would_block) return why;
    drained_ = false;
    is_broken_ = true;
    if (why.system() == EPIPE) note_clean_end();
    return why;
  }
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
  bool drained_ = false;    // a read left room: the next one waits without trying
  bool is_broken_ = false;  // a write has failed: nothing more will come, so a read need not wait
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
      : ListenerPlug(host.core(), Unclaimed::is_reset),
        host_(&host),
        acceptor_(std::move(acceptor)),
        reserve_(host.io()),
        pause_(host.io()) {
    keep_reserve();
    host.enter(*this);
  }

  ConnectionResult try_accept() noexcept override {
    if (!acceptor_) return std::unexpected(IoError(IoError::closed));
    if (is_short()) keep_reserve();
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
      if (e == IoError::closed || e == IoError::bad_address) return std::unexpected(e);
      if (e == IoError::would_block) break;
      if (has_no_descriptor(e) && give_reserve_up()) continue;
      must_pause_ = e == IoError::no_memory;
      if (must_pause_) break;
    }
    if (is_short()) keep_reserve();  // it was given up for nobody
    return std::unexpected(IoError(IoError::would_block));
  }
  void watch() noexcept override {
    if (!acceptor_) return;
    if (must_pause_) {
      pause_->expires_after(accept_pause);
      pause_->async_wait(Handler<TcpListener, &TcpListener::on_ready>(*this, room_));
    } else {
      acceptor_->async_wait(Acceptor::wait_read,
                            Handler<TcpListener, &TcpListener::on_ready>(*this, room_));
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
  bool is_short() const noexcept override { return reserve_ && !reserve_->is_open(); }
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
    reserve_.reset();
    pause_.reset();
    host_->leave(*this);
    host_->request_turn();
    host_ = nullptr;
  }
  static bool has_no_descriptor(IoError why) noexcept {
    return why.system() == EMFILE || why.system() == ENFILE;
  }
  // The reserve is a socket that is never connected.
  void keep_reserve() noexcept {
    asio::error_code ignored;
    TROUPE_TRY { reserve_->open(Tcp::v4(), ignored); }
    TROUPE_CATCH_ALL {}
  }
  bool give_reserve_up() noexcept {
    if (is_short()) return false;
    asio::error_code ignored;
    reserve_->close(ignored);
    return true;
  }
  void on_ready(const asio::error_code&) {
    if (!host_) return;
    must_pause_ = false;
    acceptable();
    host_->request_turn();
  }
  AsioHost* host_;  // null once closed, or its loop has gone
  std::optional<Acceptor> acceptor_;
  std::optional<Socket> reserve_;  // a descriptor for the connection that comes when there is none
  std::optional<AsioTimer> pause_;
  bool must_pause_ = false;  // descriptors or memory have run out
  OperationRoom room_;
};

asio::error_code share_port([[maybe_unused]] Acceptor& acceptor) noexcept {
#ifdef SO_REUSEPORT
  using SharesPort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
  asio::error_code error;
  acceptor.set_option(SharesPort(true), error);
  return error;
#else
  return asio::error::operation_not_supported;
#endif
}

// One connection that is being made: its names are looked up (numeric ones without a thread), and
// each is tried.
class TcpConnector final : public ListenerPlug, public Counted, public AsioGuest {
 public:
  TcpConnector(AsioHost& host, std::string name, std::uint16_t port)
      : ListenerPlug(host.core()), host_(&host), name_(std::move(name)), port_(port) {
    host.enter(*this);
  }
  ConnectionResult try_accept() noexcept override {
    return std::exchange(result_,
                         std::unexpected(IoError(host_ ? IoError::would_block : IoError::closed)));
  }
  void watch() noexcept override {
    if (host_) guarded([this] { start(); });
  }
  void end() noexcept override {
    shut();
    unref();
  }
  std::string address() const override { return name_; }
  void loop_ends() noexcept override {
    shut();
    abandon(IoError(IoError::closed));
  }

 private:
  ~TcpConnector() = default;
  void destroy() noexcept override { delete this; }
  void start() {
    asio::error_code error;
    const auto address = asio::ip::make_address(name_, error);
    if (!error) return try_next(std::vector{Tcp::endpoint(address, port_)});
    resolver_.emplace(host_->io());
    resolver_->async_resolve(name_, std::to_string(port_),
                             Handler<TcpConnector, &TcpConnector::on_resolved>(*this, room_));
  }
  void on_resolved(const asio::error_code& error, const Tcp::resolver::results_type& found) {
    if (!host_) return;
    if (error || found.empty()) return finish(IoError(IoError::bad_address));
    guarded([&] {
      std::vector<Tcp::endpoint> all;
      for (const auto& entry : found) all.push_back(entry.endpoint());
      try_next(std::move(all));
    });
  }
  void try_next(std::vector<Tcp::endpoint> all) {
    left_ = std::move(all);
    std::ranges::reverse(left_);
    try_next();
  }
  void try_next() {
    const Tcp::endpoint to = left_.back();
    left_.pop_back();
    socket_.emplace(host_->io());
    socket_->async_connect(to, Handler<TcpConnector, &TcpConnector::on_connect>(*this, room_));
  }
  void on_connect(const asio::error_code& error) {
    if (!host_) return;
    if (error && !left_.empty()) return guarded([this] { try_next(); });
    if (error) return finish(error_of(error));
    result_ = make_connection(*host_, std::move(*socket_), false);
    tell();
  }
  template <class F> void guarded(F&& step) noexcept {
    TROUPE_TRY { step(); }
    TROUPE_CATCH_ALL { finish(IoError(IoError::no_memory)); }
  }
  void finish(IoError error) {
    result_ = std::unexpected(error);
    tell();
  }
  void tell() {
    AsioHost* host = host_;
    acceptable();
    host->request_turn();
  }
  void shut() noexcept {
    if (!host_) return;
    resolver_.reset();
    socket_.reset();
    host_->leave(*this);
    host_ = nullptr;
  }
  AsioHost* host_;  // null once called off, or its loop has gone
  std::string name_;
  std::uint16_t port_;
  std::optional<asio::ip::basic_resolver<Tcp, AsioExecutor>> resolver_;
  std::optional<Socket> socket_;
  std::vector<Tcp::endpoint> left_;  // still to be tried, the next one last
  ConnectionResult result_{std::unexpected(IoError(IoError::would_block))};
  OperationRoom room_;
};

}  // namespace
}  // namespace detail

std::expected<Listener, IoError> tcp_listen(AsioLoop& loop, std::string_view address,
                                            std::uint16_t port, TcpListenOptions options) {
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
    if (options.shares_port) error = share_port(acceptor);
    if (error) return;
    if (acceptor.bind(where, error); error) return;
    if (acceptor.non_blocking(true, error); error) return;
    acceptor.listen(options.backlog, error);
  };
  steps();
  if (error) return std::unexpected(error_of(error));
  auto* plug = new (std::nothrow) TcpListener(host, std::move(acceptor));
  if (!plug) return std::unexpected(IoError(IoError::no_memory));
  return Listener(plug);
}

std::expected<Listener, IoError> tcp_listen(Core& core, std::string_view address,
                                            std::uint16_t port, TcpListenOptions options) {
  return tcp_listen(AsioLoop::of(core), address, port, options);
}

Connect tcp_connect(AsioLoop& loop, std::string_view host, std::uint16_t port) {
  return Connect(Listener(new detail::TcpConnector(loop.host(), std::string(host), port)));
}

Connect tcp_connect(Core& core, std::string_view host, std::uint16_t port) {
  return tcp_connect(AsioLoop::of(core), host, port);
}

}  // namespace troupe
