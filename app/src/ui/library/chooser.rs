//! Choosing a file in the system's own window.
//!
//! Owns the thread that waits for the answer: the window never does. Which window that is, is given from outside; a
//! test has none, and neither has a system without a portal.

use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};
use egui::Context;

/// Asks a person for a file, and waits for the answer; none: nothing was chosen, or nothing can be.
pub type Chooser = Arc<dyn Fn() -> Option<PathBuf> + Send + Sync>;

/// The system's own window for choosing a file.
pub fn system() -> Chooser {
    Arc::new(|| {
        rfd::FileDialog::new()
            .set_title("Open a scenario or a recorded run")
            .add_filter("Scenarios and recorded runs", &["ron", "wkl"])
            .add_filter("All files", &["*"])
            .pick_file()
    })
}

/// A question that is under way, or not.
#[derive(Default)]
pub(super) struct Choosing {
    chooser: Option<Chooser>,
    answer: Option<Receiver<Option<PathBuf>>>,
}

impl Choosing {
    pub fn with(chooser: Chooser) -> Choosing {
        Choosing { chooser: Some(chooser), answer: None }
    }

    /// Whether it is being asked, and nothing was answered yet.
    pub fn is_under_way(&self) -> bool {
        self.answer.is_some()
    }

    /// Asks, unless it is being asked already. Answers whether there is someone to ask.
    pub fn begin(&mut self, ctx: &Context) -> bool {
        let (Some(chooser), None) = (&self.chooser, &self.answer) else { return self.chooser.is_some() };
        let (chooser, ctx) = (Arc::clone(chooser), ctx.clone());
        let (outlet, answer) = bounded(1);
        let asking = std::thread::Builder::new().name("file chooser".to_owned()).spawn(move || {
            let _ = outlet.send(chooser());
            ctx.request_repaint();
        });
        self.answer = asking.ok().map(|_| answer);
        self.answer.is_some()
    }

    /// The answer, when it has come.
    pub fn take(&mut self) -> Option<Option<PathBuf>> {
        let answer = match self.answer.as_ref()?.try_recv() {
            Ok(answer) => answer,
            Err(crossbeam_channel::TryRecvError::Empty) => return None,
            // Whoever asked broke down: the same as no answer.
            Err(crossbeam_channel::TryRecvError::Disconnected) => None,
        };
        self.answer = None;
        Some(answer)
    }
}
