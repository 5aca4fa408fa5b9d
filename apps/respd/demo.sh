#!/usr/bin/env bash
# apps/respd/demo.sh: shows respd at work beside redis-server. RESPD names the program; DEMO=once ends by itself.
set -euo pipefail
: "${RESPD:?names the server program: make demo sets it}"

# A port that nobody listens on.
free_port() {
  local port=$((20000 + RANDOM % 10000))
  while (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do port=$((port + 1)); done
  echo "$port"
}
wait_for() { for _ in $(seq 200); do redis-cli -p "$1" ping > /dev/null 2>&1 && return; sleep 0.05; done; echo "no answer on port $1" >&2; exit 1; }
folder=$(mktemp -d)
"$RESPD" --port 0 2> "$folder/log" & respd=$!
redis_port=$(free_port)
redis-server --port "$redis_port" --save '' --dir "$folder" --loglevel warning > /dev/null & redis=$!
end() { kill -TERM $respd $redis 2> /dev/null || true; wait $respd 2> /dev/null || true; wait $redis 2> /dev/null || true; rm -rf "$folder"; }
trap end EXIT
trap 'exit 0' INT TERM
for _ in $(seq 200); do
  port=$(sed -n 's/.*ready address=127\.0\.0\.1:\([0-9]*\).*/\1/p' "$folder/log")
  [ -z "$port" ] || break
  sleep 0.05
done
[ -n "$port" ] || { cat "$folder/log"; echo "respd did not begin to listen" >&2; exit 1; }
wait_for "$port"
wait_for "$redis_port"

echo
echo "A server made of Troupe actors and coroutines, driven by Redis' own clients."
say() { printf '  redis-cli> %-34s %s\n' "$*" "$(redis-cli -p "$port" "$@" | tr '\n' ' ')"; }
say set greeting hello ex 100
say get greeting
say incr visits
say mset a 1 b 2
say mget a b none
say rpush list x y z
say lrange list 0 -1
say incr greeting

rates() { redis-benchmark -p "$1" -t ping,set,get,incr,mset -n "$2" -c 50 -P "$3" -q 2> /dev/null | tr '\r' '\n' | awk -F: '/requests per second/ {split($2, n, " "); print n[1]}'; }
echo
echo "redis-benchmark, 50 clients, requests per second:"
for pipeline in 1 16; do
  count=$((pipeline == 1 ? 40000 : 400000))
  paste <(printf '%s\n' PING_INLINE PING_MBULK SET GET INCR MSET) <(rates "$port" $count $pipeline) <(rates "$redis_port" $count $pipeline) |
    awk -v p=$pipeline 'BEGIN {printf "  -P %-11s %12s %14s %7s\n", p, "respd", "redis-server", "ratio"} NF == 3 {printf "  %-14s %12.0f %14.0f %7.2f\n", $1, $2, $3, $2 / $3}'
done
echo
if [ "${DEMO:-}" = once ]; then
  kill -TERM $respd
  wait $respd
  echo "ended cleanly"
  exit 0
fi
kill -TERM $redis
echo "respd goes on. In another terminal:   redis-cli -p $port"
echo "Ctrl-C ends it."
wait $respd
