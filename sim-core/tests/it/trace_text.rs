//! The text form of a whole trace. Set `WAKELINE_BLESS=1` to write it anew, and review the difference.

use std::path::Path;

use sim_core::trace::event::Event;
use sim_core::trace::text;
use sim_core::trace::*;

use crate::support::*;

#[test]
fn a_request_reads_as_a_story() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden/one_request.txt");
    let story = text::text(&one_request());
    if std::env::var_os("WAKELINE_BLESS").is_some() {
        std::fs::write(&path, &story).expect("the golden file is writable");
    }
    let golden = std::fs::read_to_string(&path).expect("the golden file is there");
    // A checkout may have turned line ends into those of its platform.
    assert_eq!(story, golden.replace("\r\n", "\n"));
}

#[test]
fn every_event_is_told_in_words_without_a_panic() {
    let (tables, moves) = (Tables::default(), sim_core::trace::Moves::default());
    for (name, kind, _) in Event::CATALOGUE {
        let record = Record::new(ms(1.0), *kind, 0, 1, 2);
        let event = Event::decode(record, &[]).expect("the catalogue's kinds are known");
        assert_eq!(text::describe(&event, sim_core::trace::Names::at(&tables, &moves, 0)).event, *name);
    }
}
