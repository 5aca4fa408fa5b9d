"""The harness of the benchmark: builds, runs, counts, compares."""
