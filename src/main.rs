//! Parse the arguments, run one command, say how it went with the exit code.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    hipaa_binder::world::files::fit();
    cli::main()
}
