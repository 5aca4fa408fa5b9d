// house/house_test.cpp: the rules of the house, checked as a test.
//
//   house_test ROOT          prints file:line: message for each finding, and fails when there is
//   one house_test --self-test   checks that a tree which breaks each rule yields each finding
//   house_test --draw ROOT   writes the pictures of the units into ROOT/ARCHITECTURE.md
//
// Rules for include/troupe and src: what a room may include (floors.txt), no circle between files
// or between units, declarations and definitions in one unit, a charter in the first line, columns,
// length, nothing left unfinished, a test for each public header, whose first contract stands near
// its top, no contract that begins with a comparison. For apps: no circle between units, charters,
// length. One rule for the layout of all C++, one for everything that users copy from, one for the
// page that maps promises to tests, and one for the picture in ARCHITECTURE.md. Needs nothing but
// the standard library, so that it builds wherever the library does.
//
// A unit is a header and its source, core/actor.hpp and src/core/actor.cpp, together with the
// private files in src whose names continue its own: src/core/timer_queue_wheel.hpp is of unit
// core/timer_queue.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;

namespace {

constexpr std::size_t header_lines = 350;
constexpr std::size_t source_lines = 400;
constexpr std::size_t columns = 100;
constexpr std::size_t door_lines = 40;

using Names = std::set<std::string>;
using Lines = std::vector<std::string>;

// What was found, one line each, in the order in which the files are read.
class Report {
 public:
  void add(const fs::path& file, std::size_t line, const std::string& what) {
    findings_.push_back(file.generic_string() + ":" + std::to_string(line) + ": " + what);
  }
  const Lines& findings() const { return findings_; }

 private:
  Lines findings_;
};

Lines read_lines(const fs::path& file) {
  std::ifstream in(file);
  Lines lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// All files below a folder that end so, sorted, so that a run repeats.
std::vector<fs::path> files_below(const fs::path& folder, const Names& extensions) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && extensions.contains(entry.path().extension().string())) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// ---- rooms

// One line a room, "core: base". What stands after a # is a remark.
std::map<std::string, Names> read_floors(const fs::path& file) {
  std::map<std::string, Names> rooms;
  for (const std::string& line : read_lines(file)) {
    const std::string text = line.substr(0, line.find('#'));
    const auto colon = text.find(':');
    if (colon == std::string::npos) continue;
    std::istringstream rest(text.substr(colon + 1));
    auto& below = rooms[text.substr(0, colon)];
    for (std::string room; rest >> room;) below.insert(room);
  }
  return rooms;
}

// What a line includes, as the files of the library are called here: "core/actor.hpp" for
// <troupe/core/actor.hpp>, and "src/core/pool.hpp" for "pool.hpp" in src/core. Empty when it
// includes nothing of the library.
std::string included(const std::string& line, const std::string& name) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::smatch match;
  if (!std::regex_search(line, match, pattern)) return {};
  const std::string header = match[2];
  if (header.starts_with("troupe/")) return header.substr(std::string_view("troupe/").size());
  if (match[1] == "<") return {};
  return (fs::path(name).parent_path() / header).lexically_normal().generic_string();
}

// "core/actor.hpp" and "src/core/actor.cpp" are in room core; "core.hpp" is a door and in no room.
std::string room_of(const std::string& name) {
  const std::string relative =
      name.starts_with("src/") ? name.substr(std::string_view("src/").size()) : name;
  const auto slash = relative.find('/');
  return slash == std::string::npos ? std::string() : relative.substr(0, slash);
}

// ---- circles: between rooms in floors.txt, and between files by what they really include

using Graph = std::map<std::string, Names>;

// Goes depth first from a node; when it comes back to one that it is still inside of, that is a
// circle.
class CircleSearch {
 public:
  explicit CircleSearch(const Graph& graph) : graph_(graph) {}

  // A circle as "a -> b -> a", or nothing.
  std::string find() {
    for (const auto& [node, next] : graph_) {
      if (visit(node)) return circle_;
    }
    return {};
  }

 private:
  bool visit(const std::string& node) {
    if (const auto at = std::find(path_.begin(), path_.end(), node); at != path_.end()) {
      for (auto i = at; i != path_.end(); ++i) circle_ += *i + " -> ";
      circle_ += node;
      return true;
    }
    const auto found = graph_.find(node);
    if (found == graph_.end() || !done_.insert(node).second) return false;
    path_.push_back(node);
    for (const std::string& next : found->second) {
      if (visit(next)) return true;
    }
    path_.pop_back();
    return false;
  }

  const Graph& graph_;
  std::vector<std::string> path_;
  Names done_;
  std::string circle_;
};

// ---- one file of the library

