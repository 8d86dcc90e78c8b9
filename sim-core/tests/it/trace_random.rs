//! Events in any order, sensible or not: nothing that reads a trace may panic, and all readers agree.

use proptest::prelude::*;
use sim_core::instant::SimTime;
use sim_core::trace::event::{Event, Record};
use sim_core::trace::store::{CHUNK_RECORDS, Chunk};
use sim_core::trace::*;
use std::sync::Arc;

use crate::support::*;

/// Tables with a few of everything.
fn some_tables() -> Tables {
    let mut script = Script::workers(2);
    let disk = script.device("disk");
    for name in ["a", "b", "c"] {
        let task = script.spawn(name);
        script.thread(name);
        script.timer(5.0, Actor::Task(task));
        script.submit(disk, Actor::Task(task), 1.0);
        script.future(name, Actor::Task(task));
        script.resource(name, tables::ResourceKind::Mutex, None);
        script.resource(name, tables::ResourceKind::BlockingMutex, None);
        script.resource(name, tables::ResourceKind::Channel, Some(2));
    }
    script.finish().tables().clone()
}

fn field() -> impl Strategy<Value = u32> {
    let actor = (0u32..8, 0u32..4).prop_map(|(kind, id)| kind << 29 | id);
    let pair = (0u32..3, 0u32..3).prop_map(|(a, b)| a << 16 | b);
    prop_oneof![4 => 0u32..5, 3 => actor, 2 => pair, 1 => any::<u32>()]
}

fn record() -> impl Strategy<Value = Record> {
    let kinds: Vec<u8> = Event::CATALOGUE.iter().map(|(_, kind, _)| *kind).collect();
    let kind = prop_oneof![9 => prop::sample::select(kinds), 1 => any::<u8>()];
    (0u64..2_000_000, kind, prop_oneof![3 => 0u8..6, 1 => any::<u8>()], field(), field())
        .prop_map(|(time, kind, flags, a, b)| Record::new(SimTime::from_nanos(time), kind, flags, a, b))
}

pub fn trace_of(mut records: Vec<Record>, repeat: usize) -> Trace {
    records.sort_by_key(|r| r.time());
    let mut trace = Trace::new(some_tables());
    let all: Vec<Record> = std::iter::repeat_n(records, repeat).flatten().collect();
    for part in all.chunks(CHUNK_RECORDS) {
        trace.append(TracePart { chunk: Arc::new(Chunk::of(part.to_vec())), tables: Tables::default() });
    }
    trace
}

pub fn any_trace() -> impl Strategy<Value = Trace> {
    prop::collection::vec(record(), 0..200).prop_map(|records| trace_of(records, 1))
}

proptest! {
    #[test]
    fn seeking_gives_what_folding_from_the_start_gives(records in prop::collection::vec(record(), 60..150)) {
        let trace = trace_of(records, 100);
        let keyframes = Keyframes::build(&trace);
        prop_assert!(keyframes.len() > 1);
        let mut folded = Snapshot::initial(trace.tables());
        let mut moved = folded.clone();
        for n in 0..=trace.len() {
            if n % 577 == 0 || n == trace.len() {
                prop_assert_eq!(&keyframes.seek(&trace, n), &folded);
                keyframes.move_to(&trace, &mut moved, n);
                prop_assert_eq!(&moved, &folded);
            }
            if n < trace.len() {
                folded.apply(trace.tables(), trace.record(n));
            }
        }
        keyframes.move_to(&trace, &mut moved, 3);
        prop_assert_eq!(moved, keyframes.seek(&trace, 3));
    }

    #[test]
    fn every_small_trace_is_folded_alike_from_any_event(trace in any_trace()) {
        let keyframes = Keyframes::build(&trace);
        let mut folded = Snapshot::initial(trace.tables());
        for n in 0..trace.len() {
            prop_assert_eq!(&keyframes.seek(&trace, n), &folded);
            folded.apply(trace.tables(), trace.record(n));
        }
    }

    #[test]
    fn any_trace_survives_its_file(trace in any_trace()) {
        let (read, damage) = file::read(&trace.to_file_bytes()).expect("it is a trace");
        prop_assert_eq!(damage, None);
        prop_assert!(read.records_from(0).eq(trace.records_from(0)));
        prop_assert_eq!(read.tables(), trace.tables());
    }

    #[test]
    fn reading_arbitrary_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), prefix in 0usize..40) {
        let mut file = one_request().to_file_bytes();
        file.truncate(12 + prefix * 8);
        file.extend(bytes);
        let _ = file::read(&file);
    }

    #[test]
    fn nothing_that_reads_a_trace_panics(trace in any_trace()) {
        let index = sim_core::analysis::index::Index::build(&trace);
        for track in &index.tracks {
            prop_assert!(track.spans.iter().all(|s| s.start <= s.end), "{:?}", track);
        }
        let _ = sim_core::analysis::metrics::Metrics::of(&trace);
        let _ = sim_core::analysis::findings::diagnose(&trace, &Default::default());
        let _ = legal::check(&trace);
        let _ = text::text(&trace);
        let _ = trace.digest();
    }
}
