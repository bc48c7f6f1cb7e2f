//! A clinic whose texts, names and files mean harm.

use std::collections::BTreeMap;

use hipaa_binder::content::registers::{COMMON, ColumnKind, REGISTERS, Register};
use hipaa_binder::world::Folder;

/// Path to bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What each piece tries; `zxq` is the mark that must never be a name.
pub const PIECES: [&str; 34] = [
    "<zxq zxq=\"1\" onzxq=\"1\">",
    "</td></tr></table></div></main></body></html><zxq>",
    "\"><zxq autofocus onfocus=\"zxq()\" x=\"",
    "' onzxq='1' x='",
    "\" onzxq=\"1",
    " onzxq=1 ",
    "<script>zxq()</script>",
    "</script><script>zxq()</script>",
    "</style><zxq>",
    "</title></textarea></svg></text></option></select><zxq>",
    "--><zxq><!--",
    "]]><zxq>",
    "<svg/onload=zxq()>",
    "<img src=x onerror=zxq()>",
    "<!doctype html><zxq>",
    "<?zxq?>",
    "&lt;zxq&gt;",
    "&#60;zxq&#62;",
    "&amp;lt;zxq&amp;gt;",
    "%3Czxq%3E",
    "\\u003czxq\\u003e",
    "\u{ff1c}zxq\u{ff1e}",
    "{{ zxq }}{% include \"zxq\" %}{# zxq #}",
    "${zxq}`zxq`",
    "#zxq[`zxq`] $zxq$ @zxq",
    "javascript:zxq",
    "//zxq.example/zxq",
    "zxq\u{202e}fdp.exe",
    "zxq\u{200f}\u{feff}\u{2066}",
    "zxq\u{2028}zxq\u{2029}",
    "*zxq* _zxq_ [zxq][zxq] ![zxq] ~~zxq~~ <https://a.example/?\"onzxq=1>",
    "\u{1}build-id\u{2}",
    "zxq \u{8}\u{1b}]0;zxq\u{7}\u{9b}31m",
    "href=\"zxq\" src=\"zxq\"",
];

/// Links in every spelling that is known to have fooled a program; each must lead nowhere.
pub const LINKS: [&str; 34] = [
    "[a](javascript:zxq())",
    "[a](JaVaScRiPt:zxq())",
    "[a](<javascript:zxq()>)",
    "[a](<java\tscript:zxq()>)",
    "[a](< javascript:zxq()>)",
    "[a](&#106;avascript:zxq)",
    "[a](&#x6A;&#x61;vascript:zxq)",
    "[a](java&Tab;script:zxq)",
    "[a](java&NewLine;script:zxq)",
    "[a](javascript&colon;zxq)",
    "[a](javascript&#58;zxq)",
    "[a](&#1;javascript:zxq)",
    "[a](\u{1}javascript:zxq)",
    "[a](\u{a0}javascript:zxq)",
    "[a](\u{200b}javascript:zxq)",
    "[a](java\\script:zxq)",
    "[a](vbscript:zxq)",
    "[a](VBSCRIPT:zxq)",
    "[a](data:text/html,<script>zxq</script>)",
    "[a](DATA:text/html;base64,enhx)",
    "[a](blob:zxq) [b](file:///etc/zxq) [c](view-source:zxq) [d](filesystem:zxq)",
    "[a](javascript://a.example/%0Azxq)",
    "[a](https:javascript:zxq)",
    "[a][evil]\n\n[evil]: javascript:zxq \"zxq\"",
    "[a][evil]\n\n[evil]: <data:text/html,zxq>",
    "<javascript:zxq>",
    "<data:text/html,zxq>",
    "<JAVASCRIPT:alert(1)>",
    "![a](javascript:zxq)",
    "![a](data:image/svg+xml,<svg/onload=zxq>)",
    "![a][pic]\n\n[pic]: data:image/png;base64,enhx",
    "[![a](javascript:zxq)](javascript:zxq)",
    "<a href=\"javascript:zxq\">a</a>",
    "<iframe src=\"javascript:zxq\"></iframe> <object data=\"data:text/html,zxq\"></object>",
];

