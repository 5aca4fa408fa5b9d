// apps/respd/server/window.cpp: slots by request, answers by store.
#include "server/window.hpp"

#include <algorithm>
#include <utility>

namespace respd {

Window::Window(std::uint64_t client, std::size_t stores, std::size_t own)
    : client_(client), own_store_(own), batches_(stores) {}

bool Window::awaits_others() const noexcept {
  return std::ranges::any_of(batches_, [](const OwnedBatch& b) { return b && b->has_next(); });
}

void Window::ask(std::size_t store, const Asked& asked, Args words) {
  OwnedBatch& to = batches_[store];
  if (!to) to = std::make_unique<Batch>(client_);
  const std::size_t before = to->size();
  to->add(asked, words);
  bytes_ += to->size() - before;
}

void Window::expect(std::size_t store) {
  awaits_data_ = awaits_data_ || store != own_store_;
  slots_.push_back({0, single, static_cast<std::uint8_t>(store), 2});
}

void Window::expect(std::uint64_t stores, std::uint8_t protocol, Joining joining) {
  awaits_data_ = awaits_data_ || joining.how != Spread::messages;
  slots_.push_back({stores, static_cast<std::uint32_t>(joinings_.size()), 0, protocol});
  joinings_.push_back(std::move(joining));
}

bool Window::has_come(const Slot& slot) noexcept {
  if (slot.joining == single) return answers(slot.store).has_next();
  for (std::size_t store = 0; store < stores(); ++store)
    if ((slot.stores >> store & 1) != 0 && !answers(store).has_next()) return false;
  return true;
}

void Window::make_room() {
  for (const OwnedBatch& batch : batches_)
    if (batch && !batch->answers.has_next()) batch->answers.clear();
}

void Window::clear() {
  own_.clear();
  for (const OwnedBatch& batch : batches_) {
    if (!batch) continue;
    batch->clear();
    batch->answers.clear();
  }
  slots_.clear();
  joinings_.clear();
  next_ = bytes_ = 0;
  awaits_data_ = false;
}

}  // namespace respd
