#!/usr/bin/env bash
# Sealed versions of the example clinic: builds with none and with 24 of them, sealing, verifying, size. Seconds and
# megabytes, the median of five for builds. The 24 are sealed one after the other, a month apart, with a change between them.
# Needs GNU time (Debian: time).
set -euo pipefail
cd "$(dirname "$0")/.."
binder=$PWD/target/release/binder
[ -x "$binder" ] || cargo build --release --quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r content-example "$work/clinic"
rm -rf "$work/clinic/versions"
cd "$work"

# Seconds of one command.
seconds() { /usr/bin/time -f '%e' "$@" 2>&1 >/dev/null | tail -n 1; }
# Median of five builds into an output that is there already, each of another day so that every page changes: seconds, then
# megabytes.
builds() {
  "$binder" build clinic --as-of 2026-11-20 --out out "$@" >/dev/null 2>&1
  for run in 1 2 3 4 5; do
    /usr/bin/time -f '%e %M' "$binder" build clinic --as-of "2026-11-$((20 - run % 2))" --out out "$@" 2>&1 >/dev/null | tail -n 1
  done | tee runs | sort -n | awk 'NR == 3 { printf "%s s", $1 }'
  sort -n -k2 runs | awk 'NR == 3 { printf "  %.0f MB\n", $2 / 1024 }'
}

printf 'build, no version: HTML        '; builds --no-pdf
printf 'build, no version: and PDF     '; builds
for ((n = 0; n < 24; n++)); do
  printf '\nA note of month %d.\n' "$n" >>clinic/records/2026-04-22-evaluation.md
  day=$(printf '%d-%02d-01' $((2024 + (n + 11) / 12)) $(((n + 11) % 12 + 1)))
  took=$(seconds "$binder" seal "v$n" --by Bench --note "Month $n" --as-of "$day" --with-gaps -C clinic)
  if ((n == 0)); then printf 'seal, the first                %s s\n' "$took"; fi
done
printf 'seal, the 24th                 %s s\n' "$took"
printf 'size of one archive            %s MB\n' "$(awk "BEGIN { printf \"%.1f\", $(stat -c %s clinic/versions/v23.zip) / 1e6 }")"
printf 'first build that shows them    %s s\n' "$(seconds "$binder" build clinic --as-of 2026-11-20 --out out --no-pdf)"
printf 'build, 24 versions: HTML       '; builds --no-pdf
printf 'build, 24 versions: and PDF    '; builds
printf 'verify, 24 versions            %s s\n' "$(seconds "$binder" verify -C clinic)"
printf 'verify, one of them            %s s\n' "$(seconds "$binder" verify v12 -C clinic)"
