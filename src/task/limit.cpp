// task/limit.cpp: the timer of a wait, and who wins.
#include <troupe/task/limit.hpp>

namespace troupe::detail {

void Limit::arm(Core& core, Wake waiter, bool drops, const void* inner, TurnsAhead ahead) {
  core_ = std::addressof(core);
  waiter_ = waiter;
  drops_ = drops;
  inner_ = inner;
  ahead_ = ahead;
  const Instant when = at_ == Instant::min() ? later(core.now(), wait_) : at_;
  key_ = kernel_here(core).timers.add_fixed(when, core.now(), [this](TimerCall& call) noexcept {
    call.step = &due;
    Limit* self = this;
    std::memcpy(call.payload, &self, sizeof(self));
  });
  armed_ = true;
}

void Limit::disarm() noexcept {
  if (armed_) kernel_here(*core_).timers.erase(key_);
  armed_ = false;
  if (record_) record_->limit = nullptr;
  record_ = nullptr;
}

bool Limit::due(Core* core, std::byte* payload) noexcept {
  Limit* self;
  std::memcpy(&self, payload, sizeof(self));
  const bool room = !core || self->queue_record();
  if (room) self->armed_ = false;
  return room;
}

bool Limit::queue_record() noexcept {
  bool room = true;
  kernel_here(*core_).main.push<sizeof(Record)>(
      [this](void* p) { record_ = ::new (p) Record{&Record::run, this}; }, [&] { room = false; });
  return room;
}

// Whether the answer is on its way through other tasks. Then the limit decides behind their turns,
// in which they come to their end or wait. A race among them that is decided meanwhile waits for
// the last turns of its losers, which nobody foresaw: the limit decides behind these, too.
bool Limit::waits_for_answer() noexcept {
  if (!ahead_ || looks_ <= -Strand::deepest_look) return false;
  const int turns = ahead_(inner_, looked_ && looks_ <= 0 ? Look::last : Look::ends, 0);
  if (turns == 0 || !queue_record()) return false;
  looks_ = (looked_ ? looks_ : turns) - 1;
  return looked_ = true;
}

std::byte* Limit::Record::run(Core* core, std::byte* at) {
  if (Limit* limit = reinterpret_cast<Record*>(at)->limit) {
    limit->record_ = nullptr;
    if (core) {
      TROUPE_TRY { limit->expire(); }
      TROUPE_CATCH_ALL {
        CallQueue::consumed(at + sizeof(Record));
        TROUPE_RETHROW;
      }
    }
  }
  return at + sizeof(Record);
}

void Limit::expire() {
  if (waiter_.has_fired() || waits_for_answer())
    return;  // what it waits for is there, or on its way
  over_ = true;
  Strand* s = waiter_.strand();
  if (!s)
    waiter_.resume_coroutine();
  else if (drops_)
    end_task(*s);
  else
    s->step();
}

void Limit::end_task(Strand& s) noexcept {
  Box* owner = s.box;
  if (owner) owner->ref();
  s.drop_for(ActorFail(Why::timed_out));
  if (!owner) return;
  end_if_leaving(*owner);
  owner->unref();
}

}  // namespace troupe::detail
