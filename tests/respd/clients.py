#!/usr/bin/env python3
"""tests/respd/clients.py: the server under its real clients, and under bad ones.

    clients.py PATH_OF_RESPD [RUNTIMES]

Starts the server and a redis-server on free ports of 127.0.0.1, and checks: redis-cli, redis-benchmark with and
without pipelines, each answer of the scripted command files beside redis-server's own, with and without a password,
1,000 connections at once, half-closed, reset and malformed connections, the bounds, pipelines whose answers are not
read or not yet, publish and subscribe, a slow subscriber, blocking pops, what the server tells about itself, the
flags, a drain, and a clean end with nothing left. What failed is told once more at the end; the last line is
"N passed, N failed". With RUNTIMES all this is about a server of so many (respd --runtimes), which may refuse what needs
keys of several of them: differential.py has the table.

No check rests on how fast the machine is: what has to have happened is waited for (`until`), for 30 seconds at most.
"""
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).parent
BENCHMARKS = ("PING_INLINE PING_MBULK SET GET INCR LPUSH RPUSH LPOP RPOP SADD HSET SPOP ZADD ZPOPMIN LPUSH LRANGE_100 "
              "LRANGE_300 LRANGE_500 LRANGE_600 MSET").split()
RUNTIMES = int(sys.argv[2]) if len(sys.argv) > 2 else 1
PARTED = ["--parted"] if RUNTIMES > 1 else []
PATIENCE = 30.0  # seconds that a machine which is busy with other work may take for anything
passed, failures = 0, []


def check(name, good, detail=""):
    global passed
    line = "ok   " + name if good else f"FAIL {name}: {detail}"
    if good:
        passed += 1
    else:
        failures.append(line)
    print(line, flush=True)


def until(condition):
    """Waits until the condition holds, and gives what it gave last: nothing true when that took too long."""
    end = time.monotonic() + PATIENCE
    while not (last := condition()) and time.monotonic() < end:
        time.sleep(0.005)
    return last


def connect(port, address="127.0.0.1", receive_buffer=None):
    s = socket.socket()
    if receive_buffer:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    s.settimeout(PATIENCE)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        s.connect((address, port))
        if s.getsockname() == s.getpeername():  # nobody listens, and the system gave this socket the port itself
            raise ConnectionRefusedError("connected to itself")
    except OSError:
        s.close()
        raise
    return s


def read_all(s):
    """What comes until the other end closes or resets the connection."""
    data = bytearray()
    try:
        while more := s.recv(65536):
            data += more
    except ConnectionError:
        pass
    except TimeoutError:
        data += b" (and then neither more nor an end)"
    return bytes(data)


def listens(port, address="127.0.0.1"):
    try:
        connect(port, address).close()
        return True
    except ConnectionRefusedError:
        return False


def read_until(s, end):
    data = b""
    while not data.endswith(end):
        more = s.recv(65536)
        if not more:
            break
        data += more
    return data


def set_limits(limits):
    for which, limit in limits:
        resource.setrlimit(which, limit)


class Respd:
    """The server, on a port that it has chosen; its log tells which."""

    def __init__(self, program, *flags, limits=()):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, "--port", "0", "--runtimes", str(RUNTIMES), *flags], stderr=self.log,
                                        preexec_fn=lambda: set_limits(limits))
        ready = until(lambda: re.search(r"ready\b.*?[^\d](\d+(?:\.\d+){3}):(\d+)", self.told()) or self.has_ended())
        if not isinstance(ready, re.Match):
            self.process.kill()
            raise SystemExit(f"the server does not start: {self.told()}")
        self.address, self.port = ready[1], int(ready[2])

    def told(self):
        return os.pread(self.log.fileno(), 1 << 24, 0).decode()

    def has_ended(self):
        return self.process.poll() is not None

    def ended(self):
        """Its exit code and its log, once it has ended."""
        return self.process.wait(timeout=PATIENCE), self.told()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.ended()


def text_of(s, command):
    """The text that a command is answered with."""
    s.sendall(command + b"\r\n")
    head = b""
    while not head.endswith(b"\r\n"):
        head += s.recv(1)
    text = b""
    while len(text) < int(head[1:]) + 2:
        text += s.recv(65536)
    return text[:-2].decode()


def figure(s, name):
    """A number that INFO tells."""
    return int(fields(text_of(s, b"INFO"))[name])


def cli(port, *words):
    return subprocess.run(["redis-cli", "-p", str(port), *words], capture_output=True, text=True, timeout=PATIENCE).stdout


def benchmark(port, *flags):
    """The names of the tests that ran to their end, or what went wrong."""
    command = ["redis-benchmark", "-p", str(port), "-q", *flags]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    if done.returncode != 0 or re.search("error|warning", done.stdout + done.stderr, re.IGNORECASE):
        return [done.stdout[-300:] + done.stderr[-300:]]
    return re.findall(r"^(\w+)[^:\n]*: (?:[\d.]+|inf) requests per second", done.stdout.replace("\r", "\n"), re.MULTILINE)