/// A name that a file can have on this system, less what would make it another folder's.
pub fn file_name(text: &str) -> String {
    let name: String = text.chars().filter(|c| !matches!(c, '/' | '\\' | '\0')).collect();
    let mut end = name.len().min(200);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("x{}", &name[..end])
}

/// A line with the text in every cell that takes any text.
pub fn table(register: &Register, cell: &str) -> String {
    let own: Vec<_> = register.columns.iter().collect();
    let more = COMMON
        .iter()
        .filter(|common| own.iter().all(|column| column.name != common.name));
    let columns: Vec<_> = own.iter().copied().chain(more).collect();
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let cells = columns.iter().map(|column| match (column.name, column.kind) {
        ("id", _) => match register.name {
            "systems" => "s1".to_string(),
            "workforce" => "w1".to_string(),
            "devices" => "d1".to_string(),
            _ => cell.to_string(),
        },
        ("audience" | "phi" | "privileged", _) | ("from" | "to" | "recorded", ColumnKind::Date) => {
            String::new()
        }
        (_, ColumnKind::Date) => "2026-09-01".to_string(),
        (_, ColumnKind::YesNo) => "yes".to_string(),
        (_, ColumnKind::OneOf(choice)) => choice[0].to_string(),
        (_, ColumnKind::Number) => "5".to_string(),
        (_, ColumnKind::Citations) => "164.312(b)".to_string(),
        (_, ColumnKind::Devices) => "d1".to_string(),
        (_, ColumnKind::Systems) => "s1".to_string(),
        (_, ColumnKind::Sites) => "main".to_string(),
        (_, ColumnKind::Text | ColumnKind::Persons | ColumnKind::Exhibit) => cell.to_string(),
    });
    format!("{}\n{}\n", names.join(","), cells.collect::<Vec<_>>().join(","))
}

/// A clinic in which everything that can be typed is `text`, and every file that may have any name is called so.
pub fn clinic(text: &str) -> Files {
    clinic_named(text, text)
}

