// floor/tasks.cpp: coroutines on the flat queue, frames from a pool; no owner, no cancellation, no
// errors.
#include <array>
#include <coroutine>
#include <cstdlib>
#include <deque>
#include <vector>

#include "actor.hpp"
#include "reply.hpp"
#include "workloads.hpp"

namespace floor_peer {
namespace {

using bench::triangle;

constexpr std::size_t frame_grid = 32;
constexpr std::size_t frame_classes = 17;  // frames of up to 512 bytes
std::array<void*, frame_classes> free_frames{};

struct Resume {
  std::coroutine_handle<> frame;
  void operator()() const { frame.resume(); }
};

// Started by the queue, adds what it returns to the check sum, destroys itself.
struct Detached {
  struct promise_type {
    u64 result = 0;

    static void* operator new(std::size_t size) {
      const std::size_t kind = (size + frame_grid - 1) / frame_grid;
      if (kind >= frame_classes) std::abort();
      if (void* const frame = free_frames[kind]) [[likely]] {
        free_frames[kind] = *static_cast<void**>(frame);
        return frame;
      }
      return ::operator new(kind * frame_grid);
    }
    static void operator delete(void* frame, std::size_t size) {
      const std::size_t kind = (size + frame_grid - 1) / frame_grid;
      *static_cast<void**>(frame) = free_frames[kind];
      free_frames[kind] = frame;
    }

    struct Finish {
      bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> frame) noexcept {
        bench::sum += frame.promise().result;
        frame.destroy();
      }
      void await_resume() noexcept {}
    };

    Detached get_return_object() {
      push<Resume>(std::coroutine_handle<promise_type>::from_promise(*this));
      return {};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    Finish final_suspend() noexcept { return {}; }
    void return_value(u64 value) { result = value; }
    void unhandled_exception() { std::abort(); }
  };
};

// One value at a time.
class Pipe {
 public:
  void set(u64 value) {
    value_ = value;
    ready_ = true;
    if (waiting_) push<Resume>(std::exchange(waiting_, {}));
  }
  [[nodiscard]] bool await_ready() const noexcept { return ready_; }
  void await_suspend(std::coroutine_handle<> frame) noexcept { waiting_ = frame; }
  u64 await_resume() noexcept {
    ready_ = false;
    return value_;
  }

 private:
  std::coroutine_handle<> waiting_;
  u64 value_ = 0;
  bool ready_ = false;
};

// Any number of values, then the end.
class Stream {
 public:
  void send(u64 value) {
    items_.push_back(value);
    wake();
  }
  void close() {
    closed_ = true;
    wake();
  }
  [[nodiscard]] bool await_ready() const noexcept { return !items_.empty() || closed_; }
  void await_suspend(std::coroutine_handle<> frame) noexcept { waiting_ = frame; }
  [[nodiscard]] bool await_resume() const noexcept { return !items_.empty(); }
  u64 take() {
    const u64 value = items_.front();
    items_.pop_front();
    return value;
  }

 private:
  void wake() {
    if (waiting_) push<Resume>(std::exchange(waiting_, {}));
  }

  std::deque<u64> items_;
  std::coroutine_handle<> waiting_;
  bool closed_ = false;
};

struct Answerer {
  u64 answered = 0;
  struct Query {
    u64 value;
    Ret ret;
  };
  void query(Cx<Answerer>&, Query query) {
    ++answered;
    query.ret(query.value);
  }
};

// A request to an actor: the box of its Ret is the awaiter itself.
class Ask : RetBox {
 public:
  Ask(const Actor<Answerer>& answerer, u64 value)
      : RetBox{&hear}, answerer_(answerer.box()), value_(value) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) {
    waiting_ = frame;
    call<&Answerer::query>(answerer_, Answerer::Query{value_, Ret(this)});
  }
  [[nodiscard]] u64 await_resume() const noexcept { return value_; }

 private:
  static void hear(RetBox* box, const u64* value) {
    if (value == nullptr) std::abort();
    Ask* const ask = static_cast<Ask*>(box);
    ask->value_ = *value;
    push<Resume>(ask->waiting_);
  }

