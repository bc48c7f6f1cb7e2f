#!/usr/bin/env bash
# How time and memory of HTML grow with the binder: 65, 650, 6,500 and 65,000 documents, made by benches/generate.py.
#
#   benches/scale.sh                  all four
#   benches/scale.sh 65 650 6500      these
#
# For each size the least of RUNS runs (3; of 65,000 documents 1) into an output that is there already, each of another day
# so that every page changes: seconds passed,
# seconds of processor, megabytes at most, files and megabytes written, and the largest page. Then the growth between two
# sizes: how many times the time and the memory for ten times the documents, and the exponent of the line that fits best
# on a double logarithmic scale, over the sizes from 650 (below, starting and writing the style sheet weigh as much).
# BINDER names another program. Needs GNU time (Debian: time) and Python 3.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x "${BINDER:=$PWD/target/release/binder}" ] || cargo build --release --quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'load before: %s, on %s processors\n' "$(cut -d' ' -f1 /proc/loadavg)" "$(nproc)"
printf '%9s %9s %12s %9s %9s %9s   %s\n' documents 'passed s' 'processor s' 'most MB' files 'written MB' 'largest page'
for size in ${*:-65 650 6500 65000}; do
  python3 benches/generate.py "$size" "$work/$size"
  runs=${RUNS:-3}
  [ "$size" -lt 60000 ] || runs=1
  "$BINDER" build "$work/$size" --as-of 2026-11-20 --no-pdf --out "$work/out" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
  for ((run = 0; run < runs; run++)); do
    /usr/bin/time -f '%e %U %S %M' "$BINDER" build "$work/$size" --as-of "2026-11-$((18 + run % 2))" --no-pdf --out "$work/out" --timings \
      2>&1 >/dev/null | tee "$work/stages.$size" | tail -n 1
  done | sort -n -k2 | sed -n 1p >"$work/least"
  read -r passed user system most <"$work/least"
  largest=$(find "$work/out" -name '*.html' -printf '%s %P\n' | sort -rn | awk 'NR == 1 { printf "%.0f kB %s", $1 / 1000, $2 }')
  printf '%9s %9s %12s %9.0f %9s %9.0f   %s\n' "$size" "$passed" "$(awk "BEGIN { print $user + $system }")" \
    "$(awk "BEGIN { print $most / 1024 }")" "$(find "$work/out" -type f | wc -l)" "$(du -sm "$work/out" | cut -f1)" "$largest"
  echo "$size $passed $(awk "BEGIN { print $user + $system }") $most" >>"$work/all"
  rm -rf "$work/out" "${work:?}/$size"
done
python3 - "$work/all" <<'PY'
import math, sys
rows = [[float(x) for x in line.split()] for line in open(sys.argv[1])]
for (n, *a), (m, *b) in zip(rows, rows[1:]):
    print(f"{n:.0f} to {m:.0f}: {b[0] / a[0]:.1f} times the time, {b[1] / a[1]:.1f} times the processor, {b[2] / a[2]:.1f} times the memory")
fit = [row for row in rows if row[0] >= 650]
if len(fit) > 1:
    for name, at in (("time", 1), ("processor", 2), ("memory", 3)):
        xs, ys = [math.log(r[0]) for r in fit], [math.log(r[at]) for r in fit]
        mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
        slope = sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)
        print(f"{name} grows with documents to the power of {slope:.2f}")
PY
for size in ${*:-65 650 6500 65000}; do
  printf '\nwhen each stage of %s documents ended\n' "$size"
  grep 'ended at' "$work/stages.$size" | tail -n 7 || true
done
printf 'load after: %s\n' "$(cut -d' ' -f1 /proc/loadavg)"
