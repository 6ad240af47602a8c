//! Processes that end with their owner: on drop, on a panic, and when the test program itself is killed.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::deadline;

/// A started process with what it printed so far.
pub struct Running {
    name: String,
    child: Child,
    printed: Arc<Mutex<String>>,
}

impl Running {
    /// Starts `command`; its output is collected, its input is empty.
    ///
    /// `setpriv` asks the kernel to end it when the starting thread ends, whatever the reason.
    pub fn start(name: &str, command: &Command) -> Self {
        let mut guarded = Command::new("setpriv");
        guarded
            .args(["--pdeathsig", "TERM", "--"])
            .arg(command.get_program());
        guarded.args(command.get_args());
        // A command that was made with a cleared environment names every variable it wants.
        guarded.env_clear();
        for (key, value) in command.get_envs() {
            if let Some(value) = value {
                guarded.env(key, value);
            }
        }
        if let Some(folder) = command.get_current_dir() {
            guarded.current_dir(folder);
        }
        let mut child = guarded
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("can't start {name}: {error}"));
        let printed = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take(), &printed);
        collect(child.stderr.take(), &printed);
        Self {
            name: name.to_owned(),
            child,
            printed,
        }
    }

    /// Waits for a line that `find` recognises and returns what it made of it.
    pub fn wait_for_line<T>(&mut self, what: &str, mut find: impl FnMut(&str) -> Option<T>) -> T {
        let name = self.name.clone();
        let found = deadline::within(deadline::PATIENCE, || {
            // Only whole lines: the last one may still be growing.
            let printed = self.printed();
            let whole = printed.rsplit_once('\n').map_or("", |(whole, _)| whole);
            if let Some(found) = whole.lines().find_map(&mut find) {
                return Some(Ok(found));
            }
            match self.child.try_wait() {
                Ok(Some(status)) => Some(Err(status)),
                _ => None,
            }
        });
        match found {
            Some(Ok(found)) => found,
            Some(Err(status)) => {
                panic!("{name} ended ({status}) before {what}:\n{}", self.printed())
            }
            None => panic!("{name} never printed {what}:\n{}", self.printed()),
        }
    }

    /// Everything printed so far, both outputs.
    pub fn printed(&self) -> String {
        self.printed
            .lock()
            .expect("collecting doesn't panic")
            .clone()
    }

    /// Whether it is still there.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The operating system's number for it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and insists after five seconds.
    pub fn end(&mut self) {
        if !self.is_running() {
            return;
        }
        signal("TERM", &[self.child.id()]);
        if deadline::within(Duration::from_secs(5), || {
            (!self.is_running()).then_some(())
        })
        .is_none()
        {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Sends a signal to processes by number; one that is gone already is no error.
pub fn signal(name: &str, ids: &[u32]) {
    if ids.is_empty() {
        return;
    }
    let _ = Command::new("kill")
        .arg(format!("-{name}"))
        .args(ids.iter().map(u32::to_string))
        .stderr(Stdio::null())
        .status();
}

/// The processes whose environment holds `key=value`.
pub fn with_environment(key: &str, value: &str) -> Vec<u32> {
    let wanted = format!("{key}={value}");
    all()
        .filter(|id| {
            fs::read(format!("/proc/{id}/environ")).is_ok_and(|environ| {
                environ
                    .split(|byte| *byte == 0)
                    .any(|entry| entry == wanted.as_bytes())
            })
        })
        .collect()
}

/// The numbers of all processes that can be seen.
pub fn all() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn collect(from: Option<impl Read + Send + 'static>, into: &Arc<Mutex<String>>) {
    let Some(from) = from else { return };
    let into = Arc::clone(into);
    thread::spawn(move || {
        let mut lines = BufReader::new(from);
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            if let Ok(mut printed) = into.lock() {
                printed.push_str(&String::from_utf8_lossy(&line));
            }
            line.clear();
        }
    });
}