struct File {
  fs::path path;
  std::string name;  // "core/actor.hpp", "src/core/actor.cpp"
  Lines lines;
};

// Everything is laid out by tools/format, and nothing by hand. What the runners of tests read is
// one line, however long (CommentPragmas in .clang-format).
void check_layout(const fs::path& path, const Lines& lines, Report& report) {
  static const std::regex directive(
      "^// (expect|errors|compilers|flags|door|lint)(-gcc|-clang)?: ");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    // UTF-8 continuation bytes take no column.
    const auto width =
        std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
    if (static_cast<std::size_t>(width) > columns && !std::regex_search(line, directive))
      report.add(path, i + 1, "the line is too long");
    if (line.find("// clang-for"
                  "mat off") != std::string::npos)
      report.add(path, i + 1, "this is laid out by hand");
  }
}

void check_all_layout(const fs::path& root, Report& report) {
  for (const char* folder : {"include", "src", "apps", "examples", "bench", "tests"}) {
    for (const fs::path& path : files_below(root / folder, {".hpp", ".cpp"}))
      check_layout(path, read_lines(path), report);
  }
}

void check_text(const File& file, const std::string& charter, Report& report) {
  static const std::regex unfinished(R"(\b(TO[D]O|FIX[M]E|X[X]X)\b)");
  if (file.lines.empty() || !file.lines[0].starts_with(charter)) {
    report.add(file.path, 1, "the first line must be the charter: " + charter + "...");
  }
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (std::regex_search(file.lines[i], unfinished))
      report.add(file.path, i + 1, "something is left unfinished");
  }
  const std::size_t most = file.path.extension() == ".hpp" ? header_lines : source_lines;
  if (file.lines.size() > most) report.add(file.path, file.lines.size(), "the file is too long");
}

void check_includes(const File& file, const std::map<std::string, Names>& rooms, Report& report) {
  const std::string room = room_of(file.name);
  if (room.empty()) return;  // a door
  const auto found = rooms.find(room);
  if (found == rooms.end())
    return report.add(file.path, 1, "floors.txt does not know room " + room);
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string header = included(file.lines[i], file.name);
    if (header.empty()) continue;
    const std::string other = room_of(header);
    if (other.empty()) {
      report.add(file.path, i + 1, "doors are for users; include the header itself");
    } else if (other != room && !found->second.contains(other)) {
      report.add(file.path, i + 1, room + " may not include " + other);
    }
  }
}

// Whether its charter says that it is no door for users; a header in src is none either.
bool is_internal(const File& file) {
  if (file.name.starts_with("src/")) return true;
  for (std::size_t i = 0;
       i < std::min<std::size_t>(file.lines.size(), 3) && file.lines[i].starts_with("//"); ++i) {
    if (file.lines[i].ends_with("(internal)")) return true;
  }
  return false;
}

// What is internal is tested through what uses it.
void check_has_test(const File& file, const fs::path& root, Report& report) {
  if (file.path.extension() != ".hpp" || is_internal(file) || room_of(file.name).empty()) return;
  fs::path test = root / "tests" / file.name;
  test.replace_filename(test.stem().string() + "_test.cpp");
  if (!fs::exists(test))
    report.add(file.path, 1, "no test at " + fs::relative(test, root).generic_string());
}

// Doors first: who opens a public header meets its first contract before its machinery.
void check_door(const File& file, Report& report) {
  if (file.path.extension() != ".hpp" || is_internal(file) || room_of(file.name).empty()) return;
  static const std::regex contract(R"(^\s*///)");
  for (std::size_t i = 0; i < std::min(file.lines.size(), door_lines); ++i) {
    if (std::regex_search(file.lines[i], contract)) return;
  }
  report.add(file.path, 1,
             "no contract (///) within the first " + std::to_string(door_lines) + " lines");
}

// A contract says what its name does: a reader need not look for another one first.
void check_contracts(const File& file, Report& report) {
  static const std::regex leans(R"(^\s*///\s+(As|Like|The same)\b)"), contract(R"(^\s*///)");
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (i != 0 && std::regex_search(file.lines[i - 1], contract)) continue;
    if (std::regex_search(file.lines[i], leans))
      report.add(file.path, i + 1, "a contract begins with a comparison");
  }
}

// ---- units

// "core/timer_queue" for core/timer_queue.hpp, src/core/timer_queue.cpp and
// src/core/timer_queue_wheel.hpp.
class Units {
 public:
  explicit Units(const std::vector<File>& files) {
    for (const File& file : files) {
      if (!file.name.starts_with("src/")) headers_.insert(stem(file.name));
    }
  }
  std::string of(const std::string& name) const {
    std::string unit = stem(name);
    if (headers_.contains(unit) || !name.starts_with("src/")) return unit;
    for (auto at = unit.rfind('_'); at != std::string::npos && at > unit.rfind('/');
         at = unit.rfind('_', at - 1)) {
      if (const std::string shorter = unit.substr(0, at); headers_.contains(shorter))
        return shorter;
    }
    return unit;
  }

