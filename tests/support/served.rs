//! A running `binder serve`, and a browser without a window: pages by request, changes by event stream.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

/// Nothing takes this long unless it hangs.
pub const LONG: Duration = Duration::from_secs(90);

/// The program, killed with the test.
pub struct Server {
    child: Child,
    pub port: u16,
    pub said: Receiver<String>,
    events: Option<Receiver<Value>>,
    /// The newest state that the stream told.
    pub state: Value,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of an attribute, first of its name.
    pub fn attribute(&self, name: &str) -> String {
        let text = self.text();
        let from = text
            .split_once(&format!("{name}=\""))
            .map_or("", |(_, from)| from);
        from.split('"').next().unwrap_or_default().to_string()
    }

    pub fn header(&self, name: &str) -> String {
        let line = |line: &&str| {
            line.to_ascii_lowercase()
                .starts_with(&format!("{}:", name.to_ascii_lowercase()))
        };
        let found = self.head.lines().find(line).unwrap_or_default();
        found
            .split_once(':')
            .map_or("", |(_, value)| value.trim())
            .to_string()
    }
}

/// Starts the program and waits for its address. `Err` with all it said when it ends instead.
pub fn start(dir: &Path, arguments: &[&str]) -> Result<Server, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_binder"));
    command.arg("serve").arg(dir).args(["--as-of", "2026-11-20"]);
    if !arguments.iter().any(|argument| argument.starts_with("--port")) {
        command.args(["--port", "0"]);
    }
    run(command.args(arguments))
}

fn run(command: &mut Command) -> Result<Server, String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let (sender, said) = channel();
    for pipe in [
        child
            .stdout
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        child
            .stderr
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
    }
    drop(sender);
    let mut server = Server {
        child,
        port: 0,
        said,
        events: None,
        state: Value::Null,
    };
    let mut lines = String::new();
    loop {
        match server.said.recv_timeout(LONG) {
            Ok(line) => {
                lines.push_str(&line);
                lines.push('\n');
                if let Some((_, url)) = line.split_once("http://") {
                    let port = url.trim_end_matches('/').rsplit(':').next().unwrap_or_default();
                    server.port = port.parse().expect("a port");
                    server.listen();
                    return Ok(server);
                }
            }
            Err(_) => return Err(lines),
        }
    }
}

impl Server {
    /// Opens the event stream and waits for its first message.
    pub fn listen(&mut self) {
        let mut stream = self.connect();
        let request = format!(
            "GET /_binder/events HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept: text/event-stream\r\n\r\n",
            self.port
        );
        stream.write_all(request.as_bytes()).expect("asked");
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let state = line.strip_prefix("data: ").map(serde_json::from_str);
                if let Some(Ok(state)) = state
                    && sender.send(state).is_err()
                {
                    return;
                }
            }
        });
        self.events = Some(events);
        self.next();
    }

    /// Waits for the next message of the stream.
    pub fn next(&mut self) -> &Value {
        let events = self.events.as_ref().expect("a stream");
        let Ok(state) = events.recv_timeout(LONG) else {
            let said: Vec<String> = self.said.try_iter().collect();
            panic!(
                "the stream tells of no change after {}; the program said:\n{}",
                self.state,
                said.join("\n")
            );
        };
        if !self.state.is_null() {
            assert!(
                number(&state["build"]) >= number(&self.state["build"]),
                "numbers grow"
            );
        }
        self.state = state;
        &self.state
    }

    /// Waits until the stream tells what `wanted` says.
    pub fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> &Value {
        while !wanted(&self.state) {
            self.next();
        }
        &self.state
    }

    /// Waits until `page` shows what `wanted` says, by events alone, as a browser does: the page is asked for once for
    /// each number. The page's number and that of the stream must be one.
    pub fn shows(&mut self, page: &str, wanted: impl Fn(&str) -> bool) -> Answer {
        loop {
            let answer = self.get(page);
            if wanted(&answer.text()) {
                let site = answer.attribute("data-binder-site");
                self.until(|state| number(&state["site"]) >= number(&Value::from(site.as_str())));
                return answer;
            }
            self.next();
        }
    }

    /// The number of the site, as the stream told it last.
    pub fn site(&self) -> u64 {
        number(&self.state["site"])
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server is there");
        stream.set_read_timeout(Some(LONG)).expect("a timeout");
        stream
    }

    pub fn get(&self, path: &str) -> Answer {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.port
        );
        self.send(request.as_bytes()).expect("an answer")
    }

    /// Sends bytes as they are and reads to the end; `None` when the server says nothing.
    pub fn send(&self, request: &[u8]) -> Option<Answer> {
        let mut stream = self.connect();
        // It may answer and close before it has heard it all.
        let _ = stream.write_all(request);
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        answer(&all)
    }

    /// Asks the program to end, as Ctrl-C does, and gives its exit code.
    pub fn end(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill");
        assert!(sent.success());
        self.child.wait().expect("it ends").code()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(all: &[u8]) -> Option<Answer> {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer {
        status,
        head,
        body: all[end + 4..].to_vec(),
    })
}

/// The number of `3f9a0c12:7`; 0 where there is none.
pub fn number(name: &Value) -> u64 {
    let name = name.as_str().unwrap_or_default();
    name.rsplit(':').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// A clinic's folder in a folder of its own, gone with the test.
pub struct Clinic {
    above: tempfile::TempDir,
}

impl Clinic {
    /// A binder with two answers and a register.
    pub fn new() -> Self {
        let clinic = Self {
            above: tempfile::tempdir().expect("a folder"),
        };
        clinic.write("binder.toml", CONFIG);
        clinic.say("before");
        clinic.write("registers/reminders.csv", &reminders("Phishing"));
        clinic
    }

    pub fn dir(&self) -> PathBuf {
        self.above.path().join("clinic")
    }

    pub fn above(&self) -> PathBuf {
        self.above.path().to_path_buf()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    /// Writes the answer that the tests look at.
    pub fn say(&self, words: &str) {
        self.write(ANSWER, &said(words));
    }
}

const CONFIG: &str = "[practice]\nname = \"Harbor Clinic\"\nlegal_name = \"Harbor Clinic, LLC\"\nkind = \"covered-entity\"\n\n\
                      [applies]\nclearinghouse = false\ngroup_health_plan = false\nsubcontractors = false\n\
                      government_arrangement = false\ndecided_by = \"Office manager\"\ndecided = 2026-09-01\n";

/// The file of the answer, and the page that shows it.
pub const ANSWER: &str = "answers/164.308/security-official.md";
pub const PAGE: &str = "/standards/164.308-a-2.html";

/// The answer with these words in it.
pub fn said(words: &str) -> String {
    format!(
        "+++\ncitation = \"164.308(a)(2)\"\nowner = \"Office manager\"\nreviewed = 2026-09-01\n+++\n\n\
         ## 1. Who is the security official?\n\nThe office manager is the security official, {words}.\n"
    )
}

/// A register with one line of this topic.
pub fn reminders(topic: &str) -> String {
    format!("date,channel,topic,sent_by,sent_to\n2026-10-01,email,{topic},Office manager,all\n")
}
