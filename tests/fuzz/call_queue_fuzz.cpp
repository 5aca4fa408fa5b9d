// fuzz/call_queue_fuzz.cpp: whatever is queued, in the flat queue and in a runtime's three, runs or
// dies once, in order.
//
// The first byte chooses: a CallQueue alone, with records of all sizes, reserved room and a lack of
// memory; or a Runtime's main, lazy and idle queue, with limits of its runs. Records push more, and
// throw, as the bytes want it. The runtime's host is asked for a turn, once, by what is pushed
// between two runs.
#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <troupe/core.hpp>

#include "support/allocations_hook.hpp"
#include "support/bytes.hpp"
#include "support/queue_items.hpp"

namespace {

using namespace troupe;
using troupe_test::Allocations;
using troupe_test::Bytes;
using troupe_test::FailAllocation;
using troupe_test::ItemLog;
using troupe_test::push_sizes;
using troupe_test::pushes;
using troupe_test::require;
using troupe_test::reserved_size;

constexpr std::size_t most_waiting = 4000;  // records
constexpr std::size_t unbounded = SIZE_MAX;

// What waits, in order, beside a queue.
struct Waiting {
  struct One {
    int number;
    std::size_t bytes;
  };
  std::deque<One> all;
  std::size_t bytes = 0, largest = 0;
  std::size_t beyond = 0, chunks_beyond = 1;  // taken in since there were more bytes than the bound
  void add(int number, std::size_t size) {
    all.push_back({number, size});
    bytes += size;
    largest = std::max(largest, size);
  }
  // The bound is kept where a chunk is taken: what is within the chunk goes on. Reserved room may
  // take one all the same.
  void add_within(std::size_t bound, int number, std::size_t size) {
    beyond = bytes > bound ? beyond + size : 0;
    if (beyond == 0) chunks_beyond = 1;
    add(number, size);
    require(beyond <= chunks_beyond * chunk(), "the bound holds, give or take one chunk");
  }
  void take(int number) {
    require(!all.empty() && all.front().number == number,
            "records leave in the order in which they came");
    bytes -= all.front().bytes;
    all.pop_front();
  }
  std::size_t chunk() const { return detail::CallQueue::largest_chunk + largest + 1024; }
  // A chunk's end may be too short for the next record, and is lost; heads and functions of records
  // are not counted.
  bool reaches(std::size_t bound, std::size_t reserved) const {
    return 2 * (bytes + 64 * all.size() + reserved + chunk()) >= bound;
  }
};

struct Thrown {};

// ---- a queue alone
class QueueModel {
 public:
  explicit QueueModel(Bytes& bytes) : bytes_(bytes) {
    here = this;
    ItemLog::on_step = [](bool runs, int number) { here->step(runs, number); };
  }
  QueueModel(const QueueModel&) = delete;
  ~QueueModel() {
    ending_ = true;
    closed_ = true;
    queue_.close();
    queue_.clear();
    require(waiting_.all.empty(), "what is left dies");
    ItemLog::on_step = nullptr;
    ItemLog::clear();
  }
  void play() {
    while (!bytes_.empty()) {
      act();
      require(queue_.empty() == waiting_.all.empty(), "the queue is empty when all has run");
      require(queue_.reserved() == reserved_ * reserved_size, "reserved room is counted");
      require(queue_.ran() == ran_, "what ran is counted");
      ItemLog::clear();
    }
  }