 private:
  static std::string stem(const std::string& name) {
    const std::string relative =
        name.starts_with("src/") ? name.substr(std::string_view("src/").size()) : name;
    return relative.substr(0, relative.rfind('.'));
  }
  Names headers_;
};

Graph units_graph(const std::vector<File>& files) {
  const Units units(files);
  Graph graph;
  for (const File& file : files) {
    if (room_of(file.name).empty()) continue;
    Names& next = graph[units.of(file.name)];
    for (const std::string& line : file.lines) {
      const std::string header = included(line, file.name);
      if (header.empty() || room_of(header).empty()) continue;
      if (const std::string other = units.of(header); other != units.of(file.name))
        next.insert(other);
    }
  }
  return graph;
}

// ---- the pictures in ARCHITECTURE.md
//
// Between `<!-- units of core -->` and `<!-- end -->`: the units of that room, each with those that
// it includes, the lowest first. An arrow that other arrows imply is left out.

using Levels = std::map<std::string, int>;

int level_of(const Graph& graph, const std::string& unit, Levels& known) {
  if (const auto found = known.find(unit); found != known.end()) return found->second;
  int level = 0;
  if (const auto next = graph.find(unit); next != graph.end()) {
    for (const std::string& other : next->second)
      level = std::max(level, level_of(graph, other, known) + 1);
  }
  return known[unit] = level;
}

bool reaches(const Graph& graph, const std::string& from, const std::string& to) {
  if (from == to) return true;
  const auto next = graph.find(from);
  return next != graph.end() &&
         std::any_of(next->second.begin(), next->second.end(),
                     [&](const std::string& other) { return reaches(graph, other, to); });
}

Lines picture(const Graph& all, const std::string& room) {
  Graph graph;  // of this room alone
  for (const auto& [unit, next] : all) {
    if (room_of(unit) != room) continue;
    for (const std::string& other : next) {
      if (room_of(other) == room) graph[unit].insert(other);
    }
    graph[unit];
  }
  Levels levels;
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [unit, next] : graph) order.emplace_back(level_of(graph, unit, levels), unit);
  std::sort(order.begin(), order.end());
  const auto short_name = [&](const std::string& unit) { return unit.substr(room.size() + 1); };
  Lines lines{"```text"};
  for (const auto& [level, unit] : order) {
    std::string line = std::to_string(level) + "  " + short_name(unit);
    std::string arrows;
    for (const std::string& other : graph[unit]) {
      const bool implied = std::any_of(
          graph[unit].begin(), graph[unit].end(),
          [&](const std::string& third) { return third != other && reaches(graph, third, other); });
      if (!implied) arrows += " " + short_name(other);
    }
    if (level < 10) line.insert(0, " ");
    if (!arrows.empty())
      line += std::string(line.size() < 24 ? 24 - line.size() : 1, ' ') + "->" + arrows;
    lines.push_back(line);
  }
  lines.push_back("```");
  return lines;
}

// The document with its pictures as they should be.
Lines drawn(const Lines& document, const Graph& graph) {
  static const std::regex begins(R"(^<!-- units of (\w+) -->$)");
  Lines lines;
  bool inside = false;
  for (const std::string& line : document) {
    if (line == "<!-- end -->") inside = false;
    if (!inside) lines.push_back(line);
    if (std::smatch m; std::regex_search(line, m, begins)) {
      inside = true;
      for (const std::string& drawing : picture(graph, m[1])) lines.push_back(drawing);
    }
  }
  return lines;
}

void check_pictures(const fs::path& root, const Graph& graph, Report& report) {
  const fs::path document = root / "ARCHITECTURE.md";
  const Lines lines = read_lines(document);
  if (drawn(lines, graph) != lines)
    report.add(document, 1, "a picture is out of date: house_test --draw ROOT");
}

