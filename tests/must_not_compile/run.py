#!/usr/bin/env python3
"""must_not_compile/run.py: mistakes that the compiler must refuse, in words that help.

    run.py [--work FOLDER] [--compiler gcc|clang] [--jobs N] [-v] [WORD...]    the cases whose name holds a WORD
    run.py --passed FILE ...     the same, without those that FILE remembers: they passed before, and neither they nor
                                 anything that they read has changed since
    run.py --self-test           checks the runner itself

cases/*.cpp each hold one mistake. Their leading comment lines may say:
    // expect: <words>          the first 12 lines that the compiler prints must hold these words; may stand repeatedly
    // expect-gcc: <words>      instead of `expect` under GCC; expect-clang likewise
    // compilers: gcc clang     where the mistake is caught; both, unless it says so
    // flags: -Wconsumed ...    more compiler flags
    // door: header             the first error may name a header instead of the case
    // errors: 2 <reason>       how many errors the compiler prints where that is not one, and why no fewer will do
    // errors-gcc: 2 <reason>   under GCC; errors-clang likewise
One mistake is one error: of several, people read the wrong one. Notes do not count. A case says at least once what it
expects. One that holds `#ifdef FIXED` or `#ifndef FIXED` must compile with -DFIXED, so that it cannot be refused for
another reason than its mistake. Most time goes into reading the doors, so several such cases are compiled as one file,
each in a namespace of its own; where that fails, each by itself.

ok/*.cpp are what must go through, under both compilers, without a warning. They may hold `flags` and `compilers`.

A cpp block in CONTRIBUTING.md that begins with `// cases/<name>.cpp: ` is such a case, too.

Every file is compiled with include/ on its path and with the doors of rooms core, task and thread precompiled in front;
it includes what it needs all the same. Nothing but the front end runs (-fsyntax-only).
"""
import argparse
import concurrent.futures
import contextlib
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DOORS = ["core", "task", "thread"]
LINES = 12
TOGETHER = 16  # cases with -DFIXED that are compiled as one file
ERROR = re.compile(r"(?!/usr/)[^\s:]+:\d+:\d+: (fatal )?error: ")  # in a file of ours
COMMON = ["-std=c++23", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow"]
COMPILERS = {
    "gcc": {"names": ["g++"], "flags": ["-fdiagnostics-color=never"]},
    "clang": {"names": ["clang++-19", "clang++"],
              "flags": ["-fno-color-diagnostics", "-Wthread-safety", "-Wconsumed"],
              "door_flags": ["-fpch-instantiate-templates"]},  # GCC has no such flag
}


class Compiler:
    """One compiler with the doors precompiled, as far as they exist."""

    def __init__(self, kind, work, include, doors):
        self.kind = kind
        self.program = next(filter(shutil.which, COMPILERS[kind]["names"]), None)
        if self.program is None:
            sys.exit(f"run.py: no {' or '.join(COMPILERS[kind]['names'])} on this machine")
        self.base = [self.program, *COMMON, *COMPILERS[kind]["flags"], "-I", include]
        self.first = []
        self.digest = self.read_all(include)
        self.precompile(work, [door for door in doors if os.path.exists(f"{include}/troupe/{door}.hpp")])

    def precompile(self, work, doors):
        if not doors:
            return
        folder = f"{work}/{self.kind}"
        os.makedirs(folder, exist_ok=True)
        header = f"{folder}/doors.hpp"
        with open(header, "w", encoding="utf-8") as file:
            file.writelines(f"#include <troupe/{door}.hpp>\n" for door in doors)
        output = header + (".gch" if self.kind == "gcc" else ".pch")
        code, text = self.run([*COMPILERS[self.kind].get("door_flags", []), "-x", "c++-header", header, "-o", output])
        if code != 0:
            sys.exit(f"run.py: the doors do not compile with {self.program}:\n{text}")
        self.first = ["-include", header] if self.kind == "gcc" else ["-include-pch", output]

    def read_all(self, include):
        """Digests what a case's outcome depends on beside the case: this compiler, this script, all headers."""
        digest = hashlib.sha256(" ".join(self.base[1:-1]).encode())
        digest.update(subprocess.run([self.program, "--version"], stdout=subprocess.PIPE, check=True).stdout)
        for folder, folders, names in os.walk(include):
            folders.sort()
            for name in sorted(names):
                with open(f"{folder}/{name}", "rb") as file:
                    digest.update(f"{os.path.relpath(folder, include)}/{name}".encode() + file.read())
        with open(__file__, "rb") as file:
            digest.update(file.read())
        return digest.hexdigest()

    def run(self, arguments):
        """Returns the exit code and what the compiler printed."""
        done = subprocess.run(self.base + self.first + arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, "LC_ALL": "C"}, check=False)
        return done.returncode, done.stdout.decode(errors="replace")

    def check_syntax(self, path, flags):
        return self.run([*flags, "-fsyntax-only", path])


