// task/pipe_head.cpp: the buffers and the end of a pipe.
#include <troupe/task/pipe_head.hpp>

namespace troupe::detail {

bool PipeHead::swap() noexcept {
  std::swap(in, out);
  read = out.begin;
  read_end = write;
  if (!is_small()) [[unlikely]]
    shrink_after_swap();
  else
    hand = read;
  write = write_end = in.begin;
  if (state == open) widen();
  return true;
}

void PipeHead::give_back(Buffer& b) noexcept {
  if (b.begin) Pool::give_back(b.begin, b.size);
  b = {};
}

// `out` holds what was queued, `in` nothing.
void PipeHead::shrink_after_swap() noexcept {
  const std::size_t used = readable();
  kept = used > kept ? used : kept - kept / 8;
  if (in.size > small && in.size / 2 >= kept) give_back(in);
  hand = nullptr;
  if (!is_small()) return;
  hand = out.begin;
  leave();
}

void PipeHead::settle_after_trim() noexcept {
  if (!in.begin) write = nullptr;
  if (!out.begin) read = read_end = nullptr;
  kept = 0;
  write_end = write;
  if (state == open && !waiter) widen();
  hand = nullptr;
  if (!is_small()) return;
  hand = out.begin;
  leave();
}

bool PipeHead::widen() noexcept {
  const std::size_t room = std::min(in.size, capacity - readable());
  if (room <= written()) return false;
  write_end = in.begin + room;
  return true;
}

void PipeHead::wait_in_vain(Wake w) noexcept {
  if (state == lost && !has_items())
    w.lose(core(), fail);
  else
    w.fire(core());
}

void PipeHead::end() noexcept {
  state = ended;
  write_end = write;
  if (waiter) std::exchange(waiter, {}).fire(core());
  const Fwd<> dies_last = std::move(more);  // and may take the pipe along
}

void PipeHead::lose(ActorFail why) noexcept {
  state = lost;
  write_end = write;
  fail = std::move(why);
  if (waiter) std::exchange(waiter, {}).lose(core(), fail);
  const Fwd<> dies_last = std::move(more);
}

}  // namespace troupe::detail