// What is declared in a header is defined there, or in that header's own source: so whoever
// includes the header can link. Looks at members of classes, whose definitions name the class. An
// exception says why in the line before.
void check_definitions(const std::vector<File>& files, Report& report) {
  static const std::regex begins_class(
      R"(^\s*(?:template\s*<.*>\s*)?(?:class|struct)\s+(?:\[\[.*\]\]\s*)?(?:TROUPE_\w+\(\w+\)\s*)?)"
      R"((?:detail::)?(\w+)(?:<[^;{]*>)?\s*(?:final\s*)?(?::[^:;]|\{))"),
      member(R"(^(?=\S)(?:template\s*<.*>\s*)?(?:[\w:<>,*&\[\] ]+[ *&])?(?:troupe::)?)"
             R"((?:detail::)?(\w+)(?:<[\w., ]+>)?::(?:\w+::)*~?(?:operator\S+|\w+)\()");
  const Units units(files);
  std::map<std::string, Names> classes;
  for (const File& file : files) {
    for (const std::string& line : file.lines) {
      if (std::smatch m; std::regex_search(line, m, begins_class))
        classes[m[1]].insert(units.of(file.name));
    }
  }
  for (const File& file : files) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch m;
      if (!std::regex_search(file.lines[i], m, member)) continue;
      if (i > 0 && file.lines[i - 1].starts_with("// Defined here, since ")) continue;
      const auto found = classes.find(m[1]);
      if (found != classes.end() && !found->second.contains(units.of(file.name))) {
        report.add(file.path, i + 1,
                   m[1].str() + " is declared in " + *found->second.begin() + ", and defined here");
      }
    }
  }
}

// A function of a namespace, as it is declared or defined: its name with the types of what it
// takes.
struct Function {
  std::string name, key;
  std::size_t line;
  bool is_defined;
};

// "Core&, F" of "(Core& core, F f = {})", without spaces and the library's own namespaces.
std::string types_taken(const std::string& parameters) {
  static const std::regex ends(R"(^\s+|\s*=.*$)"), names(R"(\b(troupe|detail|std)::|\s)"),
      name(R"(([\s&*>])(\w+)$)");
  std::string types, one;
  int depth = 0;
  for (const char c : parameters + ",") {
    if (c == ',' && depth == 0) {
      one = std::regex_replace(one, ends, "");
      types += std::regex_replace(std::regex_replace(one, name, "$1"), names, "") + ",";
      one.clear();
      continue;
    }
    if (c == '<' || c == '(' || c == '{') ++depth;
    if (c == '>' || c == ')' || c == '}') --depth;
    one += c;
  }
  return types;
}

// What stands from line i on until the end of a declaration or the begin of a body, that ; or {
// included, in one line; i is then the line of that end.
std::string head_at(const Lines& lines, std::size_t& i) {
  std::string text;
  int depth = 0;
  for (;; ++i, text += ' ') {
    for (const char c : lines[i].substr(0, lines[i].find("//"))) {
      text += c;
      if (c == '(') ++depth;
      if (c == ')') --depth;
      if ((c == ';' || c == '{') && depth == 0) return text;
    }
    if (i + 1 == lines.size()) return text;
  }
}

// Looks at what begins in the first column, so not at members, and not at constrained templates,
// which are defined where they are declared.
std::vector<Function> functions(const File& file) {
  static const std::regex begins(
      R"(^(?!using|class|struct|enum|union|namespace|friend|static_as)[\w[])"),
      signature(R"(^(?:template\s*<.*?>\s+)?(?:[\w:<>,*&\[\] ]+[ *&])(?:troupe::)?(?:detail::)?)"
                R"(([a-z]\w*)\((.*)\)(?: (?:const|noexcept))*\s*[;{]$)");
  std::vector<Function> found;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (!std::regex_search(file.lines[i], begins)) continue;
    const std::size_t line = i + 1;
    const std::string text = head_at(file.lines, i);
    if (std::smatch m; std::regex_search(text, m, signature))
      found.push_back(
          {m[1], m[1].str() + "(" + types_taken(m[2]) + ")", line, text.ends_with('{')});
  }
  return found;
}

// The same of functions: one that a header declares is defined by that header's unit.
void check_functions(const std::vector<File>& files, Report& report) {
  const Units units(files);
  std::map<std::string, Names> declared;
  for (const File& file : files) {
    if (file.path.extension() != ".hpp") continue;
    for (const Function& f : functions(file)) {
      if (!f.is_defined) declared[f.key].insert(units.of(file.name));
    }
  }
  for (const File& file : files) {
    for (const Function& f : functions(file)) {
      const auto found = declared.find(f.key);
      if (!f.is_defined || found == declared.end() || found->second.contains(units.of(file.name)) ||
          (f.line > 1 && file.lines[f.line - 2].starts_with("// Defined here, since ")))
        continue;
      report.add(file.path, f.line,
                 f.name + " is declared in " + *found->second.begin() + ", and defined here");
    }
  }
}