def directives(text):
    """Reads the leading comment lines into {word: [value, ...]}."""
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("//"):
            break
        match = re.match(r"// ([a-z-]+): (.*)", line)
        if match:
            found.setdefault(match[1], []).append(match[2].strip())
    return found


def one_space(text):
    return " ".join(text.split())


class Check:
    """One file under one compiler: `trouble` says what is wrong with it, or is empty."""

    def __init__(self, compiler, path, must_fail):
        self.compiler = compiler
        self.path = path
        self.must_fail = must_fail
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.says = directives(self.text)
        self.flags = " ".join(self.says.get("flags", [])).split()
        self.name = f"{os.path.relpath(path, HERE)} ({compiler.kind})"
        self.has_fixed = must_fail and bool(re.search(r"^\s*#\s*(ifdef|ifndef)\s+FIXED\b", self.text, re.MULTILINE))
        self.known_fixed = False  # it compiled with -DFIXED, together with others

    def digest(self):
        return hashlib.sha256(f"{self.compiler.digest} {self.name} {self.text}".encode()).hexdigest()

    def wanted(self):
        return self.compiler.kind in " ".join(self.says.get("compilers", ["gcc clang"])).split()

    def run(self):
        try:
            return self.run_mistake() if self.must_fail else self.run_clean()
        except OSError as error:
            return str(error)

    def run_clean(self):
        code, output = self.compiler.check_syntax(self.path, [*self.flags, "-Werror"])
        return "" if code == 0 else "must compile without a warning, but:\n" + output

    def run_mistake(self):
        expected = self.says.get("expect-" + self.compiler.kind) or self.says.get("expect")
        if not expected:
            return "does not say what to expect"
        if self.has_fixed and not self.known_fixed:
            code, output = self.compiler.check_syntax(self.path, [*self.flags, "-DFIXED"])
            if code != 0:
                return "must compile with -DFIXED, but:\n" + output
        code, output = self.compiler.check_syntax(self.path, self.flags)
        if code == 0:
            return "compiles, and must not"
        return self.judge(output, expected)

    def judge(self, output, expected):
        lines = output.splitlines()
        head = one_space("\n".join(lines[:LINES]))
        for words in expected:
            if one_space(words) not in head:
                return f"the first {LINES} lines do not hold \"{words}\":\n{output}"
        count = sum(1 for line in lines if ERROR.match(line))
        said = (self.says.get("errors-" + self.compiler.kind) or self.says.get("errors") or [""])[0]
        number, _, reason = said.partition(" ")
        if said and (not number.isdigit() or number == "1" or not reason):
            return f"says \"errors: {said}\", and not a number of them other than 1 and a reason"
        if count > int(number or 1) or (said and count != int(number)):
            return f"{count} errors, and not {number or 1}:\n{output}"
        first = next((line for line in lines if re.search(r"\berror\b", line)), "")
        if not first.startswith(self.path) and self.says.get("door") != ["header"]:
            return "the first error does not name the case itself:\n" + output
        return ""


def collect(folder, compilers, words):
    checks = []
    for kind, must_fail in (("cases", True), ("ok", False)):
        for where, _, names in sorted(os.walk(f"{folder}/{kind}")):
            for name in sorted(names):
                if name.endswith(".cpp") and (not words or any(word in name for word in words)):
                    checks += [Check(compiler, f"{where}/{name}", must_fail) for compiler in compilers]
    return [check for check in checks if check.wanted()]


