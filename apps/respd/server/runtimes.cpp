// apps/respd/server/runtimes.cpp: the beginning and the end of the other runtimes.
#include "server/runtimes.hpp"

#include <exception>
#include <expected>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <troupe/loop/asio_tcp.hpp>
#include <troupe/thread.hpp>
#include <utility>
#include <vector>

#include "server/server.hpp"

namespace respd {

using namespace troupe;

namespace {

// A member that can be called, or why there is none.
struct Joint {
  Remote<Server> server;
  Remote<Database> store;
};
using Made = std::expected<Joint, std::string>;

std::string text_of(const std::exception_ptr& thrown) { return std::string(Error(thrown).text()); }

Joint joint_of(Runtime& rt, const ActorOwn<Server>& server) {
  rt.run(Clock::now());  // it is constructed
  return {remote(server), *query<&Server::store>(rt, server)};
}

// One runtime besides the first one.
struct Crewman {
  Ensemble ensemble;
  Flags flags;
  Member member;
  std::promise<Made> made;
  Remote<Server> first;  // member
  Remainders left;
  std::thread thread;

  void live() {
    Runtime rt{Clock::now()};
    rt.set_logger(flags.filter, log_to_stderr(flags.log));
    ensemble.seat(static_cast<unsigned>(member.number), rt);
    AsioLoop loop(rt);
    loop.set_spin(flags.spin);
    serve(rt, loop);
    rt.run(Clock::now());  // the actors that serve() owned end
    left.add(rt);
  }

  void serve(Runtime& rt, AsioLoop& loop) {
    auto listener = tcp_listen(loop, flags.server.bind, flags.server.port, {.shares_port = true});
    if (!listener) return made.set_value(std::unexpected(listener.error().text()));
    const auto server =
        make_actor<Server>(rt, ret_shutdown(rt), std::move(*listener), flags.server, member);
    made.set_value(joint_of(rt, server));
    std::string why;
    try {
      const StopCause cause = loop.run();
      if (cause.has_error()) why = cause.error().text();
    } catch (...) {
      why = text_of(std::current_exception());
    }
    if (!why.empty()) call<&Server::member_failed>(first, member.number, std::move(why));
  }

  void run() noexcept {
    try {
      live();
    } catch (...) {
      // Before the promise is kept, or without memory for the end.
      try {
        made.set_value(std::unexpected(text_of(std::current_exception())));
      } catch (...) {
        panic("a runtime of the server failed at its end", "respd");
      }
    }
  }
};

// All of them.
class Crew {
 public:
  explicit Crew(Remainders& left) noexcept : left_(left) {}
  Crew(const Crew&) = delete;
  ~Crew() { end(); }

  Made start(std::unique_ptr<Crewman> man) {
    std::future<Made> made = man->made.get_future();
    Crewman& self = *men_.emplace_back(std::move(man));
    self.thread = std::thread([&self] { self.run(); });
    Made joint = made.get();
    if (joint) servers_.push_back(joint->server);
    return joint;
  }

  void end() {
    for (const Remote<Server>& server : std::exchange(servers_, {})) call<&Server::end>(server);
    for (const auto& man : std::exchange(men_, {})) {
      man->thread.join();
      left_.calls += man->left.calls;
      left_.actors += man->left.actors;
      left_.tasks += man->left.tasks;
      left_.rets += man->left.rets;
    }
  }

 private:
  Remainders& left_;
  std::vector<std::unique_ptr<Crewman>> men_;
  std::vector<Remote<Server>> servers_;
};

int cannot_begin(Runtime& rt, const Flags& flags, std::string_view why) {
  error(rt.core(), "cannot listen", kv("address", flags.server.bind), kv("port", flags.server.port),
        kv("why", why));
  return exit_code::cannot_begin;
}

// A port that nobody has. Another server that shares its port would share this one, too.
std::expected<std::uint16_t, IoError> free_port(AsioLoop& loop, const ServerOptions& options) {
  if (options.port == 0) return std::uint16_t{0};
  const auto alone = tcp_listen(loop, options.bind, options.port);
  if (!alone) return std::unexpected(alone.error());
  return alone->port();
}

}  // namespace

void Remainders::add(Runtime& rt) {
  calls += rt.items_run();
  actors += rt.actors().size();
  tasks += rt.live_tasks();
  rets += rt.live_rets();
}

int serve_on_many(Runtime& rt, AsioLoop& loop, const Flags& given, Remainders& left) {
  Flags flags = given;
  const Ensemble ensemble(static_cast<unsigned>(flags.runtimes));
  ensemble.seat(0, rt);
  const auto port = free_port(loop, flags.server);
  if (!port) return cannot_begin(rt, flags, port.error().text());
  auto listener = tcp_listen(loop, flags.server.bind, *port, {.shares_port = true});
  if (!listener) return cannot_begin(rt, flags, listener.error().text());
  flags.server.port = listener->port();
  const std::string address = listener->address();
  Member member{.of = flags.runtimes, .places = std::make_shared<Places>(flags.server.max_clients)};
  const auto server =
      make_actor<Server>(rt, ret_shutdown(rt), std::move(*listener), flags.server, member);
  const Joint own = joint_of(rt, server);
  std::vector<Remote<Server>> servers{own.server};
  std::vector<Remote<Database>> stores{own.store};
  Crew crew(left);
  for (member.number = 1; member.number < member.of; ++member.number) {
    const Made made = crew.start(
        std::make_unique<Crewman>(Crewman{ensemble, flags, member, {}, own.server, {}, {}}));
    if (!made) return cannot_begin(rt, flags, made.error());
    servers.push_back(made->server);
    stores.push_back(made->store);
  }
  const RemoteSet<Server> members(std::move(servers));
  const RemoteSet<Database> all_stores(std::move(stores), flags.server.store.seed);
  for (const Remote<Server>& each : members) call<&Server::join>(each, members, all_stores);
  info(rt.core(), "ready", kv("address", address), kv("runtimes", flags.runtimes));
  loop.stop_on_signals(fwd_to<&Server::drain>(server), drain_limit);
  const StopCause cause = loop.run();
  info(rt.core(), "ending", kv("cause", to_string(cause.kind())), kv("actors", rt.actors().size()),
       kv("tasks", rt.live_tasks()));
  crew.end();
  if (!cause.has_error()) return exit_code::asked_to_end;
  error(rt.core(), "the server failed", kv("why", cause.error().text()));
  return exit_code::failed;
}

}  // namespace respd
