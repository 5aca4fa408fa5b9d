// asio/calls.cpp: calls as posted handlers. These "actors" are plain objects: nobody owns, starts
// or ends them.
#include <asio/post.hpp>
#include <functional>
#include <vector>

#include "workloads.hpp"

namespace asio_peer {
namespace {

using bench::triangle;

struct Node {
  asio::io_context& context;
  Node* next = nullptr;
  u64 sum = 0;

  void hop(u64 left) {
    sum += left;
    if (left != 0) asio::post(context, [to = next, left] { to->hop(left - 1); });
  }
};

struct Asker {
  asio::io_context& context;
  Asker* peer = nullptr;
  std::function<void(u64)> fwd{};
  u64 sum = 0;

  using Answer = std::move_only_function<void(u64)>;

  void hop(u64 left) {
    sum += left;
    if (left != 0) fwd(left - 1);
  }
  void query(u64 left, Answer answer) {
    sum += left;
    answer(left - 1);
  }
  void ask(u64 left) {
    Answer answer = [this](u64 value) { asio::post(context, [this, value] { reply(value); }); };
    asio::post(context, [to = peer, left, answer = std::move(answer)]() mutable {
      to->query(left, std::move(answer));
    });
  }
  void reply(u64 left) {
    sum += left;
    if (left != 0) ask(left);
  }
};

struct Pair {
  asio::io_context context{one_thread};
  Asker a{context};
  Asker b{context};

  Pair() {
    a.peer = &b;
    b.peer = &a;
    a.fwd = [this](u64 left) { asio::post(context, [this, left] { b.hop(left); }); };
    b.fwd = [this](u64 left) { asio::post(context, [this, left] { a.hop(left); }); };
  }
};

constexpr u64 burst = 1000;

}  // namespace

int call_burst(const Run& run) {
  asio::io_context context(one_thread);
  Node node{context};
  node.next = &node;
  run.repeat([&](u64 n) {
    for (u64 i = 0; i < burst; ++i) asio::post(context, [&node, n] { node.hop(n / burst - 1); });
    drain(context);
  });
  bench::sum += node.sum;
  return run.check(burst * triangle(run.n / burst));
}

int ring(const Run& run, std::size_t size, std::size_t in_flight, bool random) {
  asio::io_context context(one_thread);
  std::vector<Node> nodes(size, Node{context});
  const auto order = bench::Xorshift().order(size, random);
  for (std::size_t i = 0; i < size; ++i) nodes[order[i]].next = &nodes[order[(i + 1) % size]];
  const std::size_t stride = size / in_flight;
  const u64 hops = run.n / in_flight;
  run.repeat([&](u64) {
    for (std::size_t i = 0; i < in_flight; ++i) {
      asio::post(context, [to = &nodes[i * stride], hops] { to->hop(hops - 1); });
    }
    drain(context);
  });
  for (const Node& node : nodes) bench::sum += node.sum;
  return run.check(in_flight * triangle(hops));
}

int fwd(const Run& run) {
  Pair pair;
  run.repeat([&](u64 n) {
    for (u64 i = 0; i < burst; ++i) pair.b.fwd(n / burst - 1);
    drain(pair.context);
  });
  bench::sum += pair.a.sum + pair.b.sum;
  return run.check(burst * triangle(run.n / burst));
}

int ret(const Run& run, u64 in_flight) {
  Pair pair;
  const u64 rounds = run.n / in_flight;
  run.repeat([&](u64) {
    for (u64 i = 0; i < in_flight; ++i)
      asio::post(pair.context, [&pair, rounds] { pair.a.ask(rounds); });
    drain(pair.context);
  });
  bench::sum += pair.a.sum + pair.b.sum;
  return run.check(in_flight * rounds * rounds);
}

}  // namespace asio_peer
