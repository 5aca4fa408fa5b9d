// io/echo.hpp: an echo server made of actors, and small helpers for tests that send text.
#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe_test {

using namespace troupe;

inline std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// Writes all of the text; a word for how that went.
inline Step<std::string> send(Connection& c, std::string_view text) {
  const IoResult sent = co_await c.write(bytes(text));
  co_return sent ? "sent" + std::to_string(*sent) : std::string(to_string(sent.error().kind()));
}
/// One read of at most `most` bytes, as text; "." for the end of the stream, "!..." for an error.
inline Step<std::string> receive(Connection& c, std::size_t most = 1000) {
  std::string text(most, '?');
  const IoResult got = co_await c.read_some(std::as_writable_bytes(std::span(text)));
  if (!got) co_return std::string("!").append(to_string(got.error().kind()));
  if (*got == 0 && most != 0) co_return ".";
  co_return text.substr(0, *got);
}
/// Reads until the end of the stream or an error, or until so many bytes have come; what came, and
/// how it ended.
inline Step<std::string> receive_all(Connection& c, std::size_t enough = SIZE_MAX,
                                     std::size_t at_once = 100) {
  std::string all;
  while (all.size() < enough) {
    const std::string part = co_await receive(c, std::min(at_once, enough - all.size()));
    all += part;
    if (part == "." || part.starts_with("!")) break;
  }
  co_return all;
}

/// One connection of the server: a coroutine handler that gives back what it gets.
class EchoSession {
 public:
  explicit EchoSession(Connection connection) : connection_(std::move(connection)) {}
  ~EchoSession() { --live; }
  EchoSession(const EchoSession&) = delete;
  Task<void> serve(Cx<EchoSession>& cx) {
    for (;;) {
      const IoResult got = co_await connection_.read_some(room_);
      if (!got) say(std::string("session:") + std::string(to_string(got.error().kind())));
      if (!got || *got == 0) break;
      const IoResult sent = co_await connection_.write(std::span(room_).first(*got));
      if (!sent) break;
    }
    cx.stop();
  }
  static inline int live = 0;

 private:
  [[maybe_unused]] int counted_ = ++live;
  Connection connection_;
  std::array<std::byte, 512> room_;
};

class EchoServer {
 public:
  explicit EchoServer(Listener listener) : listener_(std::move(listener)) {}
  Task<void> serve(Cx<EchoServer>& cx) {
    for (;;) {
      ConnectionResult came = co_await listener_.accept();
      if (!came) {
        say("server:" + std::string(to_string(came.error().kind())));
        break;
      }
      auto session = make_actor_in<&EchoServer::sessions_>(cx, ret_nop, std::move(*came));
      call<&EchoSession::serve>(session);
    }
    cx.stop();
  }
  std::size_t sessions() const { return sessions_.size(); }

 private:
  Listener listener_;
  ActorSlab<EchoSession> sessions_;
};

inline ActorOwn<EchoServer> start_echo(Runtime& rt, Listener listener) {
  auto server = make_actor<EchoServer>(rt, ret_nop, std::move(listener));
  call<&EchoServer::serve>(server);
  return server;
}

/// "tag=text", or "tag!why".
inline void say_reply(std::string tag, const Reply<std::string>& reply) {
  tag += reply ? '=' : '!';
  tag += reply ? std::string_view(*reply) : to_string(reply.error().why());
  say(tag);
}
/// For spawn: says what the task returned, or why it did not.
inline Ret<std::string> tell_text(std::string tag) {
  return ret_do(
      [](std::string name, Reply<std::string> reply) { say_reply(std::move(name), reply); },
      std::move(tag));
}

}  // namespace troupe_test
