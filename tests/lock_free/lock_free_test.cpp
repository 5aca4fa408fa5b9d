// lock_free/lock_free_test.cpp: no atomic read-modify-write in what one thread does: looked up in
// the machine code.
//
//   lock_free_test OBJDUMP PROGRAM               fails when a function of the program locks that is
//   not excepted lock_free_test --self-test OBJDUMP PROGRAM   checks that each function named
//   `locks_...` is found, and no other
//
// A locked instruction costs as much as a whole call, and a counter or a flag becomes one by a
// single word in a header. All functions of the program are looked at, whether they run or not, so
// one that locks must be named here. For x86.
#include <algorithm>
#include <array>
#include <cstdio>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

struct Exception {
  const char* begins;  // the function's name
  const char* why;
};
constexpr Exception exceptions[] = {
    {"troupe::detail::Inbox::", "what other threads push"},
    {"troupe::detail::Kernel::let_host_sleep(", "a host that was awake by its own word may sleep"},
    {"troupe::Runtime::may_sleep(", "a host that was awake by its own word may sleep"},
    {"troupe::detail::ForeignPromise::fire", "foreign code resumes from any thread"},
    {"troupe::detail::Strand::drop_foreign",
     "a foreign await is called off, which another thread may fire"},
    {"troupe::Error::",
     "an error may be passed between threads; made and copied where something has failed"},
    {"troupe::ActorFailed::", "it holds an error"},
    {"troupe::detail::DropScope::reason", "it copies the error for which Rets are dropped"},
    {"troupe::detail::abandon_parked(", "the end of a runtime"},
    {"troupe::TimerQueue::TimerQueue(",
     "the beginning of a runtime: its keys are of a series of their own"},
    {"troupe::Runtime::set_failure_hook(", "the hook of failures is shared with its call"},
    {"troupe::detail::report_failure(", "an actor has failed"},
    {"troupe::detail::Extras::~Extras(", "the end of a runtime"},
    {"troupe::detail::Kernel::~Kernel(", "the end of a runtime"},
    {"troupe::Runtime::~Runtime(", "the end of a runtime"},
    {"std::__shared_ptr<troupe::Callback<void (troupe::Core&, troupe::FailureReport const&)>",
     "the hook itself"},
    {"std::_Sp_counted_base<", "the hook itself"},
};
// Functions that must be in the program and lock: if they are not found, it was read wrongly.
constexpr const char* must_lock[] = {"troupe::detail::Inbox::push(",
                                     "troupe::detail::Inbox::take("};
// Functions that must be in the program: if they are not, it no longer goes through the hot path.
constexpr const char* must_be[] = {"main", "troupe::detail::Strand::step(",
                                   "troupe::Runtime::run("};

struct Found {
  std::set<std::string> functions;
  std::vector<std::pair<std::string, std::string>> locks;  // function, instruction
  bool read = false;
};

bool begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

// "lock addl $0x1,(%rax)", and an xchg with memory, which locks without saying so.
bool is_locked(const std::string& instruction) {
  static const std::regex pattern(R"(^(lock\b|([a-z]+ )*xchg[bwlq]?\s.*\())");
  return std::regex_search(instruction, pattern);
}

Found read_program(const std::string& objdump, const std::string& program) {
  Found found;
  const std::string command = "'" + objdump + "' -d -C --no-show-raw-insn '" + program + "'";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return found;
  std::string line, function;
  std::array<char, 65536> part;
  while (std::fgets(part.data(), part.size(), pipe)) {
    line += part.data();
    if (line.back() != '\n') continue;
    line.pop_back();
    const auto name = line.find(" <");
    const auto tab = line.find('\t');
    if (!line.empty() && line.back() == ':' && name != std::string::npos && line[0] != ' ') {
      function = line.substr(name + 2, line.size() - name - 4);
      found.functions.insert(function);
    } else if (tab != std::string::npos && is_locked(line.substr(tab + 1))) {
      found.locks.emplace_back(function, line.substr(tab + 1));
    }
    line.clear();
  }
  found.read = pclose(pipe) == 0;
  return found;
}

template <class Names> bool holds(const Names& names, std::string_view begin) {
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& name) { return begins(name, begin); });
}

bool is_excepted(const std::string& function) {
  return std::any_of(std::begin(exceptions), std::end(exceptions),
                     [&](const Exception& e) { return begins(function, e.begins); });
}

int check(const Found& found) {
  int wrong = 0;
  std::set<std::string> locking;
  for (const auto& [function, instruction] : found.locks) {
    locking.insert(function);
    if (!is_excepted(function))
      std::printf("%s: %s\n", function.c_str(), instruction.c_str()), ++wrong;
  }
  for (const char* name : must_lock)
    if (!holds(locking, name))
      std::printf("%s...) must lock, and was not found to\n", name), ++wrong;
  for (const char* name : must_be)
    if (!holds(found.functions, name)) std::printf("%s is not in the program\n", name), ++wrong;
  std::printf("%zu functions, %zu of them lock, %d finding(s)\n", found.functions.size(),
              locking.size(), wrong);
  return wrong == 0 ? 0 : 1;
}

int self_test(const Found& found) {
  int wrong = 0;
  std::set<std::string> refused, named;
  for (const auto& [function, instruction] : found.locks)
    if (!is_excepted(function)) refused.insert(function);
  for (const std::string& function : found.functions)
    if (begins(function, "locks_")) named.insert(function);
  for (const std::string& function : named)
    if (!refused.contains(function)) std::printf("not found: %s\n", function.c_str()), ++wrong;
  for (const std::string& function : refused)
    if (!named.contains(function))
      std::printf("found, and does not lock: %s\n", function.c_str()), ++wrong;
  std::printf("%zu functions that lock, %d mistake(s)\n", named.size(), wrong);
  return wrong == 0 && named.size() == 4 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const bool tests_itself = argc == 4 && std::string_view(argv[1]) == "--self-test";
  if (argc != 3 && !tests_itself)
    return std::fputs("usage: lock_free_test [--self-test] OBJDUMP PROGRAM\n", stderr), 2;
  const Found found = read_program(argv[argc - 2], argv[argc - 1]);
  if (!found.read) return std::puts("the program cannot be read"), 2;
  return tests_itself ? self_test(found) : check(found);
}
