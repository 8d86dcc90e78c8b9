//! The lesson's questions: a prediction is made, and stays made.

use sim_core::scenario::narration::{Choice, Question};

use super::Session;

impl Session {
    /// The question of the step that is shown.
    pub fn question(&self) -> Option<&Question> {
        self.document()?.steps.get(self.step)?.says.question.as_ref()
    }

    /// Which answer was chosen for it, from 0; none while it is open.
    pub fn answer(&self) -> Option<usize> {
        let origin = self.document()?.origin.clone();
        self.answers.get(&(origin, self.step)).copied()
    }

    /// The first answer stays: it was the prediction.
    pub(super) fn predict(&mut self, choice: usize) {
        let known = self.question().is_some_and(|q| choice < q.choices.len());
        if let (true, Some(document)) = (known, self.document.clone()) {
            self.answers.entry((document.origin.clone(), self.step)).or_insert(choice);
        }
    }
}

/// Whether an answer is the right one.
pub fn is_right(choice: &Choice) -> bool {
    matches!(choice, Choice::Right(_))
}
