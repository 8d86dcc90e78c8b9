//! What the start screen remembers between frames, and what it does in the background.
//!
//! Owns the search's text, the path field, where the list is scrolled to, pictures and file states under way. Where
//! there is no background (tests), pictures are left out until someone waits for them.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Rect};

use crate::session::find_scenario::{Finder, Hit};
use crate::session::home::Ask;
use crate::session::loader::Wake;
use crate::session::recent_files::FileStates;
use crate::session::thumbnails::Thumbnails;
use crate::session::{Command, Origin, Session, template};

use super::super::widgets::Emit;
use super::chooser::{Chooser, Choosing};

/// Whether the start screen may begin threads of its own.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Background {
    /// It draws what it has.
    #[default]
    Off,
    /// It draws pictures of runs when it is shown.
    Wanted,
    /// It is doing so.
    Begun,
}

/// The field for a path, while it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PathField {
    /// What is written in it.
    pub text: String,
    /// Why it is there.
    pub why: &'static str,
    /// It takes the focus when it appears.
    pub fresh: bool,
}

/// What the start screen remembers between frames.
#[derive(Default)]
pub struct LibraryState {
    /// What is looked for.
    pub(super) looked_for: String,
    /// The search takes the focus in this frame.
    pub(super) search_wanted: bool,
    /// The search, ready from the first letter on; with each scenario's id.
    pub(super) finder: Option<(Finder, Vec<String>)>,
    /// What was found for which question: it is not looked for anew in every frame.
    pub(super) found: Option<(String, Vec<(String, Hit)>)>,
    /// The path field, while it is shown.
    pub(super) path: Option<PathField>,
    /// Where the new scenario is to be, while that is asked.
    pub(super) new_path: Option<PathField>,
    /// The part to scroll to, by its letter; empty: the top.
    pub(super) scroll_to: Option<String>,
    /// The part that is in sight, by its letter; empty: the top.
    pub(super) part: String,
    /// The heads of the parts and where they are in this frame.
    pub(super) heads: Vec<(String, Rect)>,
    /// The first card of this frame.
    pub(super) first_card: Option<egui::Id>,
    /// Small pictures of runs.
    pub(super) thumbnails: Thumbnails,
    /// What a person should know once.
    pub(super) notice: Option<String>,
    /// Which recent files are there.
    pub(super) files: FileStates,
    /// The card that was opened by keys.
    pub(super) left_by: Option<egui::Id>,
    background: Background,
    choosing: Choosing,
    folder: Option<PathBuf>,
    asked: u32,
    /// The part in sight was asked for.
    asked_part: bool,
    last_pass: Option<u64>,
}

const NOT_CHOSEN: &str = "No file was chosen. If no window to choose one has opened, write its path here.";
const STILL_CHOOSING: &str =
    "The system was asked for a window to choose a file. If there is none, write the path here.";

impl LibraryState {
    /// From now on pictures are simulated, and files looked at, while the start screen is shown.
    pub fn allow_background(&mut self) {
        self.background = Background::Wanted;
    }

    /// How a file is chosen; without one, a path field is shown.
    pub fn set_chooser(&mut self, chooser: Chooser) {
        self.choosing = Choosing::with(chooser);
    }

    /// Where new scenarios are offered a place; without one, where the program was started.
    pub fn set_folder(&mut self, folder: PathBuf) {
        self.folder = Some(folder);
    }

    /// Says something on the start screen, until it is put away.
    pub fn say(&mut self, notice: String) {
        self.notice = Some(notice);
    }

    /// Simulates all pictures and waits for them: for pictures of the window, never for the window.
    pub fn finish_thumbnails(&mut self, session: &Session) {
        self.background = Background::Begun;
        self.thumbnails.start(wanted(session), Arc::new(|| ()));
        self.thumbnails.finish();
    }

