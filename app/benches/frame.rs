//! What a frame of the timeline costs: `cargo bench -p wakeline --bench frame`.
//!
//! The view moves a little before every frame, as when somebody pans, so that nothing can be kept from the frame before.
//! Printed are the median and the worst of so many frames, in milliseconds of CPU: laying out and painting the timeline
//! (two thirds of a frame's budget of 8 ms a frame are the goal), and turning the shapes into triangles.

use std::hint::black_box;
use std::time::Instant;

use egui::{Context, FullOutput, Pos2, RawInput, Rect, Vec2};
use sim_core::analysis::index::{Index, Spans};
use sim_core::analysis::track::{Span, SpanState, Track, TrackKind};
use sim_core::clock::write_length;
use sim_core::instant::{SimDuration, SimTime};
use sim_core::trace::{Moves, TaskId, Trace, WorkerId};
use sim_core::{Costs, Executor, Limits, Machine, spawn, yield_now};
use wakeline::session::Command;
use wakeline::timeline::axis::Axis;
use wakeline::timeline::fold::{Frame, Gathering};
use wakeline::timeline::layout::{Layout, RowInput};
use wakeline::timeline::scene::{EvenLetters, Scene};
use wakeline::ui::Shell;
use wakeline::ui::patterns::Patterns;
use wakeline::ui::theme::Theme;
use wakeline::ui::timeline_panel::{TimelineState, timeline_ui};
use wakeline::ui::widgets::Emit;

const FRAMES: usize = 60;
const WIDTH: f32 = 1920.0;
const HEIGHT: f32 = 1000.0;
const WINDOW_HEIGHT: f32 = 1080.0;
/// Milliseconds of CPU that a frame may take.
const GOAL: f64 = 8.0;

/// The timeline alone, on a surface that nobody sees.
struct Bench {
    ctx: Context,
    shell: Shell,
    state: TimelineState,
    patterns: Option<Patterns>,
    frames: usize,
}

impl Bench {
    fn open(command: Command) -> Bench {
        let ctx = Context::default();
        let mut shell = Shell::new(&ctx, wakeline::session::jobs::library());
        shell.session.apply(command);
        shell.session.finish_loading();
        assert!(!shell.session.runs().is_empty(), "there is something to look at");
        Bench { ctx, shell, state: TimelineState::default(), patterns: None, frames: 0 }
    }

    /// One frame of the timeline; answers milliseconds for shapes and for triangles, and how many triangles there are.
    fn frame(&mut self) -> (f64, f64, usize) {
        let input = self.input(HEIGHT);
        let (session, state, kept) = (&self.shell.session, &mut self.state, &mut self.patterns);
        let begun = cpu();
        let mut output = self.ctx.run_ui(input, |ui| {
            let patterns = Patterns::of(ui.ctx(), kept);
            let mut emit =
                Emit { theme: Theme::of(wakeline::session::settings::ThemeChoice::Light), commands: &mut Vec::new() };
            timeline_ui(ui, session, state, &patterns, &mut emit);
        });
        let shapes = since(begun);
        output.textures_delta.clear();
        self.tessellated(output, shapes)
    }

    /// One frame of the whole window, every panel in it.
    fn window(&mut self) -> (f64, f64, usize) {
        let input = self.input(WINDOW_HEIGHT);
        let shell = &mut self.shell;
        let begun = cpu();
        let mut output = self.ctx.run_ui(input, |ui| shell.ui(ui));
        let shapes = since(begun);
        output.textures_delta.clear();
        self.tessellated(output, shapes)
    }

