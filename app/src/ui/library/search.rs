//! What was found, as the cards show it: which scenario, where it speaks of the words, and the words themselves.

use egui::text::{LayoutJob, TextFormat};

use crate::session::find_scenario::{Hit, Place};

use super::super::fonts;
use super::super::theme::Theme;
use super::state::LibraryState;

/// The scenarios that speak of what is looked for, by id, the best first.
pub fn found(state: &mut LibraryState) -> Vec<(String, Hit)> {
    let looked_for = state.looked_for.clone();
    let (finder, ids) = state.finder();
    finder.find(&looked_for).into_iter().map(|hit| (ids[hit.scenario].clone(), hit)).collect()
}

/// Where it was found, and what stands there, with the word lifted out.
pub fn reason(hit: &Hit, idea: &str, theme: &Theme) -> LayoutJob {
    let mut job = LayoutJob::default();
    let plain = TextFormat { font_id: fonts::regular(fonts::ROW), color: theme.text2, ..TextFormat::default() };
    let place = TextFormat { font_id: fonts::medium(fonts::ROW), color: theme.text1, ..plain.clone() };
    let word = TextFormat { background: theme.selected, ..place.clone() };
    // A title stands over it already: the idea says more.
    let (before, text, range) = match hit.place {
        Place::Title => (String::new(), idea, 0..0),
        Place::Idea => (String::new(), hit.excerpt.as_str(), hit.word.clone()),
        Place::Finding | Place::Part | Place::Step(_) | Place::Question(_) => {
            (format!("{}: ", upper_first(&hit.place.words())), hit.excerpt.as_str(), hit.word.clone())
        }
    };
    job.append(&before, 0.0, place);
    job.append(&text[..range.start], 0.0, plain.clone());
    job.append(&text[range.clone()], 0.0, word);
    job.append(&text[range.end..], 0.0, plain);
    job
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
