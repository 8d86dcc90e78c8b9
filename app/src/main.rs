//! The window and the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    wakeline::cli::main(|file| wakeline::window::open(file).map_err(|error| error.to_string()))
}
