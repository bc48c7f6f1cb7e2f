#!/usr/bin/env bash
# Cold process figures of the release program on the example clinic: milliseconds passed (least and median), milliseconds
# of processor, and megabytes at most, over RUNS (15) runs: HTML on another day each time, so that every page changes; HTML with nothing
# changed; HTML and PDF; the start of the program alone. Then when each stage of one build ended, and the size of the program.
#
#   benches/build.sh                  the example
#   benches/build.sh CLINIC           another binder
#   OUT=/dev/shm benches/build.sh     into memory instead of the disk of temporary files
#
# BINDER names another program. Needs Python 3.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x "${BINDER:=target/release/binder}" ] || cargo build --release --quiet
work=$(mktemp -d -p "${OUT:-${TMPDIR:-/tmp}}")
trap 'rm -rf "$work"' EXIT
cat >"$work/build.py" <<'PY'
import os, resource, statistics, subprocess, sys, time

work, binder, clinic = sys.argv[1:]
runs = int(os.environ.get("RUNS", 15))


def once(arguments):
    began = time.perf_counter()
    child = subprocess.Popen([binder, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{arguments}: exit status {status}")
    return (time.perf_counter() - began) * 1000, (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024


def build(day, *more):
    return ["build", clinic, "--as-of", f"2026-11-{day}", "--out", f"{work}/site", *more]


def report(name, runs, arguments):
    once(arguments(0))
    passed, processor, most = zip(*(once(arguments(run)) for run in range(1, runs + 1)))
    print(
        f"{name:28} {min(passed):7.1f} / {statistics.median(passed):7.1f} ms"
        f"  {statistics.median(processor):7.1f} ms processor  {max(most):5.0f} MB",
        flush=True,
    )


report("start (--version)", runs, lambda run: ["--version"])
report("HTML, another day", runs, lambda run: build(19 + run % 2, "--no-pdf"))
report("HTML, nothing changed", runs, lambda run: build(20, "--no-pdf"))
report("HTML and PDF, another day", max(3, runs // 3), lambda run: build(19 + run % 2))
PY
printf 'program          %s bytes, load %s\n' "$(stat -c %s "$BINDER")" "$(cut -d' ' -f1 /proc/loadavg)"
python3 "$work/build.py" "$work" "$BINDER" "${1:-content-example}"
for more in --no-pdf ''; do
  # shellcheck disable=SC2086
  "$BINDER" build "${1:-content-example}" --as-of 2026-11-20 --out "$work/stages" $more --timings 2>&1 | grep -E 'files,|ended at'
done