  Box<Answerer>* answerer_;
  std::coroutine_handle<> waiting_;
  u64 value_;
};

// The values of many tasks; the last of them wakes who awaits them all.
class GroupAwaitable {
 public:
  explicit GroupAwaitable(u64 size) : values_(size), left_(size) {}
  void set(u64 at, u64 value) {
    values_[at] = value;
    if (--left_ == 0) push<Resume>(waiting_);
  }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) noexcept { waiting_ = frame; }
  [[nodiscard]] const std::vector<u64>& await_resume() const noexcept { return values_; }

 private:
  std::vector<u64> values_;
  u64 left_;
  std::coroutine_handle<> waiting_;
};

Detached at_once(u64 value) { co_return value; }

Detached add_up(Pipe& pipe, u64 n) {
  u64 total = 0;
  for (u64 i = 0; i < n; ++i) total += co_await pipe;
  co_return total;
}

Detached add_up(Stream& stream) {
  u64 total = 0;
  for (bool more = co_await stream; more; more = co_await stream) total += stream.take();
  co_return total;
}

Detached ask_all(Actor<Answerer> answerer, u64 n) {
  u64 total = 0;
  for (u64 value = 0; value < n; ++value) total += co_await Ask(answerer, value);
  co_return total;
}

// Its value goes to the others; nothing is left for the check sum.
Detached take(Pipe& pipe, GroupAwaitable& all, u64 at) {
  all.set(at, co_await pipe);
  co_return 0;
}

struct AnswerAll {
  std::vector<Pipe>* pipes;
  u64 first;
  void operator()() {
    for (Pipe& pipe : *pipes) pipe.set(first++);
  }
};

Detached await_all(u64 first) {
  std::vector<Pipe> pipes(bench::batch);
  GroupAwaitable all(bench::batch);
  for (u64 i = 0; i < bench::batch; ++i) take(pipes[i], all, i);
  push<AnswerAll>(&pipes, first);
  u64 total = 0;
  for (const u64 value : co_await all) total += value;
  co_return total;
}

struct AnswerNext {
  Pipe* pipe;
  u64 value;
  u64 end;
  void operator()() const {
    pipe->set(value);
    if (value + 1 < end) push<AnswerNext>(pipe, value + 1, end);
  }
};

struct Feed {
  Stream* stream;
  u64 first;
  u64 end;
  u64 batch;
  void operator()() const {
    for (u64 value = first; value < first + batch; ++value) stream->send(value);
    if (first + batch < end) {
      push<Feed>(stream, first + batch, end, batch);
    } else {
      stream->close();
    }
  }
};

}  // namespace

int task_now(const Run& run) {
  run.repeat([](u64 n) {
    for (u64 first = 0; first < n; first += bench::batch) {
      for (u64 value = first; value < first + bench::batch; ++value) at_once(value);
      run_queue();
    }
  });
  return run.check(triangle(run.n));
}

int task_resume(const Run& run) {
  run.repeat([](u64 n) {
    for (u64 i = 0; i < n / bench::batch; ++i) {
      Pipe pipe;
      add_up(pipe, bench::batch);
      push<AnswerNext>(&pipe, u64{0}, bench::batch);
      run_queue();
    }
  });
  return run.check(run.n / bench::batch * triangle(bench::batch));
}

int stream(const Run& run, u64 batch) {
  run.repeat([=](u64 n) {
    Stream items;
    add_up(items);
    push<Feed>(&items, u64{0}, n, batch);
    run_queue();
  });
  return run.check(triangle(run.n));
}

int ask(const Run& run) {
  {
    const auto answerer = make_actor<Answerer>();
    run_queue();
    run.repeat([&](u64 n) {
      ask_all(answerer.handle(), n);
      run_queue();
    });
  }
  run_queue();
  return run.check(triangle(run.n));
}

int all_1000(const Run& run) {
  run.repeat([](u64 n) {
    for (u64 first = 0; first < n; first += bench::batch) {
      await_all(first);
      run_queue();
    }
  });
  return run.check(triangle(run.n));
}

}  // namespace floor_peer
