// fuzz/pairs/shapes.hpp: what makes tasks of what it awaits, around each source: one coroutine for
// each pair.
#pragma once
#include <array>

#include "fuzz/pairs/sources.hpp"

namespace pairs {

// A shape awaits what a source makes. `loses`: a failure, a limit's too, that ends the task drops
// what had come beside.
struct Plain {
  static auto of(auto& s) { return s.make(); }
};
struct AsReply {};  // made in the expression that awaits
struct InTime {
  static constexpr bool loses = true;
  static auto of(auto& s) { return timeout(limit, s.make()); }
};
struct InTimeOrReply {
  static auto of(auto& s) { return timeout(limit, s.make()).reply(); }
};
struct InTimeOrThrows {
  static constexpr bool loses = true;
  static auto of(auto& s) { return deadline(world().core().now() + limit, s.make()).value(); }
};
struct BeforeASleep {
  static auto of(auto& s) { return race(s.make(), sleep(limit)); }
};
struct FirstOfTwo {
  static auto of(auto& s) {
    auto one = s.make();
    auto two = s.make();
    return race(std::move(one), std::move(two)).reply();
  }
};
struct AnyOfTwo {
  static auto of(auto& s) {
    auto one = s.make();
    auto two = s.make();
    return any(std::move(one), std::move(two)).reply();
  }
};
struct FirstOfMany {
  static auto of(auto& s) {
    std::vector<decltype(s.make())> many;
    many.reserve(3);
    for (int i = 0; i < 3; ++i) many.push_back(s.make());
    return race(std::move(many));
  }
};
struct BothOfTwo {
  static constexpr bool loses = true;  // what one had, when both are dropped
  static auto of(auto& s) {
    auto one = s.make();
    auto two = s.make();
    return all(std::move(one), std::move(two)).reply();
  }
};
struct WithASleep {
  static constexpr bool loses = true;
  static auto of(auto& s) { return all(sleep(limit), s.make()); }
};
struct RaceInTime {
  static auto of(auto& s) {
    auto one = s.make();
    auto two = s.make();
    return timeout(limit, race(std::move(one), std::move(two))).reply();
  }
};
struct InTimeRaced {
  static constexpr bool loses = true;
  static auto of(auto& s) {
    auto one = s.make();
    auto two = s.make();
    return race(timeout(limit, std::move(one)), std::move(two)).reply();
  }
};

template <class A> inline constexpr bool gives_nothing = std::is_void_v<troupe::detail::awaited<A>>;

template <class Co, class Shape, class Source> struct Pair;  // for its name

// What a coroutine does with one source.
template <class Co, class Shape, class Source> Co awaits(bool wanted) {
  const Local local;
  InAlien mark(std::is_same_v<Co, Alien<Token>>);
  if constexpr (requires { Shape::loses; }) world().strict = false;
  tell(type_name<Pair<Co, Shape, Source>>);
  Source source;
  if constexpr (std::is_same_v<Shape, AsReply>) {
    auto got = co_await reply_of(source.make());
    see(got);
  } else if constexpr (gives_nothing<decltype(Shape::of(source))>) {
    co_await Shape::of(source);
  } else {
    auto got = co_await Shape::of(source);
    see(got);
  }
  mark.ended = true;
  // an alien does not know whether it is still awaited
  co_return Token(wanted && !std::is_same_v<Co, Alien<Token>>, "a coroutine");
}

template <class... X> struct List {};
template <class Co> struct Begin {
  Co (*begin)(bool wanted);
  std::string_view name;
};
using Sources =
    List<PushPipe, PullPipe, AskLater, AskNow, AskPlain, AskCoroutine, Sleeps, Waits, Pops, Pushes,
         Locks, Acquires, ReadsPipe, ReadsGenerator, Joins, AwaitsForeign<Foreign>,
         AwaitsForeign<ForeignSafe>, AwaitsForeign<ForeignCancels>, AwaitsForeign<ForeignNever>,
         AwaitsTask, AwaitsAlien>;
// Not so: two locks of one mutex at once wait for each other.
template <class Shape, class Source>
inline constexpr bool holds = !(std::is_same_v<Shape, BothOfTwo> && std::is_same_v<Source, Locks>);
template <class Co, class Shape, class Source> constexpr Begin<Co> begin_of() {
  return {&awaits<Co, Shape, Source>, type_name<Pair<Co, Shape, Source>>};
}
template <class Co, class Shape, class... S> constexpr auto row(List<S...>) {
  return std::array{begin_of<Co, std::conditional_t<holds<Shape, S>, Shape, Plain>, S>()...};
}
// All coroutines of a type: each shape around each source.
template <class Co, class Shapes> struct Pairs;
template <class Co, class... Shape> struct Pairs<Co, List<Shape...>> {
  static constexpr std::array table{row<Co, Shape>(Sources{})...};
  static constexpr std::size_t sources = table[0].size();
  static constexpr std::size_t count = table.size() * sources;
  static const Begin<Co>& at(std::size_t which) { return table[which / sources][which % sources]; }
  static Co any(bool wanted) {
    const auto& begins = table[world().below(table.size())];
    return begins[world().below(begins.size())].begin(wanted);
  }
};

}  // namespace pairs
