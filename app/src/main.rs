//! The window and the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    wakeline::cli::main(|_| Err("this build has none".to_owned()))
}