 private:
  void act() {
    switch (bytes_.below(12)) {
      case 0:
      case 1:
      case 2:
        for (auto n = bytes_.below(64) + 1; n > 0; --n) push();
        return;
      case 3:
      case 4:
        return run(bytes_.below(3) == 0 ? SIZE_MAX : bytes_.below(100));
      case 5:
        return run_batch();
      case 6:
        for (auto n = bytes_.below(40); n > 0; --n) reserve();
        return;
      case 7:
        for (auto n = bytes_.below(reserved_ + 1); n > 0; --n) push_reserved();
        return;
      case 8:
        for (auto n = bytes_.below(reserved_ + 1); n > 0; --n, --reserved_)
          queue_.unreserve(reserved_size);
        return;
      case 9:
        return queue_.trim();
      case 10:
        bound_ = bytes_.below(2) ? unbounded : bytes_.below(300'000);
        return queue_.set_bound(bound_);
      default:
        return rarely();
    }
  }
  void rarely() {
    switch (bytes_.below(8)) {
      case 0:
        closed_ = true;
        return queue_.close();
      case 1:
        return queue_.clear();
      default:
        return without_memory();
    }
  }
  void without_memory() {
    FailAllocation none(static_cast<std::int64_t>(bytes_.below(3)), bytes_.below(2) != 0);
    short_ = true;
    switch (bytes_.below(4)) {
      case 0:
        for (auto n = bytes_.below(20); n > 0; --n) push();
        break;
      case 1:
        for (auto n = bytes_.below(20); n > 0; --n) reserve();
        break;
      case 2:
        while (reserved_ > 0) push_reserved();
        break;
      default:
        queue_.trim();
    }
    none.stop();
    short_ = false;
  }
  void push() {
    if (waiting_.all.size() >= most_waiting) return;
    const auto which = bytes_.below(bytes_.below(4) ? 7 : std::size(pushes));
    const int number = next_++;
    if (pushes[which](queue_, number)) {
      require(!closed_, "a closed queue takes nothing");
      const Aside aside;
      waiting_.add_within(bound_, number, push_sizes[which]);
      return;
    }
    const Why why = queue_.refusal();
    if (closed_)
      require(why == Why::ended, "a closed queue says so");
    else if (why == Why::overloaded)
      require(waiting_.reaches(bound_, (reserved_ + 1) * reserved_size),
              "only at its bound is a queue overloaded");
    else
      require(why == Why::no_memory && short_, "only without memory does it say so");
  }
  void reserve() {
    if (reserved_ > 1000) return;
    const bool there = queue_.reserve(reserved_size);
    require(there || short_, "only without memory can room not be set aside");
    reserved_ += there;
  }
  void push_reserved() {
    if (reserved_ == 0) return;
    --reserved_;
    const int number = next_++;
    if (troupe_test::push_reserved(queue_, number)) {
      require(!closed_, "a closed queue takes nothing");
      const Aside aside;
      waiting_.add(number, reserved_size);
      ++waiting_.chunks_beyond;
    } else {
      require(closed_, "room that was set aside is there");
    }
  }
  void run(std::size_t items) {
    budget_ = items;
    const bool through = attempt([&] {
      const std::size_t left = queue_.run(troupe_test::some_core(), items);
      require(left == budget_, "what is left of the limit is told");
    });
    if (through && budget_ != 0)
      require(waiting_.all.empty(), "a run goes on while there is anything");
  }
  void run_batch() {
    std::byte* const end = queue_.tail();
    budget_ = waiting_.all.size();
    attempt([&] {
      queue_.run_until(troupe_test::some_core(), end, SIZE_MAX);
      require(budget_ == 0, "a batch ends where its end was read");
    });
  }
  template <class F> bool attempt(F f) {
    TROUPE_TRY { f(); }
    TROUPE_CATCH_ALL {
      require(threw_, "only what a record throws passes through");
      threw_ = false;
      return false;
    }
    require(!threw_, "what a record throws passes through");
    return true;
  }
  void step(bool runs, int number) {
    waiting_.take(number);
    if (runs) {
      require(budget_ != 0, "the limit holds");
      --budget_;
      ++ran_;
    }
    if (ending_) return;
    const auto what = bytes_.below(16);
    if (what == 1 || what == 2)
      for (auto n = bytes_.below(3) + 1; n > 0; --n) push();
    if (what == 3) push_reserved();
    if (what == 4 && TROUPE_EXCEPTIONS && runs) {
      threw_ = true;
      TROUPE_THROW(Thrown{});
    }
  }
  struct Aside {  // allocations of the model, which shall not fail
    std::int64_t before = std::exchange(Allocations::fail_in, Allocations::never);
    Aside() = default;
    Aside(const Aside&) = delete;
    ~Aside() { Allocations::fail_in = before; }
  };

  static inline QueueModel* here = nullptr;
  Bytes& bytes_;
  Waiting waiting_;
  detail::CallQueue queue_;
  std::size_t bound_ = unbounded, budget_ = 0, reserved_ = 0;
  std::uint64_t ran_ = 0;
  int next_ = 0;
  bool closed_ = false, short_ = false, threw_ = false, ending_ = false;
};

// ---- a runtime's three queues
class TurnModel {
 public:
  explicit TurnModel(Bytes& bytes) : bytes_(bytes) { here = this; }
  TurnModel(const TurnModel&) = delete;
  ~TurnModel() {
    ending_ = true;
    rt_.reset();
    for (const Waiting& queue : waiting_) require(queue.all.empty(), "what is left dies");
    require(alive_ == 0, "each argument dies once");
  }
  void play() {
    own_ = make_actor<Sink>(*rt_, ret_nop);
    rt_->set_poll_waker([this] {
      require(!running_, "a run needs not be asked for from inside of it");
      ++asked_;
    });
    rt_->run();
    const std::uint64_t before = rt_->items_run();
    while (!bytes_.empty()) {
      act();
      require(rt_->items_run() == before + ran_, "what ran is counted");
      require(asked_ == (touched_ ? 1 : 0),
              "the host is asked once for what was pushed between two runs");
    }
  }