    /// Takes in what the background has done, and what was asked by keys.
    pub(super) fn begin_frame(&mut self, ctx: &Context, session: &Session, emit: &mut Emit<'_>) {
        let pass = ctx.cumulative_pass_nr();
        let came_back = self.last_pass.is_none_or(|last| pass > last + 2);
        self.last_pass = Some(pass);
        if came_back {
            self.new_path = None;
            self.path = None;
            self.looked_for.clear();
            self.files.forget_question();
            // Whoever went away by keys goes on by keys from there.
            self.left_by.take().into_iter().for_each(|card| ctx.memory_mut(|m| m.request_focus(card)));
            if self.background == Background::Begun {
                // What is open by now is another, and a file may have changed.
                self.thumbnails.forget_files();
                self.background = Background::Wanted;
            }
        }
        let wake: Wake = {
            let ctx = ctx.clone();
            Arc::new(move || ctx.request_repaint())
        };
        if self.background == Background::Wanted {
            self.background = Background::Begun;
            self.thumbnails.start(wanted(session), Arc::clone(&wake));
        }
        if self.background == Background::Begun {
            self.files.ask(session.progress().recent(), wake);
        }
        self.thumbnails.pump();
        self.files.pump();
        if let Some(asked) = session.asked().filter(|asked| asked.nth != self.asked) {
            self.asked = asked.nth;
            self.do_asked(ctx, asked.what);
        }
        match self.choosing.take() {
            Some(Some(path)) => emit.emit(Command::OpenFile(path)),
            Some(None) => self.show_path_field(NOT_CHOSEN),
            None => {}
        }
    }

    fn do_asked(&mut self, ctx: &Context, asked: Ask) {
        match asked {
            Ask::Search => self.search_wanted = true,
            // Whoever asks again may see no window: one that never answers is no dead end.
            Ask::ChooseFile if self.choosing.is_under_way() => self.show_path_field(STILL_CHOOSING),
            Ask::ChooseFile => {
                if !self.choosing.begin(ctx) {
                    self.show_path_field(NOT_CHOSEN);
                }
            }
            Ask::NewScenario => {
                let folder = self.folder.clone().or_else(|| std::env::current_dir().ok());
                let folder = folder.filter(|dir| is_writable(dir)).or(std::env::home_dir());
                let path = template::free_path(&folder.unwrap_or_default());
                self.new_path = Some(PathField { text: path.display().to_string(), why: "", fresh: true });
            }
        }
    }

    fn show_path_field(&mut self, why: &'static str) {
        self.path = Some(PathField { text: String::new(), why, fresh: true });
    }

    /// The search, made when it is needed first.
    pub(super) fn finder(&mut self) -> &(Finder, Vec<String>) {
        self.finder.get_or_insert_with(|| {
            let (lessons, _) = crate::library::lessons();
            (Finder::new(&lessons), lessons.into_iter().map(|lesson| lesson.id).collect())
        })
    }

    /// Scrolls to a part; empty: to the top.
    pub(super) fn go_to_part(&mut self, part: &str) {
        self.looked_for.clear();
        self.scroll_to = Some(part.to_owned());
        self.part = part.to_owned();
    }

    /// After the list has been laid out: which part is in sight. One that was asked for stays so until a person moves the
    /// list, even if it cannot come up to the top.
    pub(super) fn settle_part(&mut self, offset: f32, window: Rect, ctx: &Context) {
        if self.scroll_to.take().is_some() {
            self.asked_part = true;
            return;
        }
        let moved = ctx.input(|i| i.smooth_scroll_delta().y != 0.0 || (i.pointer.any_down() && i.pointer.is_moving()));
        self.asked_part &= !moved;
        if self.asked_part {
            return;
        }
        let passed = self.heads.iter().rev().find(|(_, rect)| rect.top() <= window.top() + 60.0);
        self.part = if offset <= 0.5 { String::new() } else { passed.map_or(String::new(), |(part, _)| part.clone()) };
    }
}

/// Whether files can be made in a folder, as far as its permissions say.
fn is_writable(folder: &std::path::Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|about| !about.permissions().readonly())
}

/// What pictures are of: what to go on with first, then everything in order.
fn wanted(session: &Session) -> Vec<Origin> {
    let last = session.progress().last().map(|last| last.origin.clone());
    let all = session.library().iter().map(|entry| Origin::Library(entry.id.clone()));
    let mut origins: Vec<Origin> = last.into_iter().chain(all).collect();
    let mut seen = std::collections::BTreeSet::new();
    origins.retain(|origin| seen.insert(origin.clone()));
    origins
}

/// A path as it is written into a field.
pub(super) fn path_of(text: &str) -> Option<PathBuf> {
    let path = crate::session::jobs::path_from_text(text);
    (!path.as_os_str().is_empty()).then_some(path)
}