pub fn clinic_named(text: &str, name: &str) -> Files {
    let toml = super::toml_string(text);
    let cell = format!("\"{}\"", text.replace('"', "\"\""));
    let line = text.replace(['\n', '\r'], " ");
    let name = file_name(name);
    let named = super::toml_string(&name);
    let mut files = Files::new();
    let mut add = |path: String, text: String| files.insert(path, text.into_bytes());
    add(
        "binder.toml".into(),
        format!(
            "[practice]\nname = {toml}\nlegal_name = {toml}\nkind = \"covered-entity\"\nsecurity_official = {toml}\n\
             address = {toml}\nphone = {toml}\n[applies]\nclearinghouse = false\ngroup_health_plan = false\n\
             decided_by = {toml}\ndecided = 2026-01-01\nreason = {{ clearinghouse = {toml} }}\n\
             [[site]]\nid = \"main\"\nname = {toml}\naddress = {toml}\n\
             [[phi_ok]]\nfile = \"binder.toml\"\ntext = {toml}\nreason = {toml}\nby = {toml}\n"
        ),
    );
    add(
        format!("answers/{name}.md"),
        format!(
            "+++\ncitation = \"164.310(a)(2)(i)\"\nowner = {toml}\nanswered_by = {toml}\nreviewed = 2026-09-01\nhold = {toml}\n\
             [[decision]]\nbranch = \"neither\"\nscope = {toml}\ndecided_by = {toml}\ndecided = 2026-09-01\n\
             [[gap]]\nmark = \"evidence\"\naction = {toml}\nowner = {toml}\ndue = 2026-01-01\n+++\n\n\
             ## 1. {line}\n\nYes. {text}\n\n- [ ] {line}\n\n## Decision\n\n### Cost\n\n{text}\n"
        ),
    );
    let policy = |version: &str, days: &str, body: &str| {
        format!(
            "+++\nid = \"changing\"\ntitle = {toml}\nkind = \"procedure\"\nowner = {toml}\nversion = \"{version}\"\n{days}\
             approved_by = {toml}\nhold = {toml}\n[[revisions]]\nversion = \"{version}\"\ndate = 2026-01-01\nchange = {toml}\n\
             [[reviews]]\ndate = 2026-02-01\nby = {toml}\nresult = {toml}\n+++\n\n# {line}\n\n\
             ## 164.310(a)(2)(i) {line}\n\n{body}\n\n> {line}\n\n| {line} | b |\n|---|---|\n| {line} | `{line}` |\n\n\
             [{line}](<{line}>) ![{line}](<{line}> \"{line}\")\n\n[{line}](https://a.example/ {toml})\n\n\
             ![shown](<../evidence/{name}.png> \"{line}\")\n\n~~~\n{text}\n~~~\n\nNote[^1]\n\n[^1]: {line}\n"
        )
    };
    let then = "effective = 2025-01-01\napproved = 2025-01-01\nsuperseded = 2026-01-01\n";
    let now = "effective = 2026-01-01\napproved = 2026-01-01\n";
    add("policies/old.md".into(), policy("1", then, text));
    add(
        "policies/new.md".into(),
        policy("2", now, &format!("{text}\n\nMore {line}")),
    );
    // Names of files are ids where a text gives none.
    add(
        format!("policies/{name}.md"),
        format!(
            "+++\ntitle = {toml}\nkind = \"policy\"\n+++\n\n## 164.312(b) {line}\n\n{}\n",
            LINKS.join("\n\n")
        ),
    );
    add(
        format!("records/{name}.md"),
        format!(
            "+++\nkind = \"risk-analysis\"\ntitle = {toml}\ndate = 2026-03-01\nby = {toml}\nsigned_by = {toml}\nhold = {toml}\n\
             no_previous = {toml}\nrows = [\"164.312(b)\"]\n+++\n\n## Scope\n\n{text}\n"
        ),
    );
    for register in REGISTERS.iter().filter(|register| register.name != "evidence") {
        add(format!("registers/{}.csv", register.name), table(register, &cell));
    }
    let quoted = |ending: &str| format!("\"{}.{ending}\"", name.replace('"', "\"\""));
    let mut lines = "id,file,title,date,rows,shows,by,kept_at,phi,hold,note\n".to_string();
    for (n, ending) in ["csv", "txt", "png", "svg", "html", "zxq"]
        .into_iter()
        .enumerate()
    {
        lines += &format!(
            "EX-{n},{},{cell},2026-03-01,164.312(b) p. 3,setting,{cell},{cell},none,{cell},{cell}\n",
            quoted(ending)
        );
        let inside = match ending {
            "csv" => format!("{cell},{cell}\n{cell},b\n"),
            _ => text.to_string(),
        };
        add(format!("evidence/{name}.{ending}"), inside);
    }
    // An id and a name that no file has.
    lines += &format!(
        "{cell},{},{cell},2026-03-01,164.312(b),,,,,,\n",
        quoted("missing")
    );
    add("registers/evidence.csv".into(), lines);
    add(
        "theme/site/local.css".into(),
        format!(":root {{ --spine: \"{line}\"; }} /* {line} </style><zxq> */\n"),
    );
    // Only text that nobody can type on one line is left out of the marks of links.
    add(
        "records/named.md".into(),
        format!("+++\nkind = \"other\"\ntitle = {named}\ndate = 2026-03-01\n+++\n\n{text}\n"),
    );
    files
}

pub fn folder(files: &Files) -> Folder {
    super::folder(
        files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
    )
}
