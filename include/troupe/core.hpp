// core.hpp: the door of room `core`: actors, calls, replies, timers, shares and the runtime, in
// reading order.
#pragma once
// First: the one asks for C++23, and what the other refuses is told in few lines from here.
#include <troupe/base/platform.hpp>
#include <troupe/base/scoped.hpp>

// The host's side: a runtime, and questions from outside.
#include <troupe/core/query.hpp>
#include <troupe/core/runtime.hpp>

// What a handler gets, and what it may ask of its runtime.
#include <troupe/core/core.hpp>
#include <troupe/core/cx.hpp>

// Handles, making actors, children that leave when they end, hearing of the end of others.
#include <troupe/core/actor.hpp>
#include <troupe/core/actor_slab.hpp>
#include <troupe/core/make_actor.hpp>
#include <troupe/core/watch.hpp>

// Calling actors: soon, later, and by timers that end with what they are for.
#include <troupe/core/call.hpp>
#include <troupe/core/owned_timer.hpp>
#include <troupe/core/timer.hpp>

// Why something did not come, and why an actor ended.
#include <troupe/core/actor_fail.hpp>
#include <troupe/core/stop_cause.hpp>

// One answer: to whom it goes, to an actor or to a function.
#include <troupe/core/ret.hpp>
#include <troupe/core/ret_do.hpp>
#include <troupe/core/ret_to.hpp>

// Many values: to one receiver, to many.
#include <troupe/core/fwd.hpp>
#include <troupe/core/fwd_set.hpp>

// State and bytes that several share; deferring without a context.
#include <troupe/core/bytes.hpp>
#include <troupe/core/deferrer.hpp>
#include <troupe/core/share.hpp>

// What happened: the log, the books on Rets, what keeps a runtime running.
#include <troupe/core/ledger.hpp>
#include <troupe/core/log.hpp>
#include <troupe/core/why_alive.hpp>