void check_library(const fs::path& root, Report& report) {
  const auto rooms = read_floors(root / "floors.txt");
  if (rooms.empty()) report.add(root / "floors.txt", 1, "no rooms");
  if (const auto circle = CircleSearch(rooms).find(); !circle.empty()) {
    report.add(root / "floors.txt", 1, "circle between rooms: " + circle);
  }
  Graph graph;
  std::vector<File> files;
  for (const fs::path& base : {root / "include" / "troupe", root / "src"}) {
    for (const fs::path& path : files_below(base, {".hpp", ".cpp"})) {
      const std::string relative = fs::relative(path, base).generic_string();
      const File file{path, base.filename() == "src" ? "src/" + relative : relative,
                      read_lines(path)};
      const std::string room = room_of(file.name);
      check_text(file, "// " + room + (room.empty() ? "" : "/") + path.filename().string() + ": ",
                 report);
      check_includes(file, rooms, report);
      check_has_test(file, root, report);
      check_door(file, report);
      check_contracts(file, report);
      for (const std::string& line : file.lines) {
        if (const std::string header = included(line, file.name); !header.empty())
          graph[file.name].insert(header);
      }
      files.push_back(file);
    }
  }
  if (const auto circle = CircleSearch(graph).find(); !circle.empty()) {
    report.add(root / circle.substr(0, circle.find(' ')), 1, "circle between files: " + circle);
  } else if (const auto knot = CircleSearch(units_graph(files)).find(); !knot.empty()) {
    report.add(root / knot.substr(0, knot.find(' ')), 1, "circle between units: " + knot);
  } else {
    check_pictures(root, units_graph(files), report);
  }
  check_definitions(files, report);
  check_functions(files, report);
}

// ---- applications: a folder in apps each, from which their includes are named

// "apps/x/server/main" of apps/x/server/main.cpp, and of "server/main.hpp" where application x
// includes that.
std::string unit_of_app(const std::string& name) { return name.substr(0, name.rfind('.')); }

void check_apps(const fs::path& root, Report& report) {
  static const std::regex quoted(R"x(^\s*#\s*include\s*"([^"]+)")x");
  Graph units;
  for (const fs::path& path : files_below(root / "apps", {".hpp", ".cpp"})) {
    const std::string name = fs::relative(path, root).generic_string();
    const File file{path, name, read_lines(path)};
    check_text(file, "// " + name + ": ", report);
    const std::string app = name.substr(0, name.find('/', std::string_view("apps/").size()) + 1);
    Names& next = units[unit_of_app(name)];
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, quoted)) continue;
      const std::string other = unit_of_app(app + match[1].str());
      if (other != unit_of_app(name)) next.insert(other);
    }
  }
  if (const auto knot = CircleSearch(units).find(); !knot.empty())
    report.add(root / knot.substr(0, knot.find(' ')), 1, "circle between units: " + knot);
}

void draw(const fs::path& root) {
  std::vector<File> files;
  for (const fs::path& base : {root / "include" / "troupe", root / "src"}) {
    for (const fs::path& path : files_below(base, {".hpp", ".cpp"})) {
      const std::string relative = fs::relative(path, base).generic_string();
      files.push_back(
          {path, base.filename() == "src" ? "src/" + relative : relative, read_lines(path)});
    }
  }
  const fs::path document = root / "ARCHITECTURE.md";
  const Lines lines = drawn(read_lines(document), units_graph(files));
  std::ofstream out(document);
  for (const std::string& line : lines) out << line << '\n';
}

// ---- co_await as a condition
//
// GCC 12 makes wrong code of `if`, `while` or `switch` whose condition awaits, in a coroutine whose
// outermost block declares no local variable: it makes the frame too small, and the coroutine
// writes behind it. People copy what they see, so nothing here shows it. `if (const bool yes =
// co_await x)` is right, and so is a name given first.

