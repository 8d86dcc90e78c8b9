//! `wakeline shot`: the window as a picture, drawn without a display.

use std::path::{Path, PathBuf};

use image::RgbaImage;
use sim_core::clock::write_length;
use sim_core::instant::{SimDuration, SimTime};
use sim_core::scenario::error::advice;

use super::args::ShotArgs;
use super::asked::{costs, costs_file};
use super::{Failure, Wrong};
use crate::library;
use crate::session::settings::{CostsChoice, Motion};
use crate::session::{Command, Place, Selection, Session, jobs};
use crate::shot::Studio;

/// Does what `shot` asks.
pub fn shot(ask: &ShotArgs) -> Result<(), Failure> {
    check_output(&ask.output)?;
    if let Some(scenario) = ask.scenario.as_deref().filter(|scenario| !jobs::is_trace(Path::new(scenario))) {
        // What is wrong with it is told as `run` and `check` tell it.
        library::find(scenario, &[])?;
    }
    let mut studio = Studio::open([ask.size.0, ask.size.1]);
    studio.apply(Command::SetTheme(ask.theme.choice()));
    studio.apply(Command::SetMotion(Motion::Reduced));
    if let Some(asked) = &ask.costs {
        studio.apply(Command::SetCosts(costs_choice(asked)?));
    }
    if let Some(scenario) = ask.scenario.as_deref().filter(|_| !ask.library) {
        studio.apply(crate::window::opening(PathBuf::from(scenario)));
        show(&mut studio, ask)?;
    } else {
        studio.finish_thumbnails();
    }
    save(&mut studio, &ask.output)
}

/// The choice that the window has for this profile. What is wrong with it is told before anything is drawn.
fn costs_choice(asked: &str) -> Result<CostsChoice, Failure> {
    let profile = costs(asked)?;
    Ok(match profile.name.as_str() {
        "zero" => CostsChoice::Textbook,
        "jimblandy" => CostsChoice::Jimblandy,
        "cited" => CostsChoice::Cited,
        _ => CostsChoice::File(costs_file(asked)),
    })
}

/// Brings the window to the moment and the thing asked for.
fn show(studio: &mut Studio, ask: &ShotArgs) -> Result<(), Failure> {
    let session = &studio.shell().session;
    if let Place::Failed(problems) = session.place() {
        let problem = problems.first().cloned().unwrap_or_default();
        return Err(Wrong::failure(format!("{}: {}", problem.location(), problem.message), problem.help));
    }
    if let Some(step) = ask.step {
        let command = this_step(&studio.shell().session, step)?;
        studio.apply(command);
    } else if let Some(at) = &ask.at {
        // What is said is what the lesson says of that moment; it is asked for, not a guess.
        let command = moment(&studio.shell().session, at)?;
        studio.apply(command);
        let step = studio.shell().session.step_near_cursor();
        studio.apply(Command::GoToStep(step));
        studio.apply(Command::Reveal);
    }
    if let Some(at) = &ask.at {
        let command = moment(&studio.shell().session, at)?;
        studio.apply(command);
    }
    if let Some(name) = &ask.select {
        let command = selection(&studio.shell().session, name)?;
        studio.apply(command);
    }
    if let Some(span) = &ask.span {
        let command = stretch(&studio.shell().session, span)?;
        studio.apply(command);
        if studio.shell().session.selected_time().is_none() {
            let told = format!("--span {span}: the step's question hides it");
            return Err(Wrong::failure(told, "give an earlier stretch, or a step that asks nothing"));
        }
    }
    if ask.wide {
        studio.apply(Command::SwitchWide);
    }
    if ask.presenter {
        studio.apply(Command::Present);
    }
    Ok(())
}

/// "82.1ms" is a time, "59" is an event of the focused run.
fn moment(session: &Session, at: &str) -> Result<Command, Failure> {
    if let Ok(event) = at.parse() {
        let events = session.focused().map_or(0, |run| run.trace.len());
        if event >= events {
            let told = format!("--at {at}: the first run has the events 0 to {}", events.saturating_sub(1));
            return Err(Wrong::failure(told, "a time has a unit: 82.1ms"));
        }
        return Ok(Command::SeekEvent { run: session.focus(), event });
    }
    let time =
        time(at).map_err(|e| Wrong::failure(format!("--at {at}: {e}"), "a time is 82.1ms, an event is its number"))?;
    is_within(session, "--at", at, time)?;
    Ok(Command::Seek(time))
}

/// Whether the runs last until a moment that an option asks for.
fn is_within(session: &Session, option: &str, asked: &str, time: SimTime) -> Result<(), Failure> {
    if time <= session.end() {
        return Ok(());
    }
    let end = write_length(session.end().since(SimTime::ZERO));
    Err(Wrong::failure(format!("{option} {asked}: the longest run ends at {end}"), "give an earlier time"))
}

fn this_step(session: &Session, step: u32) -> Result<Command, Failure> {
    let steps = session.document().map_or(0, |d| d.steps.len());
    let step = step as usize;
    if step > steps {
        return Err(Wrong::failure(format!("--step {step}: the lesson has {steps} steps"), ""));
    }
    Ok(Command::GoToStep(step - 1))
}

fn stretch(session: &Session, span: &str) -> Result<Command, Failure> {
    let ends = span.split_once("..").ok_or_else(|| "expected two times with `..` between".to_owned());
    let ends = ends.and_then(|(from, to)| Ok((time(from)?, time(to)?)));
    let (from, to) = ends.map_err(|e| Wrong::failure(format!("--span {span}: {e}"), "a stretch is 1.04s..1.08s"))?;
    if from == to {
        return Err(Wrong::failure(format!("--span {span}: it has no length"), "a stretch is 1.04s..1.08s"));
    }
    is_within(session, "--span", span, from.max(to))?;
    Ok(Command::SelectTime { from, to })
}

fn time(text: &str) -> Result<SimTime, String> {
    let after_start: SimDuration = text.parse().map_err(|e| format!("{e}"))?;
    Ok(SimTime::ZERO + after_start)
}

fn selection(session: &Session, name: &str) -> Result<Command, Failure> {
    let run = session.focus();
    let tracks = session.focused().map_or(&[][..], |r| &r.index.tracks);
    let Some(track) = tracks.iter().find(|t| t.name == name) else {
        let help = advice(name, tracks.iter().map(|t| t.name.as_str()), "row");
        return Err(Wrong::failure(format!("--select {name}: nothing is called {name} in the first run"), help));
    };
    Ok(Command::Select(Selection::Track { run, track: track.kind }))
}

fn save(studio: &mut Studio, path: &Path) -> Result<(), Failure> {
    let picture = studio.picture();
    let (width, height) = (picture.width as u32, picture.height as u32);
    let image = RgbaImage::from_raw(width, height, picture.to_rgba()).expect("a picture has as many pixels as it says");
    let told = |e: image::ImageError| cannot_be_written(path, &e, "give another path after -o");
    image.save_with_format(path, image::ImageFormat::Png).map_err(told)
}

/// Before anything is simulated: whether the file has a folder to lie in.
pub(super) fn check_output(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(cannot_be_written(path, &"it is a folder", "give the picture a name: out.png"));
    }
    match path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        Some(folder) => {
            let why = format!("there is no folder {}", folder.display());
            Err(cannot_be_written(path, &why, "make it first, or give another path after -o"))
        }
        None => Ok(()),
    }
}

pub(super) fn cannot_be_written(path: &Path, why: &dyn std::fmt::Display, help: &str) -> Failure {
    Wrong::failure(format!("{} cannot be written: {why}", path.display()), help)
}
