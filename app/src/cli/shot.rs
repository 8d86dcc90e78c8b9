//! `wakeline shot`: the window as a picture, drawn without a display.

use std::path::{Path, PathBuf};

use image::RgbaImage;
use sim_core::instant::{SimDuration, SimTime};

use super::args::ShotArgs;
use super::{Failure, Wrong};
use crate::session::settings::Motion;
use crate::session::{Command, Place, Selection, Session};
use crate::shot::Studio;

/// Does what `shot` asks.
pub fn shot(ask: &ShotArgs) -> Result<(), Failure> {
    let mut studio = Studio::open([ask.size.0, ask.size.1]);
    studio.apply(Command::SetTheme(ask.theme.choice()));
    studio.apply(Command::SetMotion(Motion::Reduced));
    if let Some(scenario) = ask.scenario.as_deref().filter(|_| !ask.library) {
        studio.apply(crate::window::opening(PathBuf::from(scenario)));
        show(&mut studio, ask)?;
    } else {
        studio.finish_thumbnails();
    }
    save(&mut studio, &ask.output)
}

/// Brings the window to the moment and the thing asked for.
fn show(studio: &mut Studio, ask: &ShotArgs) -> Result<(), Failure> {
    let session = &studio.shell().session;
    if let Place::Failed(problems) = session.place() {
        let told = problems.first().map_or(String::new(), |p| format!("{}: {}", p.file, p.message));
        return Err(Wrong::failure(told, "`wakeline check` says where and why"));
    }
    if let Some(at) = &ask.at {
        let command = moment(&studio.shell().session, at)?;
        studio.apply(command);
        if ask.step.is_none() {
            // What is said is what the lesson says of that moment.
            let step = studio.shell().session.step_near_cursor();
            studio.apply(Command::GoToStep(step));
        }
    }
    if let Some(step) = ask.step {
        let command = this_step(&studio.shell().session, step)?;
        studio.apply(command);
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
        studio.apply(stretch(span)?);
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
        return Ok(Command::SeekEvent { run: session.focus(), event });
    }
    time(at)
        .map(Command::Seek)
        .map_err(|e| Wrong::failure(format!("--at {at}: {e}"), "a time is 82.1ms, an event is its number"))
}

fn this_step(session: &Session, step: u32) -> Result<Command, Failure> {
    let steps = session.document().map_or(0, |d| d.steps.len());
    let step = step as usize;
    if step > steps {
        return Err(Wrong::failure(format!("--step {step}: the lesson has {steps} steps"), ""));
    }
    Ok(Command::GoToStep(step - 1))
}

fn stretch(span: &str) -> Result<Command, Failure> {
    let ends = span.split_once("..").ok_or_else(|| "expected two times with `..` between".to_owned());
    let ends = ends.and_then(|(from, to)| Ok((time(from)?, time(to)?)));
    let (from, to) = ends.map_err(|e| Wrong::failure(format!("--span {span}: {e}"), "a stretch is 1.04s..1.08s"))?;
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
        let names: Vec<_> = tracks.iter().take(12).map(|t| t.name.as_str()).collect();
        return Err(Wrong::failure(format!("nothing is called {name}"), format!("there are {}", names.join(", "))));
    };
    Ok(Command::Select(Selection::Track { run, track: track.kind }))
}

fn save(studio: &mut Studio, path: &Path) -> Result<(), Failure> {
    let picture = studio.picture();
    let (width, height) = (picture.width as u32, picture.height as u32);
    let image = RgbaImage::from_raw(width, height, picture.to_rgba()).expect("a picture has as many pixels as it says");
    let told = |e: image::ImageError| Wrong::failure(format!("{} cannot be written: {e}", path.display()), "");
    image.save_with_format(path, image::ImageFormat::Png).map_err(told)
}
