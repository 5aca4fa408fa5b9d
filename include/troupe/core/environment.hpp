// core/environment.hpp: one value a type: what the host gives to all that it runs. (internal)
#pragma once

namespace troupe::detail {

// A short list, searched by the address of a variable of each type. Who owns it calls clear().
class Environment {
 public:
  Environment() = default;
  Environment(const Environment&) = delete;
  /// Takes the value over, and destroys the one of that type that was there.
  /// @throws std::bad_alloc when there is no memory; the value is untouched then
  void put(const void* type, void* value, void (*destroy)(void*) noexcept);
  /// Null where there is none.
  void* find(const void* type) const noexcept;
  void drop(const void* type) noexcept;
  void clear() noexcept;

 private:
  struct Entry {
    Entry* next;
    const void* type;
    void* value;
    void (*destroy)(void*) noexcept;
  };
  void drop_behind(Entry** at, const void* type) noexcept;
  Entry* first_ = nullptr;
};

}  // namespace troupe::detail
