//! Systems that are poorer than the one the tests run on: without folder exchange, locks or hard links, with few open files,
//! with little room, with a clock that is wrong, for a user who may do little.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// A call that a system may not know.
#[derive(Debug, Clone, Copy)]
pub enum Call {
    /// To exchange two folders in one step: network disks, FAT, many others.
    Exchange,
    /// To lock a file: some network disks.
    Lock,
    /// To give a file a second name: FAT, some network disks.
    HardLink,
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod filter {
    use std::ffi::{c_int, c_ulong};
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::Call;

    /// One step of a filter program of the kernel, as `linux/filter.h` has it.
    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Step {
        code: u16,
        if_true: u8,
        if_false: u8,
        value: u32,
    }

    #[repr(C)]
    struct Program {
        length: u16,
        steps: *const Step,
    }

    unsafe extern "C" {
        fn prctl(option: c_int, a: c_ulong, b: c_ulong, c: c_ulong, d: c_ulong) -> c_int;
    }

    const LOAD: u16 = 0x20;
    const EQUALS: u16 = 0x15;
    const RETURN: u16 = 0x06;
    const ALLOW: u32 = 0x7fff_0000;
    const ERROR: u32 = 0x0005_0000;
    const INVALID: u32 = 22;
    const NOT_PERMITTED: u32 = 1;
    const NOT_SUPPORTED: u32 = 95;
    /// Where the number of the call stands, and its fifth argument.
    const NUMBER: u32 = 0;
    const FLAGS: u32 = 16 + 4 * 8;
    const RENAME_EXCHANGE: u32 = 2;

    #[cfg(target_arch = "x86_64")]
    const NUMBERS: [&[u32]; 3] = [&[316], &[73], &[86, 265]];
    #[cfg(target_arch = "aarch64")]
    const NUMBERS: [&[u32]; 3] = [&[276], &[32], &[37]];

    const fn step(code: u16, if_true: u8, if_false: u8, value: u32) -> Step {
        Step {
            code,
            if_true,
            if_false,
            value,
        }
    }

    pub fn refuse(command: &mut Command, calls: &[Call]) {
        let mut steps = vec![];
        for call in calls {
            let (numbers, error) = match call {
                Call::Exchange => (NUMBERS[0], INVALID),
                Call::Lock => (NUMBERS[1], NOT_SUPPORTED),
                Call::HardLink => (NUMBERS[2], NOT_PERMITTED),
            };
            for number in numbers {
                steps.push(step(LOAD, 0, 0, NUMBER));
                if matches!(call, Call::Exchange) {
                    steps.push(step(EQUALS, 0, 3, *number));
                    steps.push(step(LOAD, 0, 0, FLAGS));
                    steps.push(step(EQUALS, 0, 1, RENAME_EXCHANGE));
                } else {
                    steps.push(step(EQUALS, 0, 1, *number));
                }
                steps.push(step(RETURN, 0, 0, ERROR | error));
            }
        }
        steps.push(step(RETURN, 0, 0, ALLOW));
        let set = move || {
            let program = Program {
                length: u16::try_from(steps.len()).expect("a short program"),
                steps: steps.as_ptr(),
            };
            // SAFETY: the two calls take numbers and a pointer to a program that lives until they return, and allocate
            // nothing: they may be made between fork and exec.
            let set = unsafe {
                const NO_NEW_PRIVILEGES: c_int = 38;
                const FILTER: c_int = 22;
                prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
                    && prctl(FILTER, 2, std::ptr::from_ref(&program) as c_ulong, 0, 0) == 0
            };
            if set {
                Ok(())
            } else {
                Err(io::Error::last_os_error())
            }
        };
        // SAFETY: as above.
        unsafe { command.pre_exec(set) };
    }
}

/// Has the kernel refuse these calls to the program, as a disk that does not know them would. Linux only.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub fn without(command: &mut Command, calls: &[Call]) {
    filter::refuse(command, calls);
}

/// The same program under a limit, given as the shell's `ulimit` takes it: `-n 64`. A write beyond `-f` fails instead of
/// ending the program, as on a disk without room.
pub fn limited(command: &Command, limit: &str) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("trap '' XFSZ; ulimit {limit}; exec \"$@\""), "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    same_surroundings(command, &mut shell);
    shell
}

/// The same program where `script` was run before it by somebody who may mount, in a view of the disks of its own. `None`
/// where this system lets nobody do that.
pub fn with_mounts(command: &Command, script: &str) -> Option<Command> {
    let ways: [&[&str]; 2] = [&["--map-root-user", "--mount"], &["--mount"]];
    let may = |way: &&&[&str]| {
        let tried = Command::new("unshare")
            .args(**way)
            .args(["sh", "-c", "mount -t tmpfs none /tmp"])
            .output();
        tried.is_ok_and(|done| done.status.success())
    };
    let mut whole = Command::new("unshare");
    whole.args(*ways.iter().find(may)?);
    whole
        .args(["sh", "-c", &format!("set -e; {script}; exec \"$@\""), "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    same_surroundings(command, &mut whole);
    Some(whole)
}

fn same_surroundings(command: &Command, other: &mut Command) {
    if let Some(dir) = command.get_current_dir() {
        other.current_dir(dir);
    }
    other
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => other.env(name, value),
            None => other.env_remove(name),
        };
    }
}

/// Runs it as somebody whom modes of files stop: root is stopped by none.
#[cfg(unix)]
pub fn as_nobody(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    if rustix::process::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
}

/// A clock for programs started with it: `LD_PRELOAD` of a few lines that are compiled here.
#[cfg(target_os = "linux")]
pub fn clock_at(command: &mut Command, seconds: i64, dir: &Path) {
    const SHIM: &str = "
        #define _GNU_SOURCE
        #include <time.h>
        #include <stdlib.h>
        #include <unistd.h>
        #include <sys/syscall.h>
        int clock_gettime(clockid_t clock, struct timespec *at) {
            long failed = syscall(SYS_clock_gettime, clock, at);
            const char *set = getenv(\"TEST_CLOCK\");
            if (!failed && clock == CLOCK_REALTIME && set) at->tv_sec = atoll(set);
            return (int)failed;
        }";
    let (source, library) = (dir.join("clock.c"), dir.join("clock.so"));
    if !library.exists() {
        std::fs::write(&source, SHIM).expect("written");
        let made = Command::new("cc")
            .args([OsStr::new("-shared"), OsStr::new("-fPIC"), OsStr::new("-o")])
            .args([&library, &source])
            .output()
            .expect("the compiler that Rust links with");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    command
        .env("LD_PRELOAD", library)
        .env("TEST_CLOCK", seconds.to_string());
}

/// Waits for the end of a program for at most two minutes, and takes what it says: what hangs is ended, and named.
#[cfg(unix)]
pub fn ends(child: std::process::Child, what: &str) -> super::sealed::Said {
    let id = child.id();
    let (send, done) = std::sync::mpsc::channel();
    std::thread::spawn(move || send.send(child.wait_with_output()));
    match done.recv_timeout(std::time::Duration::from_secs(120)) {
        Ok(output) => super::sealed::said(output.expect("it ended")),
        Err(_) => {
            let id = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw);
            let _ = id.map(|id| rustix::process::kill_process(id, rustix::process::Signal::KILL));
            panic!("{what}: it hangs");
        }
    }
}
