//! The real binary as a child process: what it writes is collected, every wait has a deadline, and
//! no test leaves it running.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than anything here takes on a busy machine; reached only by a test that fails.
pub const DEADLINE: Duration = Duration::from_mins(1);
/// What the contract allows from the signal to the end.
const END_WITHIN: Duration = Duration::from_secs(10);

/// Waits until a condition holds; fails at the deadline.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < deadline, "still waiting: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A command of the binary that inherits nothing of our environment's configuration.
pub fn credsieve(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_credsieve"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CREDSIEVE_") {
            command.env_remove(name);
        }
    }
    command.args(args);
    command
}

/// A process that runs. Killed when dropped; its log is shown where the test fails.
pub struct Process {
    name: String,
    child: Child,
    stdout: Collected,
    stderr: Collected,
}

/// How a process ended, and what it wrote.
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Ended {
    /// What it wrote, as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).expect("our own output is UTF-8")
    }

    /// Fails unless it ended with this code.
    pub fn with_code(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{}", self.stderr);
        self
    }
}

impl Process {
    /// Starts a command.
    pub fn start(command: Command) -> Self {
        Self::with_input(command, Vec::new())
    }

    fn with_input(mut command: Command, input: Vec<u8>) -> Self {
        let args: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
        let name = args.join(" ");
        // A group of its own, so that what it leaves behind can be told.
        command.process_group(0).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary was built");
        let mut stdin = child.stdin.take().expect("piped");
        std::thread::spawn(move || {
            // A process that ends early does not read all of it.
            stdin.write_all(&input).ok();
        });
        let stdout = Collected::from(child.stdout.take().expect("piped"));
        let stderr = Collected::from(child.stderr.take().expect("piped"));
        Self {
            name,
            child,
            stdout,
            stderr,
        }
    }

    /// What it wrote to standard output until now.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&self.stdout.bytes()).into_owned()
    }

    /// What it logged until now.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.stderr.bytes()).into_owned()
    }

    /// Waits for a text after a mark in the output or the log, such as an address after
    /// `address=`.
    pub fn await_word(&mut self, what: &str, find: impl Fn(&Self) -> Option<String>) -> String {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(word) = find(self) {
                return word;
            }
            let ended = self.child.try_wait().expect("our own child");
            assert!(ended.is_none(), "{} ended: {ended:?}", self.name);
            assert!(Instant::now() < deadline, "still waiting: {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Where it serves HTTP.
    pub fn address(&mut self) -> String {
        self.await_word("the address", |process| {
            word_after(&process.log(), "listening address=")
        })
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The processes of its group that run, itself included.
    pub fn group(&self) -> Vec<u32> {
        group(self.child.id())
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, signal: &str) {
        let mut kill = Command::new("kill");
        kill.arg(format!("-{signal}"))
            .arg(self.child.id().to_string());
        assert!(kill.status().expect("kill is everywhere").success());
    }

    /// Sends a signal, waits for the end, which must be good and in time and leave nothing running.
    pub fn stop(self, signal: &str) -> Ended {
        let group_id = self.child.id();
        let asked = Instant::now();
        self.signal(signal);
        let ended = self.end().with_code(0);
        let took = asked.elapsed();
        assert!(took < END_WITHIN, "took {took:?}: {}", ended.stderr);
        assert_eq!(group(group_id), [0u32; 0], "left running");
        ended
    }

    /// Waits for the end.
    pub fn end(mut self) -> Ended {
        let deadline = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                break status;
            }
            assert!(Instant::now() < deadline, "{} does not end", self.name);
            std::thread::sleep(Duration::from_millis(5));
        };
        Ended {
            status,
            stdout: self.stdout.finish(),
            stderr: String::from_utf8_lossy(&self.stderr.finish()).into_owned(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().ok();
            self.child.wait().ok();
        }
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(40).collect();
            eprintln!("--- the end of the log of `{}`", self.name);
            for line in tail.iter().rev() {
                eprintln!("{line}");
            }
        }
    }
}

/// Runs a command to its end.
pub fn run(command: Command, input: &[u8]) -> Ended {
    Process::with_input(command, input.to_vec()).end()
}

/// The word that stands right after a mark.
pub fn word_after(text: &str, mark: &str) -> Option<String> {
    let rest = text.split_once(mark)?.1;
    // Only a whole line is known to be whole.
    let (line, _) = rest.split_once('\n')?;
    line.split_whitespace().next().map(str::to_owned)
}

/// The live processes of a group.
fn group(id: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").expect("/proc is there");
    processes
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let number = path.file_name()?.to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(path.join("stat")).ok()?;
            // After the name in brackets: state, parent, group.
            let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
            let state = fields.next()?;
            let of_group = fields.nth(1)?.parse() == Ok(id);
            (of_group && state != "Z").then_some(number)
        })
        .collect()
}

/// A pipe that is read to its end by a thread.
struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Collected {
    fn from(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes: Arc<Mutex<Vec<u8>>> = Arc::default();
        let into = Arc::clone(&bytes);
        let reader = std::thread::spawn(move || {
            let mut chunk = vec![0; 1 << 16];
            while let Ok(read @ 1..) = pipe.read(&mut chunk) {
                let mut all = into.lock().unwrap_or_else(PoisonError::into_inner);
                all.extend_from_slice(&chunk[..read]);
            }
        });
        Self {
            bytes,
            reader: Some(reader),
        }
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything, once the pipe has ended.
    fn finish(&mut self) -> Vec<u8> {
        if let Some(reader) = self.reader.take() {
            reader.join().expect("reading a pipe does not panic");
        }
        std::mem::take(&mut self.bytes())
    }
}
