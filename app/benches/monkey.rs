//! Random input for as long as wanted: `cargo bench -p wakeline --bench monkey -- MINUTES [SEED] [MILLISECONDS]`.
//!
//! Every seed is a new window and a thousand acts. Ends with exit code 1 at the first panic, or when a frame took more
//! than 100 ms (or MILLISECONDS); prints the seed that does it again. Without MINUTES: a quarter of a minute.

#[path = "../tests/it/monkey.rs"]
mod monkey;
#[allow(dead_code)]
#[path = "../tests/it/support.rs"]
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use monkey::Monkey;

const ACTS: usize = 1_000;
const LONGEST_FRAME: f64 = 100.0;

fn main() -> ExitCode {
    let numbers: Vec<f64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let minutes = numbers.first().copied().unwrap_or(0.25);
    let first = numbers.get(1).map_or(1, |seed| *seed as u64);
    let longest = Duration::from_secs_f64(numbers.get(2).copied().unwrap_or(LONGEST_FRAME) / 1e3);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("monkey-bench");
    std::fs::create_dir_all(&folder).expect("the folder of the benches can be made");
    // What is saved without a folder of its own lands here.
    std::env::set_current_dir(&folder).expect("there is a folder of the benches");
    let began = Instant::now();
    let (mut acts, mut frames, mut slow) = (0_u64, 0, 0);
    let mut slowest = Duration::ZERO;
    let mut seed = first;
    while began.elapsed().as_secs_f64() < minutes * 60.0 {
        let mut monkey = Monkey::new(seed, &folder);
        for _ in 0..ACTS {
            if catch_unwind(AssertUnwindSafe(|| monkey.act())).is_err() {
                println!("seed {seed}: a panic after {} acts of it; the last: {:#?}", acts, monkey.log);
                return ExitCode::FAILURE;
            }
            acts += 1;
            if monkey.slowest.0 > longest {
                println!(
                    "seed {seed}: a frame of {:?} after {}; before: {:#?}",
                    monkey.slowest.0, monkey.slowest.1, monkey.log
                );
                monkey.slowest.0 = Duration::ZERO;
                slow += 1;
            }
            slowest = slowest.max(monkey.slowest.0);
        }
        frames += monkey.frames;
        seed += 1;
    }
    println!(
        "seeds {first} to {}: {acts} acts, {frames} frames in {:.1} min, no panic; the slowest frame took {:.1} ms, {slow} took more than {} ms",
        seed - 1,
        began.elapsed().as_secs_f64() / 60.0,
        slowest.as_secs_f64() * 1e3,
        longest.as_millis(),
    );
    if slow == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
