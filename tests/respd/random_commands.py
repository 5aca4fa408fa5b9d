#!/usr/bin/env python3
"""tests/respd/random_commands.py: sends random commands to two servers and compares their answers byte by byte.

    random_commands.py [--seed N] [--count N] [--parted] HOST:PORT HOST:PORT

The first server is the one that is right (a redis-server), the second the one under test; both are emptied first. The
commands work on few keys of all types, with arguments that are right, at the ends of their ranges, or no numbers at all.
Left out is what the two need not have in common: times, draws by chance, and the sign of a score of zero. The exit code
is 0 when all answers are the same. A difference is printed with the commands of its key that led there; the seed, which
is printed first, brings the same commands again. --parted is
as with differential.py.
"""
import argparse
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from differential import Server, in_order, is_refused, shown  # noqa: E402

KEYS = [b"a", b"b", b"c", b"d", b"e"]
NUMBERS = [b"0", b"1", b"2", b"3", b"5", b"-1", b"-2", b"-3", b"10", b"9223372036854775807", b"-9223372036854775808",
           b"9223372036854775808", b"-9223372036854775809", b"2147483648", b"-0", b"+1", b"01", b" 1", b"", b"x", b"1.5"]
SCORES = [b"0", b"1", b"-1", b"1.5", b"-2.25", b"3e2", b"inf", b"-inf", b"+inf", b"nan", b"x", b"", b"0x10", b"1e400", b"2"]
WORDS = [b"", b"x", b"m", b"f", b"10", b"-5", b"007", b"3.0", b"long " * 20, b"\x00\xff", b"field", b"member", b"m2", b"m3"]
UNORDERED = {b"HGETALL": 2, b"HKEYS": 1, b"HVALS": 1, b"SMEMBERS": 1, b"SINTER": 1, b"SUNION": 1, b"SDIFF": 1, b"KEYS": 1,
             b"SCAN": 1, b"SSCAN": 1, b"HSCAN": 2}
# By letters: k key, n number, s score, w word, p keys (some), W words (some), P pairs of score and word, F pairs of words.
# A word in capitals stands for itself; one behind "?" comes half of the time.
FORMS = """
APPEND k w|DECR k|DECRBY k n|GET k|GETDEL k|GETRANGE k n n|GETSET k w|INCR k|INCRBY k n|MGET p|MSET k w k w|MSETNX k w k w
SET k w|SET k w ?NX ?XX ?GET ?KEEPTTL|SETNX k w|SETRANGE k n w|STRLEN k|SUBSTR k n n|SET k n|SET k w
COPY k k ?REPLACE|COPY k k DB n|DBSIZE|DEL p|UNLINK p|EXISTS p|TOUCH p|TYPE k|RENAME k k|RENAMENX k k|KEYS w|KEYS *
MOVE k n|PERSIST k|TTL k|SCAN 0 COUNT 1000|FLUSHDB x|SWAPDB 0 0|SWAPDB n n
LPUSH k W|RPUSH k W|LPUSHX k W|RPUSHX k W|LPOP k|RPOP k|LPOP k n|RPOP k n|LLEN k|LRANGE k n n|LINDEX k n|LSET k n w
LREM k n w|LTRIM k n n|LINSERT k BEFORE w w|LINSERT k AFTER w w|RPOPLPUSH k k|LMOVE k k LEFT RIGHT|LMOVE k k RIGHT LEFT
HSET k F|HMSET k F|HSETNX k w w|HGET k w|HMGET k W|HDEL k W|HEXISTS k w|HLEN k|HSTRLEN k w|HGETALL k|HKEYS k|HVALS k
HINCRBY k w n|HSCAN k 0 COUNT 1000|SADD k W|SREM k W|SCARD k|SISMEMBER k w|SMISMEMBER k W|SMEMBERS k|SMOVE k k w
SINTER p|SUNION p|SDIFF p|SSCAN k 0 COUNT 1000|ZADD k P|ZADD k ?NX ?XX ?GT ?LT ?CH ?INCR P|ZINCRBY k s w|ZREM k W|ZCARD k
ZSCORE k w|ZRANGE k n n ?WITHSCORES|ZRANGE k n n ?REV ?WITHSCORES|ZPOPMIN k|ZPOPMAX k|ZPOPMIN k n|ZPOPMAX k n|ECHO w
SPOP k 0|SRANDMEMBER k 0|BLPOP p x|COMMAND INFO w w|SELECT x|NOSUCH w W
"""


def make(chance, form):
    """A command of a form."""
    words = []
    for part in form.split():
        if part.startswith("?"):
            words += [part[1:].encode()] if chance.random() < 0.3 else []
        elif part == "k":
            words.append(chance.choice(KEYS))
        elif part == "n":
            words.append(chance.choice(NUMBERS))
        elif part == "s":
            words.append(chance.choice(SCORES))
        elif part == "w":
            words.append(chance.choice(WORDS))
        elif part == "p":
            words += chance.choices(KEYS, k=chance.randint(1, 3))
        elif part == "W":
            words += chance.choices(WORDS, k=chance.randint(1, 4))
        elif part == "P":
            for _ in range(chance.randint(1, 3)):
                words += [chance.choice(SCORES), chance.choice(WORDS)]
        elif part == "F":
            words += chance.choices(WORDS, k=2 * chance.randint(1, 3))
        else:
            words.append(part.encode())
    if chance.random() < 0.01:
        words = words[:-1] if chance.random() < 0.5 else words + [chance.choice(WORDS)]
    return words


def encoded(words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("right", metavar="HOST:PORT")
    parser.add_argument("tested", metavar="HOST:PORT")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--parted", action="store_true")
    options = parser.parse_args()
    print(f"--seed {options.seed}", flush=True)
    chance = random.Random(options.seed)
    forms = FORMS.replace("\n", "|").strip("|").split("|")
    ends = [Server(text, False).connection("main") for text in (options.right, options.tested)]
    history, different, refused, batch = [], 0, 0, 50
    for done in range(0, options.count, batch):
        if done % 1000 == 0:
            commands = [[b"FLUSHALL"]]
            history = []
        else:
            commands = [make(chance, chance.choice(forms)) for _ in range(batch)]
        commands = [words for words in commands if words]
        ends[1].socket.sendall(b"".join(encoded(words) for words in commands))
        both = [(words, answer) for words, answer in zip(commands, [ends[1].read() for _ in commands])
                if not (options.parted and is_refused(words, answer))]
        refused += len(commands) - len(both)
        ends[0].socket.sendall(b"".join(encoded(words) for words, _ in both))
        for words, right in both:
            history.append(words)
            left = ends[0].read()
            group = UNORDERED.get(words[0])
            if left[0] == right[0] or (group and in_order(left[1], group) == in_order(right[1], group)):
                continue
            different += 1
            keys = set(words) & set(KEYS)
            for before in [each for each in history if keys & set(each)][-12:-1]:
                print("    ", b" ".join(before))
            print("  ", b" ".join(words), "\n  -", shown(left[0]), "\n  +", shown(right[0]))
            if different == 10:
                return 1
    print(f"{options.count} commands, {refused} refused, {different} different answers")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
