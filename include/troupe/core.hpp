// core.hpp: the door of room `core`: actors, calls, replies, timers, shares and the runtime, in
// reading order.
#pragma once
// clang-format off
#include <troupe/base/platform.hpp>  // first: it asks for C++23
#include <troupe/base/scoped.hpp>    // lending to a child of a scope: here, so that what it refuses is told in few lines
#include <troupe/core/runtime.hpp>      // the host's side
#include <troupe/core/query.hpp>        // ... and its questions
#include <troupe/core/core.hpp>         // what handlers may ask of it
#include <troupe/core/cx.hpp>           // what a handler of an actor gets
#include <troupe/core/actor.hpp>        // handles
#include <troupe/core/make_actor.hpp>   // making actors
#include <troupe/core/watch.hpp>        // hearing of the end of others
#include <troupe/core/actor_slab.hpp>   // children that leave when they end
#include <troupe/core/call.hpp>         // calling them
#include <troupe/core/timer.hpp>        // calling them later
#include <troupe/core/owned_timer.hpp>  // ... and timers that end with what they are for
#include <troupe/core/actor_fail.hpp>   // why something did not come
#include <troupe/core/stop_cause.hpp>   // why an actor ended
#include <troupe/core/ret.hpp>          // one answer
#include <troupe/core/ret_to.hpp>       // ... to an actor
#include <troupe/core/ret_do.hpp>       // ... to a function
#include <troupe/core/fwd.hpp>          // many values
#include <troupe/core/fwd_set.hpp>      // ... to many
#include <troupe/core/share.hpp>        // shared state
#include <troupe/core/bytes.hpp>        // shared bytes, which nobody changes
#include <troupe/core/deferrer.hpp>     // without a context
#include <troupe/core/log.hpp>          // what happened
#include <troupe/core/ledger.hpp>       // the books on Rets
#include <troupe/core/why_alive.hpp>    // what keeps a runtime running
// clang-format on