def clients_of_redis(respd):
    check("redis-cli", cli(respd.port, "set", "k", "v") == "OK\n" and cli(respd.port, "get", "k") == "v\n")
    check("redis-cli -3", cli(respd.port, "-3", "hello") != "" and cli(respd.port, "-3", "get", "none") == "\n")
    for pipeline in ("1", "16"):
        ran = benchmark(respd.port, "-t", "ping,set,get,incr,mset", "-n", "20000", "-P", pipeline)
        check(f"redis-benchmark -P {pipeline}", len(ran) == 6, ran)
        ran = benchmark(respd.port, "-n", "2000", "-P", pipeline)
        check(f"redis-benchmark, all its tests, -P {pipeline}", ran == BENCHMARKS, ran)


def start_redis(folder, flags):
    """A redis-server on a port that was free a moment ago; another one where that is taken by now."""
    while True:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        log = pathlib.Path(folder, "log")
        log.write_text("")
        redis = subprocess.Popen(["redis-server", "--port", str(port), "--save", "", "--dir", folder, *flags,
                                  "--logfile", str(log)])
        if until(lambda: "Ready to accept connections" in log.read_text() or redis.poll() is not None) and \
                redis.poll() is None:
            return redis, port
        redis.kill()
        redis.wait()
        if "in use" not in log.read_text():
            raise SystemExit("redis-server does not start: " + log.read_text())


@contextlib.contextmanager
def redis_server(*flags):
    """A redis-server for the time of a block: its port."""
    with tempfile.TemporaryDirectory() as folder:
        redis, port = start_redis(folder, flags)
        try:
            yield port
        finally:
            redis.terminate()
            redis.wait()


def compare(name, redis_port, respd, files, *flags):
    """Each answer to the commands of the files beside redis-server's own. Ends respd."""
    paths = [str(HERE / file) for file in files]
    done = subprocess.run([sys.executable, str(HERE / "differential.py"), *PARTED, *flags, f"127.0.0.1:{redis_port}",
                           f"127.0.0.1:{respd.port}", *paths], capture_output=True, text=True, timeout=200)
    check(f"{name}: {done.stdout.strip().splitlines()[-1:]}", done.returncode == 0,
          "\n" + done.stdout[-3000:] + done.stderr[-500:])
    respd.end()


def differential(program):
    with redis_server() as port:
        for name, flags in (("RESP2", []), ("RESP3", ["--resp3"]), ("pipelined", ["--pipeline", "16"])):
            compare(f"differential, {name}", port, Respd(program), ("commands_basic.txt", "commands_types.txt"), *flags)
        respd = Respd(program)
        seed = os.environ.get("TROUPE_SEED", "20240229")
        done = subprocess.run([sys.executable, str(HERE / "random_commands.py"), *PARTED, "--seed", seed, f"127.0.0.1:{port}",
                               f"127.0.0.1:{respd.port}"], capture_output=True, text=True, timeout=200)
        check(f"random commands, TROUPE_SEED={seed}", done.returncode == 0, "\n" + done.stdout[-3000:] + done.stderr[-500:])
        respd.end()
    with redis_server("--requirepass", "secret") as port:
        for name, flags in (("RESP2", []), ("RESP3", ["--resp3"])):
            compare(f"differential with a password, {name}", port, Respd(program, "--password", "secret"),
                    ("commands_auth.txt",), "--keep", *flags)


def many_connections(respd):
    crowd = [connect(respd.port) for _ in range(1000)]
    for s in crowd:
        s.sendall(b"PING\r\n")
    answers = sum(read_until(s, b"\r\n") == b"+PONG\r\n" for s in crowd)
    check("1,000 connections at once", answers == 1000, answers)
    for s in crowd:
        s.close()


def rough_connections(respd):
    s = connect(respd.port)
    s.sendall(b"PING\r\nPING\r\n")
    s.shutdown(socket.SHUT_WR)
    check("half-closed: answered, then closed", read_all(s) == b"+PONG\r\n+PONG\r\n")
    for _ in range(50):
        s = connect(respd.port)
        s.sendall(b"*2\r\n$3\r\nGET\r\n$5\r\nab")
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()  # a reset in the middle of a request
    check("reset connections harm nobody", cli(respd.port, "ping") == "PONG\n")
    s = connect(respd.port)
    s.sendall(b"*1\r\n:5\r\n")
    check("malformed: told and closed", read_all(s) == b"-ERR Protocol error: expected '$', got ':'\r\n")
    s = connect(respd.port)
    s.sendall(b"*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$1000000\r\n" + b"x" * 1_000_000 + b"\r\n" + b"GET half\r\n" * 50)
    s.shutdown(socket.SHUT_WR)
    answer = b"$1000000\r\n" + b"x" * 1_000_000 + b"\r\n"
    check("half-closed behind more answers than may wait: all arrive", read_all(s) == b"+OK\r\n" + answer * 50)
    s = connect(respd.port)
    for byte in b"*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n":
        s.sendall(bytes([byte]))
    check("byte by byte", read_until(s, b"hi\r\n") == b"$2\r\nhi\r\n")
    s.sendall(b"QUIT\r\n")
    check("QUIT", read_all(s) == b"+OK\r\n")


