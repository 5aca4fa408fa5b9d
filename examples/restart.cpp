// examples/restart.cpp: an actor whose child fails makes it anew, after a wait that doubles, and
// gives up when that does not help. In virtual time; what happens is told by log statements.
#include <cstdio>
#include <optional>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/core/log_sinks.hpp>
#include <utility>

using namespace troupe;
using namespace std::chrono_literals;

class Line {  // a line to some device: the second one lasts, all others break soon
 public:
  Line(Cx<Line>& cx, int nth) { after<&Line::broken>(cx, nth == 2 ? 30s : 200ms); }
  void send(int n, Ret<int> ret) { ret(n); }
  void broken(Cx<Line>& cx) { cx.fail("the line is broken"); }
};

// Others know the keeper, which passes their calls on: a handle to a line names one that goes.
class Keeper {
 public:
  explicit Keeper(Cx<Keeper>& cx) { begin(cx); }
  void send(int n, Ret<int> ret) {
    if (!line_) return;  // the Ret goes, and who asked hears `dropped`
    call<&Line::send>(line_, n, std::move(ret));
  }

 private:
  static constexpr Duration shortest = 1s, longest = 8s;  // the waits
  static constexpr Duration calm = 10s;  // who lived so long is not a repeated failure
  void begin(Cx<Keeper>& cx) {
    line_ = make_actor<Line>(cx, ret_to<&Keeper::ended>(cx), ++lines_);
    began_ = cx.now();
    info(cx, "a new line", kv("number", lines_));
  }
  void ended(Cx<Keeper>& cx, Reply<StopCause> end) {
    line_ = {};
    if (end && *end == StopCause::stopped) return cx.stop();  // it has done its work
    if (cx.now() - began_ >= calm) wait_ = shortest;
    if (wait_ > longest) return cx.fail("no line lasts");  // the owner of the keeper decides now
    warn(cx, "waits", kv("seconds", wait_ / 1s));
    again_.after<&Keeper::begin>(cx, wait_);
    wait_ *= 2;
  }

  ActorOwn<Line> line_;
  FixedTimer again_;  // goes with the keeper
  Duration wait_ = shortest;
  Instant began_;
  int lines_ = 0;
};

int main() {
  Runtime rt;
  rt.set_logger(LogLevel::info, SingleLine([](std::string_view line) {
                  std::fwrite(line.data(), 1, line.size(), stdout);
                }));
  const auto keeper = make_actor<Keeper>(rt, ret_shutdown(rt));  // its end ends the program
  const auto told = [](Reply<int> sent) {
    std::printf("%s\n", sent ? "sent" : to_string(sent.error().why()).data());
  };
  after<&Keeper::send>(keeper, 500ms, 1, ret_do(told));
  after<&Keeper::send>(keeper, 2s, 2, ret_do(told));
  run_virtual(rt);
  const std::optional<StopCause> end = rt.shutdown_reason();
  std::printf("%s\n", end ? end->text().c_str() : "nothing left to do");
}
