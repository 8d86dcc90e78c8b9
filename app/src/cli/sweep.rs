//! `wakeline sweep`: one value of a scenario turned from one end to the other, as a table, as CSV, or as four plots.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use image::RgbaImage;
use sim_core::scenario::sweep::{Curves, Over, Scale, Sweep};
use sim_core::scenario::{RunOptions, Scenario, set};

use super::args::SweepArgs;
use super::asked::{in_world, with_run};
use super::wrap::wrap;
use super::{Failure, Wrong, shot, sweep_table};
use crate::plot::sheet::{self, Head};
use crate::plot::{Words, svg};
use crate::session::sweep_choices::label_of;
use crate::ui::plots;
use crate::ui::theme::Theme;

/// Pixels a point of a picture: sharp on a projector, too.
const DENSITY: f32 = 2.0;

/// Does what `sweep` asks.
pub fn sweep(ask: &SweepArgs, out: &mut impl Write) -> Result<(), Failure> {
    let form = ask.output.as_deref().map(Form::of).transpose()?;
    let (mut scenario, options) = in_world(&ask.scenario, &ask.world)?;
    for name in &ask.runs {
        scenario = with_run(scenario, Some(name.trim()))?;
    }
    let over = Over::parse(&ask.over, ask.steps)?;
    check_path(&scenario, &over)?;
    let mut runs: Vec<&str> = match ask.runs.is_empty() {
        true => scenario.runs.iter().map(|run| run.id.as_str()).collect(),
        false => Vec::new(),
    };
    for name in ask.runs.iter().map(|name| name.trim()) {
        if !runs.contains(&name) {
            runs.push(name);
        }
    }
    let sweep = Sweep::new(&scenario, options.clone(), over, &runs)?;
    let threads = ask.threads.map_or_else(cores, |threads| threads as usize);
    let curves = with_progress(&sweep, threads);
    let words = Words::of(&curves, &label_of(&scenario, &curves.over.path));
    let head = head(&scenario, &options, &curves);
    match (&ask.output, form) {
        (Some(path), Some(form)) => {
            write(path, form, &curves, (&words, &head), Theme::of(ask.theme.choice()))?;
            Ok(writeln!(out, "{} runs are in {}", curves.done(), path.display())?)
        }
        _ => {
            for line in wrap(&format!("{}: {}", head.title, head.line), 0) {
                writeln!(out, "{line}")?;
            }
            Ok(sweep_table::table(&curves, &words.turned, out)?)
        }
    }
}

/// Whether the path leads to a value: if not, that is no fault of the file's.
fn check_path(scenario: &Scenario, over: &Over) -> Result<(), Failure> {
    let first = over.points.first().copied().unwrap_or_default();
    let told = |why: String| Wrong::failure(format!("nothing can be swept there: {why}"), "");
    set::set(&scenario.text, &over.assignment(first)).map(drop).map_err(told)
}

/// What a file is to hold, by its name's end.
#[derive(Clone, Copy)]
enum Form {
    Csv,
    Svg,
    Png,
}

impl Form {
    /// Looks at the name, and whether there is a folder for it: before anything is simulated.
    fn of(path: &Path) -> Result<Form, Failure> {
        shot::check_output(path)?;
        match path.extension().map(|end| end.to_string_lossy().to_lowercase()).as_deref() {
            Some("csv") => Ok(Form::Csv),
            Some("svg") => Ok(Form::Svg),
            Some("png") => Ok(Form::Png),
            Some(_) | None => {
                let message = format!("{} is no file that a sweep can be written to", path.display());
                Err(Wrong::failure(message, "give it a name that ends in .csv, .svg or .png"))
            }
        }
    }
}

/// How many runs go on at a time, if nobody says.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runs it, and says on a terminal how far it is. Ctrl+C ends the program, as everywhere.
fn with_progress(sweep: &Sweep, threads: usize) -> Curves {
    let mut stderr = io::stderr();
    let shown = stderr.is_terminal();
    let (mut done, all) = (0, sweep.len());
    let curves = sweep.run(threads, &Arc::default(), |_, _| {
        done += 1;
        if shown {
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(stderr, "\r{done} of {all} runs").and_then(|()| stderr.flush());
        }
    });
    if shown {
        let _ = write!(stderr, "\r\x1b[K");
    }
    curves
}

fn head(scenario: &Scenario, options: &RunOptions, curves: &Curves) -> Head {
    let Over { path, quantity, scale, points } = &curves.over;
    let end = |point: Option<&u64>| quantity.write(point.copied().unwrap_or(0));
    let (from, to) = (end(points.first()), end(points.last()));
    let cores = match scenario.machine.cores {
        _ if path == "machine.cores" => String::new(),
        1 => " · 1 core".to_owned(),
        many => format!(" · {many} cores"),
    };
    let costs = match scenario.costs_of(options).name.as_str() {
        "zero" => "textbook".to_owned(),
        other => other.to_owned(),
    };
    let log = if *scale == Scale::Log { " · log scales" } else { "" };
    let line = format!("{path} from {from} to {to}{cores} · costs: {costs}{log}");
    Head { title: scenario.title.clone(), line }
}

fn write(
    path: &Path,
    form: Form,
    curves: &Curves,
    (words, head): (&Words, &Head),
    theme: &Theme,
) -> Result<(), Failure> {
    let failed = |why: &dyn std::fmt::Display| shot::cannot_be_written(path, why, "give another path after -o");
    let sheet = || sheet::sheet(curves, words, head);
    match form {
        Form::Csv => std::fs::write(path, sweep_table::csv(curves)).map_err(|e| failed(&e)),
        Form::Svg => {
            let hex = |color: egui::Color32| format!("#{:02X}{:02X}{:02X}", color.r(), color.g(), color.b());
            let text = svg::write(&sheet(), sheet::SIZE, &hex(theme.panel), |ink| hex(plots::color(ink, theme)));
            std::fs::write(path, text).map_err(|e| failed(&e))
        }
        Form::Png => {
            let picture = plots::picture(&sheet(), sheet::SIZE, DENSITY, theme);
            let (width, height) = (picture.width as u32, picture.height as u32);
            let image = RgbaImage::from_raw(width, height, picture.to_rgba());
            let image = image.expect("a picture has as many pixels as it says");
            image.save_with_format(path, image::ImageFormat::Png).map_err(|e| failed(&e))
        }
    }
}
