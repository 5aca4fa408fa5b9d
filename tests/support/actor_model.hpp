// support/actor_model.hpp: actors as the contracts say they behave, in the plainest way: an oracle
// of order, of causes, of reasons (the table in core/actor_fail.hpp), and of what the log is told.
//
// Queue, lives and timers are lists of values; nothing is shared with the library. What the actors
// do is given by scripts, which `play` interprets for the model and for the library alike: only
// what the steps mean differs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe_test::actors {

constexpr std::size_t slots = 4, scripts = 8;
constexpr int most_steps = 400;  // of one program: scripts call scripts

enum class Do : std::uint8_t {
  call,
  lazy,
  idle,
  later,
  slowly,
  ask,
  ask_to,
  answer,
  keep,
  answer_kept,
  drop_kept,
  drop_throwing,  // where an exception is on its way, which is caught
  make,
  prepare,
  make_new,
  start,
  let_go,
  kill,
  watch,
  defer,
  stop,
  stop_after_tasks,
  fail,
  raise,
  count
};
struct Act {
  Do what;
  std::uint8_t who, script, arg;
};
using Script = std::vector<Act>;
enum class Cause : std::uint8_t { stopped, failed, killed, dropped, lost };

// What happened, as one line each.
struct Book {
  std::vector<Script> scripts;
  std::vector<std::string> lines;
  int left = most_steps, last_uid = 0, last_actor = 0;
  bool may_go_on() { return left > 0 && left-- > 0; }
  int uid() { return ++last_uid; }
  void say(const char* what, int a, int b = 0, const std::string& text = {}) {
    lines.push_back(std::string(what) + " " + std::to_string(a) + " " + std::to_string(b) +
                    (text.empty() ? "" : " " + text));
  }
};
inline std::string name(Cause cause, const std::string& text) {
  static constexpr const char* names[]{"stopped", "failed", "killed", "dropped", "lost"};
  return std::string(names[static_cast<int>(cause)]) + (text.empty() ? "" : ": " + text);
}
// Why an answer did not come: the word, the number of the actor that is named (0: none), and the
// error's text.
inline std::string reason(std::string_view why, int actor, std::string_view text) {
  std::string all(why);
  if (actor != 0) all += " in " + std::to_string(actor);
  if (!text.empty()) all.append(": ").append(text);
  return all;
}
// Whether a handler holds its Ret in a local of its own.
inline bool is_local(int uid) { return uid % 2 != 0; }
struct Ran {  // what a run returns
  bool work, idle;
};

/// Runs a script within an actor (or none: null). False when it threw; the library's side does not
/// return then.
template <class Side>
bool play(Side& side, typename Side::Self* self, int script, typename Side::Answer* ret) {
  Book& book = side.book();
  for (const Act& step : book.scripts[static_cast<std::size_t>(script) % scripts]) {
    if (!book.may_go_on()) return true;
    const int uid = book.uid();
    switch (step.what) {
      case Do::call:
      case Do::lazy:
      case Do::idle:
      case Do::later:
      case Do::slowly:
        side.send(step, uid);
        break;
      case Do::ask:
        side.ask(step, uid, nullptr);
        break;
      case Do::ask_to:
        side.ask(step, uid, self);
        break;
      case Do::answer:
        if (ret) side.answer(*ret, uid);
        break;
      case Do::keep:
        if (self && ret) side.keep(*self, *ret);
        break;
      case Do::answer_kept:
        if (self) side.answer_kept(*self, uid);
        break;
      case Do::drop_kept:
        if (self) side.drop_kept(*self);
        break;
      case Do::drop_throwing:
        if (self && ret) side.drop_throwing(*ret);
        break;
      case Do::make:
      case Do::prepare:
      case Do::make_new:
        side.make(step, ++book.last_actor, self);
        break;
      case Do::start:
        side.start(step, uid);
        break;
      case Do::let_go:
        side.let_go(step.who);
        break;
      case Do::kill:
        side.kill(step.who, "k" + std::to_string(uid));
        break;
      case Do::watch:
        side.watch(step.who, uid);
        break;
      case Do::defer:
        side.defer(step.script, uid);
        break;
      case Do::stop:
        if (self) side.stop(*self);
        break;
      case Do::stop_after_tasks:
        if (self) side.stop_after_tasks(*self);
        break;
      case Do::fail:
        if (self) side.fail(*self, "f" + std::to_string(uid));
        break;
      case Do::raise:
        if (self && side.raise(*self, "t" + std::to_string(uid))) return false;
        break;
      case Do::count:
        break;
    }
  }
  return true;
}

