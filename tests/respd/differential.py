#!/usr/bin/env python3
"""tests/respd/differential.py: sends the same commands to two servers and compares their answers byte by byte.

    differential.py [--resp3] [--pipeline N] [--parted] [--verbose] HOST:PORT HOST:PORT FILE...

The first server is the one that is right (a redis-server), the second the one under test. Both are emptied first
(FLUSHALL). The exit code is 0 when all answers are the same, 1 when some differ, 2 when a server cannot be reached, a
file cannot be read, or there are too many differences to go on. The last line is "N passed, N failed".

A file holds one command a line, in words as redis-cli takes them: bare, 'single quoted', or "double quoted" with the
escapes \\n \\r \\t \\b \\a \\\\ \\" and \\xHH. Lines that begin with # are comments. Words that begin with @, before the
command, say how it is sent and which differences are allowed:

  @unordered       the elements of the answer may come in any order
  @pairs           likewise for elements that belong together two by two
  @near[=N]        integers in the answer may differ by N (3 if not given): remaining times
  @fields=a,b      in a map (or flat array of pairs) the values of these fields may differ: ids, versions
  @text=a,b        of a text only these fields, "a=value" or "a:value", must be the same, and be there
  @shape           only kind and size of the answer must be the same: numbers of connections, random members
  @kind            only the first byte of the answer must be the same: texts about the server itself
  @conn=NAME       uses the connection NAME, opened when first used; without it the connection is "main"
  @replies=N       N answers follow instead of one (SUBSCRIBE and the like are counted without help)
  @read=N          sends nothing and reads N messages
  @defer           sends, and leaves the answer to a later @read (blocking commands)
  @raw             sends the bytes of the one word as they are
  @closes          the answer, if any, ends with the connection closed; all its bytes are compared
  @reconnect       closes the connection; the next use opens it anew (no command on this line)
  @sleep=SECONDS   waits (no command on this line)
  @until=F=VALUE   waits until the field F of each server's INFO has this value (no command on this line)
  @resp2, @resp3   the command is left out in the other mode

With --resp3 every connection begins with HELLO 3. With --pipeline, up to N commands without @ words that need a
connection's full attention are sent in one write, and their answers are read after it.

With --parted the server under test has its keys in several parts (respd --runtimes N), and may refuse what would need
keys of more than one, as Redis Cluster does (CROSSSLOT): the commands in REFUSED, and no others. It is asked first, and
what it refuses is not sent to the one that is right.
"""
import argparse
import re
import socket
import sys
import time

ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t", "b": b"\b", "a": b"\a"}
TIMEOUT = 10.0
TEXT_FIELD = re.compile(r"([\w-]+)[=:]([^ ,\r\n]*)")
REFUSED = b"MSET MSETNX RENAME RENAMENX COPY SMOVE LMOVE RPOPLPUSH BLPOP BRPOP".split()
LONGEST = 600  # characters of an answer that are shown


def split_words(line):
    """Splits a line into words as redis-cli does; returns a list of bytes."""
    words, at, size = [], 0, len(line)
    while True:
        while at < size and line[at].isspace():
            at += 1
        if at >= size:
            return words
        word = bytearray()
        while at < size and not line[at].isspace():
            char = line[at]
            at += 1
            if char not in "\"'":
                word += char.encode()
                continue
            while True:
                if at >= size:
                    raise ValueError("unbalanced quotes: " + line)
                inner = line[at]
                at += 1
                if inner == char:
                    break
                if inner == "\\" and char == '"':
                    if line[at] == "x":
                        word.append(int(line[at + 1 : at + 3], 16))
                        at += 3
                    else:
                        word += ESCAPES.get(line[at], line[at].encode())
                        at += 1
                elif inner == "\\" and line[at] == "'":
                    word += b"'"
                    at += 1
                else:
                    word += inner.encode()
        words.append(bytes(word))


