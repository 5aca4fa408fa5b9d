// examples/failure.cpp: an actor is killed while a coroutine waits for it: three ways to take that.
#include <cstdio>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;
using namespace std::chrono_literals;

class Oracle {
 public:
  void ask(Ret<int> ret) {
    thinking_ = std::move(ret);
  }  // it never answers, but what it holds dies with it

 private:
  Ret<int> thinking_{ret_nop};
};

struct Local {
  ~Local() { std::puts("  its locals are destroyed"); }
};

// 1: the default. The task ends at that co_await; who waits for the task hears why.
Task<int> dropped(Actor<Oracle> oracle) {
  const Local local;
  const int answer = co_await ask<&Oracle::ask>(oracle);
  std::puts("  never printed");
  co_return answer;
}

// 2: the failure is a value.
Task<int> passed_on(Actor<Oracle> oracle) {
  const Reply<int> answer = co_await reply_of(ask<&Oracle::ask>(oracle));
  std::printf("  no answer: %s, by actor %s\n", to_string(answer.error().why()).data(),
              std::string(answer.error().actor_type()).c_str());
  co_return answer.value_or(-1);
}

// 3: the failure is an exception.
Task<int> thrown(Actor<Oracle> oracle) {
  try {
    co_return co_await value_of(ask<&Oracle::ask>(oracle));
  } catch (const ActorFailed& failed) {
    std::printf("  caught: %s\n", failed.what());
  }
  co_return -2;
}

void run(const char* name, Task<int> (*how)(Actor<Oracle>)) {
  std::puts(name);
  Runtime rt;
  auto oracle = make_actor<Oracle>(rt, ret_nop);
  auto told = ret_do([](Reply<int> end) {
    if (end)
      std::printf("  the task gave %d\n", *end);
    else
      std::printf("  the task gave nothing: %s\n", to_string(end.error().why()).data());
  });
  spawn(rt, how, std::move(told), oracle.actor());
  after(rt, 1s, [](ActorOwn<Oracle> owner) { owner.kill("no more oracles"); }, std::move(oracle));
  run_virtual(rt);
}

int main() {
  run("dropped", dropped);
  run("passed on", passed_on);
  run("thrown", thrown);
}