/// The oracle.
class Model {
 public:
  struct Actor;
  struct Answer {  // a Ret: whose it is, and whether it still owes
    int uid = 0;
    Actor* to = nullptr;  // null: it is said at once
    bool owes = false;
  };
  struct Self {
    Actor& actor;
  };
  explicit Model(std::vector<Script> programs) { book_.scripts = std::move(programs); }
  Book& book() { return book_; }

  // ---- the host: at most `most` items, and an idle one in addition
  Ran run(std::int64_t to, bool idle_too, std::size_t most) {
    if (idle_too && !idle_.empty()) step(take(idle_));
    if (to > now_) {
      now_ = to;
      while (!timers_.empty() && first_timer()->when <= now_) {
        const auto due = first_timer();
        main_.push_back(std::move(due->item));
        timers_.erase(due);
      }
    }
    const bool done = run_queues(most);
    return {!done, !idle_.empty()};
  }

  // ---- what steps mean
  void send(const Act& s, int uid) {
    Actor* to = slot_[s.who % slots].actor;
    if (!to) return;
    Item item{Item::work, to, uid, s.script, {}, 0};
    if (s.what == Do::slowly) item.kind = Item::task, item.wait = 1 + s.arg % 3;
    if (s.what == Do::lazy)
      lazy_.push_back(std::move(item));
    else if (s.what == Do::idle)
      idle_.push_back(std::move(item));
    else if (s.what == Do::later)
      add_timer(s.arg % 4, std::move(item));
    else
      main_.push_back(std::move(item));
  }
  void ask(const Act& s, int uid, Self* self) {
    Actor* to = slot_[s.who % slots].actor;
    if (!to) return;
    main_.push_back({s.arg % 3 == 0 ? Item::task : Item::work,
                     to,
                     uid,
                     s.script,
                     {uid, self ? &self->actor : nullptr, true},
                     1 + s.arg % 3});
  }
  void answer(Answer& ret, int value) {
    if (!std::exchange(ret.owes, false)) return;
    tell(ret, value, "");
  }
  void keep(Self& self, Answer& ret) {
    if (ret.owes) self.actor.kept.push_back(std::exchange(ret, {}));
  }
  void answer_kept(Self& self, int value) {
    for (Answer& ret : std::exchange(self.actor.kept, {})) answer(ret, value);
  }
  void drop_kept(Self& self) {
    for (Answer& ret : std::exchange(self.actor.kept, {})) drop(ret, reason_here());
  }
  void drop_throwing(Answer& ret) {
    if (ret.owes) put_off(ret);
  }
  void make(const Act& s, int number, Self* self) {
    Actor& actor = *all_.emplace_back(std::make_unique<Actor>());
    actor.number = number;
    actor.notices.push_back({number, self ? &self->actor : nullptr, true});
    if (s.what == Do::make) main_.push_back({Item::create, &actor, number, s.script, {}, 0});
    if (s.what == Do::prepare)
      main_.push_back({Item::prepare, &actor, number, s.script, {}, s.arg % 3});
    Slot& slot = slot_[s.who % slots];
    Actor* old = slot.owns ? slot.actor : nullptr;
    slot = {&actor, true};
    if (old) disown(*old);
  }
  void start(const Act& s, int uid) {
    const Slot& slot = slot_[s.who % slots];
    if (slot.owns) main_.push_back({Item::create, slot.actor, uid, s.script, {}, 0});
  }
  void let_go(std::size_t who) {
    Slot& slot = slot_[who % slots];
    if (std::exchange(slot.owns, false)) disown(*slot.actor);
  }
  void kill(std::size_t who, std::string text) {
    const Slot& slot = slot_[who % slots];
    if (!slot.owns || slot.actor->state == State::gone) return;
    ++slot.actor->owners;
    Item item{Item::killing, slot.actor, 0, 0, {}, 0};
    item.text = std::move(text);
    main_.push_back(std::move(item));
  }
  void watch(std::size_t who, int uid) {
    Actor* actor = slot_[who % slots].actor;
    if (!actor) return;
    if (actor->state == State::gone)
      book_.say("heard", uid, 0, name(Cause::lost, ""));
    else
      actor->notices.push_back({uid, nullptr, true});
  }
  void defer(int script, int uid) {
    main_.push_back({Item::deferred, nullptr, uid, script, {}, 0});
  }
  void stop(Self& self) { say_end(self.actor, Cause::stopped, ""); }
  void stop_after_tasks(Self& self) {
    self.actor.stops_after_tasks = true;
    stop_if_idle(self.actor);
  }
  void fail(Self& self, std::string text) { say_end(self.actor, Cause::failed, std::move(text)); }
  bool raise(Self& self, std::string text) {
    self.actor.thrown = std::move(text);
    return true;
  }

