// asio/threads.cpp: a thread_pool of Asio beside an io_context that takes work from other threads.
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <exception>

#include "../../support/producers.hpp"
#include "workloads.hpp"

namespace asio_peer {
namespace {

using bench::triangle;

using Executor = asio::io_context::executor_type;
template <class T> using Awaitable = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> use_awaitable{};

// The job runs on the pool; its result is posted back to where the coroutine lives.
Awaitable<u64> on(asio::thread_pool& pool, asio::io_context& home, u64 value) {
  return asio::async_initiate<const asio::use_awaitable_t<Executor>&, void(u64)>(
      [&pool, &home, value](auto handler) {
        asio::post(pool, [&home, value, handler = std::move(handler)]() mutable {
          asio::post(home, [value, handler = std::move(handler)]() mutable { handler(value); });
        });
      },
      use_awaitable);
}

Awaitable<u64> offload_all(asio::thread_pool& pool, asio::io_context& home, u64 n) {
  u64 total = 0;
  for (u64 value = 0; value < n; ++value) total += co_await on(pool, home, value);
  co_return total;
}

}  // namespace

int offload(const Run& run) {
  asio::io_context home(1);
  asio::thread_pool pool(1);
  run.repeat([&](u64 n) {
    home.restart();
    auto work = asio::make_work_guard(home);
    asio::co_spawn(home, offload_all(pool, home, n), [&](const std::exception_ptr&, u64 value) {
      bench::sum += value;
      work.reset();
    });
    home.run();
  });
  return run.check(triangle(run.n));
}

// Numbers that other threads post to an io_context.
int cross_channel(const Run& run, unsigned producers) {
  run.repeat_wall([&](u64 n) {
    asio::io_context home(1);
    auto work = asio::make_work_guard(home);
    u64 left = n;
    return bench::produce(
        producers, n,
        [&] {
          return [&home, &work, &left](u64 value) {
            asio::post(home, [&work, &left, value] {
              bench::sum += value;
              if (--left == 0) work.reset();
            });
          };
        },
        [&] { home.run(); });
  });
  return run.check(triangle(run.n));
}

}  // namespace asio_peer