    fn input(&mut self, height: f32) -> RawInput {
        self.frames += 1;
        RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, Vec2::new(WIDTH, height))),
            time: Some(self.frames as f64 / 60.0),
            focused: true,
            ..RawInput::default()
        }
    }

    fn tessellated(&self, output: FullOutput, shapes: f64) -> (f64, f64, usize) {
        let begun = cpu();
        let triangles = self.ctx.tessellate(output.shapes, 1.0);
        let tessellated = since(begun);
        let count = triangles.iter().map(|p| match &p.primitive {
            egui::epaint::Primitive::Mesh(mesh) => mesh.indices.len() / 3,
            egui::epaint::Primitive::Callback(_) => 0,
        });
        (shapes, tessellated, count.sum())
    }

    /// Panning at one zoom: the share of the run that is in view, around its end.
    fn zoom(&mut self, share: f64) {
        let end = self.shell.session.end().as_nanos() as f64;
        let (length, middle) = (end * share, end * 0.93);
        let from = if share >= 1.0 { 0.0 } else { middle - length / 2.0 };
        self.shell.session.apply(Command::ShowRange { from, to: from + length });
        for _ in 0..8 {
            self.frame();
        }
        let mut times = Vec::with_capacity(FRAMES);
        for n in 0..FRAMES {
            self.shell.session.apply(Command::Pan(if n % 2 == 0 { 0.003 } else { -0.0028 }));
            times.push(self.frame());
        }
        tell(&format!("{} in view", write_length(SimDuration::from_nanos(length as u64))), times);
    }

    /// The whole window while somebody does the same thing in every frame.
    fn acts(&mut self, title: &str) {
        println!("\n{title}, the whole window at {WIDTH} × {WINDOW_HEIGHT}");
        let at = SimTime::from_nanos(self.shell.session.end().as_nanos() / 3);
        let mut act = |what: &str, first: &[Command], each: &dyn Fn(usize) -> Option<Command>| {
            self.shell.session.apply(Command::ToStart);
            self.shell.session.apply(Command::Seek(at));
            first.iter().for_each(|command| self.shell.session.apply(command.clone()));
            (0..20).for_each(|_| _ = self.window());
            let frame = |n| {
                each(n).into_iter().for_each(|command| self.shell.session.apply(command));
                self.window()
            };
            tell(what, (0..FRAMES).map(frame).collect());
        };
        act("standing still", &[], &|_| None);
        act("stepping", &[], &|_| Some(Command::StepForward));
        act("a poll at a time", &[], &|_| Some(Command::PollForward));
        act("panning", &[Command::ZoomIn, Command::ZoomIn], &|n| {
            Some(Command::Pan(if n % 2 == 0 { 0.003 } else { -0.0028 }))
        });
        act("zooming", &[], &|n| Some(if n % 20 < 10 { Command::ZoomIn } else { Command::ZoomOut }));
        act("playing", &[Command::PlayPause], &|_| None);
        act("presenting", &[Command::PlayPause, Command::Present], &|_| None);
        act("its steps", &[], &|_| Some(Command::StepForward));
    }

    fn zooms(&mut self, title: &str) {
        if !wanted(title) {
            return;
        }
        println!("\n{title}, {WIDTH} × {HEIGHT}, panning");
        for share in [1.0, 0.3, 0.1, 0.01, 1e-3, 1e-4, 1e-6] {
            self.zoom(share);
        }
    }
}

/// Prints what frames took: in the middle, and at most.
fn tell(what: &str, mut times: Vec<(f64, f64, usize)>) {
    times.sort_by(|a, b| (a.0 + a.1).total_cmp(&(b.0 + b.1)));
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    let met = if worst.0 + worst.1 <= GOAL { "met" } else { "MISSED" };
    println!(
        "  {what:>19}   median {:5.2} + {:4.2} ms   worst {:5.2} ms   {:>7} triangles   goal ≤ {GOAL} ms  {met}",
        median.0,
        median.1,
        worst.0 + worst.1,
        median.2,
    );
}

/// Whether a part of the bench was asked for: `cargo bench -p wakeline --bench frame -- unfolded`.
fn wanted(title: &str) -> bool {
    std::env::args().skip(1).find(|a| !a.starts_with('-')).is_none_or(|part| title.contains(&part))
}

/// Nanoseconds of CPU that this thread has used: other programs' work does not count. Elsewhere than on Linux, time.
fn cpu() -> f64 {
    // The kernel brings the figure up to date when a thread gives way.
    std::thread::yield_now();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|t| t.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()));
    static BEGUN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    nanos.unwrap_or_else(|| BEGUN.get_or_init(Instant::now).elapsed().as_nanos() as f64)
}

/// Milliseconds of CPU since.
fn since(begun: f64) -> f64 {
    (cpu() - begun) / 1e6
}

/// So many tasks, each of which wakes itself so often, on four workers.
fn self_wakes(tasks: usize, wakes: usize) -> Trace {
    let limits = Limits { steps: u64::MAX, time: SimTime::MAX };
    let machine = Machine::new().cores(4).costs(Costs::zero()).limits(limits);
    let outcome = machine.run_async(Executor::fifo(4), move || async move {
        let wake = || async move {
            for _ in 0..wakes {
                yield_now().await;
            }
        };
        let tasks: Vec<_> = (0..tasks).map(|_| spawn(wake())).collect();
        for task in tasks {
            task.await.expect("a task that only yields completes");
        }
    });
    outcome.trace
}

