// thread.hpp: room `thread`: ways into a runtime from other threads, work that is done there, and
// runtimes that call each other.
#pragma once
#include <troupe/thread/channel.hpp>
#include <troupe/thread/ensemble.hpp>
#include <troupe/thread/ensemble_alive.hpp>
#include <troupe/thread/ensemble_threads.hpp>
#include <troupe/thread/job_out.hpp>
#include <troupe/thread/offload.hpp>
#include <troupe/thread/piped_thread.hpp>
#include <troupe/thread/remote.hpp>
#include <troupe/thread/remote_set.hpp>
#include <troupe/thread/remote_watch.hpp>
#include <troupe/thread/room.hpp>
#include <troupe/thread/sendable.hpp>
#include <troupe/thread/sendable_ret.hpp>
#include <troupe/thread/thread_channel.hpp>
#include <troupe/thread/waker.hpp>