def try_together(checks):
    """Compiles cases with -DFIXED as one file; where that goes well, none of them has to be compiled so by itself."""
    text = "".join(line + "\n" for line in sorted({line for check in checks for line in check.text.splitlines()
                                                   if line.startswith("#include <")}))
    for number, check in enumerate(checks):
        text += f"namespace case_{number} {{\n#include \"{os.path.abspath(check.path)}\"\n}}\n"
    with tempfile.NamedTemporaryFile("w", suffix=".cpp", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        code, _ = checks[0].compiler.check_syntax(file.name, [*checks[0].flags, "-DFIXED"])
    for check in checks:
        check.known_fixed = code == 0


def groups_of(checks):
    """Those with a fixed form, of one compiler with the same flags, TOGETHER at a time; no specialization of a template of
    the library's, which may not stand in a namespace of a case."""
    kinds = {}
    for check in checks:
        if check.has_fixed and "template <>" not in check.text:
            kinds.setdefault((check.compiler.kind, *check.flags), []).append(check)
    return [kind[i:i + TOGETHER] for kind in kinds.values() for i in range(0, len(kind), TOGETHER)]


def extract_cases(document, folder):
    """Writes the blocks of a document that say that they are a case to folder/cases, and returns how many."""
    with open(document, encoding="utf-8") as file:
        blocks = re.findall(r"^```cpp\n(// cases/([a-z_]+\.cpp): .*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
    os.makedirs(f"{folder}/cases", exist_ok=True)
    for text, name in blocks:
        with open(f"{folder}/cases/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    return len(blocks)


def run_all(checks, jobs, verbose=False, memory=None):
    """Runs the checks and returns how many failed; prints each that did. Those that the file `memory` names have passed."""
    failed = 0
    known = set()
    if memory and os.path.exists(memory):
        with open(memory, encoding="utf-8") as file:
            known = set(file.read().split())
    passed = [check.digest() for check in checks if check.digest() in known]
    checks = [check for check in checks if check.digest() not in known]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(try_together, groups_of(checks)))
        for check, trouble in zip(checks, pool.map(Check.run, checks)):
            if trouble:
                failed += 1
                print(f"FAILED {check.name}: {trouble.rstrip()}\n")
            else:
                passed.append(check.digest())
                if verbose:
                    print(f"ok     {check.name}")
    if memory:
        os.makedirs(os.path.dirname(os.path.abspath(memory)), exist_ok=True)
        with open(memory, "w", encoding="utf-8") as file:
            file.writelines(f"{digest}\n" for digest in passed)
    return failed


SELF_TEST = {  # name: (text, or None where it is in the document below; words that its trouble must hold; empty for a file that is right)
    "cases/right.cpp": ("// expect: 'nowhere' was not declared\n// expect-clang: undeclared identifier 'nowhere'\n"
                        "#ifdef FIXED\nint nowhere = 0;\n#endif\nint x = nowhere;\n", ""),
    "cases/compiles.cpp": ("// expect: words\nint x = 0;\n", "compiles, and must not"),
    "cases/other_words.cpp": ("// expect: something else\nint x = nowhere;\n", "do not hold \"something else\""),
    "cases/says_nothing.cpp": ("int x = nowhere;\n", "does not say what to expect"),
    "cases/not_fixed.cpp": ("// expect: nowhere\n#ifndef FIXED\n#endif\nint x = nowhere;\n", "with -DFIXED"),
    "cases/late.cpp": ("// expect: nowhere\n#line 1 \"header.hpp\"\nint x = nowhere;\n", "does not name the case"),
    "cases/door.cpp": ("// expect: nowhere\n// door: header\n#line 1 \"header.hpp\"\nint x = nowhere;\n", ""),
    "cases/flags.cpp": ("// expect: unused variable\n// flags: -Werror=unused-variable\nvoid f() { int x; }\n", ""),
    "cases/far.cpp": ("// expect: last_one\n" + "".join(f"int x{i} = no{i};\n" for i in range(9)) + "int y = last_one;\n",
                      "do not hold \"last_one\""),
    "cases/of_a_document.cpp": (None, "compiles, and must not"),
    "cases/two_errors.cpp": ("// expect: nowhere\nint x = nowhere;\nint y = elsewhere;\n", "2 errors, and not 1"),
    "cases/two_known_errors.cpp": ("// expect: nowhere\n// errors: 2 each line is a mistake of its own\n"
                                   "int x = nowhere;\nint y = elsewhere;\n", ""),
    "cases/fewer_errors.cpp": ("// expect: nowhere\n// errors: 2 of no reason\nint x = nowhere;\n", "1 errors, and not 2"),
    "cases/no_reason.cpp": ("// expect: nowhere\n// errors: 2\nint x = nowhere;\nint y = elsewhere;\n", "and a reason"),
    "cases/by_compiler.cpp": ("// expect: nowhere\n// errors-gcc: 2 one is of GCC only\nint x = nowhere;\n"
                              "#ifndef __clang__\nint y = elsewhere;\n#endif\n", ""),
    "ok/right.cpp": ("int x = 0;\n", ""),
    "ok/warns.cpp": ("void f() { int x; }\n", "without a warning"),
    "ok/only_gcc.cpp": ("// compilers: gcc\n#ifdef __clang__\n#error no\n#endif\nint x;\n", ""),
}


SELF_TEST_DOCUMENT = """Text with `// cases/no.cpp: x`.
```cpp
int main() {}
```
```cpp
// cases/of_a_document.cpp: it compiles.
// expect: words
int x = 0;
```
"""


def self_test(kinds, jobs):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/document.md", "w", encoding="utf-8") as file:
            file.write(SELF_TEST_DOCUMENT)
        if extract_cases(f"{folder}/document.md", folder) != 1:
            failed += 1
            print("FAILED: one block of the document is a case")
        for name, (text, _) in SELF_TEST.items():
            if text is None:
                continue  # it is a document's
            os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        checks = collect(folder, [Compiler(kind, folder, folder, []) for kind in kinds], [])
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for check, trouble in zip(checks, pool.map(Check.run, checks)):
                expected = SELF_TEST[os.path.relpath(check.path, folder)][1]
                if (expected not in trouble) if expected else trouble:
                    failed += 1
                    print(f"FAILED {check.name}: expected \"{expected}\", got \"{trouble}\"\n")
        failed += self_test_memory(folder, kinds[0], jobs)
    return len(checks), failed


def self_test_memory(folder, kind, jobs):
    """What passed is not compiled again until it, or a header, changes; what failed is."""
    memory, header = f"{folder}/memory/passed", f"{folder}/memory/include/troupe/x.hpp"
    os.makedirs(os.path.dirname(header))
    case = f"{folder}/memory/cases/one.cpp"
    os.makedirs(os.path.dirname(case))
    compiled = []

    def run(text, of_header):
        for path, words in ((case, text), (header, of_header)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(words)
        checks = collect(f"{folder}/memory", [Compiler(kind, folder, f"{folder}/memory/include", [])], [])
        for check in checks:
            check.run_mistake = lambda: compiled.append(text) or ("" if "good" in text else "bad")
        with contextlib.redirect_stdout(io.StringIO()):
            return run_all(checks, jobs, memory=memory)

    steps = [("good", "", 1), ("good", "", 1), ("good again", "", 2), ("good again", "int x;", 3), ("bad", "", 4), ("bad", "", 5)]
    wrong = 0
    for text, of_header, count in steps:
        trouble = run(text, of_header)
        if trouble != (text == "bad") or len(compiled) != count:
            wrong += 1
            print(f"FAILED: {len(compiled)} cases compiled after {text!r}, {of_header!r}, and not {count}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", help="folder for the precompiled doors")
    parser.add_argument("--compiler", choices=list(COMPILERS), action="append")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--passed", metavar="FILE", help="remembers what passed")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()

    begin = time.monotonic()
    kinds = args.compiler or list(COMPILERS)
    if args.self_test:
        count, failed = self_test(kinds, args.jobs)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            work = args.work or scratch
            with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
                compilers = list(pool.map(lambda kind: Compiler(kind, work, f"{ROOT}/include", DOORS), kinds))
            checks = collect(HERE, compilers, args.words)
            shutil.rmtree(f"{work}/contributing", ignore_errors=True)
            if extract_cases(f"{ROOT}/CONTRIBUTING.md", f"{work}/contributing") == 0:
                sys.exit("run.py: CONTRIBUTING.md shows no case")
            checks += collect(f"{work}/contributing", compilers, args.words)
            count, failed = len(checks), run_all(checks, args.jobs, args.verbose, args.passed)
        if count == 0:
            sys.exit("run.py: no such cases")
    print(f"{time.monotonic() - begin:.1f} seconds")
    print(f"{count - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
