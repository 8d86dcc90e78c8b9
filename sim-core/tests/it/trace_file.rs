//! Traces as files.

use sim_core::trace::file::{self, FileError};
use sim_core::trace::store::CHUNK_RECORDS;
use sim_core::trace::*;

use crate::support::*;

fn long_trace() -> Trace {
    let mut script = Script::workers(1);
    let task = script.spawn("spin");
    for step in 0..CHUNK_RECORDS as u32 {
        script.at(f64::from(step) / 1000.0).poll(task).poll_ends(task, event::PollResult::RequeuedBack);
    }
    script.end(event::EndReason::StepLimit)
}

fn same(a: &Trace, b: &Trace) -> bool {
    a.tables() == b.tables() && a.len() == b.len() && a.records_from(0).eq(b.records_from(0))
}

#[test]
fn what_is_written_is_read_back() {
    for trace in [one_request(), long_trace()] {
        let (read, damage) = file::read(&trace.to_file_bytes()).expect("it is a trace");
        assert_eq!(damage, None);
        assert!(same(&trace, &read));
        assert_eq!(trace.digest(), read.digest());
    }
}

#[test]
fn what_the_tasks_of_a_run_are_is_read_back() {
    for family in [Family::Async, Family::Pool, Family::Coroutines] {
        let (mut trace, mut run) = (Trace::default(), one_request().tables().run.clone());
        run.family = family;
        trace.append_rows(Tables { run, ..one_request().tables().clone() });
        let (read, damage) = file::read(&trace.to_file_bytes()).expect("it is a trace");
        assert_eq!((damage, read.tables().run.family()), (None, family));
    }
}

#[test]
fn who_takes_from_a_queue_is_read_back_and_older_files_do_not_say() {
    let with = |takers: [tables::Takers; 3]| {
        let mut tables = Tables { run: one_request().tables().run.clone(), ..Tables::default() };
        let queue = |takers| tables::QueueInfo { takers, ..one_request().tables().queues[0].clone() };
        tables.queues = takers.map(queue).to_vec();
        let mut trace = Trace::default();
        trace.append_rows(tables);
        trace.to_file_bytes()
    };
    let said = [tables::Takers::Unknown, tables::Takers::Owner, tables::Takers::AnyWorker];
    let read = |bytes: &[u8]| {
        let (read, damage) = file::read(bytes).expect("it is a trace");
        assert_eq!(damage, None);
        read.tables().queues.iter().map(|queue| queue.takers).collect::<Vec<_>>()
    };
    let (bytes, older) = (with(said), with([tables::Takers::Unknown; 3]));
    assert_eq!((read(&bytes), read(&older)), (said.to_vec(), vec![tables::Takers::Unknown; 3]));
    let holds = |bytes: &[u8]| bytes.windows(4).any(|w| w == b"TAKE");
    assert!(holds(&bytes) && !holds(&older), "an older file is what it was");
}

#[test]
fn how_nice_threads_are_is_read_back_and_takes_no_room_where_nobody_is() {
    let with_nice = |nice: [i32; 2]| {
        let mut tables = Tables { run: one_request().tables().run.clone(), ..Tables::default() };
        let thread = |nice| tables::ThreadInfo { nice, ..one_request().tables().threads[0].clone() };
        tables.threads = nice.map(thread).to_vec();
        let mut trace = Trace::default();
        trace.append_rows(tables);
        trace.to_file_bytes()
    };
    let (bytes, plain) = (with_nice([0, -5]), with_nice([0, 0]));
    let nice = |bytes: &[u8]| {
        let (read, damage) = file::read(bytes).expect("it is a trace");
        assert_eq!(damage, None);
        read.tables().threads.iter().map(|thread| thread.nice).collect::<Vec<_>>()
    };
    assert_eq!((nice(&bytes), nice(&plain)), (vec![0, -5], vec![0, 0]));
    let holds = |bytes: &[u8]| bytes.windows(4).any(|w| w == b"NICE");
    assert!(holds(&bytes) && !holds(&plain), "a file without nice threads is what it was");
}

#[test]
fn a_file_on_disk_is_read_back() {
    let path = std::env::temp_dir().join(format!("wakeline-file-test-{}.wkl", std::process::id()));
    let trace = one_request();
    trace.save(&path).expect("the temporary directory is writable");
    let (read, damage) = Trace::load(&path).expect("it was just written");
    std::fs::remove_file(&path).expect("it was just read");
    assert!(same(&trace, &read) && damage.is_none());
}

#[test]
fn a_file_that_was_cut_off_is_read_up_to_its_last_whole_section() {
    let trace = long_trace();
    let bytes = trace.to_file_bytes();
    let (read, damage) = file::read(&bytes[..bytes.len() - 100]).expect("it begins as a trace");
    let damage = damage.expect("its end is missing");
    assert_eq!((read.len(), damage.events), (CHUNK_RECORDS, CHUNK_RECORDS));
    assert_eq!(read.tables(), trace.tables(), "names stand before events");
    assert!(damage.to_string().contains("first 65536 events"), "{damage}");
    let (_, damage) = file::read(&bytes[..bytes.len() - 36]).expect("it begins as a trace");
    assert!(damage.is_some(), "even a cut between sections is seen");
}

#[test]
fn a_flipped_bit_is_noticed() {
    let bytes = one_request().to_file_bytes();
    for at in (12..bytes.len()).step_by(7) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 16;
        let (_, damage) = file::read(&bytes).expect("it begins as a trace");
        assert!(damage.is_some(), "a flip at byte {at}");
    }
}

#[test]
fn a_newer_file_says_so_and_another_file_too() {
    let mut bytes = one_request().to_file_bytes();
    bytes[8] = 200;
    assert!(matches!(file::read(&bytes), Err(FileError::TooNew { found: 200 })));
    assert!(matches!(file::read(b"(schema: 1)"), Err(FileError::NotATrace)));
    assert!(matches!(file::read(b""), Err(FileError::NotATrace)));
}

#[test]
fn a_self_waking_poll_takes_few_bytes() {
    let trace = long_trace();
    let bytes = trace.to_file_bytes().len();
    assert!(bytes < trace.len() * 3, "{bytes} bytes for {} events", trace.len());
}

#[test]
fn the_digest_knows_names_and_ignores_side_facts() {
    let named = |name: &str, place: Option<tables::SourcePlace>, bytes| {
        let mut script = Script::workers(1);
        script.spawn(name);
        let mut tables = script.finish().tables().clone();
        tables.tasks[0].place = place;
        tables.tasks[0].future_bytes = bytes;
        Trace::new(tables).digest()
    };
    let place = tables::SourcePlace { file: 3, line: 1, column: 1 };
    assert_eq!(named("a", None, 1), named("a", Some(place), 2));
    assert_ne!(named("a", None, 1), named("b", None, 1));
}
