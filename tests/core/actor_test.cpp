// core/actor_test.cpp: handles and owners: counting, converting, killing, owning without a type.
#include <troupe/core/actor.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace actor_test {

using troupe_test::say;
using troupe_test::tell_end;
using troupe_test::told;

using ActorTest = troupe_test::RecordedTest;

struct Animal {
  virtual ~Animal() { say("~animal"); }
  virtual void sound(int v) { say("animal", v); }
  void named(Cx<Animal>& cx, int v) { say("named", v + static_cast<int>(cx.id() > 0)); }
  void stop(Cx<Animal>& cx) { cx.stop(); }
  int legs = 4;
};
struct Cat : Animal {
  explicit Cat(std::string n) : name(std::move(n)) {}
  ~Cat() override { say("~", name); }
  void sound(int v) override { say(name, v + legs); }
  std::string name;
};

TEST_F(ActorTest, AnActorOfABaseReachesVirtualMethods) {
  Runtime rt;
  auto own = make_actor<Cat>(rt, tell_end("end"), std::string("tom"));
  const Actor<Cat> cat = own;
  Actor<Animal> animal = cat;
  Actor<Animal> from_owner = own;
  EXPECT_EQ(animal, from_owner);
  call<&Animal::sound>(animal, 1);
  call<&Animal::sound>(own, 2);
  call<&Cat::sound>(own, 3);
  call<&Animal::named>(cat, 4);
  call<&Animal::named>(animal, 5);
  call<&Animal::stop>(animal);
  rt.run();
  EXPECT_EQ(told(), "tom5 tom6 tom7 named5 named6 ~tom ~animal end:stopped");
}

struct Here {
  int pad = 1;
};
struct There {
  void look(Cx<There>&) {}
  void plain() { say("there", value); }
  int value = 2;
};
struct Both : Here, There {};
struct Virtual : virtual Here {};
static_assert(std::is_convertible_v<ActorOwn<Both>, Actor<Here>> &&
              std::is_convertible_v<Actor<Both>, Actor<Here>>);
static_assert(!std::is_convertible_v<ActorOwn<Virtual>, Actor<Here>>,
              "in Prep nothing tells where the base lies");
static_assert(!std::is_convertible_v<Actor<Virtual>, Actor<Here>>);

TEST_F(ActorTest, OnlyTheFirstBaseWillDo) {
  Runtime rt;
  auto own = make_actor<Both>(rt, ret_nop);
  const Actor<Here> here = own;
  EXPECT_EQ(here.id(), own.id());
  EXPECT_DEATH(Actor<There>{own}, "first base class.*Both");
  call<&There::plain>(own);
  rt.run();
  EXPECT_EQ(told(), "there2") << "without a context it may be any base";
  EXPECT_DEATH(
      {
        call<&There::look>(own);
        rt.run();
      },
      "Cx<Base> needs Base to be the first base class.*Both");
}

struct Plain {
  explicit Plain(std::string n) : name(std::move(n)) {}
  ~Plain() { say("~", name); }
  void work() { say(name); }
  void keep(Actor<Plain> other) { others.push_back(std::move(other)); }
  std::string name;
  std::vector<Actor<Plain>> others;
};

TEST_F(ActorTest, HandlesCompareCopyAndKnowTheirActor) {
  Runtime rt;
  auto a = make_actor<Plain>(rt, ret_nop, std::string("a"));
  auto b = make_actor<Plain>(rt, ret_nop, std::string("b"));
  Actor<Plain> one = a, same = a.actor(), other = b, empty;
  EXPECT_EQ(one, same);
  EXPECT_NE(one, other);
  EXPECT_EQ(one.id(), 1u);
  EXPECT_EQ(other.id(), 2u);
  EXPECT_EQ(empty.id(), 0u);
  EXPECT_TRUE(empty.is_zombie());
  EXPECT_FALSE(static_cast<bool>(empty));
  EXPECT_EQ(empty.name(), "");
  Actor<Plain> moved = std::move(one);
  EXPECT_FALSE(static_cast<bool>(one));
  EXPECT_EQ(moved, same);
  same = other;
  EXPECT_EQ(same, other);
  same = std::as_const(same);
  EXPECT_EQ(same, other);
}

TEST_F(ActorTest, AnEmptyHandleThatIsCalledEndsADebugBuild) {
#if TROUPE_DEBUG
  EXPECT_DEATH(
      {
        Actor<Plain> empty;
        call<&Plain::work>(empty);
      },
      "an empty Actor was called.*Plain");
#endif
}

TEST_F(ActorTest, WeakCyclesAreHarmless) {
  Runtime rt;
  auto a = make_actor<Plain>(rt, tell_end("a"), std::string("a"));
  auto b = make_actor<Plain>(rt, tell_end("b"), std::string("b"));
  call<&Plain::keep>(a, b.actor());
  call<&Plain::keep>(b, a.actor());
  call<&Plain::keep>(a, a.actor());
  rt.run();
  a = {};
  b = {};
  rt.run();
  EXPECT_EQ(told(), "~a a:dropped ~b b:dropped");
}

TEST_F(ActorTest, OwnersWithoutATypeOwn) {
  Runtime rt;
  std::vector<ActorOwnAnon> all;
  all.emplace_back(make_actor<Plain>(rt, tell_end("a"), std::string("a")));
  all.emplace_back(make_actor<Cat>(rt, tell_end("c"), std::string("c")));
  rt.run();
  EXPECT_EQ(told(), "");
  EXPECT_TRUE(static_cast<bool>(all[0]));
  ActorOwnAnon moved = std::move(all[0]);
  EXPECT_FALSE(static_cast<bool>(all[0]));
  all.clear();
  rt.run();
  EXPECT_EQ(told(), "~c ~animal c:dropped");
  moved = {};
  rt.run();
  EXPECT_EQ(told(), "~a a:dropped");
}

TEST_F(ActorTest, ManyOwnersAreCounted) {
  Runtime rt;
  auto own = make_actor<Plain>(rt, tell_end("a"), std::string("a"));
  rt.run();
  {
    std::vector<ActorOwn<Plain>> owners;
    for (int i = 0; i < 1000; ++i) owners.push_back(own.owned());
    EXPECT_EQ(rt.actors()[0].owners, 1001u);
  }
  rt.run();
  EXPECT_EQ(rt.actors()[0].owners, 1u);
  own = {};
  rt.run();
  EXPECT_EQ(told(), "~a a:dropped");
}

static_assert(sizeof(Actor<Plain>) == 8 && sizeof(ActorOwn<Plain>) == 8 &&
              sizeof(ActorOwnAnon) == 8);
static_assert(!std::is_copy_constructible_v<ActorOwn<Plain>>);
static_assert(!std::is_convertible_v<Actor<Animal>, Actor<Cat>>);
static_assert(sizeof(CxBase) == 32 && sizeof(Cx<Plain>) == 32 && sizeof(Prep<Plain>) == 32);

}  // namespace actor_test
}  // namespace troupe
