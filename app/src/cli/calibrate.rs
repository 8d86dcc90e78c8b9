//! `wakeline calibrate`: measures what things cost on this computer, and writes a cost profile.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use sim_core::scenario::profile as profiles;

use super::args::CalibrateArgs;
use super::{Failure, Wrong};
use crate::calibrate::figures::{Effort, measure};
use crate::calibrate::{host, profile};
use crate::settings;

/// Does what `calibrate` asks.
pub fn calibrate(ask: &CalibrateArgs, out: &mut impl Write) -> Result<(), Failure> {
    let (file, is_usual) = match &ask.output {
        Some(file) => (file.clone(), false),
        None => (usual_file()?, true),
    };
    check_output(&file)?;
    let effort = if ask.quick { Effort::Quick } else { Effort::Thorough };
    let mut bar = Bar::new();
    let measured = measure(effort, &mut |what, share| bar.show(what, share));
    bar.clear();
    let costs = profile::costs(&measured);
    let text = profile::file(&measured, &costs);
    // Whatever it would be refused for later, it is refused for now: a poll that costs nothing, first of all.
    profiles::parse(&file.display().to_string(), &text)?;
    std::fs::write(&file, text).map_err(|error| cannot_be_written(&file, &error, "give another path after -o"))?;
    writeln!(out, "{}\n\n{}", host::computer(), profile::figures_table(&measured))?;
    writeln!(out, "{}", profile::prices_table(&costs))?;
    for remark in profile::remarks(&measured) {
        writeln!(out, "{remark}")?;
    }
    let usable = if is_usual { profile::NAME.to_owned() } else { file.display().to_string() };
    writeln!(out, "Written to {}. Use it with --costs {usable}, or in the window's settings.", file.display())?;
    Ok(())
}

/// Where the window looks for it.
fn usual_file() -> Result<PathBuf, Failure> {
    let help = "give a path after -o";
    let none = || Wrong::failure("this system has no folder for the program's settings", help);
    let file = settings::calibrated_file().ok_or_else(none)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| cannot_be_written(&file, &error, help))?;
    Ok(file)
}

/// Before half a minute is spent on measuring: whether the file can be written.
fn check_output(file: &Path) -> Result<(), Failure> {
    let help = "give another path after -o";
    if file.is_dir() {
        return Err(cannot_be_written(file, &"it is a folder", help));
    }
    match file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        Some(folder) => Err(cannot_be_written(file, &format!("there is no folder {}", folder.display()), help)),
        None => Ok(()),
    }
}

fn cannot_be_written(file: &Path, why: &dyn std::fmt::Display, help: &str) -> Failure {
    Wrong::failure(format!("{} cannot be written: {why}", file.display()), help)
}

const BAR: usize = 24;

/// How far it is, in one line that is written over; nothing where nobody looks.
struct Bar {
    is_seen: bool,
    /// What stands there.
    shown: String,
}

impl Bar {
    fn new() -> Bar {
        Bar { is_seen: std::io::stderr().is_terminal(), shown: String::new() }
    }

    fn show(&mut self, what: &str, share: f64) {
        let done = (share * BAR as f64) as usize;
        let line = format!("[{}{}] {:3.0} %  {what:<38}", "#".repeat(done), ".".repeat(BAR - done), share * 100.0);
        if self.is_seen && line != self.shown {
            // Where it cannot be written, nobody misses it.
            let _ = write!(std::io::stderr(), "\r{line}");
            let _ = std::io::stderr().flush();
            self.shown = line;
        }
    }

    fn clear(&mut self) {
        if self.is_seen {
            let _ = write!(std::io::stderr(), "\r{}\r", " ".repeat(self.shown.chars().count()));
        }
    }
}
