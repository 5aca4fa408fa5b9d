#!/usr/bin/env python3
"""lint/run.py: tools/coroutine-lint finds each kind where it is, and raises no false alarm.

    run.py          snippets, then all sources of this repository; the last line is `N passed, N failed`
"""
import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TOOL = f"{ROOT}/tools/coroutine-lint"
FOLDERS = ["include", "src", "tests", "examples", "apps", "bench"]

# What a coroutine says, and the kinds that must be found in it, in order. Job is an aggregate with a string, Made has a
# constructor, Plain holds numbers.
HEAD = """
struct Job { int number; std::string name; };
struct Made { Made(int, std::string); std::string name; };
struct Plain { int number; const char* name; };
"""
FOUND = [
    ("if (co_await x) f();", "condition"),
    ("if (!co_await x) f();", "condition"),
    ("if (a && co_await x) f();", "condition"),
    ("if (const bool yes = a; yes && co_await x) f();", "condition"),
    ("if (a == co_await x) f();", "condition"),
    ("if (n = co_await x) f();", "condition"),
    ("while (co_await s.next()) f();", "condition"),
    ("do f(); while (co_await s.next());", "condition"),
    ("switch (co_await x) { default: break; }", "condition"),
    ("if (a)\n  f();\nelse if (co_await x)\n  g();", "condition"),
    ("co_return b ? co_await y() : std::string();", "ternary"),
    ("auto s = b ? std::string() : co_await y();", "ternary"),
    ("auto s = (co_await x) ? one : two;", "ternary"),
    ("f(a, b ? co_await y() : z, c);", "ternary"),
    ("auto s = a ? one : b ? two : co_await y();", "ternary ternary"),
    ("co_await f([s] { g(s); });", "lambda"),
    ("co_await f([=] { g(s); });", "lambda"),
    ("co_await f([s = std::move(t)]() mutable -> int { return s.size(); });", "lambda"),
    ("co_await f([&a, b] { g(a, b); });", "lambda"),
    ("co_yield g([s](int i) { return s + i; });", "lambda"),
    ("const auto n = [s] { return s.size(); }() + co_await x;", "lambda"),
    ("co_await f(Job{1, \"x\"});", "aggregate"),
    ("co_await f(ns::Job{1, \"x\"});", "aggregate"),
    ("co_yield Job{1, \"x\"};", "aggregate"),
    ("co_await f(Job{.number = 1, .name = \"x\"});", "aggregate"),
    ("co_await f(Job(1, \"x\"));", "aggregate"),
    ("co_await f(Unseen{1});", "aggregate"),
    ("co_await f(Pair<int, std::string>{1, \"x\"});", "aggregate"),
    ("co_await f(std::array<std::string, 1>{\"x\"});", "aggregate"),
    ("co_return Job{1, co_await name()};", "aggregate"),
    ("g(Job{1, \"x\"}, co_await x);", "aggregate"),
    ("auto r = co_await a.f(Job{1, \"x\"}).reply();", "aggregate"),
    ("co_await f({1, 2, 3});", "braces"),
    ("co_await queue.push({1, \"x\"});", "braces"),
    ("co_yield {1, \"x\"};", "braces"),
    ("co_await f(a, {.number = 1});", "braces"),
    ("std::vector<int> v{co_await a, co_await b};", "braces"),
    ("co_await f(std::vector<int>{co_await a, 2});", "braces"),
    ("const int n = ({ int m = co_await x; m + 1; });", "statement"),
    ("f(({ auto r = co_await x; if (!r) co_return; *r; }));", "statement"),
    ("co_await semaphore.acquire();", "discard"),
    ("co_await semaphore.acquire(2).reply();", "discard"),
    ("co_await at->mutex.lock();", "discard"),
    ("if (a) co_await mutex->lock();", "discard"),
    ("co_await on_drop([] { f(); });", "discard"),
    ("co_await troupe::on_drop(f, 1);", "discard"),
    ("auto l = []() -> Task<> { if (co_await x) f(); };", "condition"),
    ("#define NO if (co_await x) f();\nif (co_await x) f();", "condition"),
]
SILENT = [
    "if (const bool yes = co_await x) f();",
    "if (const std::optional<int> n = co_await s.next()) f(*n);",
    "while (const auto item = co_await s.next()) f(*item);",
    "if (const auto r = co_await x; r && *r == 1) f();",
    "const bool yes = co_await x;\nif (yes) f();",
    "if (a) co_await x;",
    "if (a) { co_await x; } else { co_await y; }",
    "for (int i = 0; i < n; ++i) co_await x;",
    "switch (n) { case 1: co_await x; break; default: co_await y; }",
    "const int n = a ? 1 : 2;\nco_await x;",
    "co_await f([](int i) { return i; });",
    "co_await f([&] { g(s); });",
    "co_await f([this] { g(); });",
    "co_await f([&a, &b] { g(a, b); });",
    "auto l = [s] { return s; };\nco_await f(std::move(l));",
    "spawn(rt, [](Core& core) -> Task<> { co_await x; }, ret_nop);",
    "auto l = [s] { return s ? 1 : 2; };",
    "const Job job{1, \"x\"};\nco_await f(job);",
    "Job job{1, \"x\"}; co_await f(job);",
    "co_await f(Made{1, \"x\"});",
    "co_await f(Made(1, \"x\"));",
    "co_await f(Plain{1, \"x\"});",
    "co_await f(std::string{\"x\"}, std::vector<int>{});",
    "co_await f(int{1}, std::size_t{2});",
    "co_return Job{1, \"x\"};",
    "co_await a[f(1)];",
    "TRY {\n  auto n = co_await x;\n  f(n);\n}\nCATCH { g(); }",
    "co_await x, co_await y;",
    "std::vector<int> v;\nv.push_back(co_await x);",
    "f(\"if (co_await x)\", 'c', R\"(a ? co_await x : y)\");",
    "// if (co_await x) f();\nco_await x; /* co_await f(Job{1}) */",
    "if (co_await x) f();  // coroutine-lint: ok",
    "const auto permit = co_await semaphore.acquire();",
    "permit = co_await semaphore.acquire(2);",
    "const Permit p = co_await semaphore.acquire(), q = co_await other.acquire();",
    "(void)co_await mutex.lock();",
    "f(co_await mutex.lock());",
    "co_await acquire(x);",
    "auto word = co_await on_drop([] { f(); });",
    "co_await timeout(1s, lock());",
    "#define TRY(x) ({ auto r = co_await x; r; })\nco_await y;",
    "struct Local { int a; };\nco_await x;",
    "auto operator co_await() && { return Awaiter{std::move(x)}; }",
    "if constexpr (requires { x.operator co_await(); }) f();",
    "template <class T> concept c = requires(T t) { t.await_ready(); };\nco_await x;",
]


