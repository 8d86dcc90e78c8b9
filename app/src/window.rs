//! The window on the screen: opens it, or says why there is none.
//!
//! Owns the way to the operating system's window. What is in it is [`crate::ui::Shell`]'s.

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;

use egui::{Ui, ViewportCommand, vec2};

use crate::session::progress::Progress;
use crate::session::{Command, Place, Session, jobs};
use crate::ui::Shell;
use crate::ui::library::chooser;
use crate::ui::theme::Theme;
use crate::watch::FileWatch;
use crate::{library, settings};

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// The system has no display.
    #[error("no display: neither WAYLAND_DISPLAY nor DISPLAY is set")]
    NoDisplay,
    /// The window system refused.
    #[error("the window cannot be opened: {0}")]
    Refused(String),
}

/// What the thread that simulates frees serves the window, too, instead of lying in a part of memory of its own.
fn share_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: `mallopt` takes two numbers and may be called at any time; nothing else runs yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// A simulation needs much that its recording does not: it goes back to the system, beside the window.
fn give_memory_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    std::thread::spawn(|| {
        // SAFETY: `malloc_trim` takes a number, may be called at any time and touches nothing that is in use.
        unsafe { libc::malloc_trim(0) }
    });
}

/// Opens the window, on a file or on the library, and stays until the person closes it.
///
/// # Errors
/// There is no display, or the window system refuses. Nothing has been shown then: the caller can go on in text.
pub fn open(file: Option<PathBuf>) -> Result<(), WindowError> {
    if !has_display() {
        return Err(WindowError::NoDisplay);
    }
    share_freed_memory();
    let viewport = egui::ViewportBuilder::default()
        .with_title(NAME)
        .with_app_id(settings::APP)
        .with_inner_size(vec2(1280.0, 800.0))
        .with_min_inner_size(vec2(640.0, 400.0));
    let notice = settings::set_aside_damaged();
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    // A missing system library panics inside the window system, and cannot be asked for beforehand.
    let silent = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let opened = std::sync::Arc::new(std::sync::Mutex::new(Some(silent)));
    let restore = std::sync::Arc::clone(&opened);
    let run = move || {
        eframe::run_native(
            NAME,
            options,
            Box::new(move |context| {
                if let Some(hook) = restore.lock().ok().and_then(|mut h| h.take()) {
                    std::panic::set_hook(hook);
                }
                Ok(Box::new(Window::new(context, file, notice)))
            }),
        )
    };
    let result = std::panic::catch_unwind(AssertUnwindSafe(run));
    let started = match opened.lock().ok().and_then(|mut h| h.take()) {
        Some(hook) => {
            std::panic::set_hook(hook);
            false
        }
        None => true,
    };
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(WindowError::Refused(last_clause(&error.to_string()))),
        // A window that was open and then panicked is a bug of ours, not a missing display.
        Err(panic) if started => std::panic::resume_unwind(panic),
        Err(panic) => Err(WindowError::Refused(panic_text(&*panic))),
    }
}

/// What the window system's error says at its end: before that stand its own source files.
fn last_clause(error: &str) -> String {
    error.rsplit(": ").next().unwrap_or(error).to_owned()
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the window system failed").lines().next().unwrap_or_default().to_owned()
}

#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))]
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET") || set("DISPLAY")
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd")))]
fn has_display() -> bool {
    true
}

struct Window {
    shell: Shell,
    /// What was kept of a person's progress and cannot be read: kept on beside it.
    unreadable_progress: Option<String>,
    /// The settings that cannot be read: likewise.
    unreadable: Vec<(String, String)>,
    title: String,
    /// Whether something was being simulated in the frame before.
    loading: bool,
}

impl Window {
    /// The window as it was left, or with `file` open. `notice` is what there is to say of the settings.
    fn new(context: &eframe::CreationContext<'_>, file: Option<PathBuf>, notice: Option<String>) -> Window {
        let mut shell = Shell::new(&context.egui_ctx, jobs::library());
        let waker = context.egui_ctx.clone();
        shell.watch_files(Box::new(FileWatch::new(Arc::new(move || waker.request_repaint()))));
        let remembered = context.storage.map(settings::read).unwrap_or_default();
        notice.into_iter().for_each(|n| shell.session.notice(n));
        shell.session.set_calibrated(settings::calibrated_file());
        settings::restore(&mut shell, &remembered);
        let kept = context.storage.and_then(|s| s.get_string(PROGRESS));
        let unreadable_progress = kept.filter(|text| !remember(&mut shell, text));
        shell.library.allow_background();
        shell.library.set_chooser(chooser::system());
        match (file, remembered.kept) {
            (Some(file), _) => shell.session.apply(opening(file)),
            (None, Some(kept)) => shell.session.return_to(kept),
            (None, None) => {}
        }
        Window { shell, unreadable_progress, unreadable: remembered.unreadable, title: String::new(), loading: false }
    }
}

/// What stands in the window's title bar.
fn title(session: &Session) -> String {
    match session.document().filter(|_| *session.place() == Place::Open) {
        Some(document) => format!("{} – {NAME}", document.title),
        None => NAME.to_owned(),
    }
}

/// What opens FILE: a scenario's id opens it, as it does on the command line, unless there is a file of that name.
pub fn opening(file: PathBuf) -> Command {
    match file.to_str() {
        Some(id) if !file.exists() && library::embedded().iter().any(|e| e.id == id) => {
            Command::OpenScenario(id.to_owned())
        }
        _ => Command::OpenFile(file),
    }
}

const NAME: &str = "Wakeline";
const PROGRESS: &str = "progress";

/// Goes on from the progress that was kept; answers whether it could be read. The person is told if not.
fn remember(shell: &mut Shell, text: &str) -> bool {
    match Progress::from_text(text) {
        Ok(progress) => {
            shell.session.set_progress(progress);
            true
        }
        Err(why) => {
            let told = "What was kept of your progress cannot be read, and is as it was at first";
            shell.library.say(format!("{told} ({why}). The old text is kept beside it under “{PROGRESS} unreadable”."));
            false
        }
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.shell.ui(ui);
        let title = title(&self.shell.session);
        if title != self.title {
            ui.ctx().send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        let loading = self.shell.session.is_loading() || self.shell.session.is_sweeping();
        if std::mem::replace(&mut self.loading, loading) && !loading {
            give_memory_back();
        }
        if self.shell.session.is_quitting() {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        settings::write(storage, &self.shell.session, self.shell.dock_height, &self.unreadable);
        storage.set_string(PROGRESS, self.shell.session.progress().to_text());
        if let Some(text) = &self.unreadable_progress {
            settings::set_text_aside(storage, PROGRESS, text);
        }
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        Theme::of(self.shell.session.theme()).window.to_normalized_gamma_f32()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_names_what_is_open() {
        let mut session = Session::new(jobs::library(), std::sync::Arc::new(|| ()));
        assert_eq!(title(&session), "Wakeline");
        session.apply(opening("blocked-executor".into()));
        session.finish_loading();
        assert_eq!(title(&session), "Blocked executor – Wakeline");
        session.apply(Command::ShowLibrary);
        assert_eq!(title(&session), "Wakeline");
    }
}
