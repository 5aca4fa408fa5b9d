// core/inbox_test.cpp: wake-ups from other threads: none lost, the host woken once, the end waited
// for.
#include <troupe/core/inbox.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <troupe/core.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace inbox_test {

using troupe_test::say;
using troupe_test::told;

using InboxTest = troupe_test::RecordedTest;

struct Numbered : detail::Inbox::Node {
  int number = 0;
  std::atomic<bool> queued{false};
  int ran = 0;
};
void tell(detail::Inbox::Node* node) { say("", static_cast<Numbered*>(node)->number); }

TEST_F(InboxTest, RunsInOrderOfArrivalAndWakesTheHostOnce) {
  Runtime rt;
  detail::Inbox& inbox = *detail::kernel_of(rt).inbox;
  int wakes = 0;
  rt.set_poll_waker([&] { ++wakes; });
  Numbered nodes[3];
  for (int i = 0; i < 3; ++i) {
    nodes[i].number = i;
    nodes[i].run = &tell;
    inbox.push(&nodes[i]);
  }
  EXPECT_EQ(wakes, 1);
  EXPECT_TRUE(inbox.pending());
  EXPECT_EQ(rt.next_wait(rt.now()), Duration::zero());
  rt.poll_wake();
  EXPECT_EQ(told(), "0 1 2");
  EXPECT_FALSE(rt.next_wait(rt.now()).has_value());
  inbox.push(&nodes[1]);
  EXPECT_EQ(wakes, 2);
  rt.run();
  EXPECT_EQ(told(), "1") << "run() polls too";
  EXPECT_FALSE(inbox.poll());
}

TEST_F(InboxTest, ANodeMayPushItselfAgain) {
  Runtime rt;
  rt.set_poll_waker([] {});
  static detail::Inbox* inbox;
  inbox = std::addressof(*detail::kernel_of(rt).inbox);
  Numbered node;
  node.run = [](detail::Inbox::Node* n) {
    auto* self = static_cast<Numbered*>(n);
    if (++self->ran < 3) inbox->push(n);
  };
  inbox->push(&node);
  rt.poll_wake();
  EXPECT_EQ(node.ran, 1) << "the next poll's";
  rt.poll_wake();
  rt.poll_wake();
  rt.poll_wake();
  EXPECT_EQ(node.ran, 3);
}

TEST_F(InboxTest, AThreadWithoutALoopMayBlockUntilSomethingComes) {
  Runtime rt;
  detail::Inbox& inbox = *detail::kernel_of(rt).inbox;
  EXPECT_FALSE(inbox.wait(Duration::zero()));
  for (int round = 0; round < 200; ++round) {
    Numbered node;
    node.run = &tell;
    node.number = round;
    std::thread other([&] { inbox.push(&node); });
    EXPECT_TRUE(inbox.wait(Duration::max()));
    EXPECT_TRUE(inbox.wait(Duration::max())) << "it is still there";
    rt.poll_wake();
    EXPECT_EQ(told(), std::to_string(round));
    other.join();
  }
}

TEST_F(InboxTest, BrokenContractsEndTheProcess) {
  EXPECT_DEATH(
      {
        Runtime rt;
        rt.set_poll_waker([] {});
        rt.set_poll_waker([] {});
      },
      "the poll waker is set once");
}

TEST_F(InboxTest, WhatComesBeforeTheWakerIsTold) {
  detail::Inbox inbox;
  Numbered node;
  node.run = [](detail::Inbox::Node* n) { ++static_cast<Numbered*>(n)->ran; };
  std::thread([&] { inbox.push(&node); }).join();
  int rings = 0;
  inbox.set_waker([&rings] { ++rings; });
  EXPECT_EQ(rings, 1);
  EXPECT_TRUE(inbox.poll());
  EXPECT_EQ(node.ran, 1);
  std::thread([&] { inbox.push(&node); }).join();
  EXPECT_EQ(rings, 2);
  inbox.close();
}

TEST_F(InboxTest, WithoutAWakerItWaitsForTheNextPoll) {
  Runtime rt2;
  Numbered node;
  node.run = [](detail::Inbox::Node* n) { ++static_cast<Numbered*>(n)->ran; };
  std::thread([&] { detail::kernel_of(rt2.core()).inbox->push(&node); }).join();
  EXPECT_EQ(rt2.next_wait(rt2.now()), Duration::zero()) << "the host is to run at once";
  rt2.run();
  EXPECT_EQ(node.ran, 1);
}

TEST_F(InboxTest, IsSilentOnceClosed) {
  detail::Inbox inbox;
  auto held = std::make_shared<int>();
  inbox.set_waker([held] {});
  EXPECT_TRUE(inbox.close()) << "gives the waker back";
  EXPECT_EQ(held.use_count(), 1);
  Numbered node;
  node.run = &tell;
  inbox.push(&node);
  EXPECT_FALSE(inbox.pending());
  EXPECT_FALSE(inbox.is_open());
}

TEST_F(InboxTest, KnowsItsThread) {
  detail::Inbox inbox;
  EXPECT_TRUE(inbox.here());
  bool there = true;
  std::thread([&] { there = inbox.here(); }).join();
  EXPECT_FALSE(there);
}

TEST_F(InboxTest, NoWakeUpOfManyThreadsIsLost) {
  constexpr int threads = 3, nodes_each = 50, rounds = 200;
  Runtime rt;
  std::atomic<int> wakes{0};
  rt.set_poll_waker([&] {
    wakes.fetch_add(1);
    wakes.notify_one();
  });
  static std::atomic<int> ran;
  ran = 0;
  std::vector<std::unique_ptr<Numbered[]>> nodes;
  for (int t = 0; t < threads; ++t) {
    nodes.push_back(std::make_unique<Numbered[]>(nodes_each));
    for (int i = 0; i < nodes_each; ++i)
      nodes.back()[static_cast<std::size_t>(i)].run = [](detail::Inbox::Node* n) {
        auto* self = static_cast<Numbered*>(n);
        ++self->ran;
        ran.fetch_add(1, std::memory_order_relaxed);
        self->queued.store(false, std::memory_order_release);
      };
  }
  detail::Inbox& inbox = *detail::kernel_of(rt).inbox;
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t)
    all.emplace_back([&, mine = nodes[static_cast<std::size_t>(t)].get()] {
      for (int i = 0; i < rounds * nodes_each; ++i) {
        Numbered& node = mine[i % nodes_each];
        while (node.queued.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
        inbox.push(&node);
      }
    });
  int seen = 0;
  while (ran.load() < threads * nodes_each * rounds) {
    rt.poll_wake();
    if (ran.load() == threads * nodes_each * rounds) break;
    if (!inbox.pending()) wakes.wait(seen);  // a lost wake-up would wait here for ever
    seen = wakes.load();
  }
  for (auto& thread : all) thread.join();
  for (auto& block : nodes)
    for (int i = 0; i < nodes_each; ++i) EXPECT_EQ(block[static_cast<std::size_t>(i)].ran, rounds);
}

}  // namespace inbox_test
}  // namespace troupe
