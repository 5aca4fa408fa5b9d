// thread/offload.hpp: `offload`: a function on another thread, and its result back here.
//
// For what blocks (a database that is linked into the program, the sync of a file, a name to
// resolve) and for what computes too long for a turn. What goes there and what comes back are
// values; the function sees nothing of the runtime.
#pragma once
#include <troupe/thread/job_cell.hpp>
#include <utility>

namespace troupe {

/// Names a job that was offloaded with a Ret. Counted, 8 bytes; of the runtime's thread. It need
/// not be kept. Empty by default, and where the job was refused at once.
class JobRef {
 public:
  using troupe_of_one_runtime = void;
  JobRef() noexcept = default;
  explicit JobRef(detail::JobHold job) noexcept : job_(std::move(job)) {}
  /// Discards the job: its Ret hears `cancelled`; one that waits is not run, and its function and
  /// arguments die here; one that runs is asked to stop, and what it returns is destroyed. Without
  /// effect once its Ret was answered.
  void cancel() const noexcept {
    if (job_) job_->cancel(ActorFail(Why::cancelled));
  }
  /// Asks the job to stop by its `JobStop`, and waits for what it returns as before.
  void request_stop() const noexcept {
    if (job_) job_->ask_to_stop();
  }
  /// Whether its Ret was answered, or there is no job.
  bool done() const noexcept { return !job_ || job_->is_over(); }
  /// Whether it names a job: not where that was refused.
  explicit operator bool() const noexcept { return bool(job_); }

