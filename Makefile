# Makefile: the front door. Each line here works on a fresh Debian 12 with nothing but git and make.
.PHONY: help demo test gate bench ratios format
.DEFAULT_GOAL := help
export DEMO

help:  ## This list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "make %-8s %s\n", $$1, $$2}'

demo:  ## Build the Redis-protocol server and watch it work (DEMO=once ends by itself)
	@tools/demo

test:  ## All tests, with GCC and Clang: about 10 minutes on two cores, 2 when nothing has changed
	@tools/test

gate:  ## Everything else: -O3, sanitizers, libc++, no exceptions: about 26 minutes; tools/test STAGE runs a part
	@tools/test --gate

bench:  ## Times of our workloads and of the peers that this machine has
	@tools/setup bench && bench/ratios --parts time --output build/bench.tsv

ratios:  ## The same with instructions, compile time and respd: a table, and build/ratios.tsv
	@tools/setup bench && bench/ratios

format:  ## Lay out all C++
	@tools/setup test && tools/format
