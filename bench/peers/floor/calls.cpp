// floor/calls.cpp: calls, rings, forwards, answers, life and size of actors.
#include "actor.hpp"
#include "handle.hpp"
#include "reply.hpp"
#include "workloads.hpp"

namespace floor_peer {
namespace {

using bench::triangle;

struct Node {
  Actor<Node> next;
  u64 sum = 0;

  void hop(Cx<Node>&, u64 left) {
    sum += left;
    if (left != 0) call<&Node::hop>(next, left - 1);
  }
  void again(Cx<Node>& cx, u64 left) {
    sum += left;
    if (left != 0) call<&Node::again>(cx.self, left - 1);
  }
  ~Node() { bench::sum += sum; }
};

struct HandleNode {
  Handle<HandleNode> next;
  u64 sum = 0;

  void hop(u64 left) {
    sum += left;
    if (left != 0) call<&HandleNode::hop>(next, left - 1);
  }
};

struct Asker {
  Actor<Asker> peer;
  Fwd fwd;
  u64 sum = 0;

  void hop(Cx<Asker>&, u64 left) {
    sum += left;
    if (left != 0) fwd(left - 1);
  }
  struct Query {
    u64 left;
    Ret ret;
  };
  void query(Cx<Asker>&, Query query) {
    sum += query.left;
    query.ret(query.left - 1);
  }
  void ask(Cx<Asker>& cx, u64 left) {
    call<&Asker::query>(peer, Query{left, ret_to<&Asker::reply>(cx.self)});
  }
  void reply(Cx<Asker>& cx, u64 left) {
    sum += left;
    if (left != 0) ask(cx, left);
  }
  ~Asker() { bench::sum += sum; }
};

struct Small {
  u64 low;
  u64 high;
  explicit Small(u64 value) : low(value), high(2 * value) {}
  ~Small() { bench::sum += high - low; }
};

struct Pair {
  Owner<Asker> a = make_actor<Asker>();
  Owner<Asker> b = make_actor<Asker>();

  Pair() {
    run_queue();
    a.box()->state().peer = b.handle();
    b.box()->state().peer = a.handle();
    a.box()->state().fwd = fwd_to<&Asker::hop>(b.handle());
    b.box()->state().fwd = fwd_to<&Asker::hop>(a.handle());
  }
};

constexpr u64 burst = 1000;

}  // namespace

int call_burst(const Run& run) {
  {
    const auto node = make_actor<Node>();
    run_queue();
    run.repeat([&](u64 n) {
      for (u64 i = 0; i < burst; ++i) call<&Node::again>(node.box(), n / burst - 1);
      run_queue();
    });
  }
  run_queue();
  return run.check(burst * triangle(run.n / burst));
}

int ring(const Run& run, std::size_t size, std::size_t in_flight, bool random) {
  const u64 hops = run.n / in_flight;
  {
    std::vector<Owner<Node>> nodes;
    nodes.reserve(size);
    for (std::size_t i = 0; i < size; ++i) nodes.push_back(make_actor<Node>());
    run_queue();
    const auto order = bench::Xorshift().order(size, random);
    for (std::size_t i = 0; i < size; ++i) {
      nodes[order[i]].box()->state().next = nodes[order[(i + 1) % size]].handle();
    }
    const std::size_t stride = size / in_flight;
    run.repeat([&](u64) {
      for (std::size_t i = 0; i < in_flight; ++i)
        call<&Node::hop>(nodes[i * stride].box(), hops - 1);
      run_queue();
    });
  }
  run_queue();
  return run.check(in_flight * triangle(hops));
}

int ring_of_handles(const Run& run, std::size_t size, std::size_t in_flight) {
  const u64 hops = run.n / in_flight;
  std::vector<TaggedBox<HandleNode>*> nodes;
  nodes.reserve(size);
  for (std::size_t i = 0; i < size; ++i) nodes.push_back(new TaggedBox<HandleNode>());
  const auto order = bench::Xorshift().order(size, true);
  for (std::size_t i = 0; i < size; ++i) {
    nodes[order[i]]->state.next = Handle<HandleNode>::to(nodes[order[(i + 1) % size]]);
  }
  const std::size_t stride = size / in_flight;
  run.repeat([&](u64) {
    for (std::size_t i = 0; i < in_flight; ++i) {
      call<&HandleNode::hop>(Handle<HandleNode>::to(nodes[i * stride]), hops - 1);
    }
    run_queue();
  });
  for (auto* node : nodes) {
    bench::sum += node->state.sum;
    delete node;
  }
  return run.check(in_flight * triangle(hops));
}

int fwd(const Run& run) {
  {
    const Pair pair;
    run.repeat([&](u64 n) {
      for (u64 i = 0; i < burst; ++i) call<&Asker::hop>(pair.a.box(), n / burst - 1);
      run_queue();
    });
  }
  run_queue();
  return run.check(burst * triangle(run.n / burst));
}

int ret(const Run& run, u64 in_flight) {
  const u64 rounds = run.n / in_flight;
  {
    const Pair pair;
    run.repeat([&](u64) {
      for (u64 i = 0; i < in_flight; ++i) call<&Asker::ask>(pair.a.box(), rounds);
      run_queue();
    });
  }
  run_queue();
  return run.check(in_flight * rounds * rounds);
}

int actor(const Run& run) {
  std::vector<Owner<Small>> actors;
  actors.reserve(bench::batch);
  run.repeat([&](u64 n) {
    for (u64 first = 0; first < n; first += bench::batch) {
      for (u64 value = first; value < first + bench::batch; ++value)
        actors.push_back(make_actor<Small>(value));
      run_queue();
      actors.clear();
      run_queue();
    }
  });
  return run.check(triangle(run.n));
}

int actor_bytes(const Run& run) {
  // What was freed stays in the pool, so only the first repetition sees the heap grow.
  std::vector<Owner<Small>> actors;
  actors.reserve(run.n);
  double bytes = 0;
  for (u64 rep = 0; rep < run.reps; ++rep) {
    const double before = bench::heap_bytes();
    for (u64 value = 0; value < run.n; ++value) {
      actors.push_back(make_actor<Small>(value));
      if (value % bench::batch == bench::batch - 1) run_queue();
    }
    bytes += bench::heap_bytes() - before;
    run.line(rep, bytes / static_cast<double>(run.n));
    actors.clear();
    run_queue();
  }
  return run.check(triangle(run.n));
}

}  // namespace floor_peer
