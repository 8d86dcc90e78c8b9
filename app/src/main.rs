//! The window and the command line.

fn main() {
    if let Err(error) = wakeline::window::open(std::env::args_os().nth(1).map(Into::into)) {
        eprintln!("{error}");
    }
}
