// examples/time_limits.cpp: a server that waits for no client longer than it should, in the memory
// network and virtual time.
//
// A read has a limit, and so has the close. The children of a scope borrow a semaphore of the task
// that owns the scope. A timer that the actor owns stops it when no client has come for 4 s; the
// timer would be deleted with the actor.
#include <array>
#include <cstdio>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/io.hpp>
#include <troupe/task.hpp>
#include <utility>

using namespace troupe;
using namespace std::chrono_literals;

void say(Core& core, std::string_view who, std::string_view what) {
  const double seconds = std::chrono::duration<double>(core.now() - core.start_time()).count();
  std::printf("%.1f s  %.*s: %.*s\n", seconds, static_cast<int>(who.size()), who.data(),
              static_cast<int>(what.size()), what.data());
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The read gives two results, one inside the other. The outer one says whether the read ended in
// time, the inner one how many bytes came, or which error the connection has.
Step<> serve(Core& core, Semaphore& places, Connection client) {
  const Permit permit = co_await places.acquire();  // one client at a time
  std::array<std::byte, 64> room{};
  const std::expected<std::expected<std::size_t, IoError>, ActorFail> got =
      co_await timeout(1s, client.read_some(room)).reply();
  if (!got) {
    say(core, "server", to_string(got.error().why()));  // nothing came within the limit
  } else if (!*got) {
    say(core, "server", to_string(got->error().kind()));  // the connection has failed
  } else {
    say(core, "server", text_of(std::span(room).first(**got)));
    const IoResult sent = co_await client.write(std::as_bytes(std::span("welcome", 7)));
    if (!sent) say(core, "server", to_string(sent.error().kind()));
  }
  const bool heard = co_await lingering_close(std::move(client), 500ms);
  say(core, "server", heard ? "the client has closed" : "closed, the client has not");
}

class Server {
 public:
  Server(Cx<Server>& cx, Listener listener) : listener_(std::move(listener)) {
    quiet_.after<&Server::nobody_came>(cx, 4s);
    call<&Server::accept>(cx);
  }
  Task<> accept(Cx<Server>& cx) {
    Semaphore places(1);
    Scope scope(cx);  // declared after what it lends: so the children go first
    for (;;) {
      ConnectionResult client = co_await listener_.accept();
      if (!client) co_return;
      quiet_.after<&Server::nobody_came>(cx, 4s);  // it is still to come: only its time changes
      scope.spawn(serve, scoped(places), std::move(*client));
    }
  }
  void nobody_came(Cx<Server>& cx) {
    say(cx, "server", "nobody came, so I stop");
    cx.stop();
  }

 private:
  Listener listener_;
  MaxTimer quiet_;
};

Step<> silent(MemoryNetwork& net) {  // says nothing, and does not close in time
  const ConnectionResult server = co_await net.connect("hall");
  co_await sleep(3s);
}

Step<> polite(Core& core, MemoryNetwork& net) {
  co_await sleep(1s);
  ConnectionResult server = co_await net.connect("hall");
  if (!server) co_return;
  const IoResult sent = co_await server->write(std::as_bytes(std::span("hello", 5)));
  if (!sent) co_return;
  std::array<std::byte, 64> room{};
  const IoResult got = co_await server->read_some(room);
  if (got) say(core, "client", text_of(std::span(room).first(*got)));
}

Task<> town(Core& core) {
  MemoryNetwork net(core);
  std::expected<Listener, IoError> listener = net.listen("hall");
  if (!listener) co_return;
  const ActorOwn<Server> server = make_actor<Server>(core, ret_nop, std::move(*listener));
  Scope scope(core);
  scope.spawn(silent, scoped(net));
  scope.spawn(polite, scoped(net));
  co_await scope.join();
  co_await sleep(10s);
}

int main() {
  Runtime rt;
  spawn(rt, town);
  run_virtual(rt);
}
