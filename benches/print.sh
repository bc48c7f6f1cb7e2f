#!/usr/bin/env bash
# The print: about 250 (the least a whole binder comes to), 600 and 2,000 pages, and the same Typst sources given to the plain compiler.
#
#   benches/print.sh            all sizes
#   benches/print.sh 250 600    these
#
# Grown binders are the example with its policies, approved copies and logs repeated; the small one leaves exhibits and most texts away.
# Needs GNU time (Debian: time), poppler-utils, and the plain compiler as the Python package typst, of the version in
# Cargo.lock or near it. Each figure is the least of three runs in turn: seconds passed, seconds of processor, megabytes.
set -euo pipefail
cd "$(dirname "$0")/.."
binder=${BINDER:-target/release/binder}
[ -x "$binder" ] || cargo build --release --quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# grow DIR COPIES: the example with every policy and log that many more times.
grow() {
  cp -r content-example "$1"
  local n file stem log
  for ((n = 2; n <= $2 + 1; n++)); do
    for file in content-example/policies/*.md; do
      stem=$(basename "$file" .md)
      sed "s/^id *= *\"\(.*\)\"/id = \"\1-$n\"/; s/^title *= *\"\(.*\)\"/title = \"\1, part $n\"/" "$file" >"$1/policies/$stem-$n.md"
    done
    for log in training acks visitors activity-reviews; do
      tail -n +2 "content-example/registers/$log.csv" >>"$1/registers/$log.csv"
    done
  done
}
small() {
  cp -r content-example "$1"
  rm -r "$1/evidence" "$1/registers/evidence.csv" "$1/records" "$1"/policies/[d-w]* "$1"/registers/{access,activity,changes,incidents,walk,visitors,risks}*
}

# least COMMAND...: the least of three runs, as "seconds processor megabytes".
least() {
  for _ in 1 2 3; do
    /usr/bin/time -f '%e %U %S %M' "$@" 2>&1 >/dev/null | tail -n 1
  done | sort -n | awk 'NR == 1 { printf "%5.2f s %6.2f s processor %5.0f MB", $1, $2 + $3, $4 / 1024 }'
}

cat >"$work/plain.py" <<'PY'
import sys, typst
root = sys.argv[1]
compiler = typst.Compiler(root + "/main.typ", root=root, font_paths=[root + "/fonts"], ignore_system_fonts=True)
open(sys.argv[2], "wb").write(compiler.compile(format="pdf", pdf_standards=["ua-1", "a-2a"]))
PY

printf 'plain compiler: typst %s\n' "$(python3 -c 'import importlib.metadata as m; print(m.version("typst"))')"
for size in "${@:-250 600 2000}"; do
  for pages in $size; do
    case $pages in
      250) small "$work/clinic" ;;
      600) grow "$work/clinic" 5 ;;
      2000) grow "$work/clinic" 28 ;;
      *) cp -r content-example "$work/clinic" ;;
    esac
    "$binder" build "$work/clinic" --as-of 2026-11-20 --out "$work/out" --typst "$work/sources" >"$work/said" 2>&1 ||
      { cat "$work/said"; exit 1; }
    printf '\n%s pages, %s of exhibit sheets\n' "$(pdfinfo "$work/out/binder.pdf" | awk '/^Pages/ { print $2 }')" \
      "$(pdftotext "$work/out/binder.pdf" - | grep -c '^Exhibit sheets$' || true)"
    printf '  HTML only       %s\n' "$(least "$binder" build "$work/clinic" --as-of 2026-11-20 --no-pdf --out "$work/html")"
    printf '  HTML and PDF    %s\n' "$(least "$binder" build "$work/clinic" --as-of 2026-11-20 --out "$work/out")"
    printf '  plain compiler  %s\n' "$(least python3 "$work/plain.py" "$work/sources" "$work/plain.pdf")"
    "$binder" build "$work/clinic" --as-of 2026-11-20 --out "$work/out" --timings 2>&1 | grep 'ended at' | sed 's/^/    /'
    rm -rf "$work/clinic" "$work/out" "$work/html" "$work/sources"
  done
done
