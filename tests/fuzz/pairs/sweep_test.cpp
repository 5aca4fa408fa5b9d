// fuzz/pairs/sweep_test.cpp: each pair with each second action at each moment, once: pairs_fuzz.cpp
// without chance.
//
// A case has a number. TROUPE_CASE=n plays that one alone, and TROUPE_TELL=1 says how it goes.
// Release builds play all, the slower ones only each n-th: those with sanitizers others with GCC
// than with Clang.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <string>

#include "fuzz/pairs/sources.hpp"
#include "support/tell_again.hpp"

namespace pairs {
namespace sweep_test {

struct Deed {
  std::string_view name;
  void (*does)(World& w);
};
template <std::uint64_t Act> constexpr Deed act_named(const char* name) {
  return {name, [](World& w) { w.act(Act); }};
}
template <int What> constexpr Deed actor_does(const char* name) {
  return {name, [](World& w) {
            w.strict = false;
            if (!w.ended) call<&Server::deed>(w.server, What);
          }};
}
constexpr std::array deeds{
    Deed{"nothing", [](World&) {}},
    act_named<0>("a cancel"),
    act_named<3>("a request to stop"),
    act_named<5>("a look"),
    act_named<6>("all sources give"),
    act_named<7>("one source gives"),
    act_named<8>("one source is lost"),
    act_named<9>("the actor is killed"),
    act_named<10>("the actor's owner goes"),
    actor_does<0>("the actor stops"),
    actor_does<1>("the actor fails"),
    actor_does<2>("the actor stops after its tasks"),
    actor_does<3>("the actor throws"),
    Deed{"all objects go",
         [](World& w) {
           if (w.ended) return;
           for (std::uint64_t i = 0; i < World::object_kinds; ++i) w.destroy(i);
         }},
    act_named<14>("the queues are closed"),
    act_named<15>("a foreign coroutine is destroyed"),
    act_named<16>("memory is given back"),
    act_named<17>("the runtime ends"),
};

constexpr std::array<std::string_view, 4> places{"in a task", "in an actor's task",
                                                 "in a foreign coroutine of a task",
                                                 "in a foreign coroutine"};
// What comes when the coroutine waits.
struct Then {
  std::string_view name;
  bool gives, is_late;
};
constexpr std::array thens{Then{"its value", true, false}, Then{"its limit", false, true},
                           Then{"both", true, true}};
// All other choices of a program are the same one; with the first, what can be there is there.
// Inside: the deed is done in an item of the queue.
struct Rest {
  std::uint8_t choice;
  bool inside;
};
constexpr std::array rests{Rest{0, false}, Rest{6, false}, Rest{6, true}};
constexpr std::uint64_t items_before = 6, items_behind = 5;  // which are moments, each
constexpr std::uint64_t moments = items_before + 1 + items_behind;

class Case {
 public:
  explicit Case(std::uint64_t n) : number(n), left_(n) {
    moment = take(moments);
    deed = take(deeds.size());
    then = take(thens.size());
    rest = take(rests.size());
    const bool in_task = left_ < 2 * pairs_in_tasks();
    if (!in_task) left_ -= 2 * pairs_in_tasks();
    place = take(2) + (in_task ? 0 : 2);
    pair = left_;
    name = in_task ? name_in_tasks(pair) : name_in_aliens(pair);
  }
  static std::uint64_t count() {
    return moments * deeds.size() * thens.size() * rests.size() * 2 *
           (pairs_in_tasks() + pairs_in_aliens());
  }
  std::string text() const {
    std::string all = "TROUPE_CASE=" + std::to_string(number) + ": ";
    for (const std::string_view word : {places[place], name, thens[then].name, deeds[deed].name})
      (all += word) += "; ";
    all += rests[rest].inside ? "inside, " : "";
    all += "at moment " + std::to_string(moment);
    return all + ", choices " + std::to_string(rests[rest].choice);
  }
  // What foreign code keeps is leaked: so only in some.
  bool is_forgetful() const {
    return rest == 1 && !thens[then].gives && moment % 4 == 0 && name.find("Never") != name.npos;
  }
  std::uint64_t number, moment, deed, then, rest, place, pair;
  std::string_view name;

 private:
  std::uint64_t take(std::uint64_t n) {
    const std::uint64_t which = left_ % n;
    left_ /= n;
    return which;
  }
  std::uint64_t left_;
};

Task<Token> awaits_alien(std::size_t which) {
  const Local local;
  Token got = co_await in_alien(which, false);
  got.see();
  co_return Token(true, "a task that awaits");
}
void begin(World& w, const Case& c) {
  w.server = make_actor<Server>(w.core(), ret_nop);
  w.made = most_made - 4;  // few coroutines below it
  w.forgetful = c.is_forgetful();
  const std::size_t pair = c.pair;
  switch (c.place) {
    case 0:
      w.refs.push_back(spawn(w.core(), in_task, w.counted(), pair));
      return;
    case 1:
      return call<&Server::one_pair>(w.server, pair);
    case 2:
      w.refs.push_back(spawn(w.core(), awaits_alien, w.counted(), pair));
      return;
    default:
      return defer(
          w.core(),
          [](Core&, std::size_t which) {
            world().aliens.push_back(std::make_unique<Alien<Token>>(in_alien(which, true)));
          },
          pair);
  }
}
void then(World& w, const Then& what) {
  if (w.ended) return;
  if (what.gives) w.fire_all();
  if (what.is_late)
    w.rt->run(w.rt->now() + limit, RunLimit{.items = 1});
  else
    w.rt->run_one();
}
void deed(World& w, const Case& c) {
  if (w.ended) return;
  if (rests[c.rest].inside)
    defer(w.core(), [](Core&, std::uint64_t which) { deeds[which].does(world()); }, c.deed);
  else
    deeds[c.deed].does(w);
}

void play(const Case& c) {
  const std::uint64_t rets = Ledger::here().live();
  std::array<std::uint8_t, 256> all;
  all.fill(rests[c.rest].choice);
  Bytes bytes(all.data(), all.size());
  {
    const auto own = std::make_unique<World>(bytes);
    World& w = *own;
    w.rt->set_end_wait(0s);
    begin(w, c);
    for (std::uint64_t moment = 0; moment < moments; ++moment) {
      if (moment == c.moment) deed(w, c);
      if (moment == items_before)
        then(w, thens[c.then]);
      else if (!w.ended)
        w.rt->run_one();
    }
    w.finish();
  }
  require(Ledger::here().live() == rets, "the ledger stands at zero");
}

constexpr std::uint64_t stride = TROUPE_ASAN ? 101 : TROUPE_DEBUG ? 17 : 1;  // primes
#if defined(__clang__)
constexpr std::uint64_t first = stride / 2;
#else
constexpr std::uint64_t first = 0;
#endif

TEST(PairsSweep, EachPairWithEachDeedAtEachMoment) {
  troupe_test::tell_whatever_comes();
  const auto plays = [](std::uint64_t number) {
    const Case c(number);
    troupe_test::again() = c.text();
    play(c);
  };
  if (const char* only = std::getenv("TROUPE_CASE")) return plays(std::strtoull(only, nullptr, 10));
  std::uint64_t played = 0;
  for (std::uint64_t number = first; number < Case::count(); number += stride, ++played)
    plays(number);
  std::printf("%llu of %llu cases\n", static_cast<unsigned long long>(played),
              static_cast<unsigned long long>(Case::count()));
}

}  // namespace sweep_test
}  // namespace pairs
