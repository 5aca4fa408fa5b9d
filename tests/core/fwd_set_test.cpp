// core/fwd_set_test.cpp: fan-out while receivers come, go and die.
#include <troupe/core/fwd_set.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <utility>
#include <vector>

#include "support/recorder.hpp"
#include "support/seed.hpp"

namespace troupe {
namespace fwd_set_test {

using troupe_test::say;
using troupe_test::told;

using FwdSetTest = troupe_test::RecordedTest;
using Set = FwdSet<int>;

Fwd<int> named(const char* name) {
  return fwd_do<int>([](const std::string& n, int v) { say(n, v); }, std::string(name));
}

TEST_F(FwdSetTest, SendsToAllInOrderOfAdding) {
  Set set;
  EXPECT_EQ(set(0), 0u);
  const auto a = set.add(named("a"));
  const auto b = set.add(named("b"));
  set.add(named("c"));
  EXPECT_EQ(set(1), 3u);
  EXPECT_TRUE(set.remove(b));
  EXPECT_FALSE(set.remove(b));
  EXPECT_FALSE(set.remove(0));
  for (int i = 0; i < 10; ++i) set.add(named("x"));
  EXPECT_EQ(set.size(), 12u);
  EXPECT_TRUE(set.remove(a));
  told();
  EXPECT_EQ(set(2), 11u);
  EXPECT_TRUE(told().starts_with("c2 x2"));
  Set moved = std::move(set);
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(moved.size(), 11u);
}

TEST_F(FwdSetTest, ReceiversMayComeAndGoWhileAValueIsSent) {
  static Set set;
  static Set::Key first, last;
  set = Set();
  first = set.add(fwd_do([](int v) {
    say("first", v);
    if (v == 1) {
      EXPECT_TRUE(set.remove(first));
      EXPECT_TRUE(set.remove(last));
      for (int i = 0; i < 8; ++i) set.add(named("new"));
    }
  }));
  set.add(named("second"));
  last = set.add(named("last"));
  EXPECT_EQ(set(1), 2u);
  EXPECT_EQ(told(), "first1 second1") << "who is added hears from the next value on";
  EXPECT_EQ(set(2), 9u);
  EXPECT_EQ(told(), "second2 new2 new2 new2 new2 new2 new2 new2 new2");
  set = Set();
}

TEST_F(FwdSetTest, ForgetsReceiversThatHaveEnded) {
  struct Sink {
    void value(int v) { say("v", v); }
  };
  Runtime rt;
  Set set;
  auto one = make_actor<Sink>(rt, ret_nop), two = make_actor<Sink>(rt, ret_nop);
  set.add(fwd_to<&Sink::value>(one));
  const auto key = set.add(fwd_to<&Sink::value>(two));
  rt.run();
  one = {};
  rt.run();
  EXPECT_EQ(set.size(), 2u) << "not found out yet";
  EXPECT_EQ(set(1), 1u);
  EXPECT_EQ(set.size(), 1u);
  EXPECT_TRUE(set.remove(key));
  rt.run();
  EXPECT_EQ(told(), "v1");
}

// ---- receivers that do something to the set that sends
struct Owner {  // of a set, whatever becomes of it
  std::unique_ptr<Set> set = std::make_unique<Set>();
  std::unique_ptr<Set> other;
};
Owner& owner() {
  static Owner o;
  return o;
}
// A set of three, of which the second does `what` when it hears 1.
void fill(void (*what)()) {
  owner() = Owner();
  owner().set->add(named("a"));
  owner().set->add(fwd_do<int>(
      [](void (*f)(), int v) {
        say("b", v);
        if (v == 1) f();
      },
      what));
  owner().set->add(named("c"));
}

TEST_F(FwdSetTest, AReceiverMayDestroyTheSetThatSends) {
  fill([] { owner().set.reset(); });
  EXPECT_EQ((*owner().set)(1), 2u);
  EXPECT_EQ(told(), "a1 b1");
}

TEST_F(FwdSetTest, AReceiverMayAssignToTheSetThatSends) {
  fill([] {
    Set fresh;
    fresh.add(named("d"));
    *owner().set = std::move(fresh);
  });
  EXPECT_EQ((*owner().set)(1), 2u);
  EXPECT_EQ(told(), "a1 b1") << "who came with the new set was not there";
  EXPECT_EQ((*owner().set)(2), 1u);
  EXPECT_EQ(told(), "d2");
}

TEST_F(FwdSetTest, AReceiverMayMoveTheSetThatSends) {
  fill([] {
    owner().other = std::make_unique<Set>(std::move(*owner().set));
    owner().set->add(named("d"));
    for (int i = 0; i < 9; ++i) owner().other->add(named("e"));
  });
  EXPECT_EQ((*owner().set)(1), 3u);
  EXPECT_EQ(told(), "a1 b1 c1") << "it loses nobody";
  EXPECT_EQ(owner().set->size(), 1u);
  EXPECT_EQ(owner().other->size(), 12u);
  owner() = Owner();
}

TEST_F(FwdSetTest, AReceiverMaySendAnotherValueAndDestroyTheSetThere) {
  fill([] {
    EXPECT_EQ((*owner().set)(2), 3u);
    owner().set->add(fwd_do<int>([](int) { owner().set.reset(); }));
    EXPECT_EQ((*owner().set)(3), 4u);
  });
  EXPECT_EQ((*owner().set)(1), 2u);
  EXPECT_EQ(told(), "a1 b1 a2 b2 c2 a3 b3 c3");
}

struct AtEnd {  // bound to a receiver: says or does something when that goes
  explicit AtEnd(void (*f)()) : act(f) {}
  AtEnd(AtEnd&& o) noexcept : act(std::exchange(o.act, nullptr)) {}
  AtEnd(const AtEnd&) : act(nullptr) {}
  ~AtEnd() {
    if (act) act();
  }
  void (*act)();
};

TEST_F(FwdSetTest, TheEndOfAReceiverMayDoAnythingToTheSet) {
  owner() = Owner();
  static Set::Key first, second;
  first =
      owner().set->add(fwd_do<int>([](const AtEnd&, int) {}, AtEnd([] { owner().set.reset(); })));
  owner().set->add(named("b"));
  EXPECT_TRUE(owner().set->remove(first)) << "which destroys the set";
  EXPECT_FALSE(owner().set);

  owner() = Owner();
  first = owner().set->add(fwd_do<int>([](const AtEnd&, int) {}, AtEnd([] {
                                         EXPECT_TRUE(owner().set->remove(second));
                                         for (int i = 0; i < 20; ++i) owner().set->add(named("c"));
                                       })));
  second = owner().set->add(named("b"));
  EXPECT_TRUE(owner().set->remove(first));
  EXPECT_EQ((*owner().set)(1), 20u);
  told();

  owner() = Owner();
  owner().set->add(fwd_do<int>([](const AtEnd&, int) {}, AtEnd([] { say("end"); })));
  owner().set->add(fwd_do<int>([](const AtEnd&, int) { say("hears"); }, AtEnd([] { say("bye"); })));
  owner().set.reset();
  EXPECT_EQ(told(), "end bye");
}

TEST_F(FwdSetTest, KeysOfAnotherSetMatchNothing) {
  Set one, two;
  const auto a = one.add(named("a"));
  const auto b = two.add(named("b"));
  EXPECT_FALSE(one.remove(b));
  EXPECT_FALSE(two.remove(a));
  one = Set();
  one.add(named("new"));
  EXPECT_FALSE(one.remove(a));
  EXPECT_EQ(one.size(), 1u);
}

// ---- many
// If each removal walked or moved what is there, this would take minutes.
TEST_F(FwdSetTest, RemovingDoesNotWalkTheOthers) {
  const Fwd<int> receiver = fwd_do<int>([](int) {});
  constexpr std::size_t many = 400'000;
  for (const bool from_the_front : {true, false}) {
    Set set;
    std::vector<Set::Key> keys;
    for (std::size_t i = 0; i < many; ++i) keys.push_back(set.add(receiver));
    for (std::size_t i = 0; i < many; ++i) {
      if (!set.remove(keys[from_the_front ? i : many - 1 - i])) FAIL() << i;
    }
    EXPECT_TRUE(set.empty());
  }
}

TEST_F(FwdSetTest, GivesMemoryBackWhenReceiversGo) {
  const Fwd<int> receiver = fwd_do<int>([](int) {});
  Set set;
  std::vector<Set::Key> keys;
  for (int i = 0; i < 100'000; ++i) keys.push_back(set.add(receiver));
  EXPECT_GE(set.memory(), 100'000u * 16);
  for (std::size_t i = 0; i + 10 < keys.size(); ++i) set.remove(keys[i]);
  EXPECT_LE(set.memory(), 100u * 16);
  EXPECT_EQ(set(1), 10u);
}

TEST_F(FwdSetTest, ComingAndGoingTakesNoMemoryInTheLongRun) {
  const Fwd<int> receiver = fwd_do<int>([](int) {});
  for (const std::size_t live : {1u, 5u, 8u, 100u}) {
    Set set;
    std::vector<Set::Key> keys(live);
    for (auto& key : keys) key = set.add(receiver);
    std::size_t most = 0;
    for (std::size_t i = 0; i < 10 * live; ++i) {
      EXPECT_TRUE(set.remove(std::exchange(keys[i % live], set.add(receiver))));
      most = std::max(most, set.memory());
    }
    EXPECT_EQ(set.memory(), most) << live;
    EXPECT_LE(most, 16 * std::max<std::size_t>(4, live * 4)) << live;
  }
}

TEST_F(FwdSetTest, ComesAndGoesLikeAPlainList) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  Set set;
  std::vector<std::pair<Set::Key, int>> model;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t what = dice.below(100);
    if (what < (i / 2000 % 2 ? 30u : 55u)) {
      model.emplace_back(set.add(fwd_do<int>([](int n, int) { say("", n); }, i)), i);
    } else if (what < 90 && !model.empty()) {
      const auto at = model.begin() + static_cast<std::ptrdiff_t>(dice.below(model.size()));
      EXPECT_TRUE(set.remove(at->first));
      EXPECT_FALSE(set.remove(at->first));
      model.erase(at);
    } else if (i % 50 == 0) {
      std::string all;
      for (const auto& m : model) all += (all.empty() ? "" : " ") + std::to_string(m.second);
      EXPECT_EQ(set(0), model.size());
      EXPECT_EQ(told(), all);
    }
    ASSERT_EQ(set.size(), model.size());
  }
}

#if TROUPE_EXCEPTIONS
struct CopyThrows {
  CopyThrows() = default;
  CopyThrows(const CopyThrows&) { throw std::runtime_error("copy"); }
  CopyThrows(CopyThrows&&) noexcept {}
};

TEST_F(FwdSetTest, AnExceptionOfACopyLeavesItUsable) {
  FwdSet<CopyThrows> set;
  const auto key = set.add(fwd_do([](CopyThrows) {}));
  set.add(fwd_do([](CopyThrows) {}));
  const CopyThrows value;
  EXPECT_THROW(set(value), std::runtime_error);
  EXPECT_TRUE(set.remove(key));
  for (int i = 0; i < 100; ++i) set.remove(set.add(fwd_nop));
  EXPECT_EQ(set.size(), 1u);
}
#endif

}  // namespace fwd_set_test
}  // namespace troupe