// The lines that are code, without remarks and string literals: of a document, what stands in its
// ```cpp blocks.
Lines code_lines(const fs::path& path) {
  static const std::regex literal(R"("([^"\\]|\\.)*")");
  const bool document = path.extension() == ".md";
  bool code = !document;
  Lines lines = read_lines(path);
  for (std::string& line : lines) {
    const bool fence = document && line.starts_with("```");
    if (fence) code = !code && line.starts_with("```cpp");
    if (fence || !code) {
      line.clear();
    } else {
      line = std::regex_replace(line, literal, "\"\"");
      line.erase(std::min(line.find("//"), line.size()));
    }
  }
  return lines;
}

// What is decided between the parenthesis at `at` and its end: behind a first statement, if there
// is one.
std::string condition_at(const std::string& text, std::size_t at) {
  int depth = 0;
  std::string condition;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (text[i] == ')' && --depth == 0) break;
    if (depth > 0) condition += text[i];
    if (text[i] == '(') ++depth;
    if (text[i] == ';' && depth == 1) condition.clear();
  }
  return condition;
}

// `const bool yes = co_await x`: a type, a name, and one equals sign.
bool is_declaration(const std::string& condition) {
  static const std::regex declaration(R"(^\s*[A-Za-z_][\w:<>,\s*&]*[\s*&>]\w+\s*=(?!=))");
  return std::regex_search(condition, declaration);
}

void check_conditions(const fs::path& path, Report& report) {
  static const std::regex begins(R"(\b(if|while|switch)\s*(constexpr\s*)?\()"),
      awaits(R"(\bco_await\b)");
  std::string text;
  for (const std::string& line : code_lines(path)) text += line + '\n';
  if (text.find("co_await") == std::string::npos) return;
  for (auto match = std::sregex_iterator(text.begin(), text.end(), begins);
       match != std::sregex_iterator(); ++match) {
    const auto at = static_cast<std::size_t>(match->position() + match->length() - 1);
    const std::string condition = condition_at(text, at);
    if (std::regex_search(condition, awaits) && !is_declaration(condition)) {
      const auto line = std::count(text.begin(), text.begin() + match->position(), '\n') + 1;
      report.add(
          path, static_cast<std::size_t>(line),
          "GCC 12 makes wrong code of a condition that awaits: give the result a name first");
    }
  }
}

void check_all_conditions(const fs::path& root, Report& report) {
  for (const char* folder : {"include", "src", "apps", "examples", "docs", "tests"}) {
    for (const fs::path& path : files_below(root / folder, {".hpp", ".cpp", ".md"})) {
      if (fs::relative(path, root).generic_string() != "tests/house/house_test.cpp")
        check_conditions(path, report);
    }
  }
  for (const char* document : {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"}) {
    if (fs::exists(root / document)) check_conditions(root / document, report);
  }
}

// ---- what tests/README.md names
//
// In backticks: files and folders below tests/, and tests as Suite.Name.
void check_named_tests(const fs::path& root, Report& report) {
  static const std::regex quoted("`([^`]+)`"), test(R"(^(\w+)\.(\w+)$)"),
      declared(R"(^TEST(?:_F|_P)?\((\w+), (\w+)\))");
  const fs::path document = root / "tests/README.md";
  if (!fs::exists(document)) return;
  Names tests;
  for (const fs::path& path : files_below(root / "tests", {".cpp"})) {
    for (const std::string& line : read_lines(path)) {
      if (std::smatch m; std::regex_search(line, m, declared))
        tests.insert(m[1].str() + "." + m[2].str());
    }
  }
  std::size_t number = 0;
  for (const std::string& line : read_lines(document)) {
    ++number;
    for (auto word = std::sregex_iterator(line.begin(), line.end(), quoted);
         word != std::sregex_iterator(); ++word) {
      const std::string name = (*word)[1];
      const bool is_path = name.starts_with("tests/") && name.find('<') == std::string::npos;
      if (is_path ? !fs::exists(root / name)
                  : std::regex_match(name, test) && !tests.contains(name)) {
        report.add(document, number, "there is no " + name);
      }
    }
  }
}

Lines check(const fs::path& root) {
  Report report;
  check_library(root, report);
  check_apps(root, report);
  check_all_layout(root, report);
  check_all_conditions(root, report);
  check_named_tests(root, report);
  return report.findings();
}

// ---- the self-test

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

void write_good_tree(const fs::path& root) {
  write(root / "floors.txt", "base:  # the ground\ncore: base\n");
  write(root / "include/troupe/base/time.hpp",
        "// base/time.hpp: time.\n#pragma once\n/// Time.\nstruct Time {\n");
  write(root / "include/troupe/core/actor.hpp",
        "// core/actor.hpp: a.\n#include <troupe/base/time.hpp>\n/// An actor.\nclass Actor {\n};\n"
        "int tell(Actor& actor, int n = f(1)) noexcept;\n");
  write(root / "include/troupe/core.hpp",
        "// core.hpp: the door.\n#include <troupe/core/actor.hpp>\n");
  write(root / "src/core/actor.cpp",
        "// core/actor.cpp: a.\n#include <troupe/core/actor.hpp>\nvoid Actor::act() {\n");
  write(root / "include/troupe/core/inner.hpp", "// core/inner.hpp: no door. (internal)\n");
  write(
      root / "src/core/inner.cpp",
      "// core/inner.cpp: i.\n#include <troupe/core/actor.hpp>\nint tell(Actor& actor, long n) {\n"
      "// Defined here, since it must.\nint tell(Actor& actor, int n) {\n");
  write(root / "ARCHITECTURE.md",
        "<!-- units of core -->\n```text\n 0  actor\n 1  inner               -> actor\n```\n<!-- "
        "end -->\n");
  write(root / "tests/base/time_test.cpp", "// if (co_await x) is not here\n");
  write(root / "tests/core/actor_test.cpp",
        "void f() { if (bool b = co_await x) {} }\n"
        "while (const std::optional<int> n = co_await s.next()) sum += *n;\n"
        "if (const auto r = co_await x; r && *r == 1) {}\n"
        "if (a) co_await b;\n"
        "say(\"if (co_await x)\");\n");
  write(root / "tests/core/case.cpp", "// expect-gcc: " + std::string(100, 'x') + "\n");
  write(root / "apps/x/server/main.cpp",
        "// apps/x/server/main.cpp: m.\n#include \"data/store.hpp\"\n");
  write(root / "apps/x/data/store.hpp", "// apps/x/data/store.hpp: s.\n");
  write(root / "apps/x/data/store.cpp",
        "// apps/x/data/store.cpp: s.\n#include \"data/store.hpp\"\n#include \"data/row.hpp\"\n");
  write(root / "apps/x/data/row.hpp", "// apps/x/data/row.hpp: r.\n");
  write(root / "tests/io/x_test.cpp", "TEST_F(X, Reads) {\n");
  write(root / "tests/README.md", "`X.Reads` in `tests/io/x_test.cpp`, and `co_await`\n");
  write(root / "README.md", "Never write `if (co_await x)`:\n```text\nif (co_await x)\n```\n");
}

// Breaks one rule in a good tree; what must be found, and where.
struct Breach {
  const char* file;
  std::string text;
  const char* finding;
};

std::vector<Breach> breaches() {
  const std::string charter = "// base/time.hpp: time.\n";
  return {
      {"floors.txt", "base: core\ncore: base\n", "circle between rooms: base -> core -> base"},
      {"floors.txt", "base:\n", "floors.txt does not know room core"},
      {"include/troupe/base/time.hpp", charter + "#include <troupe/core/actor.hpp>\n",
       "base may not include core"},
      {"src/base/time.cpp", "// base/time.cpp: t.\n# include \"troupe/core/actor.hpp\"\n",
       "base may not include core"},
      {"src/core/actor.cpp", "// core/actor.cpp: a.\n#include <troupe/core.hpp>\n",
       "doors are for users"},
      {"include/troupe/base/time.hpp", charter + "#include <troupe/core/actor.hpp>\n",
       "circle between files: base/time.hpp -> core/actor.hpp -> base/time.hpp"},
      {"src/core/parts.hpp", "// core/parts.hpp: p.\n#include \"parts.hpp\"\n",
       "circle between files: src/core/parts.hpp -> src/core/parts.hpp"},
      {"src/base/time.cpp", "// base/time.cpp: t.\n#include \"../core/parts.hpp\"\n",
       "base may not include core"},
      {"include/troupe/base/time.hpp", "#pragma once\n",
       "time.hpp:1: the first line must be the charter"},
      {"include/troupe/core.hpp", "#pragma once\n",
       "core.hpp:1: the first line must be the charter"},
      {"src/core/actor.cpp", "// core/actor.hpp: wrong name.\n",
       "actor.cpp:1: the first line must be the charter"},
      {"include/troupe/base/time.hpp", charter + "//" + std::string(119, 'x') + "\n",
       "time.hpp:2: the line is too long"},
      {"tests/core/actor_test.cpp", "//\n// expected: " + std::string(100, 'x') + "\n",
       "actor_test.cpp:2: the line is too long"},
      {"include/troupe/base/time.hpp",
       charter + "// clang-for"
                 "mat off\n",
       "time.hpp:2: this is laid out by hand"},
      {"include/troupe/base/time.hpp", charter + "/// As before.\nint f();\n",
       "time.hpp:2: a contract begins with a comparison"},
      {"examples/x.cpp",
       "  // clang-for"
       "mat off\n",
       "x.cpp:1: this is laid out by hand"},
      {"include/troupe/base/time.hpp",
       charter + "// TO"
                 "DO: more\n",
       "time.hpp:2: something is left unfinished"},
      {"include/troupe/base/time.hpp", charter + std::string(header_lines, '\n'),
       "the file is too long"},
      {"src/core/actor.cpp", "// core/actor.cpp: a.\n" + std::string(source_lines, '\n'),
       "the file is too long"},
      {"include/troupe/core/cx.hpp", "// core/cx.hpp: c.\n", "no test at tests/core/cx_test.cpp"},
      {"include/troupe/core/actor.hpp",
       "// core/actor.hpp: a.\n" + std::string(door_lines, '\n') + "/// An actor.\n",
       "actor.hpp:1: no contract (///) within the first 40 lines"},
      {"src/core/inner.cpp",
       "// core/inner.cpp: i.\n#include <troupe/core/inner.hpp>\nint Actor::act() {\n",
       "inner.cpp:3: Actor is declared in core/actor, and defined here"},
      {"src/core/inner.cpp",
       "// core/inner.cpp: i.\n#include <troupe/core/actor.hpp>\nint tell(Actor& a,\n int n) "
       "noexcept {\n",
       "inner.cpp:3: tell is declared in core/actor, and defined here"},
      {"src/core/inner.cpp",
       "// core/inner.cpp: i.\n#include <troupe/core/actor.hpp>\n[[x]] int detail::tell(Actor& it, "
       "int) noexcept {\n",
       "inner.cpp:3: tell is declared in core/actor, and defined here"},
      {"src/core/actor.cpp", "// core/actor.cpp: a.\n#include <troupe/core/inner.hpp>\n",
       "circle between units: core/actor -> core/inner -> core/actor"},
      {"ARCHITECTURE.md", "<!-- units of core -->\n```text\n 0  actor\n```\n<!-- end -->\n",
       "a picture is out of date"},
      {"apps/x/data/row.hpp", "// apps/x/data/row.hpp: r.\n#include \"data/store.hpp\"\n",
       "circle between units: apps/x/data/row -> apps/x/data/store -> apps/x/data/row"},
      {"apps/x/data/row.hpp", "// data/row.hpp: r.\n",
       "row.hpp:1: the first line must be the charter"},
      {"apps/x/data/row.hpp", "// apps/x/data/row.hpp: r.\n" + std::string(350, '\n'),
       "row.hpp:351: the file is too long"},
      {"apps/x/main.cpp", "x\n  if (co_await y) {\n", "main.cpp:2: GCC 12 makes wrong code"},
      {"examples/x.cpp", "while (!co_await y) {\n", "x.cpp:1: GCC 12 makes wrong code"},
      {"docs/x.md", "```cpp\nswitch ((co_await y).z) {\n```\n", "x.md:2: GCC 12 makes wrong code"},
      {"README.md", "```cpp\nif(co_await y)\n```\n", "README.md:2: GCC 12 makes wrong code"},
      {"tests/README.md", "`X.Reads`\n`X.Writes`\n", "tests/README.md:2: there is no X.Writes"},
      {"tests/README.md", "`tests/io/y_test.cpp`\n",
       "tests/README.md:1: there is no tests/io/y_test.cpp"},
      {"tests/core/actor_test.cpp", "if (co_await y)\n",
       "actor_test.cpp:1: GCC 12 makes wrong code"},
      {"src/core/actor.cpp", "// core/actor.cpp: a.\nif (a && co_await x) {\n",
       "actor.cpp:2: GCC 12 makes wrong code"},
      {"examples/x.cpp", "while (n > 0 && !co_await s.next()) {\n",
       "x.cpp:1: GCC 12 makes wrong code"},
      {"examples/x.cpp", "do {\n} while (*co_await s.next() == 1);\n",
       "x.cpp:2: GCC 12 makes wrong code"},
      {"examples/x.cpp", "if (auto a = f(); co_await g(a)) {\n",
       "x.cpp:1: GCC 12 makes wrong code"},
      {"examples/x.cpp", "if (f(1) == 2 &&\n    co_await g()) {\n",
       "x.cpp:1: GCC 12 makes wrong code"},
      {"examples/x.cpp", "if (n == co_await g()) {\n", "x.cpp:1: GCC 12 makes wrong code"},
      {"examples/x.cpp", "if ((n = co_await g())) {\n", "x.cpp:1: GCC 12 makes wrong code"},
  };
}

int self_test() {
  const char* where = std::getenv("TMPDIR");
  std::string name = std::string(where != nullptr ? where : "/tmp") + "/house_test.XXXXXX";
  if (mkdtemp(name.data()) == nullptr) return std::puts("no temporary folder"), 2;
  const fs::path root = name;
  int failed = 0;
  write_good_tree(root);
  for (const std::string& finding : check(root))
    std::printf("in a good tree: %s\n", finding.c_str()), ++failed;
  for (const Breach& breach : breaches()) {
    fs::remove_all(root);
    write_good_tree(root);
    write(root / breach.file, breach.text);
    const Lines found = check(root);
    if (std::none_of(found.begin(), found.end(), [&](const std::string& line) {
          return line.find(breach.finding) != std::string::npos;
        })) {
      std::printf("not found: %s (%s)\n", breach.finding, breach.file);
      ++failed;
    }
  }
  fs::remove_all(root);
  std::printf("%zu rules broken on purpose, %d of them not found\n", breaches().size(), failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--draw") return draw(argv[2]), 0;
  if (argc != 2)
    return std::fputs("usage: house_test ROOT | --self-test | --draw ROOT\n", stderr), 2;
  if (std::string_view(argv[1]) == "--self-test") return self_test();
  const Lines findings = check(argv[1]);
  for (const std::string& finding : findings) std::puts(finding.c_str());
  std::printf("%zu finding(s)\n", findings.size());
  return findings.empty() ? 0 : 1;
}