def last_words(respd):
    """A server hears a client out for a second, so a round in which this machine took longer tells nothing."""
    told = b"-ERR Protocol error: expected '$', got ':'\r\n"
    heard = rounds = 0

    def one_round():
        nonlocal heard, rounds
        s = connect(respd.port)
        begun = time.monotonic()
        got = b""
        with contextlib.suppress(ConnectionError):  # a reset that overtook the answer
            s.sendall(b"*1\r\n:5\r\n" + b"x" * 300_000)  # more than the server has read when it answers
            s.sendall(b"y" * 300_000)
            time.sleep(0.01)  # a reset would be here by now
            got = read_until(s, b"\r\n")
            got += s.recv(1)
        s.close()
        if time.monotonic() - begun < 0.5:
            rounds += 1
            heard += got == told
        return rounds == 20

    until(one_round)
    check("told what was wrong, though it goes on sending", rounds == heard == 20, (heard, rounds))


def publish(respd):
    a, b = connect(respd.port), connect(respd.port)
    a.sendall(b"SUBSCRIBE news\r\n")
    first = read_until(a, b":1\r\n")
    b.sendall(b"PSUBSCRIBE n*\r\n")
    read_until(b, b":1\r\n")
    check("publish tells how many", cli(respd.port, "publish", "news", "hi") == "2\n")
    check("a subscriber gets it", b"subscribe" in first and
          read_until(a, b"hi\r\n") == b"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n")
    check("a pattern subscriber gets it",
          read_until(b, b"hi\r\n") == b"*4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$2\r\nhi\r\n")
    a.close()
    b.close()


def order_of_messages(respd):
    """While others publish: messages only between SUBSCRIBE and UNSUBSCRIBE, none lost in between, none twice."""
    hello = {2: b"", 3: b"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"}
    for protocol, kind in ((2, b"*"), (3, b">")):
        a, writer = connect(respd.port), connect(respd.port)
        a.sendall(hello[protocol] + b"PING\r\n")
        read_until(a, b"+PONG\r\n")
        data = b""
        for i in range(50):
            in_step = i % 10 == 0  # of a round of these all messages come in between; of the others, some
            if in_step:
                writer.sendall(b"ECHO ready\r\n")
                read_until(writer, b"$5\r\nready\r\n")
            a.sendall(b"SUBSCRIBE o\r\nPING between%02d\r\n" % i)
            if in_step:
                data += read_until(a, b"between%02d\r\n" % i)
            writer.sendall(b"".join(b"PUBLISH o n%05d\r\n" % n for n in range(i * 100, i * 100 + 100)))
            if in_step:
                writer.sendall(b"ECHO done\r\n")
                read_until(writer, b"$4\r\ndone\r\n")
            a.sendall(b"UNSUBSCRIBE o\r\nECHO after\r\n")
        a.sendall(b"ECHO last\r\n")
        data += read_until(a, b"last\r\n")
        writer.sendall(b"ECHO over\r\n")  # or the next one to subscribe would get what is still to be published
        read_until(writer, b"$4\r\nover\r\n")
        one = re.escape(kind) + rb"3\r\n\$7\r\nmessage\r\n\$1\r\no\r\n\$6\r\nn(\d{5})\r\n"
        rounds = data.split(b"after\r\n")[:-1]
        # Of two runtimes that one may be ahead which is sent its requests later.
        most = None if RUNTIMES == 1 else 100
        wrong = [] if len(rounds) == 50 else [f"{len(rounds)} rounds"]
        for i, text in enumerate(rounds):
            inside = text[text.find(b"$9\r\nsubscribe"):text.find(b"$11\r\nunsubscribe")]
            numbers = [int(n) for n in re.findall(one, inside)]
            if len(re.findall(one, text)) != len(numbers) or \
                    numbers != list(range(numbers[0], numbers[0] + len(numbers)) if numbers else []) or \
                    (i % 10 == 0 and numbers[:most] != list(range(i * 100, i * 100 + 100))):
                wrong.append((i, text))
        check(f"messages stand where they belong, RESP{protocol}", not wrong, (wrong[:2], data[-500:]))
        a.close()
        writer.close()


