// must_not_compile/ok/shares.cpp: borrows that end in time.
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

using namespace troupe;

struct Seats {
  int free = 0;
  bool open = false;
};

void helper(Core& core, const Share<Seats>& seats) TROUPE_BORROWS;
void helper(Core& core, const Share<Seats>& seats) { seats.rw(core)->free = 1; }

void branch(Core& core, const Share<Seats>& seats, bool one) {
  if (one) {
    auto s = seats.rw(core);
    s->free = 1;
  } else {
    auto s = seats.ro(core);
    static_cast<void>(s->free);
  }
  auto s = seats.rw(core);
  s->free = 2;
}
void loop(Core& core, const Share<Seats>& seats, const std::vector<Share<Seats>>& all) {
  for (int i = 0; i < 3; ++i) {
    auto s = seats.rw(core);
    s->free += i;
  }
  for (const auto& each : all) each.rw(core)->free = 1;
  while (seats.ro(core)->free < 10) seats.rw(core)->free++;
}
int tries(Core& core, const Share<Seats>& seats) {
  try {
    auto s = seats.rw(core);
    if (s->free == 0) throw 1;
    return s->free;
  } catch (int) {
    auto s = seats.ro(core);
    return s->free;
  }
}
int early(Core& core, const Share<Seats>& seats) {
  {
    auto s = seats.rw(core);
    if (s->open) return s->free;
    s->open = true;
  }
  helper(core, seats);
  return seats.ro(core)->free;
}
void in_condition(Runtime& rt, const Share<bool>& flag) {
  if (auto f = flag.rw(rt); *f)
    *f = false;
  else
    *f = true;
  rt.run();
}
void several(Core& core, const Share<Seats>& seats, const Share<std::string>& name) {
  {
    auto [s, n] = rw(core, seats, name);
    s.free = 1;
    n += "!";
  }
  auto [s, n] = ro(core, seats, name);
  static_cast<void>(s.free + static_cast<int>(n.size()));
}
void cases(Core& core, const Share<Seats>& seats, int kind) {
  switch (kind) {
    case 0: {
      auto s = seats.rw(core);
      s->free = 1;
      break;
    }
    case 1: {
      auto s = seats.ro(core);
      static_cast<void>(s->open);
      return;
    }
    default:
      break;
  }
  helper(core, seats);
}
void in_turn(Core& core, const Share<Seats>& one, const Share<Seats>& two) {
  one.rw(core)->free = 3;
  const int left = two.ro(core)->free;
  one.rw(core)->free = left;
}
void weak(Core& core, const ShareWeak<Seats>& seats) {
  if (auto s = seats.upgrade()) s.rw(core)->free = 1;
}

class Hall {
 public:
  explicit Hall(Cx<Hall>& cx) : seats_(make_share<Seats>(cx)) {}
  void open(Cx<Hall>& cx) {
    auto s = seats_.rw(cx);
    s->open = true;
    call<&Hall::open>(cx);  // queued: nothing runs under the borrow
  }
  Task<int> watch(Cx<Hall>& cx) {
    {
      auto s = seats_.rw(cx);
      s->open = true;
    }
    co_await sleep(std::chrono::seconds(1));
    co_return seats_.ro(cx)->free;
  }

 private:
  Share<Seats> seats_;
};

Task<void> child() { co_return; }
Step<int> helper_step(Core& core, const Share<Seats>& seats) {
  const int left = seats.ro(core)->free;
  co_await sleep(std::chrono::seconds(1));
  co_return left;
}
Task<int> in_a_task(Core& core, Share<Seats> seats) {
  seats.rw(core)->free = 3;
  co_await sleep(std::chrono::seconds(1));
  if (auto s = seats.rw(core); s->open) s->open = false;
  co_await child();
  const int left = co_await helper_step(core, seats);
  for (;;) {
    {
      auto s = seats.rw(core);
      if (s->free > 9) break;
      ++s->free;
    }
    co_await sleep(std::chrono::seconds(1));
  }
  co_return left;
}
