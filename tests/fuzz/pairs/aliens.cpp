// fuzz/pairs/aliens.cpp: the pairs inside coroutines of a foreign type.
#include "fuzz/pairs/shapes.hpp"

namespace pairs {

namespace {
Alien<Token> gives() {
  const Local local;
  co_return Token(false, "an alien");
}
}  // namespace

Alien<Token> nested_alien() {
  troupe_test::aliens_are_eager = world().below(2) != 0;
  if (!TROUPE_EXCEPTIONS || !world().may_make()) return gives();  // what it loses is thrown there
  return any_pair<Alien<Token>>(false, List<Plain, InTimeOrReply, BeforeASleep, FirstOfTwo, RaceInTime>{});
}

}  // namespace pairs