 private:
  enum Queue : std::size_t { main, lazily, idly };
  template <std::size_t Extra> class Load {  // tells when it dies; nothing once it was moved from
   public:
    explicit Load(Queue queue, int number) : queue_(queue), number_(number) { ++here->alive_; }
    Load(Load&& other) noexcept
        : queue_(other.queue_), number_(std::exchange(other.number_, nothing)) {}
    Load& operator=(Load&&) = delete;
    ~Load() {
      if (number_ == nothing) return;
      --here->alive_;
      here->died(queue_, number_);
    }
    void run() const { here->ran(queue_, number_); }

   private:
    static constexpr int nothing = -1;
    Queue queue_;
    int number_;
    std::byte room_[Extra + 1] = {};
  };
  struct Sink {
    template <std::size_t Extra> void take(const Load<Extra>& load) { load.run(); }
  };

  template <std::size_t Extra> void push_sized(Queue queue) {
    const int number = next_++;
    pushed_ = number;
    touched_ |= !running_;
    const auto run = [](const Load<Extra>& load) { load.run(); };
    Load<Extra> load(queue, number);
    const bool called =
        bytes_.below(2) != 0;  // of the actor; else deferred. What a handler throws would end it.
    plain_[number] = called;
    if (queue == main)
      called ? call<&Sink::take<Extra>>(own_, std::move(load)) : defer(*rt_, run, std::move(load));
    else if (queue == lazily)
      called ? lazy<&Sink::take<Extra>>(own_, std::move(load)) : lazy(*rt_, run, std::move(load));
    else
      called ? idle<&Sink::take<Extra>>(own_, std::move(load)) : idle(*rt_, run, std::move(load));
    constexpr std::size_t least = Extra + 16;
    if (pushed_ == number) {
      waiting_[queue].add_within(bound_, number, least);
      pushed_ = -1;
    } else {
      require(waiting_[queue].reaches(bound_, 0), "only at its bound is a queue overloaded");
    }
  }
  void push() {
    const auto queue = static_cast<Queue>(bytes_.below(5) % 3);
    if (waiting_[queue].all.size() >= most_waiting) return;
    switch (bytes_.below(8)) {
      case 0:
        return push_sized<1000>(queue);
      case 1:
        return bytes_.below(8) == 1 ? push_sized<70'000>(queue) : push_sized<5000>(queue);
      case 2:
      case 3:
        return push_sized<100>(queue);
      default:
        return push_sized<0>(queue);
    }
  }
  void act() {
    switch (bytes_.below(10)) {
      case 0:
      case 1:
      case 2:
      case 3:
        for (auto n = bytes_.below(40) + 1; n > 0; --n) push();
        return;
      case 4:
      case 5:
      case 6:
        return run(bytes_.below(3) == 0 ? SIZE_MAX : bytes_.below(60));
      case 7:
        return run_one();
      case 8:
        return rt_->trim();
      default:
        bound_ = bytes_.below(2) ? unbounded : bytes_.below(200'000);
        return rt_->set_max_queued(bound_);
    }
  }
  void run(std::size_t items) {
    const bool asked = bytes_.below(2) != 0;
    may_idle_ = asked && !waiting_[idly].all.empty();
    budget_ = items;
    begin();
    attempt([&] {
      const RunResult left = rt_->run(rt_->now(), RunLimit{.items = items}, asked);
      require(!may_idle_, "an idle item runs when it is asked for");
      require(left.idle == !waiting_[idly].all.empty(), "whether idle items wait is told");
      require(left.work == has_work(), "whether work is left is told");
      require(!left.work || budget_ == 0, "only a limit leaves work");
    });
    may_idle_ = false;
  }
  void run_one() {
    const bool some = has_work();
    budget_ = 1;
    if (some) begin();
    attempt([&] {
      require(rt_->run_one() == some, "run_one() says whether there was one");
      require(budget_ == (some ? 0 : 1), "and runs just that");
    });
  }
  void begin() { asked_ = 0, touched_ = false; }
  bool has_work() const { return !waiting_[main].all.empty() || !waiting_[lazily].all.empty(); }
  template <class F> void attempt(F f) {
    running_ = true;
    TROUPE_TRY { f(); }
    TROUPE_CATCH_ALL {
      require(std::exchange(threw_, false), "only what a function throws passes through");
    }
    require(!threw_, "what a function throws passes through");
    running_ = false;
  }
  // A record runs: is it its turn?
  void ran(Queue queue, int number) {
    require(running_, "nothing runs outside of a run");
    std::size_t& batch = batch_;
    if (queue == idly) {
      require(may_idle_, "one idle item a run, when it is asked for");
      may_idle_ = false;
    } else {
      require(!may_idle_, "the idle item runs before all else");
      require(budget_ != 0, "the limit holds");
      --budget_;
      if (queue == main) {
        require(batch == 0, "a lazy batch runs as a whole");
      } else {
        if (batch == 0) {
          require(waiting_[main].all.empty(), "lazy items wait until the main queue is empty");
          batch = waiting_[lazily].all.size();
        }
        --batch;
      }
    }
    waiting_[queue].take(number);
    ++ran_;
    const bool called = plain_.at(number);
    plain_.erase(number);
    const auto what = bytes_.below(16);
    if (what == 1 || what == 2)
      for (auto n = bytes_.below(3) + 1; n > 0; --n) push();
    if (what == 3 && TROUPE_EXCEPTIONS && !called) {
      threw_ = true;
      TROUPE_THROW(Thrown{});
    }
  }
  void died(Queue queue, int number) {
    if (number == pushed_) {  // refused
      pushed_ = -1;
      plain_.erase(number);
    } else if (plain_.erase(number) != 0) {
      require(ending_, "nothing dies unrun before the end");
      waiting_[queue].take(number);
    }
  }

  static inline TurnModel* here = nullptr;
  Bytes& bytes_;
  std::array<Waiting, 3> waiting_;
  std::map<int, bool> plain_;  // those that have not run: whether it is a call
  std::size_t batch_ = 0, budget_ = 0, bound_ = unbounded;
  std::uint64_t ran_ = 0;
  int next_ = 0, alive_ = 0, pushed_ = -1, asked_ = 0;
  bool touched_ = false;  // something was pushed since the last run
  bool may_idle_ = false, running_ = false, threw_ = false, ending_ = false;
  std::optional<Runtime> rt_{std::in_place};
  ActorOwn<Sink> own_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  troupe_test::Bytes bytes(data, size);
  bytes.below(2) == 0 ? std::make_unique<QueueModel>(bytes)->play()
                      : std::make_unique<TurnModel>(bytes)->play();
  return 0;
}
