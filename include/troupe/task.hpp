// task.hpp: the door of room `task`: coroutines that run in a runtime, in reading order.
#pragma once
// First: it asks for C++23.
#include <troupe/base/platform.hpp>

// The two coroutine types, and making one a task.
#include <troupe/task/spawn.hpp>
#include <troupe/task/task.hpp>

// Awaiting an answer, asking an actor, awaiting time.
#include <troupe/task/ask.hpp>
#include <troupe/task/reply.hpp>
#include <troupe/task/sleep.hpp>

// Naming a task, asking it to stop, what a task knows of that, and leaving a word.
#include <troupe/task/on_drop.hpp>
#include <troupe/task/std_stop.hpp>
#include <troupe/task/stop.hpp>
#include <troupe/task/stop_token.hpp>
#include <troupe/task/task_ref.hpp>

// Streams: from a Fwd and to one, written as a coroutine, and map, filter, take, merge and others.
#include <troupe/task/generator.hpp>
#include <troupe/task/spawn_stream.hpp>
#include <troupe/task/stream_ops.hpp>
#include <troupe/task/stream_pipe.hpp>

// What tasks wait for together; what counts against the capacity of a queue or a pipe.
#include <troupe/task/event.hpp>
#include <troupe/task/mutex.hpp>
#include <troupe/task/queue.hpp>
#include <troupe/task/semaphore.hpp>
#include <troupe/task/weight.hpp>

// Several at once, limits, and what a limit does not reach.
#include <troupe/task/all.hpp>
#include <troupe/task/race.hpp>
#include <troupe/task/scope.hpp>
#include <troupe/task/shield.hpp>
#include <troupe/task/timeout.hpp>
