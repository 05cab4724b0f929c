//! The program: see `sigap --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    sigap::cli::main()
}
