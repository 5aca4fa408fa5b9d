// task/kept_fail.cpp: where failures wait.
#include <troupe/task/kept_fail.hpp>

#include <troupe/core/core.hpp>

namespace troupe::detail {
namespace {

const ActorFail mere_words[] = {ActorFail(Why::dropped),   ActorFail(Why::failed),
                                ActorFail(Why::cancelled), ActorFail(Why::lost),
                                ActorFail(Why::timed_out), ActorFail(Why::overloaded),
                                ActorFail(Why::no_memory), ActorFail(Why::ended)};

const ActorFail* mere_word(Why why) noexcept { return &mere_words[static_cast<unsigned>(why)]; }

}  // namespace

const ActorFail* keep_fail(Core& core, const ActorFail& fail) noexcept {
  if (const auto* kept = kernel_of(core).pool.try_make<ActorFail>(fail)) return kept;
  return mere_word(fail.why());
}

void drop_kept_fail(const ActorFail* kept) noexcept {
  if (kept != mere_word(kept->why())) Pool::destroy(const_cast<ActorFail&>(*kept));
}

}  // namespace troupe::detail