 private:
  enum class State : std::uint8_t { prep, ready, gone };
  struct Item {
    enum Kind : std::uint8_t {
      work,
      task,
      wake,
      create,
      prepare,
      killing,
      dropping,
      deferred,
      got,
      heard,
      last_task,
      late_answers
    };
    Kind kind;
    Actor* actor;
    int uid, script;
    Answer ret;
    int wait;
    std::string text = {};
    std::size_t task_id = 0;
  };
  struct Task {
    std::size_t id;
    int uid, script;
    Answer ret;
  };

 public:
  struct Actor {
    int number = 0;
    State state = State::prep;
    int owners = 1;
    bool leaves = false, stops_after_tasks = false;
    int running_tasks = 0;  // which are not in `tasks` meanwhile
    Cause cause{};
    std::string text, thrown;
    std::vector<Item> held;
    std::vector<Answer> kept, notices;
    std::vector<Task> tasks;  // the newest last
  };

 private:
  struct Turn {
    Turn(Model& m, Actor& a) : model(m) { m.turn_of_ = &a; }
    Turn(const Turn&) = delete;
    ~Turn() { model.turn_of_ = nullptr; }
    Model& model;
  };
  struct Slot {
    Actor* actor = nullptr;
    bool owns = false;
  };
  struct Timer {
    std::int64_t when;
    Item item;
  };

