"""Builds the programs and finds them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
PEERS = ROOT / "bench" / "peers"
CARGO_TARGET = BUILD / "cargo"


def _run(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> bool:
    print("$", " ".join(command), flush=True)
    return subprocess.run(command, cwd=cwd, env=env).returncode == 0


def has_preset(name: str) -> bool:
    try:
        presets = json.loads((ROOT / "CMakePresets.json").read_text())
    except OSError:
        return False
    return any(p["name"] == name for p in presets.get("configurePresets", []))


def build_preset(preset: str, target: str) -> Path | None:
    """Configures and builds one target of a preset in `build/<preset>`; None where that fails."""
    directory = BUILD / preset
    if has_preset(preset):
        configured = _run("cmake", "--preset", preset)
    else:
        configured = _run("cmake", "-S", str(ROOT), "-B", str(directory), "-DCMAKE_BUILD_TYPE=Release")
    jobs = str(os.cpu_count() or 1)
    if not (configured and _run("cmake", "--build", str(directory), "--target", target, "-j", jobs)):
        return None
    return directory


def build_rust() -> str | None:
    """Builds the Rust peers; returns why they are left out, or None."""
    if not shutil.which("cargo"):
        return "cargo is not here"
    env = dict(os.environ, CARGO_TARGET_DIR=str(CARGO_TARGET))
    if not _run("cargo", "build", "--release", "--locked", cwd=PEERS, env=env):
        return "cargo cannot build them"
    return None


def find(directories: list[Path]) -> dict[str, Path]:
    """The programs of the benchmark below these directories, by name."""
    found: dict[str, Path] = {}
    for directory in directories:
        for path in sorted(directory.rglob("bench[_-]*")) if directory.is_dir() else ():
            if path.is_file() and os.access(path, os.X_OK) and not path.suffix and "deps" not in path.parts:
                found.setdefault(path.name, path)
    return found


def versions(programs: dict[str, Path]) -> dict[str, str]:
    """The version of each peer that can be run."""
    result = {"floor": "hand-written, in this repository"}
    lock = (PEERS / "Cargo.lock").read_text() if (PEERS / "Cargo.lock").exists() else ""
    locked = dict(_locked(lock))
    if "bench-stakker" in programs:
        result["stakker"] = f"{locked.get('stakker')}, stakker_async_await {locked.get('stakker_async_await')}"
    if "bench-crossbeam" in programs:
        result["crossbeam"] = "crossbeam-channel " + str(locked.get("crossbeam-channel"))
    if "bench_moodycamel" in programs:
        result["moodycamel"] = "concurrentqueue of the system"
    if "bench-tokio" in programs:
        result["tokio"] = str(locked.get("tokio"))
    if "bench_asio" in programs:
        result["asio"] = _output(str(programs["bench_asio"]), "--version") + ", standalone"
    return result


def _locked(lock: str):
    lines = lock.splitlines()
    for name, version in zip(lines, lines[1:]):
        if name.startswith("name = ") and version.startswith("version = "):
            yield name[8:-1], version[11:-1]


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def machine() -> list[str]:
    """Lines that say on what the figures were taken."""
    cpu = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    system = os.uname()
    lines = [f"machine   {cpu}, {os.cpu_count()} cores, {system.sysname} {system.release} {system.machine}"]
    for tool in ("g++", "clang++-19", "rustc"):
        version = _output(tool, "--version").splitlines()
        if version:
            lines.append(f"compiler  {version[0]}")
    return lines