 private:
  detail::JobHold job_;
};

namespace detail {
template <class F, class... B> struct OffloadStart {
  static constexpr const char* what = "a job of a pool";
  OffloadStart(PoolRef p, bool beyond, F&& f, Pack<B...>&& b) noexcept
      : pool(std::move(p)), beyond_bound(beyond), fn(std::move(f)), args(std::move(b)) {}
  JobRef operator()(Core& core, typename ret_of<job_result<F, B...>>::type ret) {
    return JobRef(JobCell<F, B...>::start(core, pool.queue(), beyond_bound, std::move(ret),
                                          std::move(fn), std::move(args)));
  }
  PoolRef pool;
  bool beyond_bound;
  F fn;
  Pack<B...> args;
};
template <class R> struct offload_pull {
  template <class Start> using type = Pull<Start, R>;
};
template <> struct offload_pull<void> {
  template <class Start> using type = Pull<Start>;
};
template <class F, class... B>
auto make_offload(const PoolRef& pool, bool beyond_bound, F&& fn, B&&... args) {
  using Start = OffloadStart<F, B...>;
  using Result = typename offload_pull<job_result<F, B...>>::template type<Start>;
  return Result(Start(pool, beyond_bound, std::move(fn), detail::pack(std::move(args)...)));
}
}  // namespace detail

/// Runs `fn(stop, args...)` or `fn(args...)` on a thread of the pool, and answers `ret` with what
/// it returns, in a turn of this runtime. Jobs begin in the order in which they were given, from
/// all runtimes. A job ends with who asked: where the actor that `ret` calls ends, or where
/// `ret.is_wanted()` becomes false because a task that asked was dropped, or a limit of time ran
/// out, the job is cancelled, in a turn behind that. Where that was so before, the job is not
/// given: `fn` and `args` die here, and the ref is empty. (A Ret of another runtime does not know,
/// nor does one into which another was put know of that one.) What must be done all the same gets
/// another Ret, as `ret_nop`.
/// @param context a `Runtime`, `Core` or `Cx`: the runtime in whose turn the answer comes
/// @param pool a `Pool`, or a `PoolRef` to one
/// @param fn a function, a captureless lambda, or a function object whose fields are Storable; one
/// that takes a `JobStop` first hears when its result is not wanted any more
/// @param ret gets what `fn` returns, or why nothing came: `failed` with the exception that it
/// threw; `overloaded` where `PoolOptions::bound` jobs wait; `lost` where the pool has ended, or
/// ends before the job has begun; `cancelled`; `no_memory`; `ended` where the runtime ends first;
/// `failed` with the system's words where the first thread cannot be started
/// @param args owned values, copied or moved in; given to `fn` as rvalues. They, `fn` and the
/// result are `Sendable` and have destructors that do not throw; `fn` and `args` die on the thread
/// that ran them, before the answer, or where they were not run, here or on the thread that ends
/// the pool. Of one that can be copied but not moved, copies stay here as well: until the
/// expression is over that offloads it, or awaits that. A result may move by what throws: `ret`
/// hears `failed` then
/// @returns a ref, by which the job can be cancelled; it need not be kept
///
/// Lifetime: runtime and pool may end in any order; what the job returns for a runtime that has
/// ended is destroyed. While it is out, `run_virtual` waits for it. Cost: one heap block, one lock
/// and a wake-up each way; for a Ret of an actor a watch of it, too.
template <class Context, class F, class R, class... B>
  requires detail::spawn_context<Context> && detail::heard_job<R, F, B...>
JobRef offload(Context& context, const PoolRef& pool, F fn, R ret, B... args) {
  return JobRef(detail::JobCell<F, B...>::start(detail::core_behind(context), pool.queue(), false,
                                                std::move(ret), std::move(fn),
                                                detail::pack(std::move(args)...)));
}
/// Runs a function on a thread of the pool for a task: `co_await offload(pool, fn, args...)` hands
/// it over when it is awaited, and gives what `fn` returns. Function, arguments, result, order and
/// cost are as with a Ret. If no result comes, for one of the reasons that a Ret hears, the task
/// ends there (`.reply()` gives an expected instead, `.value()` throws ActorFailed). A task that is
/// dropped meanwhile, or has reached a limit, cancels the job; one that is asked to stop passes
/// that on to its `JobStop`, and waits on.
template <class F, class... B>
  requires detail::good_job<F, B...> && detail::none_dies_twice<F, B...>
auto offload(const PoolRef& pool, F fn, B... args) {
  return detail::make_offload<F, B...>(pool, false, std::move(fn), std::move(args)...);
}
/// Runs a function on a thread of the pool for a task, as offload() does, and waits for room
/// instead of hearing `overloaded`: where `PoolOptions::bound` jobs wait, it waits behind them. It
/// keeps its place in the order. So what waits is bounded by the number of tasks that do this, each
/// of which waits for its one job.
template <class F, class... B>
  requires detail::good_job<F, B...> && detail::none_dies_twice<F, B...>
auto offload_when_room(const PoolRef& pool, F fn, B... args) {
  return detail::make_offload<F, B...>(pool, true, std::move(fn), std::move(args)...);
}

#if TROUPE_GCC_12
// What an aggregate among the arguments asks for: a copy of one that has a name.
template <class F, class... B>
  requires detail::named_first<F, B...> && detail::good_job<std::decay_t<F>, std::decay_t<B>...>
auto offload(const PoolRef& pool, F&& fn, B&&... args) {
  return detail::make_offload<std::decay_t<F>, std::decay_t<B>...>(
      pool, false, std::decay_t<F>(std::forward<F>(fn)), std::decay_t<B>(std::forward<B>(args))...);
}
template <class F, class... B>
  requires detail::named_first<F, B...> && detail::good_job<std::decay_t<F>, std::decay_t<B>...>
auto offload_when_room(const PoolRef& pool, F&& fn, B&&... args) {
  return detail::make_offload<std::decay_t<F>, std::decay_t<B>...>(
      pool, true, std::decay_t<F>(std::forward<F>(fn)), std::decay_t<B>(std::forward<B>(args))...);
}
template <class F, class... B,
          class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
  requires detail::made_beside<F, B...> && detail::good_job<std::decay_t<F>, std::decay_t<B>...>
detail::Refused offload(const PoolRef&, F&&, B&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
  requires detail::made_beside<F, B...> && detail::good_job<std::decay_t<F>, std::decay_t<B>...>
detail::Refused offload_when_room(const PoolRef&, F&&, B&&...) = delete;  // see Mistake
#endif
template <
    class Context, class F, class R, class... B,
    class Mistake = detail::HeardJobMistake<std::decay_t<F>, std::decay_t<R>, std::decay_t<B>...>>
  requires(detail::spawn_context<Context> &&
           !detail::heard_job<std::decay_t<R>, std::decay_t<F>, std::decay_t<B>...>)
detail::Refused offload(Context&, const PoolRef&, F&&, R&&, B&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::JobMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_job<std::decay_t<F>, std::decay_t<B>...>)
detail::Refused offload(const PoolRef&, F&&, B&&...) = delete;  // see Mistake
template <class F, class... B,
          class Mistake = detail::JobMistake<std::decay_t<F>, std::decay_t<B>...>>
  requires(!detail::good_job<std::decay_t<F>, std::decay_t<B>...>)
detail::Refused offload_when_room(const PoolRef&, F&&, B&&...) = delete;  // see Mistake

}  // namespace troupe
