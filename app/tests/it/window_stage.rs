//! Who stands on the Stage: nobody on anybody else, and all in the same places whether they moved there or not.

use std::path::PathBuf;

use egui::Rect;
use egui::accesskit::Role;
use egui_kittest::kittest::{By, NodeT, Queryable};
use sim_core::analysis::track::TrackKind;
use wakeline::session::Command;
use wakeline::session::settings::Motion;
use wakeline::session::stage::Stage;
use wakeline::timeline::words;

use crate::support::{Window, different_pixels};

/// What is said of one who stands on the Stage.
const DOES: [&str; 5] = [" wants to run", " runs", " off the core", " waits for ", " blocked"];

/// Who stands on the Stage, and where.
fn standing(window: &Window) -> Vec<(String, Rect)> {
    let buttons = window.harness.query_all(By::new().role(Role::Button));
    let chips = buttons.filter_map(|node| {
        let said = node.accesskit_node().label()?;
        (DOES.iter().any(|does| said.contains(does)) && !said.contains(" of run ")).then(|| (said, node.rect()))
    });
    chips.collect()
}

fn crowd(width: f32, height: f32) -> Window {
    let mut window = Window::open(width, height);
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/crowd.ron");
    window.apply(Command::OpenFile(file));
    window.finish_loading();
    window
}

#[test]
fn nobody_on_the_stage_stands_on_anybody_else() {
    for (width, height) in [(1440.0, 900.0), (1280.0, 800.0), (1024.0, 768.0)] {
        for mut window in [Window::with_blocked_executor(width, height), crowd(width, height)] {
            let mut seen = 0;
            for _ in 0..25 {
                window.press("ArrowRight");
                let chips = standing(&window);
                seen += chips.len();
                for (n, (who, rect)) in chips.iter().enumerate() {
                    for (other, taken) in &chips[..n] {
                        let both = rect.intersect(*taken);
                        assert!(both.width() < 1.0 || both.height() < 1.0, "{who} stands on {other}: {rect} {taken}");
                    }
                }
            }
            assert!(seen > 25, "{seen} stood somewhere");
        }
    }
}

#[test]
fn who_has_moved_stands_where_it_stands_with_reduced_motion() {
    let step = |window: &mut Window, events: usize| {
        window.apply(Command::SeekEvent { run: 0, event: events });
        window.picture()
    };
    let mut still = Window::with_blocked_executor(1024.0, 768.0);
    still.apply(Command::SetMotion(Motion::Reduced));
    let mut moving = Window::with_blocked_executor(1024.0, 768.0);
    for events in [20, 40, 69] {
        // Where a letter stands in its texture moves a pixel here and there; a chip elsewhere moves hundreds.
        let different = different_pixels(&step(&mut still, events), &step(&mut moving, events));
        assert!(different < 50, "after event {events}: {different}");
    }
}

#[test]
fn the_row_of_a_queue_says_as_many_as_stand_in_it_on_the_stage() {
    let window = Window::with_blocked_executor(1280.0, 800.0);
    let mut waited = 0;
    for run in 0..2 {
        for event in 0..window.session(|s| s.runs()[run].trace.len()) {
            window.session(|s| s.apply(Command::SeekEvent { run, event }));
            let (said, stand) = window.session(|s| {
                let of = &s.runs()[run];
                let counter = of.index.tracks.iter().find(|t| matches!(t.kind, TrackKind::Counter(_)));
                let said = counter.map(|t| words::row_state(of.trace.tables(), t, of.snapshot()));
                (said, Stage::of(of, s.cursor().time, s.clock()).wants.iter().map(|queue| queue.length).sum::<usize>())
            });
            waited += stand;
            assert!(said.is_none_or(|said| said == stand.to_string()), "run {run}, event {event}: {stand}");
        }
    }
    assert!(waited > 0);
}
