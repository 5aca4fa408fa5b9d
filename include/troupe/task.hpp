// task.hpp: the door of room `task`: coroutines that run in a runtime, in reading order.
#pragma once
// clang-format off
#include <troupe/base/platform.hpp>  // first: it asks for C++23
#include <troupe/task/task.hpp>   // the two coroutine types
#include <troupe/task/spawn.hpp>  // making one a task
#include <troupe/task/reply.hpp>  // awaiting an answer
#include <troupe/task/ask.hpp>    // asking an actor
#include <troupe/task/sleep.hpp>  // awaiting time
#include <troupe/task/task_ref.hpp>    // naming a task
#include <troupe/task/stop_token.hpp>  // asking to stop
#include <troupe/task/stop.hpp>        // ... and what a task knows of itself
#include <troupe/task/on_drop.hpp>     // leaving a word
#include <troupe/task/std_stop.hpp>  // for code that takes a std::stop_token
#include <troupe/task/stream_pipe.hpp>   // from a Fwd to a stream
#include <troupe/task/spawn_stream.hpp>  // from a stream to a Fwd
#include <troupe/task/generator.hpp>     // a stream written as a coroutine
#include <troupe/task/stream_ops.hpp>    // map, filter, take, merge, collect, for_each
#include <troupe/task/event.hpp>
#include <troupe/task/mutex.hpp>
#include <troupe/task/semaphore.hpp>
#include <troupe/task/queue.hpp>
#include <troupe/task/all.hpp>
#include <troupe/task/race.hpp>
#include <troupe/task/timeout.hpp>
#include <troupe/task/scope.hpp>
#include <troupe/task/shield.hpp>
// clang-format on
