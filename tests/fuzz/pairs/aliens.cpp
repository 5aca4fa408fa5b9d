// fuzz/pairs/aliens.cpp: the pairs inside coroutines of a foreign type.
#include "fuzz/pairs/shapes.hpp"

namespace pairs {

namespace {
Alien<Token> gives() {
  const Local local;
  co_return Token(false, "an alien");
}
using InAliens = Pairs<Alien<Token>,
                       List<Plain, InTime, InTimeOrReply, InTimeOrThrows, BeforeASleep, FirstOfTwo,
                            AnyOfTwo, FirstOfMany, BothOfTwo, WithASleep, RaceInTime, InTimeRaced>>;
}  // namespace

Alien<Token> nested_alien() {
  troupe_test::aliens_are_eager = world().below(2) != 0;
  if (!TROUPE_EXCEPTIONS || !world().may_make()) return gives();  // what it loses is thrown there
  return InAliens::any(false);
}
std::size_t pairs_in_aliens() { return TROUPE_EXCEPTIONS ? InAliens::count : 0; }
std::string_view name_in_aliens(std::size_t which) { return InAliens::at(which).name; }
Alien<Token> in_alien(std::size_t which, bool eager) {
  troupe_test::aliens_are_eager = eager;
  return InAliens::at(which).begin(false);
}

}  // namespace pairs