fn open_trace(trace: &Trace) -> Bench {
    let path = std::env::temp_dir().join(format!("wakeline-bench-{}.wkl", std::process::id()));
    std::fs::write(&path, trace.to_file_bytes()).expect("the recording can be written to the folder for passing files");
    let bench = Bench::open(Command::OpenFile(path.clone()));
    std::fs::remove_file(path).expect("the recording can be removed again");
    bench
}

/// A worker's row of ten million polls, laid out alone.
fn one_row() {
    const POLLS: u64 = 10_000_000;
    let state = |n: u64| SpanState::Polls(TaskId((n % 1_000) as u32));
    let at = SimTime::from_nanos;
    let span = |n: u64| Span { start: at(n * 120), end: at(n * 120 + 70), state: state(n), event: n as usize };
    let mut track = Track::new(TrackKind::Worker(WorkerId(0)), "worker 0".to_owned());
    track.spans = (0..POLLS).map(span).collect::<Spans>();
    let bytes = track.spans.memory_bytes() as f64 / POLLS as f64;
    println!("\none worker's row of 10,000,000 polls ({bytes:.1} B each, room to grow included), laid out alone");
    let (trace, measure) = (Trace::default(), EvenLetters(7.0));
    let whole = POLLS as f64 * 120.0;
    for share in [1.0, 0.1, 1e-2, 1e-3, 1e-5] {
        let axis = Axis { left: 0.0, right: WIDTH, start: whole * 0.4, length: whole * share };
        let axis = if share == 1.0 { Axis { start: 0.0, ..axis } } else { axis };
        let mut times: Vec<f64> = (0..FRAMES)
            .map(|_| {
                let begun = cpu();
                let mut scene = Scene::default();
                let row = RowInput {
                    track: &track,
                    trace: &trace,
                    moves: &Moves::default(),
                    top: 0.0,
                    height: 30.0,
                    stuck: false,
                };
                Layout::new(axis, &measure).row(row, &mut scene);
                black_box(scene.columns.len());
                since(begun)
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("  {:>9} polls in view   {:.3} ms", (POLLS as f64 * share) as u64, times[FRAMES / 2]);
    }
}

/// The parts of a frame over a crowd, alone.
fn parts() {
    let bench = Bench::open(Command::OpenScenario("c10k".to_owned()));
    let run = &bench.shell.session.runs()[0];
    let end = run.end().as_nanos() as f64;
    let frame = Frame { start: 0.0, length: end, columns: 1756, rows: 112, revision: 0, events: 0 };
    let mut times: Vec<f64> = (0..FRAMES)
        .map(|_| {
            let begun = cpu();
            let mut gathering = Gathering::new(frame, run.rows.order().len(), None);
            gathering.go_on(&run.index.tracks, run.rows.order(), usize::MAX / 2);
            black_box(gathering.finish().rows);
            since(begun)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("\ngathering the picture of 10,000 tasks alone: {:.2} ms", times[FRAMES / 2]);
}

/// What somebody does most, with every panel in sight.
fn windows() {
    for id in ["blocked-executor", "c10k"] {
        let title = format!("{id}, every panel");
        if wanted(&title) {
            Bench::open(Command::OpenScenario(id.to_owned())).acts(&title);
        }
    }
}

fn main() {
    parts();
    windows();
    Bench::open(Command::OpenScenario("c10k".to_owned())).zooms("c10k: two runs of 10,000, folded");
    let mut unfolded = Bench::open(Command::OpenScenario("c10k".to_owned()));
    unfolded.shell.session.apply(Command::FoldCrowd(0));
    unfolded.zooms("c10k, unfolded: 10,000 rows");
    let trace = self_wakes(1_000, 1_000);
    let begun = cpu();
    let index = Index::build(&trace);
    let (seconds, polls) = (since(begun) / 1e3, 1_001_000.0);
    let (bytes, spans) = (index.memory_bytes(), index.tracks.iter().map(|t| t.spans.len()).sum::<usize>());
    println!(
        "\nindex of 1,001,000 polls that wake themselves: {:.0} B a poll ({:.2} spans a poll), {:.0} ns a poll to build",
        bytes as f64 / polls,
        spans as f64 / polls,
        seconds * 1e9 / polls,
    );
    drop(index);
    open_trace(&trace).zooms("1,000 tasks × 1,000 self-wakes: 1,001,000 polls, folded");
    let mut unfolded = open_trace(&trace);
    unfolded.shell.session.apply(Command::FoldCrowd(0));
    unfolded.zooms("the same, unfolded: 1,000 rows");
    one_row();
}
