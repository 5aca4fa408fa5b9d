// task/timeout.cpp: the timer of a wait, and who wins.
#include <troupe/task/timeout.hpp>

namespace troupe::detail {

void Limit::arm(Core& core, Wake waiter, bool drops) {
  core_ = std::addressof(core);
  waiter_ = waiter;
  drops_ = drops;
  const Instant when = at_ == Instant::min() ? later(core.now(), wait_) : at_;
  key_ = Access::timers(core).add_fixed(when, core.now(), [this](TimerCall& call) noexcept {
    call.step = &due;
    Limit* self = this;
    std::memcpy(call.payload, &self, sizeof(self));
  });
  armed_ = true;
}

void Limit::disarm() noexcept {
  if (armed_) Access::timers(*core_).erase(key_);
  armed_ = false;
  if (record_) record_->limit = nullptr;
  record_ = nullptr;
}

bool Limit::due(Core* core, std::byte* payload) noexcept {
  Limit* self;
  std::memcpy(&self, payload, sizeof(self));
  bool room = true;
  if (core)
    Access::main(*core).push<sizeof(Record)>([self](void* p) { self->record_ = ::new (p) Record{&Record::run, self}; },
                                             [&] { room = false; });
  if (room) self->armed_ = false;
  return room;
}

std::byte* Limit::Record::run(Core* core, std::byte* at) {
  if (Limit* limit = reinterpret_cast<Record*>(at)->limit) {
    limit->record_ = nullptr;
    if (core) {
      Access::running(*core)->resume_at(at + sizeof(Record));
      limit->expire();
    }
  }
  return at + sizeof(Record);
}

void Limit::expire() {
  if (waiter_.has_fired()) return;  // what it waits for is there
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
  CxBase* owner = s.box;
  if (owner) Access::ref(owner);
  s.drop_for(ActorFail(Why::timed_out));
  if (!owner) return;
  Access::left(*owner);
  Access::unref(owner);
}

}  // namespace troupe::detail