  static Item take(std::deque<Item>& from) {
    Item item = std::move(from.front());
    from.pop_front();
    return item;
  }
  void add_timer(int wait, Item item) { timers_.push_back({now_ + wait, std::move(item)}); }
  std::deque<Timer>::iterator first_timer() {  // by time, then by creation
    auto first = timers_.begin();
    for (auto it = first; it != timers_.end(); ++it)
      if (it->when < first->when) first = it;
    return first;
  }
  bool run_queues(std::size_t most) {
    for (;;) {
      if (batch_ == 0) {
        for (; !main_.empty() && most != 0; --most) step(take(main_));
        if (!main_.empty()) return false;
        if (lazy_.empty()) return true;
        if (most == 0) return false;
        batch_ = lazy_.size();
      }
      for (; batch_ != 0 && most != 0; --batch_, --most) step(take(lazy_));
      if (batch_ != 0) return false;
    }
  }
  // Of what dies in the turn that goes on.
  std::string reason_here() const {
    if (!turn_of_ || !turn_of_->leaves) return reason("dropped", 0, "");
    return turn_of_->cause == Cause::failed ? failed(*turn_of_, turn_of_->text)
                                            : reason("dropped", turn_of_->number, "");
  }
  static std::string failed(const Actor& a, const std::string& text) {
    return reason("failed", a.number, text);
  }
  static std::string ended(const Actor& a, Cause cause, const std::string& text,
                           const char* otherwise) {
    const bool has_error = cause == Cause::failed || cause == Cause::killed;
    return has_error ? failed(a, text) : reason(otherwise, a.number, "");
  }
  void stop_if_idle(Actor& a) {
    if (a.tasks.empty() && a.running_tasks == 0)
      main_.push_back({Item::last_task, &a, 0, 0, {}, 0});
  }
  void tell(const Answer& ret, int value, const std::string& loss) {
    if (!ret.to) return book_.say("answer", ret.uid, value, loss);
    Item item{Item::got, ret.to, ret.uid, value, {}, 0};
    item.text = loss;
    main_.push_back(std::move(item));
  }
  void drop(Answer& ret, const std::string& why) {
    if (std::exchange(ret.owes, false)) tell(ret, 0, why);
  }
  void disown(Actor& actor) {
    if (--actor.owners == 0 && actor.state != State::gone)
      main_.push_back({Item::dropping, &actor, 0, 0, {}, 0});
  }
  void say_end(Actor& actor, Cause cause, std::string text) {
    if (std::exchange(actor.leaves, true)) return;
    actor.cause = cause;
    actor.text = std::move(text);
  }
  // What died while an exception was on its way is told as soon as it is known whose that is: in
  // the turn that lets it out, or in which its actor leaves; else by an item of its own.
  void put_off(Answer& ret) {
    if (put_off_.empty()) main_.push_back({Item::late_answers, nullptr, 0, 0, {}, 0});
    put_off_.push_back({item_, std::exchange(ret, {})});
  }
  void answer_put_off(std::uint64_t of_item, const std::string& why) {  // 0: of all
    auto all = std::exchange(put_off_, {});
    for (PutOff& p : all)
      if (of_item != 0 && p.item != of_item) put_off_.push_back(std::move(p));
    for (PutOff& p : all)
      if (of_item == 0 || p.item == of_item) drop(p.ret, why);
  }
  void step(Item item) {
    ++item_;
    Actor* a = item.actor;
    switch (item.kind) {
      case Item::deferred:
        book_.say("deferred", item.uid);
        play<Model>(*this, nullptr, item.script, nullptr);
        return;
      case Item::create:
        if (a->state == State::prep) construct(*a, item.script);
        return;
      case Item::prepare:
        if (a->state != State::prep) return;
        book_.say("prepares", a->number, item.wait);
        if (item.wait != 0)
          add_timer(1, {Item::prepare, a, item.uid, item.script, {}, item.wait - 1});
        else
          construct(*a, item.script);
        return;
      case Item::killing:
        end(*a, Cause::killed, item.text);
        return disown(*a);
      case Item::dropping:
        return end(*a, Cause::dropped, "");
      case Item::wake:
        return wake(*a, item.task_id);
      case Item::last_task:
        if (a->tasks.empty()) end(*a, Cause::stopped, "");
        return;
      case Item::late_answers:
        return answer_put_off(0, reason("dropped", 0, ""));
      default:
        if (a->state == State::gone) return drop(item.ret, reason("lost", a->number, ""));
        if (a->state == State::prep) return a->held.push_back(std::move(item));
        return handle(*a, std::move(item));
    }
  }
  void handle(Actor& a, Item item) {
    Self self{a};
    switch (item.kind) {
      case Item::got:
        book_.say("got", a.number * 10000 + item.uid, item.script, item.text);
        return;
      case Item::heard:
        book_.say("hears", a.number * 10000 + item.uid, 0, item.text);
        return;
      case Item::work:
        book_.say("works", a.number, item.uid);
        if (const Turn turn(*this, a); play(*this, &self, item.script, &item.ret)) {
          drop(item.ret, reason_here());
        } else {
          if (item.ret.owes) put_off(item.ret);
          answer_put_off(item_, failed(a, a.thrown));
          threw(a, a.number);
        }
        break;
      default: {
        book_.say("begins", a.number, item.uid);
        ++a.running_tasks;
        bool goes_on;
        {
          const Turn turn(*this, a);
          goes_on = play(*this, &self, item.script, &item.ret);
        }
        if (!goes_on) {
          task_threw(a, item.uid, item.ret);
          break;
        }
        --a.running_tasks;
        Task task{++last_task_, item.uid, item.script + 1, std::exchange(item.ret, {})};
        Item due{Item::wake, &a, item.uid, 0, {}, 0};
        due.task_id = task.id;
        add_timer(item.wait, std::move(due));
        a.tasks.push_back(std::move(task));
      }
    }
    settle(a);
  }
  void wake(Actor& a, std::size_t id) {
    auto it = a.tasks.begin();
    while (it != a.tasks.end() && it->id != id) ++it;
    if (it == a.tasks.end()) return;
    Self self{a};
    book_.say("goes on", a.number, it->uid);
    Task task = std::move(*it);
    a.tasks.erase(it);
    ++a.running_tasks;
    if (const Turn turn(*this, a); play(*this, &self, task.script, &task.ret)) {
      leave_frame(task.uid, task.ret, reason_here());
      task_gone(a);
    } else {
      task_threw(a, task.uid, task.ret);
    }
    settle(a);
  }
  // The first cause wins; the log hears of the other. `id`: as whose.
  void threw(Actor& a, int id) {
    if (a.leaves) return book_.say("error", id, 0, a.thrown);
    say_end(a, Cause::failed, a.thrown);
  }
  void task_threw(Actor& a, int uid, Answer& ret) {
    if (is_local(uid) && ret.owes) put_off(ret);
    book_.say("frame", uid);
    answer_put_off(item_, failed(a, a.thrown));
    threw(a, 0);
    drop(ret, failed(a, a.thrown));
    task_gone(a);
  }
  void leave_frame(int uid, Answer& ret,
                   const std::string& why) {  // locals, the latest first, then parameters
    if (is_local(uid)) drop(ret, why);
    book_.say("frame", uid);
    drop(ret, why);
  }
  void task_gone(Actor& a) {
    --a.running_tasks;
    if (a.stops_after_tasks) stop_if_idle(a);
  }
  void construct(Actor& a, int script) {
    Self self{a};
    book_.say("made", a.number);
    Answer none;
    bool made;
    {
      const Turn turn(*this, a);
      made = play(*this, &self, script, &none);
    }
    if (!made) {
      threw(a, a.number);
      return end(a, a.cause, a.text);
    }
    a.state = State::ready;
    auto held = std::exchange(a.held, {});
    settle(a);
    main_.insert(main_.begin(), std::make_move_iterator(held.begin()),
                 std::make_move_iterator(held.end()));
  }
  void settle(Actor& a) {
    if (!a.leaves) return;
    if (a.state != State::gone)
      answer_put_off(
          item_, a.cause == Cause::failed ? failed(a, a.text) : reason("dropped", a.number, ""));
    end(a, a.cause, a.text);
  }
  void end(Actor& a, Cause cause, const std::string& text) {
    if (a.state == State::gone) return;
    const bool had_state = std::exchange(a.state, State::gone) == State::ready;
    while (!a.tasks.empty()) {
      Task task = std::move(a.tasks.back());
      a.tasks.pop_back();
      leave_frame(task.uid, task.ret, ended(a, cause, text, "lost"));
      std::erase_if(timers_, [&](const Timer& t) {
        return t.item.kind == Item::wake && t.item.task_id == task.id;
      });
    }
    if (had_state) {
      for (Answer& ret : std::exchange(a.kept, {})) drop(ret, ended(a, cause, text, "dropped"));
      book_.say("gone", a.number);
    }
    for (Item& item : std::exchange(a.held, {})) drop(item.ret, ended(a, cause, text, "lost"));
    if (cause == Cause::failed) book_.say("error", a.number, 0, text);
    for (const Answer& notice : std::exchange(a.notices, {})) {
      if (!notice.to) {
        book_.say("heard", notice.uid, 0, name(cause, text));
        continue;
      }
      Item item{Item::heard, notice.to, notice.uid, 0, {}, 0};
      item.text = name(cause, text);
      main_.push_back(std::move(item));
    }
  }

  Book book_;
  std::int64_t now_ = 0;
  std::size_t last_task_ = 0;
  std::size_t batch_ = 0;  // of lazy items that is still to run
  const Actor* turn_of_ = nullptr;
  struct PutOff {
    std::uint64_t item;
    Answer ret;
  };
  std::vector<PutOff> put_off_;
  std::uint64_t item_ = 0;  // which runs
  std::deque<Item> main_, lazy_, idle_;
  std::deque<Timer> timers_;
  std::vector<std::unique_ptr<Actor>> all_;
  Slot slot_[slots];
};

}  // namespace troupe_test::actors
