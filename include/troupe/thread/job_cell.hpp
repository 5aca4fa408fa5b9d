// thread/job_cell.hpp: a job of one function: what it is called with, and what comes of it.
// (internal)
#pragma once
#include <memory>
#include <new>
#include <troupe/base/pack.hpp>
#include <troupe/core/ret.hpp>
#include <troupe/thread/good_job.hpp>

namespace troupe::detail {

template <class R> struct JobResult {
  JobResult() noexcept {}
  JobResult(const JobResult&) = delete;
  ~JobResult() { reset(); }
  // What make() returns is built here, and not moved.
  template <class Make> void put(Make&& make) {
    ::new (static_cast<void*>(std::addressof(value_))) R(make());
    is_there_ = true;
  }
  void give(Ret<R>& ret) { ret.answer_with(std::addressof(value_)); }
  void reset() noexcept {
    if (std::exchange(is_there_, false)) value_.~R();
  }

 private:
  union {
    R value_;
  };
  bool is_there_ = false;
};
template <> struct JobResult<void> {
  template <class Make> void put(Make&& make) { make(); }
  void give(Ret<>& ret) { ret(); }
  void reset() noexcept {}
};

template <class F, class... B> class JobCell final : public JobHead {
 public:
  using Result = job_result<F, B...>;
  using ItsRet = typename ret_of<Result>::type;
  JobCell(Core& core, JobQueue& queue, ItsRet&& ret, F&& fn, Pack<B...>&& args) noexcept
      : JobHead(core, queue, ops),
        ret_(std::move(ret)),
        work_(std::in_place, std::move(fn), std::move(args)) {}

  /// Makes it and lets it go; its Ret hears where that cannot be, or where who asked has gone
  /// already.
  static JobHold start(Core& core, JobQueue* queue, bool beyond_bound, ItsRet&& ret, F&& fn,
                       Pack<B...>&& args) noexcept {
    if (!ret) [[unlikely]]
      answered_twice(type_name<ItsRet>);
    if (!queue) return ret.fail(ActorFail(Why::lost, Error("the pool has ended"))), JobHold();
    Box* const asker = asker_of(ret);
    const bool hears = !asker && ret.is_wanted();
    if (asker ? asker->has_ended() : !hears && !is_nop(ret))
      return ret.fail(ActorFail(asker ? Why::lost : Why::cancelled)), JobHold();
    void* const room = take_room();
    if (!room) return ret.fail(ActorFail(Why::no_memory)), JobHold();
    auto* const job =
        ::new (room) JobCell(core, *queue, std::move(ret), std::move(fn), std::move(args));
    JobHold hold(*job);
    TROUPE_TRY {
      if (asker) job->end_with(*asker);
    }
    TROUPE_CATCH_ALL { return job->refuse(ActorFail(Why::no_memory)), JobHold(); }
    if (hears) job->end_with_ret();
    job->go(beyond_bound);
    return job->is_over() ? JobHold() : hold;
  }

 private:
  // Apart from the construction: Clang would hold a Ret for moved where there was no memory.
  static void* take_room() noexcept {
    if constexpr (alignof(JobCell) > __STDCPP_DEFAULT_NEW_ALIGNMENT__)
      return ::operator new(sizeof(JobCell), std::align_val_t(alignof(JobCell)), std::nothrow);
    else
      return ::operator new(sizeof(JobCell), std::nothrow);
  }
  struct Work {
    Work(F&& f, Pack<B...>&& b) noexcept : fn(std::move(f)), args(std::move(b)) {}
    F fn;
    [[no_unique_address]] Pack<B...> args;
  };
  // Nobody ever waited, so its job is not one whose asker has gone.
  static bool is_nop(const ItsRet& ret) noexcept {
    return ret.site() == reinterpret_cast<const void*>(&ItsRet::nop);
  }
  ItsRet ret_;
  std::optional<Work> work_;
  JobResult<Result> result_;
  static JobCell& of(JobHead& job) noexcept { return static_cast<JobCell&>(job); }
  static void run(JobHead& head) noexcept {
    JobCell& job = of(head);
    TROUPE_TRY {
      job.result_.put([&job]() -> decltype(auto) {
        return job.work_->args([&job](B&... b) -> decltype(auto) {
          return detail::invoke_job(job.work_->fn, JobStop(JobHold(job)), std::move(b)...);
        });
      });
    }
    TROUPE_CATCH_ALL { job.threw_ = std::current_exception(); }
    job.work_.reset();
  }
  static constexpr Ops ops{
      &run,
      [](JobHead& job) noexcept {
        of(job).work_.reset();
        of(job).result_.reset();
      },
      [](JobHead& job) { of(job).result_.give(of(job).ret_); },
      [](JobHead& job, const ActorFail& why) { of(job).ret_.fail(why); },
      [](const JobHead& job) noexcept {
        return static_cast<const JobCell&>(job).ret_.tells_failure();
      },
      [](const JobHead& job) noexcept { return static_cast<const JobCell&>(job).ret_.is_wanted(); },
      [](JobHead& job) noexcept { delete &of(job); },
      std::is_invocable_v<F&, JobStop, B...>};
};

}  // namespace troupe::detail
