// core/put_off.hpp: Rets that die while an exception unwinds the stack. (internal)
//
// Nobody knows then whether the exception will fail the actor, nor later which of the exceptions of
// a turn it was. So such a Ret is put into a list. The turn of a handler, or the coroutine, that
// lets an exception out or ends its actor answers those of its item of the queue with that reason.
// Where it does neither, a record of the queue answers them as dropped; so does a function of a Ret
// or Fwd that throws, whose failure is not that of the turn around it.
#pragma once
#include <cstdint>
#include <troupe/core/actor_fail.hpp>
#include <troupe/core/words.hpp>

namespace troupe {

class Core;

namespace detail {
struct Box;
struct PutOff {
  PutOff* next;
  void (*fail)(const PutOff& ret, const ActorFail& why);
  void (*fn)();
  Box* to;
  Words bound;
  std::uint64_t item = 0;
};
bool put_off(const PutOff& ret) noexcept;  // false: the reason is known now
void answer_put_off(
    Core& core,
    std::uint64_t item) noexcept;  // those of that item, with the reason that holds here
}  // namespace detail

}  // namespace troupe
