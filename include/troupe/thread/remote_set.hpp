// thread/remote_set.hpp: `RemoteSet<A>`: several actors of one kind on several runtimes: one of
// them by a key, one after the other, or all.
#pragma once
#include <memory>
#include <troupe/thread/key_hash.hpp>
#include <troupe/thread/remote.hpp>
#include <vector>

namespace troupe {

/// Names several actors that share the work: the shards of a store, workers that are alike. Gives
/// the `Remote` for a key, the next one in turn, or all, to call, ask or watch: `call<&A::f>(
/// set.by_key(key), key, value)`. `Sendable`: copies name the same actors, and may go to any
/// runtime of the ensemble; an element may belong to the caller's own. What a set names never
/// changes: with() and replaced() make another set, which is sent to whoever uses the old one.
///
/// Which actor a key belongs to depends on the key, on size() and on the seed alone: not on the
/// process, the platform, the actors, or the standard library. Keys spread evenly. A set that has
/// one more at its end (with()) moves 1/size() of the keys, about, all of them to the new one.
/// Nobody moves what belongs to these keys but the program.
///
/// An empty set has nobody to name: by_key(), index_of(), next() and `[]` end the process.
/// Thread: any, each copy used by one at a time; calls are made where a `Remote` may be called.
/// Cost: one heap block for all copies; a copy is one atomic read-modify-write. 40 bytes at most.
template <class A> class RemoteSet {
 public:
  using value_type = Remote<A>;
  /// An empty one.
  RemoteSet() noexcept = default;
  /// @param actors in the order of their numbers; one that names nothing ends the process
  /// @param seed 0 is for keys that are not chosen to do harm: whoever knows it can find keys that
  /// all belong to one actor. A random number that is kept secret hinders that, though the hash is
  /// no cryptographic one. Sets that are to agree have the same
  /// @throws std::bad_alloc when there is no memory
  explicit RemoteSet(std::vector<Remote<A>> actors, std::uint64_t seed = 0)
      : seed_(seed), size_(actors.size()) {
    if (size_ == 0) return;
    auto list = std::make_shared<Remote<A>[]>(size_);
    for (std::size_t i = 0; i != size_; ++i) {
      if (!actors[i]) panic("a RemoteSet of a Remote that names nothing", type_name<A>);
      list.get()[i] = std::move(actors[i]);
    }
    list_ = std::move(list);
  }
  /// The one that a key belongs to.
  /// @param key an integer or enum, of at most 64 bits, whose value counts, not its type; or what
  /// converts to a `std::string_view` or a `std::span<const std::byte>`, whose bytes count. Neither
  /// `bool` nor a character
  /// @returns a reference that lasts as long as a copy of this set
  ///
  /// Cost: two multiplications for each 8 bytes of the key, then some ln(size()) divisions. No
  /// allocation, no atomic.
  template <class K>
    requires detail::good_key<K>
  const Remote<A>& by_key(const K& key) const noexcept {
    return list_.get()[index_of(key)];
  }
  template <
      class K,
      class Mistake =
          detail::a_key_is_an_integer_an_enum_or_what_converts_to_a_string_view_or_a_span_of_bytes>
    requires(!detail::good_key<K>)
  const Remote<A>& by_key(const K&) const = delete;  // see Mistake
  /// Which one that is, from 0: for those who gather many keys before they call.
  template <class K>
    requires detail::good_key<K>
  std::size_t index_of(const K& key) const noexcept {
    expect_some();
    return detail::jump_hash(detail::hash_key(key, seed_), size_);
  }
  template <
      class K,
      class Mistake =
          detail::a_key_is_an_integer_an_enum_or_what_converts_to_a_string_view_or_a_span_of_bytes>
    requires(!detail::good_key<K>)
  std::size_t index_of(const K&) const = delete;  // see Mistake
  /// One after the other, round robin: each handle by itself, without an atomic. A copy goes on
  /// where the set that it was made of stood then: where many copies make few calls each, let them
  /// begin at different places (begin_at()).
  const Remote<A>& next() noexcept {
    expect_some();
    const std::size_t i = next_;
    next_ = i + 1 == size_ ? 0 : i + 1;
    return list_.get()[i];
  }
  /// Which one next() gives next.
  /// @param place any number: it goes round
  void begin_at(std::size_t place) noexcept { next_ = size_ == 0 ? 0 : place % size_; }
  /// That one; a number that is not below size() ends the process.
  const Remote<A>& operator[](std::size_t i) const noexcept {
    if (i >= size_) [[unlikely]]
      panic("a RemoteSet has no such element", type_name<A>);
    return list_.get()[i];
  }
  /// All of them, in order: `for (const auto& each : set) call<&A::f>(each)`.
  const Remote<A>* begin() const noexcept { return list_.get(); }
  const Remote<A>* end() const noexcept { return list_.get() + size_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  /// A set with one more at its end.
  /// @throws std::bad_alloc when there is no memory
  RemoteSet with(Remote<A> actor) const {
    std::vector<Remote<A>> actors(begin(), end());
    actors.push_back(std::move(actor));
    return made_of(std::move(actors));
  }
  /// A set in which another actor has the place of number `i`, and its keys: one that was made
  /// anew. A number that is not below size() ends the process.
  /// @throws std::bad_alloc when there is no memory
  RemoteSet replaced(std::size_t i, Remote<A> actor) const {
    (void)(*this)[i];
    std::vector<Remote<A>> actors(begin(), end());
    actors[i] = std::move(actor);
    return made_of(std::move(actors));
  }

 private:
  RemoteSet made_of(std::vector<Remote<A>> actors) const {
    RemoteSet set(std::move(actors), seed_);
    set.next_ = next_;
    return set;
  }
  void expect_some() const noexcept {
    if (size_ == 0) [[unlikely]]
      panic("an empty RemoteSet has nobody to call", type_name<A>);
  }
  std::shared_ptr<const Remote<A>[]> list_;
  std::uint64_t seed_ = 0;
  std::size_t size_ = 0, next_ = 0;
};

}  // namespace troupe
