//! One hash of what happened in a run: equal for two runs that went the same way, on any platform and build.
//!
//! Owns what counts: every record, wide values, decisions, and every name and fact of the side tables. Outside it are
//! side facts that depend on the compiler (places in the source, sizes of futures) and the run's own title and texts.

use std::fmt::Write as _;

use xxhash_rust::xxh3::Xxh3;

use super::store::Trace;
use super::tables::{FutureInfo, RunInfo, Tables, TaskInfo};

/// The digest as 32 hexadecimal digits.
pub fn digest(trace: &Trace) -> String {
    let mut hash = Xxh3::new();
    for chunk in trace.chunks() {
        let mut bytes = Vec::with_capacity(chunk.records().len() * 16);
        for record in chunk.records() {
            bytes.extend_from_slice(&record.to_bytes());
        }
        hash.update(&bytes);
    }
    hash.update(&(trace.len() as u64).to_le_bytes());
    let tables = without_side_facts(trace.tables());
    // A compact form with fixed byte order: the same bytes on every platform.
    hash.update(&postcard::to_stdvec(&tables).expect("plain tables can always be written"));
    if !tables.programs.is_empty() {
        let code = (&tables.programs, &tables.steps, &tables.runners);
        hash.update(&postcard::to_stdvec(&code).expect("plain tables can always be written"));
    }
    let mut hex = String::with_capacity(32);
    let _ = write!(hex, "{:032x}", hash.digest128());
    hex
}

fn without_side_facts(tables: &Tables) -> Tables {
    let task = |t: &TaskInfo| TaskInfo { future_bytes: 0, place: None, ..t.clone() };
    let future = |f: &FutureInfo| FutureInfo { place: None, ..f.clone() };
    Tables {
        run: RunInfo::default(),
        tasks: tables.tasks.iter().map(task).collect(),
        futures: tables.futures.iter().map(future).collect(),
        files: Vec::new(),
        panics: Vec::new(),
        ..tables.clone()
    }
}

impl Trace {
    /// One hash of what happened, as 32 hexadecimal digits: see [`digest`].
    pub fn digest(&self) -> String {
        digest(self)
    }
}
