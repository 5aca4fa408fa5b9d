// lock_free/locks.cpp: a program with what lock_free_test must find, and what it must not.
#include <atomic>
#include <utility>

namespace {

std::atomic<int> count;
int plain;

}  // namespace

extern "C" {
[[gnu::noinline]] void locks_by_adding() { count.fetch_add(1, std::memory_order_relaxed); }
[[gnu::noinline]] int locks_by_exchange(int v) { return count.exchange(v); }
[[gnu::noinline]] bool locks_by_comparing(int v) { return count.compare_exchange_strong(v, 1); }
[[gnu::noinline]] void locks_by_storing(int v) { count.store(v, std::memory_order_seq_cst); }
[[gnu::noinline]] int loads() { return count.load(std::memory_order_acquire); }
[[gnu::noinline]] void stores(int v) { count.store(v, std::memory_order_release); }
[[gnu::noinline]] int swaps(int v) { return std::exchange(plain, v); }
}

int main(int argc, char**) {
  locks_by_adding();
  locks_by_storing(argc);
  stores(locks_by_exchange(argc) + swaps(argc));
  return locks_by_comparing(loads()) ? 0 : 1;
}
