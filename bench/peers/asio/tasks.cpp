// asio/tasks.cpp: coroutines of Asio: co_spawn, use_awaitable, and the experimental channel as a
// stream.
//
// All of them name the executor's type: the default, any_io_executor, is slower.
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/experimental/basic_channel.hpp>
#include <asio/experimental/channel_traits.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <vector>

#include "workloads.hpp"

namespace asio_peer {
namespace {

using bench::triangle;

using Executor = asio::io_context::executor_type;
template <class T> using Awaitable = asio::awaitable<T, Executor>;
using UseAwaitable = asio::use_awaitable_t<Executor>;
constexpr UseAwaitable use_awaitable{};

constexpr auto add_to_sum = [](const std::exception_ptr&, u64 value) { bench::sum += value; };

Awaitable<u64> at_once(u64 value) { co_return value; }

// A value that a callback pushes in: the awaiting coroutine goes on through the queue.
class Pipe {
 public:
  explicit Pipe(asio::io_context& context) : context_(&context) {}

  auto value() {
    return asio::async_initiate<const UseAwaitable&, void(u64)>(
        [this](auto handler) {
          waiting_ = [context = context_, handler = std::move(handler)](u64 value) mutable {
            asio::post(*context,
                       [handler = std::move(handler), value]() mutable { handler(value); });
          };
        },
        use_awaitable);
  }
  void set(u64 value) { std::exchange(waiting_, nullptr)(value); }

 private:
  asio::io_context* context_;
  std::move_only_function<void(u64)> waiting_;
};

Awaitable<u64> add_up(Pipe& pipe, u64 n) {
  u64 total = 0;
  for (u64 i = 0; i < n; ++i) total += co_await pipe.value();
  co_return total;
}

Awaitable<u64> add_one(Pipe& pipe, u64 value) { co_return value + co_await pipe.value(); }

void answer_next(asio::io_context& context, Pipe& pipe, u64 value) {
  pipe.set(value);
  if (value + 1 < bench::batch)
    asio::post(context, [&, value] { answer_next(context, pipe, value + 1); });
}

using Channel = asio::experimental::basic_channel<Executor, asio::experimental::channel_traits<>,
                                                  void(asio::error_code, u64)>;

Awaitable<u64> add_up(Channel& channel) {
  u64 total = 0;
  asio::error_code error;
  for (;;) {
    const u64 value = co_await channel.async_receive(asio::redirect_error(use_awaitable, error));
    if (error) break;
    total += value;
  }
  co_return total;
}

void feed(asio::io_context& context, Channel& channel, u64 first, u64 end, u64 batch) {
  for (u64 value = first; value < first + batch; ++value) {
    if (!channel.try_send(asio::error_code(), value)) std::terminate();
  }
  if (first + batch < end) {
    asio::post(context,
               [&, first, end, batch] { feed(context, channel, first + batch, end, batch); });
  } else {
    channel.try_send(asio::error::eof,
                     u64{0});  // closing would throw away what is not yet received
  }
}

// Answers requests in the order in which they come.
struct Answerer {
  asio::io_context& context;
  u64 answered = 0;

  auto ask(u64 value) {
    return asio::async_initiate<const UseAwaitable&, void(u64)>(
        [this, value](auto handler) {
          asio::post(context, [this, value, handler = std::move(handler)]() mutable {
            ++answered;
            asio::post(context,
                       [handler = std::move(handler), value]() mutable { handler(value); });
          });
        },
        use_awaitable);
  }
};

Awaitable<u64> ask_all(Answerer& answerer, u64 n) {
  u64 total = 0;
  for (u64 value = 0; value < n; ++value) total += co_await answerer.ask(value);
  co_return total;
}

// The values of many coroutines; the last of them wakes who awaits them all.
struct GroupAwaitable {
  std::vector<u64> values;
  u64 left;
  Pipe done;

  void set(u64 at, u64 value) {
    values[at] = value;
    if (--left == 0) done.set(0);
  }
};

Awaitable<void> take(Pipe& pipe, GroupAwaitable& all, u64 at) {
  all.set(at, co_await pipe.value());
}

// make_parallel_group of Asio 1.22 takes a number of coroutines that the compiler knows, and spawns
// each of them too.
Awaitable<u64> await_all(asio::io_context& context, u64 first) {
  GroupAwaitable all{std::vector<u64>(bench::batch), bench::batch, Pipe(context)};
  std::vector<Pipe> pipes;
  pipes.reserve(bench::batch);
  for (u64 i = 0; i < bench::batch; ++i) {
    asio::co_spawn(context, take(pipes.emplace_back(context), all, i), asio::detached);
  }
  asio::post(context, [&pipes, first]() mutable {
    for (Pipe& pipe : pipes) pipe.set(first++);
  });
  co_await all.done.value();
  u64 total = 0;
  for (const u64 value : all.values) total += value;
  co_return total;
}

}  // namespace

int task_now(const Run& run) {
  asio::io_context context(one_thread);
  run.repeat([&](u64 n) {
    for (u64 first = 0; first < n; first += bench::batch) {
      for (u64 value = first; value < first + bench::batch; ++value) {
        asio::co_spawn(context, at_once(value), add_to_sum);
      }
      drain(context);
    }
  });
  return run.check(triangle(run.n));
}

int task_resume(const Run& run) {
  asio::io_context context(one_thread);
  run.repeat([&](u64 n) {
    for (u64 i = 0; i < n / bench::batch; ++i) {
      Pipe pipe(context);
      asio::co_spawn(context, add_up(pipe, bench::batch), add_to_sum);
      asio::post(context, [&] { answer_next(context, pipe, 0); });
      drain(context);
    }
  });
  return run.check(run.n / bench::batch * triangle(bench::batch));
}

int stream(const Run& run, u64 batch) {
  asio::io_context context(one_thread);
  run.repeat([&](u64 n) {
    Channel channel(context, n);  // each item takes a turn of its own, so the feeder runs ahead
    asio::co_spawn(context, add_up(channel), add_to_sum);
    asio::post(context, [&] { feed(context, channel, 0, n, batch); });
    drain(context);
  });
  return run.check(triangle(run.n));
}

int ask(const Run& run) {
  asio::io_context context(one_thread);
  Answerer answerer{context};
  run.repeat([&](u64 n) {
    asio::co_spawn(context, ask_all(answerer, n), add_to_sum);
    drain(context);
  });
  return run.check(triangle(run.n));
}

int all_1000(const Run& run) {
  asio::io_context context(one_thread);
  run.repeat([&](u64 n) {
    for (u64 first = 0; first < n; first += bench::batch) {
      asio::co_spawn(context, await_all(context, first), add_to_sum);
      drain(context);
    }
  });
  return run.check(triangle(run.n));
}

int task_bytes(const Run& run) {
  asio::io_context context(one_thread);
  for (u64 rep = 0; rep < run.reps; ++rep) {
    std::vector<Pipe> pipes;
    pipes.reserve(run.n);
    const double before = bench::heap_bytes();
    for (u64 value = 0; value < run.n; ++value) {
      pipes.emplace_back(context);
      asio::co_spawn(context, add_one(pipes.back(), value), add_to_sum);
      if (value % bench::batch == bench::batch - 1) drain(context);
    }
    run.line(rep, (bench::heap_bytes() - before) / static_cast<double>(run.n) + sizeof(Pipe));
    for (Pipe& pipe : pipes) pipe.set(1);
    drain(context);
  }
  return run.check(triangle(run.n) + run.n);
}

}  // namespace asio_peer
