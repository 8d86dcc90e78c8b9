//! Presenting: the lesson before an audience, one step at a time, by a clicker.
//!
//! Owns whether it is on, whether the answer is shown and whether the screen is black. A clicker has four keys: next,
//! back, black, and one that starts and ends (F5 and Esc in turn).

use super::Session;

/// Whether the lesson is presented.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Presenting {
    /// It is not.
    #[default]
    Off,
    /// It was until the last command: F5 begins it again.
    Left,
    /// It is.
    On {
        /// What of the step is told.
        part: Part,
        /// What the audience sees.
        screen: Screen,
    },
}

/// What of a step is told: one after the other, each by a press.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// What it says.
    Text,
    /// Its question: the audience thinks.
    Question,
    /// The right answer, and why.
    Answer,
}

/// What the audience sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Screen {
    /// The window.
    Lit,
    /// Nothing: they look at the speaker.
    Black,
}

impl Presenting {
    const BEGUN: Presenting = Presenting::On { part: Part::Text, screen: Screen::Lit };

    /// Whether the lesson is presented.
    pub fn is_on(self) -> bool {
        matches!(self, Presenting::On { .. })
    }

    /// What of the step is told.
    pub fn part(self) -> Part {
        match self {
            Presenting::On { part, .. } => part,
            Presenting::Off | Presenting::Left => Part::Text,
        }
    }

    /// Whether the screen is black.
    pub fn is_black(self) -> bool {
        matches!(self, Presenting::On { screen: Screen::Black, .. })
    }
}

impl Session {
    /// Whether the lesson is presented, and how.
    pub fn presenting(&self) -> Presenting {
        self.presenting
    }

    /// Begins to present, or ends it.
    pub(super) fn toggle_presenting(&mut self) {
        self.presenting = match self.presenting {
            Presenting::Off | Presenting::Left => Presenting::BEGUN,
            Presenting::On { .. } => Presenting::Left,
        };
    }

    /// Blacks the screen out, or lights it again.
    pub(super) fn toggle_black(&mut self) {
        if let Presenting::On { screen, .. } = &mut self.presenting {
            *screen = match *screen {
                Screen::Lit => Screen::Black,
                Screen::Black => Screen::Lit,
            };
        }
    }

    /// Another step is told from its text on: its answer is not given away.
    pub(super) fn present_from_text(&mut self) {
        if let Presenting::On { part, .. } = &mut self.presenting {
            *part = Part::Text;
        }
    }

    /// The next press before an audience: light, then the question, then the answer, then the next step.
    pub(super) fn next_step(&mut self) {
        let asks = self.question().is_some();
        match &mut self.presenting {
            Presenting::On { screen: screen @ Screen::Black, .. } => *screen = Screen::Lit,
            Presenting::On { part: part @ Part::Text, .. } if asks => *part = Part::Question,
            Presenting::On { part: part @ Part::Question, .. } if asks => *part = Part::Answer,
            Presenting::Off | Presenting::Left | Presenting::On { .. } => self.go_to_step(self.step + 1),
        }
    }

    /// The press back: light, then the question without its answer, then the text, then the step before.
    pub(super) fn previous_step(&mut self) {
        match &mut self.presenting {
            Presenting::On { screen: screen @ Screen::Black, .. } => *screen = Screen::Lit,
            Presenting::On { part: part @ Part::Answer, .. } => *part = Part::Question,
            Presenting::On { part: part @ Part::Question, .. } => *part = Part::Text,
            Presenting::Off | Presenting::Left | Presenting::On { .. } => self.go_to_step(self.step.saturating_sub(1)),
        }
    }

    /// The step whose moment is nearest to the cursor: the first of several, and of those without a variant.
    pub fn step_near_cursor(&self) -> usize {
        let Some(document) = self.document() else { return 0 };
        let here = self.cursor.time.as_nanos();
        let steps = document.steps.iter().enumerate().filter(|(_, step)| step.says.variant == document.variant);
        // Steps of two runs that speak of one moment need not be at the very same nanosecond.
        let close = self.end().as_nanos() / 1_000 + 1;
        let far = steps.filter_map(|(n, step)| Some((self.moment_of(step)?.time.as_nanos().abs_diff(here) / close, n)));
        far.min().map_or(0, |(_, n)| n)
    }
}