def blocking(respd):
    looks = connect(respd.port)

    def wait_for_blocked(count):
        return until(lambda: figure(looks, "blocked_clients") == count)

    s = connect(respd.port)
    s.sendall(b"BLPOP queue 0\r\nPING\r\n")
    wait_for_blocked(1)
    cli(respd.port, "rpush", "queue", "x")
    check("BLPOP waits for a push, then goes on", read_until(s, b"+PONG\r\n") ==
          b"*2\r\n$5\r\nqueue\r\n$1\r\nx\r\n+PONG\r\n")
    s.sendall(b"BLPOP queue 0.05\r\n")
    check("BLPOP ends with its time", read_until(s, b"\r\n") == b"*-1\r\n")
    line = [connect(respd.port) for _ in range(3)]
    for i, waiting in enumerate(line):
        waiting.sendall(b"BLPOP queue 0\r\n")
        wait_for_blocked(i + 1)
    s.sendall(b"RPUSH queue 1 2\r\nLLEN queue\r\nRPUSH queue 3\r\nLLEN queue\r\n")
    served = [read_until(waiting, b"%d\r\n" % (i + 1)) for i, waiting in enumerate(line)]
    right = [b"*2\r\n$5\r\nqueue\r\n$1\r\n%d\r\n" % i for i in (1, 2, 3)]
    check("who waits longest is served first", served == right, served)
    got = b""
    while got.count(b"\r\n") < 4:
        got += s.recv(100)
    check("and before the next command", got == b":2\r\n:0\r\n:1\r\n:0\r\n", got)
    s.sendall(b"BLPOP queue 0\r\n")
    wait_for_blocked(1)
    s.close()  # gone while it waits: it must not take the next element along
    wait_for_blocked(0)
    cli(respd.port, "rpush", "queue", "y")
    check("a client that left takes nothing", cli(respd.port, "llen", "queue") == "1\n")
    cli(respd.port, "del", "queue")
    s = connect(respd.port)
    s.sendall(b"BLPOP queue 0\r\n")
    wait_for_blocked(1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()  # a reset
    wait_for_blocked(0)
    cli(respd.port, "rpush", "queue", "z")
    check("nor does one that was reset", cli(respd.port, "llen", "queue") == "1\n")


def bounds(program):
    respd = Respd(program, "--max-clients", "2", "--max-request", "4096", "--max-output", "65536")
    keep = [connect(respd.port), connect(respd.port)]
    for s in keep:
        s.sendall(b"PING\r\n")
        read_until(s, b"\r\n")
    extra = connect(respd.port)
    extra.sendall(b"HELLO 3\r\n" * 1000)
    until(lambda: "client refused" in respd.told())
    check("too many clients", read_all(extra) == b"-ERR max number of clients reached\r\n")
    extra.close()
    keep[0].sendall(b"*2\r\n$4\r\nECHO\r\n$100000\r\n")
    check("too large a request", b"-ERR Protocol error" in read_all(keep[0]))
    keep[1].sendall(b"PING\r\n")
    check("others do not notice", read_until(keep[1], b"\r\n") == b"+PONG\r\n")
    code, log = respd.end()
    check("a bounded server ends cleanly", code == 0 and "live_rets=0" in log, log)


def idle(program):
    """Idle clients are closed: not one that waits, nor one that reads steadily; but one that reads nothing is."""
    respd = Respd(program, "--idle", "2", "--log-level", "debug")
    size = 16_000_000
    answer = b"$%d\r\n%s\r\n" % (size, b"v" * size)
    looks, resting, blocked = connect(respd.port), connect(respd.port), connect(respd.port)
    stuck = connect(respd.port, receive_buffer=1 << 18)
    looks.sendall(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + answer)
    read_until(looks, b"+OK\r\n")
    resting.sendall(b"PING\r\n")
    read_until(resting, b"\r\n")
    blocked.sendall(b"BLPOP q 0\r\n")
    stuck.sendall(b"GET k\r\n")
    for _ in range(3):  # a round in which this machine stood still for too long tells nothing
        slow = connect(respd.port, receive_buffer=1 << 18)
        slow.sendall(b"GET k\r\n")
        got, longest, last = b"", 0, time.monotonic()
        while len(got) < len(answer):
            more = slow.recv(size // 40)
            if not more:
                break
            got += more
            while time.monotonic() < last + 0.08 * len(more) / (size // 40):
                time.sleep(0.005)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
            figure(looks, "connected_clients")
        slow.close()
        if got == answer or longest < 1:
            break
    check("not one that reads slowly for longer than that", got == answer, (len(got), longest))
    gone = until(lambda: figure(looks, "connected_clients") == 2)
    check("idle clients are closed, and those that take nothing of their answer",
          gone and read_all(resting) == b"" and read_all(stuck) != answer, respd.told())
    looks.sendall(b"RPUSH q x\r\n")
    check("not one that waits for a list", read_until(blocked, b"x\r\n") == b"*2\r\n$1\r\nq\r\n$1\r\nx\r\n")
    code, log = respd.end()
    check("and the server ends cleanly", code == 0 and "live_rets=0" in log, log)


def before_login(program):
    """A client that has not logged in cannot have the server hold much of what it sends."""
    respd = Respd(program, "--password", "secret")
    held = peak_memory(respd)
    requests = b"GET m\r\n" * 10_000
    taken = []
    for _ in range(3):
        s = connect(respd.port, receive_buffer=1 << 16)
        taken.append(0)
        with contextlib.suppress(ConnectionError):
            while taken[-1] < 100_000_000:
                s.sendall(requests)
                taken[-1] += len(requests)
        s.close()
    held = peak_memory(respd) - held
    check("a stranger that sends without end is closed", max(taken) < 100_000_000 and
          respd.told().count("client closed") == 3, (taken, respd.told()))
    check("and little of it is held", held < 50_000_000, held)
    code, log = respd.end()
    check("and the server ends cleanly", code == 0 and "live_rets=0" in log, log)


def peak_memory(respd):
    """The most bytes of memory that the server has had so far."""
    status = pathlib.Path(f"/proc/{respd.process.pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s*(\d+)", status, re.MULTILINE)[1]) * 1024


def memory_comes_and_goes(program):
    """What large values and many keys took goes back to the system when they are removed."""
    respd = Respd(program)
    s = connect(respd.port)
    before = figure(s, "used_memory_rss")
    for remove in (b"FLUSHALL\r\n", b"UNLINK set\r\n", b"SET set x\r\n"):
        for i in range(0, 200_000, 1000):
            if remove.startswith(b"FLUSH"):
                words = [b"MSET"] + [word for n in range(i, i + 1000) for word in (b"{%d}key%d" % (i, n), b"v" * 100)]
            else:
                words = [b"SADD", b"set"] + [b"member%d" % n * 5 for n in range(i, i + 1000)]
            s.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
            read_until(s, b"\r\n")
        full = figure(s, "used_memory")
        s.sendall(remove)
        read_until(s, b"\r\n")
        name = remove.decode().strip()
        check(f"{name}: nothing waits to be freed", until(lambda: figure(s, "lazyfree_pending_objects") == 0))
        check(f"{name}: memory is not in use any more", figure(s, "used_memory") < full - 10_000_000, full)
        if not is_sanitized(program):
            check(f"{name}: and goes back", until(lambda: figure(s, "used_memory_rss") < before + 10_000_000),
                  (before, figure(s, "used_memory_rss")))
    s.close()
    respd.end()


def slow_subscriber(program):
    limit = 1 << 20
    respd = Respd(program, "--max-output", str(limit))
    slow, fast, writer = connect(respd.port, receive_buffer=4096), connect(respd.port), connect(respd.port)
    for s in (slow, fast):
        s.sendall(b"SUBSCRIBE flood\r\n")
        read_until(s, b":1\r\n")
    sent = 0
    receivers = b":2\r\n"
    while receivers == b":2\r\n" and sent < 3000:
        body = b"%05d" % sent + b"x" * 10000 + b"\r\n"
        writer.sendall(b"*3\r\n$7\r\nPUBLISH\r\n$5\r\nflood\r\n$10005\r\n" + body)
        receivers = read_until(writer, b"\r\n")
        got = read_until(fast, body)
        if not got.endswith(body) or got.count(b"message") != 1:
            break
        sent += 1
    check("a subscriber that does not read is cut off, others are not", receivers == b":1\r\n", (sent, receivers))
    code, log = respd.end()
    waited = re.search(r"cut off.*overloaded.*bytes=(\d+)", log)
    check("and the log says so", waited, log)
    check("no more waited for it than the bound and a message", waited and limit < int(waited[1]) < limit + 10100, log)


def stands_still(look):
    """A figure that has grown and grows no more."""
    seen = []

    def still():
        seen.append(look())
        time.sleep(0.1)
        return seen[-1] > 0 and seen[-3:] == [seen[-1]] * 3

    until(still)
    return seen[-1]


def unread_pipeline(program):
    """A client that asks for much more than it reads is held back, alone."""
    size, count, limit = 100_000, 2000, 1 << 20
    respd = Respd(program, "--max-output", str(limit))
    value = b"v" * size
    greedy, other = connect(respd.port, receive_buffer=1 << 18), connect(respd.port)
    other.sendall(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n%s\r\n" % (size, value))
    read_until(other, b"\r\n")
    greedy.sendall(b"GET k\r\n" * count)
    ran = stands_still(lambda: figure(other, "keyspace_hits"))
    in_sockets = 10_000_000  # what the system's own buffers may take
    check("answers that are not read wait within the bound", ran <= (limit + in_sockets) // size + 1, ran)
    other.sendall(b"PING\r\n")
    check("others are served meanwhile", read_until(other, b"\r\n") == b"+PONG\r\n")
    answer = b"$%d\r\n%s\r\n" % (size, value)
    got = greedy.makefile("rb")
    good = sum(got.read(len(answer)) == answer for _ in range(count))
    check("and when it reads, it gets all", good == count, good)
    greedy.sendall(b"GET k\r\n" * count)
    got.close()
    greedy.close()
    code, log = respd.end()
    check("the server ends cleanly behind it", code == 0 and "live_rets=0" in log, log)


def large_answers(program):
    """What waits for a client that does not read has a bound, and so has one answer."""
    most, size, count = 4 << 20, 2_000_000, 200
    respd = Respd(program, "--max-answer", str(most))
    s = connect(respd.port)
    s.sendall(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n%s\r\n" % (size, b"v" * size) +
              b"".join(b"SADD s %s%d\r\n" % (b"m" * 1000, i) for i in range(100)) + b"ECHO ready\r\n")
    read_until(s, b"$5\r\nready\r\n")
    held = peak_memory(respd)
    s.sendall(b"SRANDMEMBER s -1000000\r\nMGET" + b" k" * 1000 + b"\r\nPING\r\n")
    told = read_until(s, b"+PONG\r\n")
    check("an answer that is too large is replaced by an error",
          told == b"-ERR answer is larger than max-answer\r\n" * 2 + b"+PONG\r\n", told[:200])
    greedy = [connect(respd.port, receive_buffer=1 << 18) for _ in range(10)]
    for one in greedy:
        one.sendall(b"GET k\r\n" * count)
    stands_still(lambda: figure(s, "keyspace_hits"))
    held = peak_memory(respd) - held
    bound = 400_000_000 if is_sanitized(program) else 100_000_000  # a sanitizer keeps what has been freed for a while
    check("and little of what clients do not read is held", held < bound, held)
    for one in greedy:
        one.close()
    code, log = respd.end()
    check("the log tells of answers that were too large, and the server ends cleanly",
          code == 0 and log.count("answer refused") == 2 and "live_rets=0" in log, log)


def whole_pipeline_first(program):
    """A client that sends a long pipeline before it reads anything is read meanwhile."""
    count, text = 300_000, b"w" * 100
    respd = Respd(program)
    client = connect(respd.port)
    answer = b"$%d\r\n%s\r\n" % (len(text), text)
    pipeline = memoryview((b"*2\r\n$4\r\nECHO\r\n" + answer) * count)
    try:
        for at in range(0, len(pipeline), 1 << 20):  # each piece has its own time
            client.sendall(pipeline[at:at + (1 << 20)])
        client.shutdown(socket.SHUT_WR)
        got = read_all(client)
    except TimeoutError:
        got = b"held up"
    check("a pipeline that is sent before anything is read is answered", got == answer * count, len(got))
    client.close()
    code, log = respd.end()
    check("and the server ends cleanly behind it", code == 0 and "live_rets=0" in log, log)


def drain(program):
    """A signal ends who asks for nothing; who has asked gets the answers first."""
    size, count = 100_000, 150
    respd = Respd(program)
    slow = connect(respd.port, receive_buffer=1 << 18)
    resting, blocked = connect(respd.port), connect(respd.port)
    blocked.sendall(b"PING\r\nBLPOP none 0\r\n")
    read_until(blocked, b"\r\n")
    value = b"v" * size
    answer = b"$%d\r\n%s\r\n" % (size, value)
    slow.sendall(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + answer)
    read_until(slow, b"+OK\r\n")
    slow.sendall(b"GET k\r\n" * count)  # one piece, which the server reads at once
    ran = stands_still(lambda: figure(resting, "keyspace_hits"))
    until(lambda: figure(resting, "blocked_clients") == 1)
    respd.process.send_signal(signal.SIGTERM)
    check("a signal closes clients that ask for nothing", read_all(resting) == b"" and read_all(blocked) == b"")
    check("and takes no more of them", until(lambda: not listens(respd.port)))
    resting.close()
    blocked.close()
    got = read_all(slow)
    check("who has asked gets the answers", got == answer * count and ran < count, (len(got), ran))
    slow.close()
    code, log = respd.ended()
    drained = [int(clients) for clients in re.findall(r"draining signal=15 clients=(\d+)", log)]
    check("then the server ends", code == 0 and len(drained) == RUNTIMES and sum(drained) >= 3 and "live_rets=0" in log, log)


def is_sanitized(program):
    return b"__asan_init" in pathlib.Path(program).read_bytes()


def failure(program):
    """A server that ends by an error says so, and exits with a code of its own."""
    if is_sanitized(program):  # its shadow needs more address space than there may be
        return
    memory = 256 << 20
    respd = Respd(program, limits=[(resource.RLIMIT_AS, (memory, memory))])
    s = connect(respd.port)
    s.sendall(b"SETRANGE a 100000000 x\r\nSETRANGE b 100000000 x\r\nSETRANGE c 100000000 x\r\n")
    read_all(s)
    code, log = respd.ended()
    failed = [line for line in log.splitlines() if "the server failed" in line]
    check("a server whose memory runs out exits with 3 and says why",
          code == 3 and len(failed) == 1 and "bad_alloc" in failed[0] and "error" in failed[0].lower(), (code, log))


def few_descriptors(program):
    """There are as many clients at most as there are descriptors for, and those who come then are told."""
    nofile = resource.RLIMIT_NOFILE
    refusal = b"-ERR max number of clients reached\r\n"
    respd = Respd(program, "--max-clients", "100", limits=[(nofile, (64, 4096))])
    check("the limit of descriptors is raised where it may be",
          cli(respd.port, "config", "get", "maxclients") == "maxclients\n100\n" and "fewer clients" not in respd.told(),
          respd.told())
    respd.end()
    respd = Respd(program, "--max-clients", "100", limits=[(nofile, (64, 64))])
    most = 64 - 24 - 8 * RUNTIMES
    check("where it may not, the maximum is lowered and the log says so",
          cli(respd.port, "config", "get", "maxclients") == f"maxclients\n{most}\n" and
          re.search(f"fewer clients.*wanted=100 clients={most}", respd.told()), respd.told())
    looks = connect(respd.port)
    until(lambda: figure(looks, "connected_clients") == 1)
    crowd = [looks] + [connect(respd.port) for _ in range(40)]
    for s in crowd:
        s.sendall(b"PING\r\n")
    heard = [read_until(s, b"\r\n") for s in crowd]
    check("who comes then is told", sorted(heard) == [b"+PONG\r\n"] * most + [refusal] * (41 - most), heard)
    for s in crowd:
        s.close()
    respd.end()
    code, _, told = ends(program, "--port", "0", "--runtimes", str(RUNTIMES), limits=[(nofile, (30, 30))])
    check("no descriptors for any client", code == 1 and "clients=0" in told, (code, told))
    # A check of a sanitizer needs a descriptor; of several runtimes one may take what another has given back.
    if is_sanitized(program) or RUNTIMES > 1:
        return
    respd = Respd(program)
    looks = connect(respd.port)
    figure(looks, "tcp_port")  # it has been accepted
    used = max(int(name) for name in os.listdir(f"/proc/{respd.process.pid}/fd"))
    normal = resource.prlimit(respd.process.pid, nofile)
    resource.prlimit(respd.process.pid, nofile, (used + 4, normal[1]))
    crowd = [connect(respd.port) for _ in range(50)]
    for s in crowd:
        s.sendall(b"PING\r\n")
    heard = [read_until(s, b"\r\n") for s in crowd]
    check("descriptors run out: those who come then are told and closed", heard[:3] == [b"+PONG\r\n"] * 3 and
          set(heard[3:]) == {refusal} and all(read_all(s) == b"" for s in crowd[3:]), heard)
    for s in crowd:
        s.close()
    until(lambda: figure(looks, "connected_clients") == 1)
    check("and when there are some, clients are served", cli(respd.port, "ping") == "PONG\n")
    code, log = respd.end()
    check("and the server ends cleanly, and has told", code == 0 and log.count("no descriptors left") == 47 and
          "live_rets=0" in log, log)


def fields(text):
    """The fields of INFO, or of a line of CLIENT LIST."""
    return dict(re.findall(r"(\S+?)[:=](\S*)", text))


def tells_about_itself(program):
    respd = Respd(program, "--max-clients", "77", "--idle", "900")
    s = connect(respd.port)
    s.sendall(b"CLIENT SETNAME me\r\nSELECT 3\r\nPING\r\n")
    read_until(s, b"+PONG\r\n")
    s.sendall(b"CLIENT ID\r\n")
    own = read_until(s, b"\r\n")[1:-2].decode()
    s.sendall(b"CLIENT INFO\r\n")
    info = fields(read_until(s, b"\n\r\n").decode())
    address = {"addr": "%s:%d" % s.getsockname(), "laddr": f"127.0.0.1:{respd.port}"}
    right = {"id": own, "name": "me", "db": "3", "resp": "2", "cmd": "client|info", **address}
    check("CLIENT INFO", {name: info.get(name) for name in right} == right, info)
    lines = [fields(line) for line in cli(respd.port, "client", "list").splitlines()]
    right |= {"cmd": "client|info", "flags": "N", "sub": "0", "psub": "0"}
    mine = [{name: line.get(name) for name in right} for line in lines if line.get("id") == own]
    check("CLIENT LIST", len(lines) == 2 and mine == [right], lines)
    until(lambda: figure(s, "connected_clients") == 1)  # the last one has gone
    told = fields(cli(respd.port, "info"))
    right = {"tcp_port": str(respd.port), "maxclients": "77", "connected_clients": "2", "redis_version": "7.0.15"}
    check("INFO", {name: told.get(name) for name in right} == right, told)
    right = {"port": str(respd.port), "bind": "127.0.0.1", "maxclients": "77", "timeout": "900"}
    config = cli(respd.port, "config", "get", *right).split()
    check("CONFIG GET tells the flags", dict(zip(config[::2], config[1::2])) == right, config)
    respd.end()


def ends(program, *flags, limits=()):
    done = subprocess.run([program, *flags], capture_output=True, text=True, timeout=PATIENCE,
                          preexec_fn=lambda: set_limits(limits))
    return done.returncode, done.stdout, done.stderr


def flags(program):
    code, out, _ = ends(program, "--help")
    names = ("port", "bind", "password", "max-clients", "max-request", "max-output", "max-before-login", "max-answer",
             "idle", "runtimes", "log", "log-level", "help")
    check("--help names each flag", code == 0 and all(f"  --{name} " in out for name in names), out)
    check("--help tells the exit codes", all(f"{code} " in out.split("Exits with")[-1] for code in range(4)), out)
    code, out, told = ends(program, "--nonsense", "1")
    check("an unknown flag is refused", code == 2 and "--nonsense" in told and out == "", told)
    for wrong in (("--port", "65536"), ("--port", "x"), ("--port", ""), ("--port",), ("--max-clients", "0"),
                  ("--max-request", "63"), ("--max-output", "1k"), ("--idle", "-1"), ("--log", "xml"),
                  ("--log-level", "loud")):
        code, out, told = ends(program, *wrong)
        check(f"refused: {' '.join(wrong)}", code == 2 and wrong[0] in told and out == "", (code, told))
    respd = Respd(program, "--bind", "127.0.0.2")
    check("--bind is the only address", respd.address == "127.0.0.2" and listens(respd.port, respd.address) and not listens(respd.port))
    s = connect(respd.port, "127.0.0.2")
    s.sendall(b"CONFIG GET bind\r\n")
    check("--bind", read_until(s, b".2\r\n") == b"*2\r\n$4\r\nbind\r\n$9\r\n127.0.0.2\r\n")
    code, _, told = ends(program, "--port", str(respd.port), "--bind", "127.0.0.2", "--runtimes", str(RUNTIMES))
    check("an address that is taken", code == 1 and "cannot listen" in told, told)
    respd.end()
    code, _, told = ends(program, "--port=0", "--bind=nowhere")
    check("an address that is none", code == 1 and "cannot listen" in told, told)


def handles_term(pid):
    """Whether a process ends by its own will when it is told to."""
    caught = re.search(r"^SigCgt:\s*(\w+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1


def logs(program):
    code, log = Respd(program, "--log", "json").end()
    lines = [json.loads(line) for line in log.splitlines()]
    check("--log json: each line is an object", code == 0 and any("ready" in line.values() for line in lines), log)
    with subprocess.Popen([program, "--port", "0", "--runtimes", str(RUNTIMES), "--log-level", "error"], stderr=subprocess.PIPE) as quiet:
        until(lambda: handles_term(quiet.pid))
        quiet.terminate()
        log = quiet.stderr.read()
    check("--log-level error: nothing to tell", quiet.returncode == 0 and log == b"", (quiet.returncode, log))
    code, log = Respd(program, "--log-level", "info").end()
    check("--log-level info", code == 0 and "ready" in log and "ended" in log, log)


def one_server(program):
    """What one server goes through before it ends."""
    respd = Respd(program)
    for step in (clients_of_redis, many_connections, rough_connections, last_words, publish, order_of_messages,
                 blocking):
        run(step, respd)
    code, log = respd.end()
    check("SIGTERM ends it cleanly, nothing is left",
          code == 0 and re.search(r"ended calls=\d+ actors=0 tasks=0 live_rets=0", log), log[-600:])


def run(step, argument):
    """One step; what goes wrong in it beside its checks is one that failed."""
    try:
        step(argument)
    except (OSError, subprocess.SubprocessError, ValueError, LookupError):
        check(step.__name__, False, traceback.format_exc())


def main():
    for step in (one_server, bounds, idle, before_login, memory_comes_and_goes, slow_subscriber, unread_pipeline,
                 large_answers, whole_pipeline_first, drain, failure, few_descriptors, tells_about_itself, flags, logs,
                 differential):
        run(step, sys.argv[1])
    print("\n".join(failures + [f"{passed} passed, {len(failures)} failed"]))
    return bool(failures)


if __name__ == "__main__":
    if not shutil.which("redis-server"):
        raise SystemExit("redis-server and redis-tools are needed: tools/setup test")
    sys.exit(main())
