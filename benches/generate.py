#!/usr/bin/env python3
"""Makes a binder of a stated number of documents, the same one for the same seed.

    benches/generate.py DOCUMENTS FOLDER [--seed N]

A document is an answer, a policy, a record or an exhibit; registers grow with them, about three lines to a document,
and so do people, systems, sites and business associates. No two texts are alike: sentences are drawn from parts, with
names, numbers, dates, citations in several spellings, tables, lists, footnotes, quotes, code and links between texts.
Some policies are drafts, some superseded, some with a kept approved copy, some never cited by anything. All texts are
made up. Needs Python 3.9 and nothing else.
"""

import argparse
import csv
import hashlib
import os
import random
import struct
import zlib

ROWS = """164.308(a)(1)(i) 164.308(a)(1)(ii)(A) 164.308(a)(1)(ii)(B) 164.308(a)(1)(ii)(C) 164.308(a)(1)(ii)(D) 164.308(a)(2)
164.308(a)(3)(i) 164.308(a)(3)(ii)(A) 164.308(a)(3)(ii)(B) 164.308(a)(3)(ii)(C) 164.308(a)(4)(i) 164.308(a)(4)(ii)(A)
164.308(a)(4)(ii)(B) 164.308(a)(4)(ii)(C) 164.308(a)(5)(i) 164.308(a)(5)(ii)(A) 164.308(a)(5)(ii)(B)
164.308(a)(5)(ii)(C) 164.308(a)(5)(ii)(D) 164.308(a)(6)(i) 164.308(a)(6)(ii) 164.308(a)(7)(i) 164.308(a)(7)(ii)(A)
164.308(a)(7)(ii)(B) 164.308(a)(7)(ii)(C) 164.308(a)(7)(ii)(D) 164.308(a)(7)(ii)(E) 164.308(a)(8) 164.308(b)(1)
164.308(b)(3) 164.310(a)(1) 164.310(a)(2)(i) 164.310(a)(2)(ii) 164.310(a)(2)(iii) 164.310(a)(2)(iv) 164.310(b)
164.310(c) 164.310(d)(1) 164.310(d)(2)(i) 164.310(d)(2)(ii) 164.310(d)(2)(iii) 164.310(d)(2)(iv) 164.312(a)(1)
164.312(a)(2)(i) 164.312(a)(2)(ii) 164.312(a)(2)(iii) 164.312(a)(2)(iv) 164.312(b) 164.312(c)(1) 164.312(c)(2)
164.312(d) 164.312(e)(1) 164.312(e)(2)(i) 164.312(e)(2)(ii)""".split()

WHO = """the office manager|the security official|the front desk lead|the medical director|the billing lead|the charge
nurse|the practice administrator|the help desk|the site lead|the records clerk|the person on call|the vendor's
engineer""".replace("|\n", "|").replace("\n", " ").split("|")
DOES = """checks|writes down|compares|files|signs off|reads through|prints and files|asks the vendor about|counts|reviews with
the site lead|notes in the log|keeps in the locked drawer|brings to the monthly meeting|takes over from the person who
is away""".replace("|\n", "|").replace("\n", " ").split("|")
WHAT = """the list of open accounts|the keys that were handed out|the backup report|the alarm codes|the visitor sheet|the laptop
shelf|the report of failed sign-ins|the contract drawer|the list of people who left|the role table|the restore test|the
downtime forms|the screens in the hallway|the fax cover sheets|the shredding certificate|the printed schedule|the remote
access list|the room plan|the results of the last drill|the notice board in the break room""".replace("|\n", "|").replace("\n", " ").split("|")
WHEN = """on the first working day of the month|every Friday before closing|within two working days|the same day|before the
next quarter begins|when somebody changes jobs|after each incident|before a device leaves the building|at the yearly
review|whenever a vendor sends a notice|at the morning huddle""".replace("|\n", "|").replace("\n", " ").split("|")
WHY = """so that nobody has to remember it|because a list that nobody reads helps nobody|and notes the date beside it|and tells
the people it touches|unless the site was closed that week|and keeps the old sheet behind the new one|as agreed at the last
review|since this was missed once before|and a second person initials the sheet|which takes about ten minutes""".replace("|\n", "|").replace("\n", " ").split("|")
TOPIC = """Access|Keys|Backups|Leavers|Remote work|Visitors|Portable devices|Sign-in review|Downtime|Disposal|Training|Incidents|
Contracts|Workstations|Encryption|E-mail|Fax|Wireless network|Imaging|Telephone|Laboratory link|Patient portal|Paper
records|Vendor support|Alarm|Server room|Laptops|Cameras|Printing|Scanning""".replace("|\n", "|").replace("\n", " ").split("|")
FORM = ["policy", "policy", "policy", "procedure", "procedure", "plan", "form"]
PLACE = "Harrow Falls|Quarry Road|Mill Street|Cedar Park|North Bend|Lakeside|Old Town|Station Road".split("|")
FIRST = "Dana Miriam Paul Renata Jonah Ines Victor Lena Omar Ruth Felix Clara Marco Nadia Hugo Amy Peter Grace Ivan Sofia".split()
LAST = "Whitfield Okafor Lindqvist Salcedo Brandt Moreau Castellan Ferris Hallam Ibarra Jensen Kovac Larkin Mendes Novak Oduya".split()


