// thread/node.cpp: what a runtime takes from its lanes, and how it leaves the others.
#include <troupe/thread/node.hpp>

#include <algorithm>
#include <bit>
#include <troupe/base/step.hpp>
#include <utility>

namespace troupe::detail {

Lanes::Lanes(unsigned n, unsigned spare, const LaneSizes& sizes) : size(n), spares(spare) {
  for (unsigned i = 0; i != n; ++i) seats.push_back(std::make_unique<Seat>());
  for (unsigned i = 0; i != n; ++i) outsides.push_back(std::make_unique<Outside>());
  for (unsigned i = 0; i != n * n; ++i)
    lanes.push_back(std::make_unique<Lane>(*seats[i % n], i / n, i % n, sizes));
}

// ---- exports
void release_export(Export& e) noexcept {
  if (!e.all) return delete &e;
  std::atomic<Export*>& list = e.all->seat(e.home).released;
  Export* before = list.load(std::memory_order_acquire);
  do {
    if (before == Lanes::closed()) return delete &e;
    e.released = before;
  } while (!list.compare_exchange_weak(before, &e, std::memory_order_acq_rel,
                                       std::memory_order_acquire));
}

Export& Node::make_export(Box& box) {
  auto* e = new Export{.home = number_, .box = &box, .type = box.type, .id = box.id(), .all = all_};
  if (ending_) return *e;  // nobody calls it any more: it is its Remotes' alone
  box.ref();
  e->next = exports_;
  e->place = &exports_;
  if (exports_) exports_->place = &e->next;
  exports_ = e;
  return *e;
}

void Node::free_export(Export& e) noexcept {
  *e.place = e.next;
  if (e.next) e.next->place = e.place;
  e.box->unref();
  delete &e;
}

void Node::retire() noexcept {
  if (!retiring_) {
    retiring_ = seat_.released.exchange(nullptr, std::memory_order_acquire);
    for (unsigned i = 0; i != all_->size; ++i) marks_[i] = all_->seat(i).quiet_points();
    waits_for_rounds_ = false;
  }
  if (!waits_for_rounds_) {
    for (unsigned i = 0; i != all_->size; ++i) {
      const Seat& s = all_->seat(i);
      if (i != number_ && s.quiet_points() == marks_[i] && !s.is_quiet()) return;
    }
    for (unsigned i = 0; i != all_->size; ++i) marks_[i] = in(i).rounds();
    waits_for_rounds_ = true;
    return;
  }
  for (unsigned i = 0; i != all_->size; ++i)
    if (in(i).rounds() < marks_[i] + 2) return;
  for (Export* e = std::exchange(retiring_, nullptr); e;)
    free_export(*std::exchange(e, e->released));
}

// ---- the life of a node
Node::Node(std::shared_ptr<Lanes> all, unsigned number, Runtime& rt)
    : AtEnd(&over),
      LaneWriter(kernel_here(rt.core())),
      all_(std::move(all)),
      out_(&all_->lanes[std::size_t{number} * all_->size]),
      rt_(rt),
      kernel_(kernel_here(rt.core())),
      seat_(all_->seat(number)),
      number_(number),
      marks_(all_->size) {
  for (unsigned i = 0; i != all_->size; ++i)
    if (i != number) out(i).open(*this);
  AtEnd::link(kernel_.at_end);
  kernel_.feed = this;
  kernel_.set_number(number);
  next_here_ = std::exchange(here_, this);
  ++changes_here_;
  seat_.take(*kernel_.inbox);
}

void Node::look() noexcept {
  seat_.rouse();
  if (retiring_ || seat_.released.load(std::memory_order_relaxed)) [[unlikely]]
    retire();
  if (wants_ != 0) [[unlikely]]
    look_for_room();
  if (all_->outsides[number_]->refused.load(std::memory_order_relaxed)) [[unlikely]]
    look_outside(false);
  for (unsigned i = 0; i != all_->size; ++i) {
    Lane& lane = in(i);
    const bool ends = !is_told(i) && all_->seat(i).has_ended();  // before the lane is looked at
    if (lane.refresh() || lane.has_failed()) more_ = true;
    if (ends) [[unlikely]] {
      ended_ |= std::uint64_t{1} << i;
      more_ = true;
    }
  }
}

std::size_t Node::run(std::size_t most) noexcept {
  return kernel_.probe ? run_lanes(most, Watched{*kernel_.probe}) : run_lanes(most, Unwatched{});
}

// Another lane is first each time: so none is forgotten where one fills every slice.
template <class Watch> std::size_t Node::run_lanes(std::size_t most, Watch watch) noexcept {
  std::size_t ran = 0;
  more_ = false;
  if (++turn_ >= all_->size) turn_ = 0;
  for (unsigned k = 0, coming = turn_; k != all_->size; ++k) {
    const unsigned from = coming;
    if (++coming == all_->size) coming = 0;
    Lane& lane = in(from);
    if (lane.has_more()) ran += lane.run(kernel_.core, most - ran, watch);
    if (lane.has_failed() || (ended_ >> from & 1)) [[unlikely]]
      ran = std::min(ran + settle(from), most);
    more_ |= lane.has_more();
  }
  return ran;
}

// What comes without a record: failures that found no memory, and the end of another runtime,
// behind all that it had sent.
std::size_t Node::settle(unsigned from) noexcept {
  Lane& lane = in(from);
  std::size_t told = 0;
  for (Pending* p = lane.take_failed(); p; ++told) {
    Pending* const other = p->failed_next;
    kernel_.main.count(1);
    p->fail(*p, ActorFail(Why::no_memory));
    p = other;
  }
  if (!(ended_ >> from & 1)) return told;
  if (lane.refresh()) {  // what was seen was not yet all: an answer behind it would find no cell
    more_ = true;
    return told;
  }
  peer_ended(from);
  return told;
}

void Node::peer_ended(unsigned number) noexcept {
  ended_ &= ~(std::uint64_t{1} << number);
  told_ended_ |= std::uint64_t{1} << number;
  out(number).take_over();  // it closed its side before it said so
  out(number).each_pending([](PendingList& list) { fail_all(list, Why::lost); });
  end_refusals(number);
  serve_room(number);
}

void Node::fail_all(PendingList& list, Why why) noexcept {
  while (Pending* const p = list.first()) p->fail(*p, ActorFail(why));
}

void Node::flush() noexcept {
  for (std::uint64_t d = take_dirty(); d; d &= d - 1)
    out(static_cast<unsigned>(std::countr_zero(d))).publish();
}

void Node::end_run() noexcept {
  flush();
  seat_.pass_quiet_point();
}

void Node::rest() noexcept {
  if (wants_ != 0) [[unlikely]]
    ask_for_room();
  seat_.rest();
}

bool Node::has_news() const noexcept {
  step();
  if (more_ || (wants_ != 0 && has_room_news())) return true;
  for (unsigned i = 0; i != all_->size; ++i)
    if (all_->lane(i, number_).has_news() || (!is_told(i) && all_->seat(i).has_ended()))
      return true;
  return false;
}

// ---- the end
void Node::ending() noexcept {
  flush();
  ending_ = true;
  look_outside(true);
  for (unsigned i = 0; i != all_->size; ++i) {
    if (i != number_) end_refusals(i);
    out(i).line().close();
  }
  for (unsigned i = 0; i != all_->size; ++i) out(i).set_ending();
  for (unsigned i = 0; i != all_->size; ++i)
    out(i).each_pending([](PendingList& list) { fail_all(list, Why::ended); });
  for (Export* e = std::exchange(retiring_, nullptr); e;)
    free_export(*std::exchange(e, e->released));
  // From the exchange on an export is its Remotes' alone, and may go on any thread at any moment.
  for (Export* e = std::exchange(exports_, nullptr); e; e = e->next) e->box->unref();
  for (Export* e = seat_.released.exchange(Lanes::closed(), std::memory_order_acq_rel); e;)
    delete std::exchange(e, e->released);
}

// Actors, tasks and queues have gone; what died may have answered.
void Node::over(AtEnd& self) noexcept {
  auto* const node = static_cast<Node*>(&self);
  Node& me = *node;
  const unsigned n = me.all_->size;
  me.flush();
  ++changes_here_;
  for (Node** at = &here_; *at; at = &(*at)->next_here_) {
    if (*at != node) continue;
    *at = me.next_here_;
    break;
  }
  {
    const std::lock_guard hold(me.all_->outsides[me.number_]->lock);
    me.out(me.number_).close_writer();
  }
  for (unsigned i = 0; i != n; ++i) me.in(i).drop_unread();
  for (unsigned i = 0; i != n; ++i) me.in(i).close_reader();
  for (unsigned i = 0; i != n; ++i) {
    let_go(me.out(i).line().stored);
    if (i != me.number_) me.out(i).close_writer();
    me.out(i).keep_while_owing(me.all_);
  }
  me.seat_.end();
  for (unsigned i = 0; i != n; ++i) me.all_->seat(i).ring();
  me.kernel_.feed = nullptr;  // till here: what dies unread may make a Remote
  delete node;
}

}  // namespace troupe::detail
