// support/worker.hpp: an actor that says what it does, for tests of the runtime around it.
#pragma once
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <utility>
#include <vector>

#include "support/recorder.hpp"

namespace troupe_test {

struct Worker {
  explicit Worker(std::string n = "w") : name(std::move(n)) {}
  ~Worker() { say("~", name); }
  void work(int v) { say(name, v); }
  void fail(troupe::Cx<Worker>& cx) { cx.fail("broken"); }
  void stop(troupe::Cx<Worker>& cx) { cx.stop(); }
  void take(troupe::Ret<int> ret) { ret(1); }
  void keep(troupe::Ret<int> ret) { kept.push_back(std::move(ret)); }
  void rename(troupe::Cx<Worker>& cx, const std::string& n) { cx.set_name(n); }
  void got(troupe::Reply<int> reply) {
    if (reply)
      say("got=", *reply);
    else
      say("got!" + std::string(troupe::to_string(reply.error().why())));
  }
  void spin(troupe::Cx<Worker>& cx) {
    say("spin");
    troupe::call<&Worker::spin>(cx);
  }
  void spin_lazily(troupe::Cx<Worker>& cx) {
    ++spins;
    troupe::lazy<&Worker::spin_lazily>(cx);
  }
  int count() const { return spins; }
  const std::string& text() const { return name; }
  int throws() { TROUPE_THROW(std::runtime_error("thrown")); }
  void set(int v) { spins = v; }
  std::string name;
  std::vector<troupe::Ret<int>> kept;
  int spins = 0;
};

}  // namespace troupe_test
