// fuzz/pairs/fire.cpp: the sources of values: what they give, and what takes them away.
#include "fuzz/pairs/sources.hpp"

namespace pairs {

World::World(Bytes& b) : bytes(b) {
  here = this;
  for (Runtime* any : {&*rt, &*other})
    any->set_logger({}, nullptr);  // failures are what these programs are made of
}
World::~World() { here = nullptr; }

Ret<Token> World::counted() {
  ++asked;
  return ret_do([](Reply<Token> reply) {
    ++world().answers;
    see(reply);
  });
}

Event& World::the_event() {
  if (!event) event = std::make_unique<Event>();
  return *event;
}
Queue<Token>& World::the_empty() {
  if (!empty) empty = std::make_unique<Queue<Token>>(2);
  return *empty;
}
Queue<Token>& World::the_full() {
  if (!full) {
    full = std::make_unique<Queue<Token>>(1);
    full->try_push(Token(false, "a full queue"));
  }
  return *full;
}
Mutex& World::the_mutex() {
  if (!mutex) {
    mutex = std::make_unique<Mutex>();
    if (below(4) != 0) guard = mutex->try_lock();
  }
  return *mutex;
}
Semaphore& World::the_semaphore() {
  if (!semaphore) semaphore = std::make_unique<Semaphore>(below(2));
  return *semaphore;
}
PipeStream<Token>& World::new_stream() {
  auto [stream, fwd] = stream_pipe<Token>(core(), fwd_nop, 4);
  if (one_in(4)) fwd(Token(true, "a stream, before"));
  if (one_in(8))
    fwd(std::nullopt);
  else
    fwds.push_back(std::move(fwd));
  streams.push_back(std::make_unique<PipeStream<Token>>(std::move(stream)));
  return *streams.back();
}

bool World::push() {
  return empty->size() < empty->capacity() &&
         empty->try_push(Token(!empty->is_closed(), "a queue"));
}
void World::answer(bool may_lose, bool owed) {
  if (rets.empty()) return;
  Ret<Token> ret = *take(rets);
  if (may_lose && one_in(3)) {
    strict = false;
    if (below(2) != 0) ret.fail(ActorFail(Why::lost));
    return;  // or dropped
  }
  const bool wanted = ret.is_wanted();
  ret(Token(wanted && owed, "a Ret"));
}
bool World::let_go() {
  if (pending.empty()) return false;
  Op& op = *pending.front();
  pending.pop_front();
  if (op.destroys) {
    strict = false;
    op.waiter.destroy();
    return true;
  }
  op.result.emplace(!op.stop.stop_requested() && op.stop.stop_possible(), "foreign, later");
  op.waiter.resume();
  return true;
}
void World::fire() {
  const auto what = below(12);
  tell("fire", what);
  switch (what) {
    case 0:
    case 1:
    case 2:
      return answer(false);
    case 3:
      return fire_all();
    case 4:
    case 5:
      (void)let_go();
      return;
    case 6:
      if (!fwds.empty()) {
        const Fwd<std::optional<Token>> fwd = fwds[below(fwds.size())];
        fwd(Token(true, "a stream"));
      }
      return;
    case 7:
      if (auto fwd = take(fwds)) (*fwd)(std::nullopt);
      return;
    case 8:
      if (event) below(4) != 0 ? event->set() : event->reset();
      return;
    case 9:
      if (empty) push();
      if (full) (void)full->try_pop();
      return;
    case 10:
      guard.unlock();
      if (mutex && below(2) != 0) guard = mutex->try_lock();
      return;
    default:
      if (semaphore) semaphore->release(1);
  }
}
void World::fire_all() {
  for (std::size_t n = rets.size(); n != 0 && !rets.empty(); --n) answer(false);
  for (std::size_t n = pending.size(); n != 0; --n) (void)let_go();
  for (const auto& fwd : std::exchange(fwds, {})) {
    fwd(Token(true, "a stream"));
    fwd(std::nullopt);
  }
  if (event) event->set();
  if (empty)
    while (push()) {}
  if (full)
    while (full->try_pop()) {}
  guard.unlock();
  if (semaphore) semaphore->release(3);
}
void World::lose() {
  strict = false;
  if (below(2) != 0)
    answer(true);
  else
    (void)take(fwds);
}
void World::destroy(std::uint64_t which) {
  strict = false;
  switch (which) {
    case 0:
      return event.reset();
    case 1:
      return empty.reset();
    case 2:
      return full.reset();
    case 3:
      return mutex.reset();
    case 4:
      return semaphore.reset();
    case 5:
      (void)take(streams);
      return;
    default:
      (void)take(generators);
  }
}

}  // namespace pairs
