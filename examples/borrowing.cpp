// examples/borrowing.cpp: state shared by actors and coroutines, borrowed for a moment and never
// across a co_await.
//
// Clang names the mistakes while it compiles (-Wthread-safety, which the target troupe::checks
// switches on, or refuses them with -Werror=thread-safety); a debug build catches them with any
// compiler when they happen.
#include <cstdio>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;

using Log = Share<std::vector<int>>;

class Writer {
 public:
  explicit Writer(Log log) : log_(std::move(log)) {}
  void write(Cx<Writer>& cx, int value) {
    auto log = log_.rw(cx);  // borrowed until the end of the block
    log->push_back(value);
  }

 private:
  Log log_;
};

Task<> follow(Core& core, Log log) {
  std::size_t seen = 0;
  while (seen < 3) {
    {
      auto lines = log.ro(core);
      for (; seen < lines->size(); ++seen) std::printf("read %d\n", (*lines)[seen]);
      // co_await sleep(1s);        here is a mistake: a borrow cannot be held across a co_await
      // auto again = log.rw(core); and so is this: it is borrowed already
    }
    co_await sleep(1s);
  }
}

int main() {
  Runtime rt;
  Log log = make_share<std::vector<int>>(rt);
  auto writer = make_actor<Writer>(rt, ret_nop, log);
  spawn(rt, follow, ret_nop, log);
  for (int value = 1; value <= 3; ++value) after<&Writer::write>(writer, value * 1500ms, value);
  run_virtual(rt);
}
