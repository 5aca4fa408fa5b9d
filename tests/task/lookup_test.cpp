// task/lookup_test.cpp: plain names of the library's are its own in coroutines, too, whatever the
// user's namespaces have.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <vector>

#include "support/greedy_names.hpp"
#include "support/recorder.hpp"

namespace greedy {

using namespace std::chrono_literals;
using troupe::Core;
using troupe::Cx;
using troupe::Generator;
using troupe::Step;
using troupe::Task;
using troupe_test::say;

struct Answers {
  Value plain(Cx<Answers>&, Value v) { return v; }
  Task<Value> later(Cx<Answers>&, Value v) { co_return v; }
  void by_ret(Cx<Answers>&, Value v, troupe::Ret<Value> ret) { ret(v); }
};
inline Task<Value> task(Value v) { co_return v; }
inline Step<Value> step(const Value& v) { co_return v; }
inline Generator<Value> numbers(int n) {
  for (int i = 1; i <= n; ++i) co_yield Value(i);
}

inline Task<> awaits(troupe::Actor<Answers> a) {
  const Value plain = co_await troupe::ask<&Answers::plain>(a, Value(1));
  const Value later = co_await troupe::ask<&Answers::later>(a, Value(2));
  const Value by_ret = co_await troupe::ask<&Answers::by_ret>(a, Value(3));
  const auto reply = co_await troupe::ask<&Answers::later>(a, Value(4)).reply();
  const Value here = co_await step(plain);
  Task<Value> made = task(Value(5));
  const Value of_task = co_await std::move(made);
  say("asked",
      plain.number + later.number + by_ret.number + reply->number + here.number + of_task.number);
  Task<Value> apart = task(Value(6));
  const auto replied = co_await std::move(apart).reply();
  Task<Value> valued = task(Value(7));
  const Value value = co_await std::move(valued).value();
  say("apart", replied->number + value.number);
  troupe::Queue<Value> queue(3);
  for (int i = 1; i <= 3; ++i) co_await queue.push(Value(i));
  const auto popped = co_await queue.pop();
  const auto both = co_await troupe::all(task(Value(1)), queue.pop());
  const auto raced = co_await troupe::race(task(Value(2)), queue.pop());
  say("popped", popped->number + std::get<0>(both).number + std::get<1>(both)->number);
  say("raced", static_cast<long long>(raced.index()));
  std::vector<Task<Value>> tasks;
  tasks.push_back(task(Value(8)));
  const auto each = co_await troupe::all(std::move(tasks));
  const auto limited = co_await troupe::timeout(1s, task(Value(9))).reply();
  const auto shielded = co_await troupe::shield(task(Value(10)));
  say("grouped", each[0].number + limited->number + shielded.number);
}

inline Task<> streams(Core& core) {
  auto pipe = troupe::stream_pipe<Value>(core, troupe::fwd_nop, 4);
  pipe.fwd(std::optional<Value>(Value(1)));
  const auto piped = co_await pipe.stream.next();
  auto positive = troupe::filter(numbers(3), [](const Value& v) { return v.number > 1; });
  auto doubled = troupe::map(std::move(positive), [](Value v) { return Value(2 * v.number); });
  const auto collected = co_await troupe::collect(troupe::take(std::move(doubled), 2));
  say("piped", piped->number);
  say("collected", collected[0].number + collected[1].number);
  auto merged = troupe::merge(numbers(1), numbers(1));
  const auto first = co_await merged.next();
  say("merged", first->number);
  troupe::Scope scope(core);
  scope.spawn(task(Value(1)));
  co_await scope.join();
  auto undo = co_await troupe::on_drop([](Value v) { say("undo", v.number); }, Value(2));
  say("joined");
  co_await troupe::sleep(1s);
}

}  // namespace greedy

namespace troupe {
namespace lookup_test {

using greedy::Value;
using troupe_test::say;
using troupe_test::told;

TEST(TaskLookupTest, WhatTasksCallByAPlainNameIsTheLibrarysOwn) {
  told();
  Runtime rt;
  const auto a = make_actor<greedy::Answers>(rt, ret_nop);
  spawn(rt, greedy::awaits(a.actor()), ret_nop);
  rt.run();
  EXPECT_EQ(told(), "asked16 apart13 popped4 raced0 grouped27");
  const TaskRef ref = spawn(rt, greedy::streams(rt), ret_nop);
  rt.run();
  EXPECT_EQ(told(), "piped1 collected10 merged1 joined");
  ref.cancel();
  EXPECT_EQ(told(), "undo2");
  spawn(rt, &greedy::task, ret_do([](Reply<Value> r) { say("returned", r->number); }), Value(1));
  spawn_stream(rt, greedy::numbers(1),
               fwd_do([](std::optional<Value> v) { say(v ? "item" : "end"); }));
  rt.run();
  EXPECT_EQ(told(), "returned1 item end");
}

}  // namespace lookup_test
}  // namespace troupe
