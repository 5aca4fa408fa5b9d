#!/usr/bin/env python3
"""lint/std_headers.py: what the library uses of the standard library it includes, under every standard library.

    std_headers.py               the files of include/ and src/; the last line is `N passed, N failed`
    std_headers.py --self-test   checks that a file which breaks the rule is found

A file that says std::optional includes <optional>: itself, or by a header of ours that it includes. Compilers cannot
check that: a standard library's headers include others, and each library includes different ones.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# By header: the names it defines, as far as the library uses them. A name may have several headers.
HEADERS = {
    "algorithm": "all_of any_of clamp copy_n find find_if max min ranges::all_of ranges::find ranges::find_if ranges::lower_bound "
                 "ranges::reverse ranges::sort sort",
    "array": "array",
    "atomic": "atomic atomic_flag atomic_ref atomic_thread_fence memory_order_acq_rel memory_order_acquire "
              "memory_order_relaxed memory_order_release memory_order_seq_cst",
    "bit": "bit_cast bit_ceil bit_width countl_zero countr_one countr_zero endian has_single_bit popcount",
    "charconv": "to_chars from_chars",
    "chrono": "chrono",
    "cmath": "abs isfinite",
    "compare": "strong_ordering",
    "concepts": "constructible_from convertible_to copy_constructible derived_from destructible equality_comparable "
                "integral invocable move_constructible same_as unsigned_integral",
    "condition_variable": "condition_variable",
    "coroutine": "coroutine_handle coroutine_traits noop_coroutine suspend_always suspend_never",
    "cstddef": "byte max_align_t nullptr_t ptrdiff_t size_t",
    "cstdint": "int16_t int32_t int64_t int8_t intptr_t uint16_t uint32_t uint64_t uint8_t uintptr_t",
    "cstdio": "fflush fprintf fputc fputs fwrite printf snprintf size_t",
    "cstdlib": "abort abs free malloc getenv size_t",
    "cstring": "memchr memcmp memcpy memmove memset strlen size_t",
    "ctime": "time_t",
    "deque": "deque",
    "exception": "current_exception exception exception_ptr make_exception_ptr rethrow_exception terminate "
                 "uncaught_exceptions",
    "expected": "expected unexpect unexpected",
    "format": "format format_to",
    "functional": "bind_front equal_to function greater hash invoke less move_only_function not_fn reference_wrapper",
    "future": "future promise",
    "initializer_list": "initializer_list",
    "iterator": "back_inserter begin end size",
    "limits": "numeric_limits",
    "map": "map",
    "memory": "addressof allocator allocator_traits construct_at destroy_at destroy_n enable_shared_from_this "
              "make_shared make_unique shared_ptr unique_ptr weak_ptr",
    "mutex": "lock_guard mutex scoped_lock unique_lock",
    "new": "align_val_t bad_alloc launder nothrow",
    "optional": "nullopt nullopt_t optional",
    "random": "mt19937_64",
    "ratio": "ratio ratio_divide",
    "ranges": "ranges::enable_view views",
    "semaphore": "binary_semaphore",
    "set": "set",
    "source_location": "source_location",
    "span": "as_bytes as_writable_bytes ranges::enable_view span",
    "stop_token": "nostopstate stop_callback stop_source stop_token",
    "string": "string to_string",
    "string_view": "ranges::enable_view string_view u8string_view",
    "system_error": "errc error_category error_code generic_category system_category system_error",
    "thread": "jthread this_thread thread",
    "tuple": "apply get ignore make_tuple tie tuple tuple_element tuple_element_t tuple_size tuple_size_v",
    "type_traits": "add_pointer_t bool_constant conditional_t decay_t enable_if_t extent_v false_type integral_constant "
                   "invoke_result_t remove_all_extents_t remove_const_t remove_cv_t remove_cvref_t remove_pointer_t "
                   "remove_reference_t true_type type_identity type_identity_t underlying_type_t void_t",
    "unordered_map": "unordered_map",
    "utility": "as_const cmp_less declval exchange forward get in_place in_place_t index_sequence index_sequence_for "
               "integer_sequence make_index_sequence move pair swap to_underlying tuple_element tuple_element_t "
               "tuple_size tuple_size_v unreachable",
    "variant": "get holds_alternative monostate variant visit",
    "vector": "vector",
}
OF = {}
for header, names in HEADERS.items():
    for name in names.split():
        OF.setdefault(name, set()).add(header)

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
USE = re.compile(r"\bstd::((?:ranges::)?[a-z_0-9]+)")
REMARK = re.compile(r'"(?:[^"\\\n]|\\.)*"|//.*')


def wanted(name):
    """The headers of which one must be included for std::name; empty where the table does not know the name."""
    return {"type_traits"} if re.fullmatch(r"is_[a-z_]+", name) and name not in OF else OF.get(name, set())


class Tree:
    """The files of the library, by the name that an include says: troupe/core/ret.hpp, src/core/pool.hpp."""

    def __init__(self, texts):
        self.lines = {name: text.splitlines() for name, text in texts.items()}
        self.reach = {}

    def reached(self, name, inside=()):
        """The standard headers that a file includes, itself or by files of ours."""
        if name not in self.reach:
            found = set()
            for bracket, path in (match.groups() for match in map(INCLUDE.match, self.lines[name]) if match):
                ours = path if bracket == "<" else f"{os.path.dirname(name)}/{path}"
                if ours in self.lines and ours not in inside:
                    found |= self.reached(ours, (*inside, name))
                else:
                    found.add(path)
            self.reach[name] = found
        return self.reach[name]

    def findings(self):
        for name, lines in sorted(self.lines.items()):
            for number, line in enumerate(lines, 1):
                if line.startswith("#define"):
                    continue  # whoever uses a macro includes what it says
                for used in USE.findall(REMARK.sub("", line)):
                    headers = wanted(used)
                    if not headers:
                        yield f"{name}:{number}: std::{used}: tests/lint/std_headers.py does not know its header"
                    elif not headers & self.reached(name):
                        yield f"{name}:{number}: std::{used} without <{'>, <'.join(sorted(headers))}>"


def library():
    texts = {}
    for folder, shown in (("include", ""), ("src", "src/")):
        for where, _, names in os.walk(f"{ROOT}/{folder}"):
            for name in names:
                if name.endswith((".hpp", ".cpp")):
                    path = f"{where}/{name}"
                    with open(path, encoding="utf-8") as file:
                        texts[shown + os.path.relpath(path, f"{ROOT}/{folder}")] = file.read()
    return texts


SELF_TEST = {  # what a file says: the words that one finding of it holds, or nothing
    "#include <optional>\nstd::optional<int> x;\n": "",
    "#include <troupe/has_optional.hpp>\nstd::optional<int> x;\n": "",
    "#include \"beside.hpp\"\nstd::optional<int> x;\n": "",
    "// std::optional\nauto x = \"std::vector\";\n": "",
    "#include <cstring>\nstd::size_t x;\n": "",
    "#include <optional>\nstd::vector<int> x;\n": "x.cpp:2: std::vector without <vector>",
    "bool b = std::is_void_v<int>;\n": "std::is_void_v without <type_traits>",
    "#include <vector>\nstd::no_such_name x;\n": "does not know its header",
}


def self_test():
    failed = 0
    for text, words in SELF_TEST.items():
        found = list(Tree({"src/core/x.cpp": text, "src/core/beside.hpp": "#include <optional>\n",
                           "troupe/has_optional.hpp": "#include <optional>\n"}).findings())
        if len(found) != (1 if words else 0) or words not in "".join(found):
            failed += 1
            print(f"FAILED: {found}, and not [{words}], in:\n{text}")
    return len(SELF_TEST), failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        count, failed = self_test()
    else:
        tree = Tree(library())
        found = list(tree.findings())
        print("\n".join(found))
        count, failed = len(tree.lines), len({line.split(":")[0] for line in found})
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
