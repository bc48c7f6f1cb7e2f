#!/usr/bin/env bash
# Cold process figures of the release program on the example clinic: wall time and peak memory, median of five, for HTML
# alone and for HTML with PDF; then when each stage of one build ended. Needs GNU time (Debian: time).
set -euo pipefail
cd "$(dirname "$0")/.."
binder=target/release/binder
clinic=${1:-content-example}
[ -x "$binder" ] || cargo build --release --quiet
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Prints the median of five runs: seconds, then kilobytes.
median_of_five() {
  for _ in 1 2 3 4 5; do
    /usr/bin/time -f '%e %M' "$binder" build "$clinic" --as-of 2026-11-20 --out "$out/site" "$@" 2>&1 >/dev/null | tail -n 1
  done | tee "$out/runs" | sort -n | awk 'NR == 3 { printf "%s s", $1 }'
  sort -n -k2 "$out/runs" | awk 'NR == 3 { printf "  %.0f MB\n", $2 / 1024 }'
}

"$binder" build "$clinic" --as-of 2026-11-20 --out "$out/site" >/dev/null 2>&1 # warm the page cache, not the process
printf 'HTML only        '
median_of_five --no-pdf
printf 'HTML and PDF     '
median_of_five
pages=$("$binder" build "$clinic" --as-of 2026-11-20 --out "$out/site" 2>/dev/null | grep -o '[0-9]* pages' || true)
printf 'pages            %s\n' "$pages"
"$binder" build "$clinic" --as-of 2026-11-20 --out "$out/site" --timings 2>&1 | grep -E ' (s|ms)( |$)' || true