def load():
    loader = importlib.machinery.SourceFileLoader("coroutine_lint", TOOL)
    sys.dont_write_bytecode = True
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("coroutine_lint", loader))
    loader.exec_module(module)
    return module


def sources():
    for folder in FOLDERS:
        for where, folders, names in os.walk(f"{ROOT}/{folder}"):
            folders[:] = [f for f in folders if f not in ("must_not_compile", "target", "build")]
            yield from (f"{where}/{name}" for name in sorted(names) if name.endswith((".hpp", ".cpp")))


class Results:
    passed = failed = 0

    def check(self, name, wanted, got):
        if wanted == got:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}: wanted {wanted!r}, got {got!r}")


def check_snippets(tool, results, folder):
    for text, wanted in FOUND + [(text, "") for text in SILENT]:
        path = f"{folder}/snippet.cpp"
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD + "Task<> coroutine() {\n" + text + "\n}\n")
        first = HEAD.count("\n") + 1
        found = list(tool.lint([path]))
        results.check(text, wanted, " ".join(kind for *_, kind in found))
        results.check(f"the line of {text}", True, all(first < line <= first + 1 + text.count("\n")
                                                        for _, line, *_ in found))


def run(*arguments):
    done = subprocess.run([sys.executable, TOOL, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def check_command(results, folder):
    bad, good = f"{folder}/bad.cpp", f"{folder}/good.cpp"
    with open(bad, "w", encoding="utf-8") as file:
        file.write("Task<> f() {\n  if (co_await x) g();\n}\n")
    with open(good, "w", encoding="utf-8") as file:
        file.write("Task<> f() { co_await x; }\n")
    code, text = run("--always", good, bad)
    results.check("the code where something is found", 1, code)
    results.check("the place", True, text.startswith(f"{bad}:2:3: warning: ") and text.endswith("[condition]\n"))
    results.check("a clean file", (0, ""), run("--always", good))
    for name, version, wanted in (("clang", "clang version 19.1.7", 0), ("g++-13", "g++ (GCC) 13.2.0", 0),
                                  ("g++-12", "g++ (GCC) 12.2.0", 1)):
        compiler = f"{folder}/{name}"
        with open(compiler, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n[ $1 = --version ] && echo '{version}' || echo '{version.split()[-1]}'\n")
        os.chmod(compiler, 0o755)
        results.check(f"under {name}", wanted, run("--compiler", compiler, bad)[0])


def main():
    tool, results = load(), Results()
    with tempfile.TemporaryDirectory() as folder:
        check_snippets(tool, results, folder)
        check_command(results, folder)
    for path, line, column, kind in tool.lint(list(sources())):
        results.failed += 1
        print(f"FAILED {path}:{line}:{column}: {kind}")
    print(f"{results.passed} passed, {results.failed} failed")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
