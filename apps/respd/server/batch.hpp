// apps/respd/server/batch.hpp: requests of one client for the store of another runtime: there with
// their words, and back with their answers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redis/args.hpp"

namespace respd {

/// What a store is asked for.
enum class Ask : std::uint8_t {
  command,     ///< to run a command
  figures,     ///< what INFO is made of
  random_key,  ///< how many keys it has, and one of them
  patterns,    ///< the patterns that have subscribers
};

/// One request as it is to be run: the rest of what a command sees of its client.
struct Asked {
  Ask ask = Ask::command;
  std::uint8_t db = 0;
  std::uint8_t protocol = 2;
};

/// Whole answers, one behind the other.
class Answers {
 public:
  /// Memory that is kept for later ones, bytes.
  static constexpr std::size_t keep = 64 * 1024;

  /// Where the next answer is written, behind the others; then `written` says that it is whole.
  [[nodiscard]] std::string& out() noexcept { return out_; }
  void written() { ends_.push_back(out_.size()); }
  /// Bytes that have not been taken.
  [[nodiscard]] std::size_t size() const noexcept { return out_.size() - at_; }
  /// Whether there is one that has not been taken.
  [[nodiscard]] bool has_next() const noexcept { return taken_ != ends_.size(); }
  /// Takes the next one, which stays until `clear`.
  [[nodiscard]] std::string_view next() noexcept {
    const std::size_t begin = at_;
    at_ = ends_[taken_++];
    return std::string_view(out_).substr(begin, at_ - begin);
  }
  /// Forgets those that have been taken. None is left.
  void clear() {
    out_.clear();
    if (out_.capacity() > keep) std::string().swap(out_);
    ends_.clear();
    taken_ = at_ = 0;
  }

 private:
  std::string out_;
  std::vector<std::size_t> ends_;
  std::size_t taken_ = 0;
  std::size_t at_ = 0;  // where the next one begins
};

/// A message: it owns what it carries, and goes back to whom it came from.
class Batch {
 public:
  explicit Batch(std::uint64_t of) noexcept : client(of) {}

  /// Adds a request. Copies its words.
  void add(const Asked& asked, Args words) {
    for (const std::string_view word : words) {
      bytes_.append(word);
      sizes_.push_back(word.size());
    }
    requests_.push_back({asked, words.size()});
  }
  /// Bytes of the words that it carries.
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  /// Whether there is a request that has not been run.
  [[nodiscard]] bool has_next() const noexcept { return run_ != requests_.size(); }
  /// Takes the next one; its words stay until `clear`.
  /// @param words made anew
  [[nodiscard]] Asked next(std::vector<std::string_view>& words) {
    const Request& request = requests_[run_++];
    words.clear();
    for (std::size_t i = 0; i < request.words; ++i) {
      const std::size_t size = sizes_[at_size_++];
      words.push_back(std::string_view(bytes_).substr(at_byte_, size));
      at_byte_ += size;
    }
    return request.asked;
  }
  /// Forgets requests that have been run, all of them.
  void clear() {
    bytes_.clear();
    if (bytes_.capacity() > Answers::keep) std::string().swap(bytes_);
    sizes_.clear();
    requests_.clear();
    run_ = at_size_ = at_byte_ = 0;
  }

  const std::uint64_t client;
  Answers answers;

 private:
  struct Request {
    Asked asked;
    std::size_t words;
  };
  std::string bytes_;               // of all words
  std::vector<std::size_t> sizes_;  // of each word
  std::vector<Request> requests_;
  std::size_t run_ = 0;
  std::size_t at_size_ = 0;
  std::size_t at_byte_ = 0;
};
using OwnedBatch = std::unique_ptr<Batch>;

}  // namespace respd
