// fuzz/pairs_fuzz.cpp: whatever makes tasks around whatever can be awaited, and a second action at
// some moment.
//
// A program begins coroutines of chance (fuzz/pairs/tasks.cpp), runs some records of the queue,
// does one more thing (cancels, stops, answers a rival, lets a limit be due, ends the actor,
// destroys an object, ends the runtime, looks), and goes on until nothing waits. Then each Ret was
// answered once, each local and each value has died once, no task, timer or pooled memory is left,
// and what had come was not lost.
#include "fuzz/pairs/sources.hpp"
#include "support/hears_stderr.hpp"

namespace pairs {

void Server::deed(Cx<Server>& cx, int what) {
  switch (what) {
    case 0:
      return cx.stop();
    case 1:
      return cx.fail("failed");
    case 2:
      return cx.stop_after_tasks();
    default:
      if (TROUPE_EXCEPTIONS) TROUPE_THROW(Error("thrown"));
      cx.fail("thrown");
  }
}

namespace {
Task<> drains(Borrowed<PipeStream<Token>> stream) {
  for (;;) {
    auto item = co_await stream->next().reply();
    if (!item) break;
    see(*item);
  }
}
}  // namespace

void World::begin() {
  server = make_actor<Server>(core(), ret_nop);
  for (auto n = below(3) + 1; n != 0; --n) {
    const auto what = below(7);
    tell("begin", what);
    switch (what) {
      case 0:
      case 1:
        refs.push_back(spawn(core(), [] { return nested(true); }, counted()));
        break;
      case 2:
        call<&Server::handle>(server);
        break;
      case 3:
        refs.push_back(spawn(core(), ask<&Server::serve>(server), counted()));
        break;
      case 4:
        call<&Server::begin>(server);
        break;
      case 5:
        refs.push_back(spawn_stream(
            core(), nested_generator(false),
            Fwd<std::optional<Token>>(fwd_do([](std::optional<Token> t) { see(t); }))));
        break;
      default:
        defer(core(), [](Core&) {
          world().aliens.push_back(std::make_unique<Alien<Token>>(nested_alien()));
        });
    }
  }
}
void World::look() {
  (void)rt->why_alive().text();
  for (const TaskRef& ref : refs) (void)(ref.backtrace().size() + ref.name().size());
}
void World::heard_drop() {
  if (ended) return;
  tell("heard of a drop");
  if (one_in(3)) answer(false, false);
}
void World::heard_stop() {
  if (ended || refs.empty()) return;
  switch (below(5)) {
    case 0:
      return answer(false, false);
    case 1:
      return look();
    case 2:
      return refs[below(refs.size())].request_stop();
    case 3:
      strict = false;
      return refs[below(refs.size())].cancel();
    default:
      return;
  }
}
// Each task that foreign code keeps is named, and nothing else stays.
void World::lose_runtime() {
  if (!rt || kept.empty()) return rt.reset();
  aliens.clear();  // for these no task of ours waits
  troupe_test::HearsStderr heard("foreign code never let go");
  rt.reset();
  require(heard.count() == kept.size(), "each task that foreign code keeps is named once");
}
void World::end_runtime() {
  ended = true;
  strict = false;
  while (let_go()) {}
  lose_runtime();
}
void World::act(std::uint64_t what) {
  if (ended) return;
  const bool inside = Core::current() != nullptr;
  tell("act", what);
  switch (what) {
    case 0:
    case 1:
    case 2:
      strict = false;
      if (!refs.empty()) refs[below(refs.size())].cancel();
      return;
    case 3:
      if (!refs.empty()) refs[below(refs.size())].request_stop();
      return;
    case 4:
      strict = false;
      for (std::size_t i = 0; i < refs.size(); ++i) TaskRef(refs[i]).cancel();
      return;
    case 5:
      return look();
    case 6:
      return fire_all();
    case 7:
      return fire();
    case 8:
      return lose();
    case 9:
      strict = false;
      return server.kill("killed");
    case 10:
      strict = false;
      if (!inside) server = make_actor<Server>(core(), ret_nop);  // the old one has no owner
      return;
    case 11:
      strict = false;
      return call<&Server::deed>(server, static_cast<int>(below(4)));
    case 12:
    case 13:
      return destroy();
    case 14:
      strict = false;
      if (empty) empty->close();
      if (full) full->close();
      return;
    case 15:
      strict = false;
      if (!inside) (void)take(aliens);
      return;
    case 16:
      if (!inside) rt->trim();
      return;
    case 17:
      if (!inside) end_runtime();
      return;
    default:
      return;
  }
}
void World::step() {
  if (ended) return;
  const auto what = below(10);
  tell("step", what);
  switch (what) {
    case 0:
    case 1:
    case 2:
    case 3:
      rt->run_one();
      return;
    case 4:
      return fire();
    case 5:
      rt->run(rt->now() + half);
      return;
    case 6:
      fire();
      rt->run(rt->now() + limit);  // what came, and the limit
      return;
    case 7:
      return defer(core(), [](Core&) { world().below(2) != 0 ? world().fire() : world().act(); });
    case 8:
      defer(*other, [](Core&) { world().fire(); });
      other->run(rt->now());
      return;
    default:
      rt->run(rt->now() + limit);
  }
}

void World::rest() {
  const auto rests = [&] {
    return rt->live_tasks() == 0 && pending.empty() && rets.empty() && fwds.empty() &&
           !rt->next_wait(rt->now());
  };
  for (int turns = 0; turns < (kept.empty() ? 300 : 50) && !rests(); ++turns) {
    fire_all();
    rt->run(rt->now() + limit);
  }
  if (!kept.empty()) return;  // these tasks wait for ever, and those that wait for them
  if (!rests()) std::fprintf(stderr, "%s\n", rt->why_alive().text().c_str());
  require(rests(), "all ends when each source has given what it had");
  for (auto& stream : streams) spawn(core(), drains, ret_nop, unsafe_borrow(*stream));
  if (empty)
    while (auto token = empty->try_pop()) token->see();
  rt->run();
  require(rt->live_tasks() == 0, "no task is left");
  if (!strict) return;
  for (const Known& token : tokens) {
    if (token.accepted && !token.seen) std::fprintf(stderr, "from %s\n", token.from);
    require(!token.accepted || token.seen, "what had come is not lost");
  }
}
void World::finish() {
  const bool objects_first = below(2) != 0;
  if (!ended) {
    rest();
    rets.clear();
    fwds.clear();
    server = {};
    rt->run();
    require(rt->live_rets() == 0 || !kept.empty(), "no Ret is left");
  }
  const auto objects_go = [&] {
    streams.clear();
    generators.clear();
    aliens.clear();
    event.reset();
    empty.reset();
    full.reset();
    guard.unlock();
    mutex.reset();
    semaphore.reset();
  };
  if (objects_first) objects_go();
  refs.clear();
  ended = true;
  lose_runtime();
  objects_go();
  rets.clear();
  fwds.clear();
  while (let_go()) {}
  require(answers == asked, "each Ret is answered once");
  require(misuses == 0, "no awaiter goes while its library holds it");
  if (!kept.empty()) return;  // frames that are leaked hold locals and values
  require(locals == 0, "all frames have gone");
  for (const Known& token : tokens)
    require(token.gone || token.from[0] == 0, "each value has died");
}

void play(Bytes& bytes) {
  const std::uint64_t rets = Ledger::here().live();
  {
    const auto own = std::make_unique<World>(bytes);
    World& w = *own;
    w.rt->set_end_wait(0s);
    w.forgetful = w.below(256) == 255;  // seldom: what is leaked stays
    w.begin();
    for (auto n = w.below(12); n != 0; --n) w.step();
    w.act();
    for (auto n = w.below(6); n != 0; --n) w.step();
    if (w.one_in(3)) w.act();
    for (auto n = w.below(6); n != 0; --n) w.step();
    w.finish();
  }
  require(Ledger::here().live() == rets, "the ledger stands at zero");
}

}  // namespace pairs

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  troupe_test::Bytes bytes(data, size);
  while (!bytes.empty()) pairs::play(bytes);
  return 0;
}
