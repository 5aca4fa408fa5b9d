// stress/pool_test.cpp: jobs of several runtimes on one pool, while each side goes at any moment:
// for the sanitizers.
//
// Chance decides what is offloaded, cancelled and ended; when they meet is up to the machine. Each
// Ret hears exactly once, each job runs at most once, and each value has died at the end.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <vector>

#include "support/seed.hpp"

namespace troupe {
namespace pool_stress {

using namespace std::chrono_literals;
using troupe_test::Dice;

std::atomic<int> alive{0};  // items

struct Item {
  explicit Item(int n) : number(n) { ++alive; }
  Item(Item&& other) noexcept : number(other.number) { ++alive; }
  Item(const Item& other) noexcept : number(other.number) { ++alive; }
  ~Item() { --alive; }
  int number;
};

// What one runtime has offloaded, and heard.
struct Book {
  int given = 0, answered = 0;  // of Rets that hear in any case
  int heard = 0, wrong = 0;
  void hear(int number, const Reply<Item>& reply) {
    ++heard;
    if (reply && reply->number != number + 1) ++wrong;
  }
};

Item works(const JobStop& stop, Item item, int kind) {
#if TROUPE_EXCEPTIONS
  if (kind == 0) throw std::runtime_error("by chance");
#endif
  if (kind == 1)
    for (int n = 0; n < 200 && !stop.stop_requested(); ++n) std::this_thread::yield();
  return Item(item.number + 1);
}

struct Client {
  Client(Borrowed<Book> b, PoolRef p) : book(*b), pool(std::move(p)) {}
  void ask(Cx<Client>& cx, int number, int kind) {
    offload(cx, pool, &works, ret_to<&Client::heard>(cx, number), Item(number), kind);
  }
  void heard(int number, Reply<Item> reply) { book.hear(number, reply); }
  Book& book;
  PoolRef pool;
};

Task<> awaits(PoolRef pool, Borrowed<Book> book, int number, int kind, bool patient) {
  const Item item(number);
  if (patient) {
    const auto reply = co_await offload_when_room(pool, &works, item, kind).reply();
    book->hear(number, reply);
    co_return;
  }
  const auto reply = co_await offload(pool, &works, item, kind).reply();
  book->hear(number, reply);
}

// One runtime: some time of its life, then its end.
void live(PoolRef pool, Dice dice, Book& book) {
  Runtime rt;
  rt.set_logger({}, {});
  std::optional<ActorOwn<Client>> client;
  client.emplace(make_actor<Client>(rt, ret_nop, unsafe_borrow(book), pool));
  std::vector<JobRef> jobs;
  std::vector<TaskRef> tasks;
  for (auto n = dice.below(80); n != 0; --n) {
    const int number = static_cast<int>(dice.below(1000));
    const int kind = static_cast<int>(dice.below(6));
    switch (dice.below(9)) {
      case 0:
      case 1:
        ++book.given;
        jobs.push_back(offload(rt, pool, &works,
                               ret_do(
                                   [](Book& b, int i, const Reply<Item>& reply) {
                                     ++b.answered;
                                     b.hear(i, reply);
                                   },
                                   unsafe_borrow(book), number),
                               Item(number), kind));
        break;
      case 2:
        tasks.push_back(spawn(rt, awaits, ret_nop, pool, unsafe_borrow(book), number, kind,
                              dice.below(2) != 0));
        break;
      case 3:
        if (client) call<&Client::ask>(*client, number, kind);
        break;
      case 4:
        if (!jobs.empty()) jobs[dice.below(jobs.size())].cancel();
        break;
      case 5:
        if (!tasks.empty()) tasks[dice.below(tasks.size())].cancel();
        break;
      case 6:
        if (!tasks.empty()) tasks[dice.below(tasks.size())].request_stop();
        break;
      case 7:
        rt.run();
        break;
      default:
        if (dice.below(8) == 0) client.reset();
        if (dice.below(8) == 0) run_virtual(rt);
    }
  }
  if (dice.below(2) != 0) {
    run_virtual(rt);
    EXPECT_EQ(rt.why_alive().jobs, 0u);
    EXPECT_EQ(rt.live_tasks(), 0u);
  }
}

TEST(PoolStress, EachRetHearsOnceWhateverEnds) {
  Dice dice(troupe_test::seed());
  int heard = 0;
  SCOPED_TRACE(troupe_test::seed_text());
  for (int round = 0; round < 100 && !::testing::Test::HasFailure(); ++round) {
    {
      std::optional<Pool> pool(
          std::in_place,
          PoolOptions{.threads = 1 + dice.below(3),
                      .bound = dice.below(12),
                      .idle = dice.below(2) == 0 ? AnyDuration(0s) : AnyDuration(10s)});
      std::vector<Book> books(3);
      std::vector<std::thread> threads;
      for (Book& book : books)
        threads.emplace_back([&book, ref = pool->ref(), mine = Dice(dice.next())]() mutable {
          std::vector<Book> lives(2);
          for (Book& one : lives) live(ref, Dice(mine.next()), one);
          for (const Book& one : lives) {
            book.given += one.given;
            book.answered += one.answered;
            book.heard += one.heard;
            book.wrong += one.wrong;
          }
        });
      if (dice.below(3) == 0) {
        for (auto n = dice.below(2000); n != 0; --n) std::this_thread::yield();
        pool.reset();
      }
      for (std::thread& thread : threads) thread.join();
      for (const Book& book : books) {
        EXPECT_EQ(book.answered, book.given);
        heard += book.heard;
        EXPECT_EQ(book.wrong, 0);
      }
    }
    EXPECT_EQ(alive, 0);
  }
  EXPECT_GT(heard, 500);
}

}  // namespace pool_stress
}  // namespace troupe