class Step:
    """One line of a file."""

    def __init__(self, number, line):
        self.number = number
        self.line = line
        self.options = {}
        rest = line
        while rest.startswith("@"):
            word, _, rest = rest.partition(" ")
            name, _, value = word[1:].partition("=")
            self.options[name] = value
            rest = rest.strip()
        self.words = split_words(rest)
        self.conn = self.options.get("conn", "main")

    def has(self, name):
        return name in self.options

    def bytes(self):
        if self.has("raw"):
            return self.words[0]
        out = b"*%d\r\n" % len(self.words)
        return out + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in self.words)

    def replies(self):
        if self.has("defer"):
            return 0
        for name in ("replies", "read"):
            if self.has(name):
                return int(self.options[name])
        if self.words and self.words[0].lower() in (b"subscribe", b"psubscribe", b"unsubscribe", b"punsubscribe"):
            return max(1, len(self.words) - 1)
        return 1

    def plain(self):
        """Whether the step may share a write with its neighbours."""
        special = ("read", "defer", "raw", "closes", "reconnect", "sleep", "until", "replies", "conn")
        return bool(self.words) and not any(self.has(name) for name in special)


class Connection:
    """A connection to one server that reads answers of both protocols."""

    def __init__(self, address, resp3):
        self.socket = socket.create_connection(address, TIMEOUT)
        self.socket.settimeout(TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.at = 0
        if resp3:
            self.socket.sendall(b"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n")
            self.read()

    def fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("connection closed after %r" % bytes(self.buffer))
        self.buffer += data

    def line(self):
        while True:
            end = self.buffer.find(b"\r\n", self.at)
            if end >= 0:
                line = bytes(self.buffer[self.at : end])
                self.at = end + 2
                return line
            self.fill()

    def value(self):
        line = self.line()
        kind, rest = line[:1], line[1:]
        if kind in b"$=" and rest != b"-1":
            size = int(rest)
            while len(self.buffer) < self.at + size + 2:
                self.fill()
            data = bytes(self.buffer[self.at : self.at + size])
            self.at += size + 2
            return (kind, data)
        if kind in b"*~>" and rest != b"-1":
            return (kind, [self.value() for _ in range(int(rest))])
        if kind == b"%":
            return (kind, [self.value() for _ in range(2 * int(rest))])
        return (kind, rest)

    def read(self):
        """One answer: its bytes and its meaning."""
        self.at = 0
        meaning = self.value()
        raw = bytes(self.buffer[: self.at])
        del self.buffer[: self.at]
        return raw, meaning

    def read_to_end(self):
        try:
            while True:
                self.fill()
        except (EOFError, ConnectionError):
            return bytes(self.buffer)


class Server:
    """One of the two servers with its named connections."""

    def __init__(self, text, resp3):
        host, _, port = text.rpartition(":")
        self.address = (host or "127.0.0.1", int(port))
        self.resp3 = resp3
        self.connections = {}

    def connection(self, name):
        if name not in self.connections:
            self.connections[name] = Connection(self.address, self.resp3)
        return self.connections[name]

    def drop(self, name):
        if name in self.connections:
            self.connections.pop(name).socket.close()

    def drop_all(self):
        for name in list(self.connections):
            self.drop(name)


def same_numbers(left, right, distance):
    if left[0] != right[0]:
        return False
    if isinstance(left[1], list):
        return len(left[1]) == len(right[1]) and all(same_numbers(a, b, distance) for a, b in zip(left[1], right[1]))
    if left[0] == b":":
        return abs(int(left[1]) - int(right[1])) <= distance
    return left == right


def same_shape(left, right):
    if left[0] != right[0] or isinstance(left[1], list) != isinstance(right[1], list):
        return False
    if not isinstance(left[1], list):
        return True
    return len(left[1]) == len(right[1]) and all(same_shape(a, b) for a, b in zip(left[1], right[1]))


def in_order(meaning, group):
    """A form of an answer that does not depend on the order of its elements; nested answers as well."""
    if not isinstance(meaning[1], list):
        return meaning
    group = 2 if meaning[0] == b"%" else group
    items = [in_order(item, group) for item in meaning[1]]
    groups = [items[i : i + group] for i in range(0, len(items), group)]
    return (meaning[0], sorted(groups, key=repr))


def without_fields(meaning, names):
    kind, items = meaning
    if not isinstance(items, list):
        return meaning
    out = list(items)
    for i in range(0, len(out) - 1, 2):
        if not isinstance(out[i][1], list) and out[i][1].decode(errors="replace") in names:
            out[i + 1] = None
    return (kind, out)


def text_fields(meaning, names):
    """The values of the fields with these names, in the order in which they stand in the text."""
    return [pair for pair in TEXT_FIELD.findall(meaning[1].decode(errors="replace")) if pair[0] in names]


def same_text(left, right, names):
    if left[0] != right[0] or left[0] not in (b"$", b"="):
        return False
    fields = text_fields(left, names)
    return {name for name, _ in fields} == set(names) and sorted(fields) == sorted(text_fields(right, names))


def same(step, left, right):
    """Whether two answers, as (bytes, meaning), are the same as far as the step demands it; waiting in vain is none."""
    if left[0].startswith(b"no answer: timed out"):
        return False
    a, b = left[1], right[1]
    if step.has("text"):
        return same_text(a, b, step.options["text"].split(","))
    if left[0] == right[0]:
        return True
    if step.has("kind"):
        return a[0] == b[0]
    if step.has("shape"):
        return same_shape(a, b)
    if step.has("near"):
        return same_numbers(a, b, int(step.options["near"] or 3))
    if step.has("fields"):
        names = step.options["fields"].split(",")
        return without_fields(a, names) == without_fields(b, names)
    if step.has("unordered"):
        return in_order(a, 1) == in_order(b, 1)
    if step.has("pairs"):
        return in_order(a, 2) == in_order(b, 2)
    return False


def shown(answer):
    text = repr(answer)[1:]
    return text if len(text) <= LONGEST else text[:LONGEST] + "... (%d bytes)" % len(answer)


def is_refused(words, answer):
    """Whether a server with several parts has refused a command that it may refuse."""
    return answer[0].startswith(b"-CROSSSLOT ") and words[0].upper() in REFUSED


class Run:
    def __init__(self, options):
        self.options = options
        self.servers = [Server(options.right, options.resp3), Server(options.tested, options.resp3)]
        self.passed = self.failed = self.refused = 0

    def report(self, path, step, left, right, note=""):
        self.failed += 1
        print("%s:%d: %s" % (path, step.number, step.line))
        print("  - %s" % shown(left))
        print("  + %s%s" % (shown(right), note))
        if self.failed >= self.options.max_failures:
            raise OSError("too many differences")

    @staticmethod
    def answer(server, step):
        try:
            return server.connection(step.conn).read()
        except ConnectionRefusedError:
            raise
        except (EOFError, OSError) as error:
            server.drop(step.conn)
            return b"no answer: %s" % str(error).encode(), (b"", b"")

    def receive(self, path, step, tested=None):
        """Compares answers; those of the server under test may have been read before."""
        for i in range(step.replies()):
            answers = [self.answer(self.servers[0], step), tested[i] if tested else self.answer(self.servers[1], step)]
            if same(step, *answers):
                self.passed += 1
                if self.options.verbose:
                    print("%s:%d: %s\n    %s" % (path, step.number, step.line, shown(answers[0][0])))
            else:
                self.report(path, step, answers[0][0], answers[1][0])

    def exchange(self, path, steps):
        """Steps that are answered at once."""
        if not self.options.parted:
            self.send(steps, self.servers)
            for step in steps:
                self.receive(path, step)
            return
        self.send(steps, self.servers[1:])
        tested = [[self.answer(self.servers[1], step) for _ in range(step.replies())] for step in steps]
        both = [(step, heard) for step, heard in zip(steps, tested) if not is_refused(step.words, heard[0])]
        self.refused += len(steps) - len(both)
        if both:
            self.send([step for step, _ in both], self.servers[:1])
        for step, heard in both:
            self.receive(path, step, heard)

    def send(self, steps, servers):
        for server in servers:
            data = b"".join(step.bytes() for step in steps)
            try:
                server.connection(steps[0].conn).socket.sendall(data)
            except ConnectionRefusedError:
                raise
            except OSError:
                pass  # a server that closed early is found out when its answer is read

    def to_the_end(self, path, step):
        self.send([step], self.servers)
        answers = []
        for server in self.servers:
            answers.append(server.connection(step.conn).read_to_end())
            server.drop(step.conn)
        if answers[0] == answers[1]:
            self.passed += 1
        else:
            self.report(path, step, answers[0], answers[1], " (and closed)")

    def until(self, step):
        pair = tuple(step.options["until"].split("="))
        for server in self.servers:
            end = time.monotonic() + TIMEOUT
            while True:
                main = server.connection("main")
                main.socket.sendall(b"INFO\r\n")
                if pair in text_fields(main.read()[1], pair[:1]):
                    break
                if time.monotonic() > end:
                    raise OSError("line %d: waited in vain for %s" % (step.number, step.line))
                time.sleep(0.002)

    def step(self, path, step):
        if step.has("reconnect"):
            for server in self.servers:
                server.drop(step.conn)
        elif step.has("sleep"):
            time.sleep(float(step.options["sleep"]))
        elif step.has("until"):
            self.until(step)
        elif step.has("closes"):
            self.to_the_end(path, step)
        elif step.words and not step.has("defer") and not step.has("raw"):
            self.exchange(path, [step])
        else:
            if step.words:
                self.send([step], self.servers)
            self.receive(path, step)

    def file(self, path):
        with open(path, encoding="utf-8") as lines:
            numbered = [(number, line.strip()) for number, line in enumerate(lines, 1)]
        steps = [Step(number, line) for number, line in numbered if line and not line.startswith("#")]
        other = "resp2" if self.options.resp3 else "resp3"
        steps = [step for step in steps if not step.has(other)]
        for server in self.servers:
            server.drop_all()
        if not self.options.keep:
            self.step(path, Step(0, "FLUSHALL"))
        pending = []
        for step in steps:
            if step.plain() and self.options.pipeline > 1:
                pending.append(step)
                if len(pending) < self.options.pipeline:
                    continue
                step = None
            if pending:
                self.exchange(path, pending)
                pending = []
            if step is not None and step not in pending:
                self.step(path, step)
        if pending:
            self.exchange(path, pending)
        for server in self.servers:
            server.drop_all()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("right", metavar="HOST:PORT", help="the server that is right")
    parser.add_argument("tested", metavar="HOST:PORT", help="the server under test")
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("--resp3", action="store_true", help="begin each connection with HELLO 3")
    parser.add_argument("--pipeline", metavar="N", type=int, default=1, help="send up to N commands in one write")
    parser.add_argument("--parted", action="store_true", help="the server under test may refuse keys of several parts")
    parser.add_argument("--keep", action="store_true", help="do not empty the servers first")
    parser.add_argument("--max-failures", metavar="N", type=int, default=100, help="give up after N differences")
    parser.add_argument("--verbose", action="store_true", help="print the answers that are the same as well")
    options = parser.parse_args()
    run = Run(options)
    try:
        for path in options.files:
            run.file(path)
    except (OSError, ValueError, EOFError) as error:
        print("cannot go on: %s" % error)
        print("%d passed, %d failed" % (run.passed, run.failed))
        return 2
    if options.parted:
        print("%d refused" % run.refused)
    print("%d passed, %d failed" % (run.passed, run.failed))
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