def spread(share, least, n):
    return max(least, round(n * share))


class Writer:
    def __init__(self, root, documents, seed):
        self.root, self.n, self.draw = root, documents, random.Random(f"{seed}/{documents}")
        self.answers = min(len(ROWS), round(documents * 0.4))
        rest = documents - self.answers
        self.policies, self.records = round(rest * 0.55), round(rest * 0.17)
        self.exhibits = rest - self.policies - self.records
        self.people = [f"w{i:05}" for i in range(1, spread(1 / 50, 6, documents) + 1)]
        self.sites = [f"site{i}" for i in range(1, spread(1 / 1500, 2, documents) + 1)]
        self.systems = [f"sys{i}" for i in range(1, spread(1 / 400, 6, documents) + 1)]
        self.ids = [f"text-{i:05}" for i in range(self.policies)]
        self.seen = {}

    # --- words ---

    def pick(self, of):
        return of[self.draw.randrange(len(of))]

    def day(self, first=2025, last=2026):
        year = self.draw.randrange(first, last + 1)
        return f"{year}-{self.draw.randrange(1, 11 if year == 2026 else 13):02}-{self.draw.randrange(1, 28):02}"

    def sentence(self):
        who, does, what = self.pick(WHO), self.pick(DOES), self.pick(WHAT)
        kind = self.draw.randrange(6)
        if kind == 0:
            return f"{self.pick(WHEN).capitalize()}, {who} {does} {what} {self.pick(WHY)}."
        if kind == 1:
            return f"{who.capitalize()} {does} {what}, sheet {self.draw.randrange(9999)}, {self.pick(WHEN)}."
        if kind == 2:
            return f"Room {self.draw.randrange(1, 400)} at {self.pick(PLACE)} was added on {self.day()}; {who} {does} {what} there too."
        if kind == 3:
            return f"Where {self.pick(WHO)} is away, {who} {does} {what} {self.pick(WHEN)}."
        if kind == 4:
            return f"No more than {self.draw.randrange(2, 60)} minutes pass before {who} {does} {what}."
        return f"{who.capitalize()} {does} {what} {self.pick(WHEN)} {self.pick(WHY)}."

    def paragraph(self, least=2, most=5):
        return " ".join(self.sentence() for _ in range(self.draw.randrange(least, most + 1)))

    def cite(self):
        row = self.pick(ROWS)
        return self.pick([row, f"45 CFR {row}", f"§ {row}", f"Sec. {row}", row.replace("164.", "45 CFR 164.")])

    def block(self):
        kind = self.draw.randrange(14)
        if kind < 6:
            return self.paragraph()
        if kind == 6:
            return f"{self.sentence()} See {self.cite()}."
        if kind == 7:
            return "\n".join(f"- {self.sentence()}" for _ in range(self.draw.randrange(2, 6)))
        if kind == 8:
            return "\n".join(f"{i}. {self.sentence()}" for i in range(1, self.draw.randrange(3, 7)))
        if kind == 9:
            lines = [f"| {self.pick(WHAT)} | {self.pick(WHO)} | {self.pick(WHEN)} |" for _ in range(self.draw.randrange(2, 7))]
            return "| What | Who | When |\n|---|---|---|\n" + "\n".join(lines)
        if kind == 10:
            return f"> {self.sentence()}\n>\n> {self.sentence()}"
        if kind == 11 and self.ids:
            other = self.pick(self.ids)
            return f"{self.sentence()} The details stand in [text {other[5:]}](../policies/{other}.md)."
        if kind == 12:
            return f"{self.sentence()} **{self.pick(WHO).capitalize()}** {self.pick(DOES)} *{self.pick(WHAT)}* with `form {self.draw.randrange(900)}`."
        return f"{self.paragraph(1, 2)} It follows {self.cite()} and {self.cite()}."

    def blocks(self, least, most):
        return "\n\n".join(self.block() for _ in range(self.draw.randrange(least, most + 1)))

    # --- files ---

    def file(self, path, data):
        full = os.path.join(self.root, path)
        folder = os.path.dirname(full)
        if folder not in self.seen:
            os.makedirs(folder, exist_ok=True)
            self.seen[folder] = True
        with open(full, "wb") as out:
            out.write(data if isinstance(data, bytes) else data.encode())

    def register(self, name, head, lines):
        path = os.path.join(self.root, "registers", f"{name}.csv")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(head.split(","))
            writer.writerows(lines)

    def config(self):
        sites = "".join(
            f'[[site]]\nid = "{s}"\nname = "{self.pick(PLACE)} office {i}"\naddress = "{i} Main Street"\n\n'
            for i, s in enumerate(self.sites, 1)
        )
        self.file(
            "binder.toml",
            f"""[practice]
name = "Generated Clinic Group {self.n}"
legal_name = "Generated Clinic Group, PLLC"
kind = "covered-entity"
security_official = "Renata Salcedo"

[applies]
clearinghouse = false
group_health_plan = false
subcontractors = false
government_arrangement = false
decided_by = "Renata Salcedo, security official"
decided = 2026-03-12

{sites}[intervals]
answers = 12
policies = 12

[retention]
years = 6
""",
        )

    def answer(self, row):
        body = "\n\n".join(
            f"## {q}. Question {q}\n\n{self.pick(['Yes', 'Yes', 'It is'])}. {self.paragraph(2, 4)}" for q in range(1, 3)
        )
        name = row.replace("(", "-").replace(")", "")
        self.file(
            f"answers/{row[:7]}/{name}.md",
            f'+++\ncitation = "{row}"\nowner = "Office manager"\nanswered_by = "Office manager"\nreviewed = {self.day(2026)}\n+++\n\n{body}\n',
        )

    def policy(self, i):
        kind, topic = self.pick(FORM), self.pick(TOPIC)
        rows = sorted(set(self.pick(ROWS) for _ in range(self.draw.randrange(0, 4))))
        title, version = f"{topic} {kind} {i}", f"{self.draw.randrange(1, 5)}.{self.draw.randrange(3)}"
        effective, approved = self.day(), self.day()
        parts = [self.paragraph(1, 3)]
        for row in rows:
            parts.append(f"## {'Procedure: ' if self.draw.random() < 0.5 else ''}{self.pick(TOPIC)} ({row})\n\n{self.blocks(2, 4)}")
        for _ in range(self.draw.randrange(2, 5)):
            parts.append(f"## {self.pick(TOPIC)} at {self.pick(PLACE)}\n\n{self.blocks(1, 4)}")
        if self.draw.random() < 0.1:
            parts.append("A note of an earlier reading.[^n]\n\n[^n]: " + self.sentence())
        body = "\n\n".join(parts) + "\n"
        tied = "\n".join([title, version, effective, *rows, "", "\n" + body])
        head = [
            "+++", f'id = "{self.ids[i]}"', f'kind = "{kind}"', f'title = "{title}"',
            "satisfies = [" + ", ".join(f'"{row}"' for row in rows) + "]", 'owner = "Office manager"',
            f'version = "{version}"', f"effective = {effective}",
        ]
        state = self.draw.random()
        if state > 0.08:
            head += [f"approved = {approved}", 'approved_by = "Renata Salcedo"']
        if state > 0.6:
            head.append(f'approved_text = "sha256:{hashlib.sha256(tied.encode()).hexdigest()}"')
        elif 0.08 < state < 0.16:
            head.append("superseded = 2026-11-01")
        head += ['review_every = "12 months"', "", "[[revisions]]", f'version = "{version}"', f"date = {approved}", f'change = "{self.sentence()}"']
        text = "\n".join([*head, "+++", "", body])
        self.file(f"policies/{self.ids[i]}.md", text)
        if state > 0.9:
            self.file(f"approved/{self.ids[i]}/{version}.md", text)

    def record(self, i):
        kind = self.pick(["evaluation", "data-flows", "drill-report", "other", "other"])
        rows = ", ".join(f'"{self.pick(ROWS)}"' for _ in range(self.draw.randrange(1, 3)))
        parts = [self.paragraph()] + [f"## {self.pick(TOPIC)} {k}\n\n{self.blocks(1, 3)}" for k in range(self.draw.randrange(1, 4))]
        self.file(
            f"records/record-{i:05}.md",
            f'+++\nkind = "{kind}"\ntitle = "{self.pick(TOPIC)} record {i}"\ndate = {self.day()}\nby = "Renata Salcedo"\n'
            f'signed_by = "Renata Salcedo"\nrows = [{rows}]\n+++\n\n' + "\n\n".join(parts) + "\n",
        )

    def picture(self):
        shade = bytes(self.draw.randrange(256) for _ in range(3))
        lines = b"".join(b"\0" + shade * 24 for _ in range(16))
        part = lambda tag, data: struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
        return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", 24, 16, 8, 2, 0, 0, 0)) + part(b"IDAT", zlib.compress(lines)) + part(b"IEND", b"")

    def evidence(self):
        lines = []
        for i in range(self.exhibits):
            end = self.pick(["txt", "txt", "csv", "png"])
            if end == "png":
                data = self.picture()
            elif end == "csv":
                data = "day,who,what\n" + "".join(f"{self.day()},{self.pick(WHO)},{self.pick(WHAT)}\n" for _ in range(12))
            else:
                data = "\n\n".join(self.paragraph() for _ in range(3)) + "\n"
            name = f"exhibit-{i:05}.{end}"
            self.file(f"evidence/{name}", data)
            digest = hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()
            rows = ";".join(sorted(set(self.pick(ROWS) for _ in range(self.draw.randrange(1, 3)))))
            lines.append([
                f"EX-{i + 1:05}", name, f"{self.pick(TOPIC)} at {self.pick(PLACE)}, sheet {i}", self.day(), rows, self.pick(self.systems),
                self.pick(self.sites), self.pick(self.people), "setting", self.pick(self.people), "Export", digest, "none",
            ])
        self.register("evidence", "id,file,title,date,rows,system,site,person,shows,by,source,sha256,phi", lines)

    def registers(self):
        p, s, t, n = self.people, self.sites, self.systems, self.n
        pick, day = self.pick, self.day
        names = [f"{pick(FIRST)} {pick(LAST)} {i}" for i, _ in enumerate(p)]
        self.register("workforce", "id,name,role,site,since,until,access,first_login,cleared,cleared_by,checked",
                      [[w, names[i], pick(["Nurse", "Front desk", "Physician", "Billing"]), pick(s), "2020-01-05",
                        "2026-05-30" if i % 9 == 8 else "", "yes", "2020-01-05", "2020-01-02", p[0], "2026-09-08"] for i, w in enumerate(p)])
        self.register("systems", "id,name,vendor,hosted,holds_ephi,since,owner,logging,unique_ids,logoff_minutes,at_rest,mfa,checked",
                      [[x, f"{pick(TOPIC)} system {i}", "ClearHarbor Systems", "yes", "yes", "2021-01-02", "Office manager", "on", "yes", "10", "yes", "yes", "2026-09-08"]
                       for i, x in enumerate(t)])
        self.register("designations", "role,person,since,until,checked", [[role, "Renata Salcedo", "2020-03-01", "", "2026-09-08"] for role in ("Security official", "Office manager")])
        self.register("business-associates", "id,name,service,ephi,arrangement,signed,checked",
                      [[f"b{i}", f"Vendor {i}", f"{pick(TOPIC)} service", "Whole chart", "contract", day(), "2026-09-21"] for i in range(spread(1 / 200, 5, n))])
        self.register("devices", "id,kind,class,place,site,user,ephi,encryption,antimalware,since,status,checked",
                      [[f"dev-{i:05}", pick(["desktop", "laptop", "phone"]), "Office", f"Room {i % 97}", pick(s), pick(p), "yes", "yes", "Agent", day(), "in-use", "2026-09-15"]
                       for i in range(spread(0.2, 10, n))])
        self.register("risks", "id,asset,threat,vulnerability,measures,likelihood,impact,level,decision,owner,due,checked",
                      [[f"R-{i:05}", pick(WHAT), pick(["Theft", "Fire", "Ransomware", "Loss", "Mistake"]), self.sentence(), self.sentence(), pick(["low", "moderate", "high"]),
                        pick(["low", "moderate", "high"]), pick(["low", "moderate", "high"]), "mitigate", "Office manager", day(2026, 2026), "2026-09-10"] for i in range(spread(0.08, 8, n))])
        self.register("training", "date,person,topic,material,by", sorted([day(), w, "general", "Slides", p[0]] for w in p for _ in range(20)))
        self.register("acks", "date,person,policy,version,how", sorted([day(), pick(p), pick(self.ids), "1.0", "Typed"] for _ in range(spread(0.6, 10, n))))
        self.register("activity-reviews", "date,system,what,by,findings", sorted([day(), pick(t), "access-report", pick(p), "nothing found"] for _ in range(spread(0.3, 8, n))))
        self.register("backups", "date,kind,system,result,by", sorted([day(), "check", pick(t), "Good", pick(p)] for _ in range(spread(0.3, 8, n))))
        self.register("visitors", "date,site,name,company,reason,host,area,in,out",
                      sorted([day(), pick(s), f"R. Ames {i}", "Bluegate", "Repair", pick(p), "Closet", "09:10", "10:00"] for i in range(spread(0.3, 8, n))))
        self.register("keys", "item,site,holder,issued,returned,checked",
                      [[f"K-{i:05} front door", pick(s), pick(p), day(), "", "2026-09-08"] for i in range(spread(0.1, 6, n))])
        self.register("reminders", "date,channel,topic,sent_by,sent_to", sorted([day(), "E-mail", self.sentence(), pick(p), "all staff"] for _ in range(spread(0.05, 6, n))))
        self.register("maintenance", "date,site,place,work,done_by,authorized_by",
                      sorted([day(), pick(s), "Back door", self.sentence(), "Locksmith", "Renata Salcedo"] for _ in range(spread(0.1, 5, n))))
        self.register("access", "date,action,person,role,system,site,level,approved_by,by,login",
                      sorted([day(), "grant", pick(p), "Nurse", pick(t), pick(s), "User", "Office manager", "Help desk", day()] for _ in range(spread(0.2, 8, n))))
        self.register("media", "id,date,action,item,from_place,to_place,person,method,verified_by,site",
                      [[f"MD-{i:05}", day(), "in", f"dev-{i:05}", "Vendor", "Office", pick(p), "New", pick(p), pick(s)] for i in range(spread(0.1, 5, n))])
        self.register("incidents", "id,date,kind,system,severity,what,reported_to,response,outcome,closed,site",
                      [[f"I-{i:05}", day(), "integrity", pick(t), "low", self.sentence(), "Security official", self.sentence(), "Put right", "2026-10-20", pick(s)] for i in range(spread(0.05, 4, n))])
        self.register("walkthroughs", "date,site,by,locks_ok,alarm_ok,sight_lines_ok,workstations_ok,findings",
                      sorted([day(), pick(s), pick(p), "yes", "yes", "yes", "yes", "nothing found"] for _ in range(spread(0.05, 4, n))))

    def all(self):
        self.config()
        for row in self.draw.sample(ROWS, self.answers):
            self.answer(row)
        for i in range(self.policies):
            self.policy(i)
        for i in range(self.records):
            self.record(i)
        self.evidence()
        self.registers()


def main():
    say = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    say.add_argument("documents", type=int)
    say.add_argument("folder")
    say.add_argument("--seed", type=int, default=1)
    args = say.parse_args()
    if args.documents < 20 or os.path.exists(args.folder):
        raise SystemExit("at least 20 documents, into a folder that is not there yet")
    Writer(args.folder, args.documents, args.seed).all()


if __name__ == "__main__":
    main()
