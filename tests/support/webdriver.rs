//! A real browser without a window: Chromium, driven through chromedriver by the W3C WebDriver protocol.
//!
//! Nothing sleeps for a fixed time: what a page must become is asked for again and again, and what never comes fails
//! after `LONG` with the page as it stands.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Nothing takes this long unless it hangs.
const LONG: Duration = Duration::from_secs(30);
/// Between two looks at a page.
const SOON: Duration = Duration::from_millis(25);
/// The name under which the protocol hands over elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that have no character of their own.
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
pub const SPACE: &str = " ";
pub const END: &str = "\u{e010}";
const SHIFT: &str = "\u{e008}";
const CONTROL: &str = "\u{e009}";

/// A browser with one window, a fresh profile and no network of its own. Gone with the test.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// Console lines that are not held against the page.
    forgiven: Vec<String>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts it.
    pub fn start() -> Self {
        // It looks for a free port and then takes it; another test may be quicker.
        let (driver, port) = (0..10)
            .find_map(|_| driver())
            .expect("chromedriver says its port");
        let profile = tempfile::tempdir().expect("a folder");
        let mut browser = Self {
            driver,
            port,
            session: String::new(),
            forgiven: vec![],
            _profile: profile,
        };
        let folder = format!("--user-data-dir={}", browser._profile.path().display());
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": 30_000, "pageLoad": 60_000 },
            "goog:chromeOptions": { "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--window-size=1200,800", folder,
            ] },
        } } });
        let made = browser.ask("POST", "/session", &wanted).expect("Chromium starts");
        browser.session = made["sessionId"].as_str().expect("a session").to_string();
        browser
    }

    /// Opens an address and waits until the page is loaded.
    pub fn go(&self, url: &str) {
        self.order("url", json!({ "url": url }));
    }

    /// Reloads the page, as the reader does it.
    pub fn reload(&self) {
        self.order("refresh", json!({}));
    }

    /// Goes back one page.
    pub fn back(&self) {
        self.order("back", json!({}));
    }

    /// Runs the body of a function in the page and gives what it returns.
    pub fn run(&self, script: &str, arguments: Value) -> Value {
        self.try_run(script, &arguments)
            .unwrap_or_else(|why| panic!("{script}\n{why}"))
    }

    fn try_run(&self, script: &str, arguments: &Value) -> Result<Value, String> {
        self.ask(
            "POST",
            &self.path("execute/sync"),
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Waits until an expression is true in the page, across reloads.
    #[track_caller]
    pub fn until(&self, wanted: &str) {
        assert!(
            self.in_time(wanted),
            "never came true: {wanted}\n{}\nconsole: {:#?}",
            self.text("location.href + '\\n' + document.body.innerText.slice(-3000)"),
            self.console(),
        );
    }

    /// Waits for the same; false when it never comes.
    pub fn in_time(&self, wanted: &str) -> bool {
        let began = Instant::now();
        let script = format!("return Boolean({wanted});");
        while began.elapsed() < LONG {
            // While a page goes and the next comes there is none to ask.
            if self.try_run(&script, &json!([])) == Ok(json!(true)) {
                return true;
            }
            std::thread::sleep(SOON);
        }
        false
    }

    /// Waits until the text of the page has these words.
    pub fn shows(&self, words: &str) {
        self.until(&format!("document.body.innerText.includes({})", json!(words)));
    }

    /// The value of an expression in the page, as text.
    pub fn text(&self, expression: &str) -> String {
        let value = self.run(&format!("return String({expression});"), json!([]));
        value.as_str().unwrap_or_default().to_string()
    }

    /// Types: each character is a key pressed and let go.
    pub fn keys(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })))
            .collect();
        self.act(&actions);
    }

    /// Presses a key while Shift is held.
    pub fn with_shift(&self, key: &str) {
        self.held(SHIFT, key);
    }

    /// Presses a key while Control is held.
    pub fn with_control(&self, key: &str) {
        self.held(CONTROL, key);
    }

    fn held(&self, held: &str, key: &str) {
        self.act(&[
            json!({ "type": "keyDown", "value": held }),
            json!({ "type": "keyDown", "value": key }),
            json!({ "type": "keyUp", "value": key }),
            json!({ "type": "keyUp", "value": held }),
        ]);
    }

    fn act(&self, actions: &[Value]) {
        self.order(
            "actions",
            json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        );
    }

    /// What the accessibility tree says of an element: its role and its name.
    pub fn spoken(&self, selector: &str) -> (String, String) {
        let found = self.order("element", json!({ "using": "css selector", "value": selector }));
        let id = found[ELEMENT].as_str().expect("an element");
        let tell = |what: &str| {
            let path = self.path(&format!("element/{id}/computed{what}"));
            let told = self.ask("GET", &path, &Value::Null).expect("it is told");
            told.as_str().unwrap_or_default().to_string()
        };
        (tell("role"), tell("label"))
    }

    /// An order of the browser's own protocol (CDP).
    pub fn command(&self, name: &str, parameters: Value) -> Value {
        self.order("goog/cdp/execute", json!({ "cmd": name, "params": parameters }))
    }

    /// Runs a script in each page to come, before any of its own.
    pub fn at_each_page(&self, script: &str) {
        let parameters = json!({ "source": script });
        self.command("Page.addScriptToEvaluateOnNewDocument", parameters);
    }

    /// Shows pages as a screen of this size does, in CSS pixels, in the dark or in the light.
    pub fn screen(&self, width: u32, height: u32, dark: bool) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", size);
        let scheme = if dark { "dark" } else { "light" };
        let scheme = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.command("Emulation.setEmulatedMedia", json!({ "features": [scheme] }));
    }

    /// Names of the fonts with which the first element of this kind is really drawn.
    pub fn fonts_of(&self, selector: &str) -> Vec<String> {
        self.command("DOM.enable", json!({}));
        self.command("CSS.enable", json!({}));
        let root = self.command("DOM.getDocument", json!({ "depth": 0 }))["root"]["nodeId"].clone();
        let node = self.command(
            "DOM.querySelector",
            json!({ "nodeId": root, "selector": selector }),
        );
        let fonts = self.command("CSS.getPlatformFontsForNode", json!({ "nodeId": node["nodeId"] }));
        let fonts = fonts["fonts"].as_array().cloned().unwrap_or_default();
        fonts
            .iter()
            .map(|font| font["familyName"].as_str().unwrap_or_default().to_string())
            .collect()
    }

    /// Opens another window and gives its handle.
    pub fn open_window(&self, kind: &str) -> String {
        let made = self.order("window/new", json!({ "type": kind }));
        let handle = made["handle"].as_str().expect("a window").to_string();
        self.switch_to(&handle);
        handle
    }

    /// The handle of the window that orders go to.
    pub fn window(&self) -> String {
        let handle = self
            .ask("GET", &self.path("window"), &Value::Null)
            .expect("a window");
        handle.as_str().unwrap_or_default().to_string()
    }

    /// Sends orders to another window from now on.
    pub fn switch_to(&self, handle: &str) {
        self.order("window", json!({ "handle": handle }));
    }

    /// Lets lines of the console pass that hold these words.
    pub fn forgive(&mut self, words: &str) {
        self.forgiven.push(words.to_string());
    }

    /// Errors and warnings that the console heard since it was asked last.
    fn console(&self) -> Vec<String> {
        let path = self.path("se/log");
        let lines = self
            .ask("POST", &path, &json!({ "type": "browser" }))
            .unwrap_or_default();
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .filter(|line| ["SEVERE", "WARNING"].contains(&line["level"].as_str().unwrap_or_default()))
            .map(|line| line["message"].as_str().unwrap_or_default().to_string())
            .filter(|line| !self.forgiven.iter().any(|words| line.contains(words)))
            .collect()
    }

    /// No script failed, nothing was blocked by the policy of the page, nothing was asked for in vain.
    #[track_caller]
    pub fn is_clean(&self) {
        let lines = self.console();
        assert!(lines.is_empty(), "the console says: {lines:#?}");
    }

    fn path(&self, rest: &str) -> String {
        format!("/session/{}/{rest}", self.session)
    }

    #[track_caller]
    fn order(&self, rest: &str, body: Value) -> Value {
        let path = self.path(rest);
        self.ask("POST", &path, &body)
            .unwrap_or_else(|why| panic!("{rest}: {why}"))
    }

    /// One request; the value of the answer, or what went wrong.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(|e| e.to_string())?;
        let _ = stream.set_read_timeout(Some(Duration::from_secs(90)));
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .map_err(|e| e.to_string())?;
        let mut answer = BufReader::new(stream);
        let (mut size, mut line) = (0, String::new());
        // The head ends with an empty line.
        while answer.read_line(&mut line).map_err(|e| e.to_string())? > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                size = value.trim().parse().map_err(|_| line.clone())?;
            }
            line.clear();
        }
        let mut body = vec![0; size];
        answer.read_exact(&mut body).map_err(|e| e.to_string())?;
        let mut told: Value = serde_json::from_slice(&body).map_err(|e| e.to_string())?;
        let value = told["value"].take();
        match value["error"].as_str() {
            Some(error) => Err(format!(
                "{error}: {}",
                value["message"].as_str().unwrap_or_default()
            )),
            None => Ok(value),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium ends with its session; the driver is ours to end.
        if !self.session.is_empty() {
            let _ = self.ask("DELETE", &format!("/session/{}", self.session), &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Starts chromedriver; its port. `None` when it ends without one.
fn driver() -> Option<(Child, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed (Debian: chromium and chromium-driver; tests/all.sh does it)");
    let mut lines = BufReader::new(driver.stdout.take().expect("a pipe"));
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
        let port = line.split_once("started successfully on port ");
        if let Some(port) = port.and_then(|(_, port)| port.trim().trim_end_matches('.').parse().ok()) {
            // What it says later must not stop it.
            std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
            return Some((driver, port));
        }
        line.clear();
    }
    let _ = driver.kill();
    let _ = driver.wait();
    None
}
