//! Finds scenarios by what a person remembers of them: title, idea, a finding's name, an op, a word of the narration.
//!
//! Owns the ranking, and what to show as the reason. Knows no toolkit. Every word that is looked for must be found
//! somewhere; a word in the title counts more than one in the narration.

use std::collections::BTreeSet;

use sim_core::scenario::expect::Amount;
use sim_core::scenario::narration::plain;
use sim_core::scenario::{Measure, Scenario};

/// Where a scenario speaks of what is looked for; the first counts most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// In its title or name.
    Title,
    /// Its runs have such a finding.
    Finding,
    /// In its idea.
    Idea,
    /// In the name of its part of the curriculum.
    Part,
    /// A step of the lesson, from 0.
    Step(usize),
    /// A question of the lesson, by its step, from 0.
    Question(usize),
}

impl Place {
    fn weight(self) -> u32 {
        match self {
            Place::Title => 100,
            Place::Finding => 80,
            Place::Idea => 40,
            Place::Part => 15,
            Place::Step(_) => 10,
            Place::Question(_) => 6,
        }
    }

    /// The place in words: "step 4", "finding".
    pub fn words(self) -> String {
        match self {
            Place::Title => "title".to_owned(),
            Place::Finding => "finding".to_owned(),
            Place::Idea => "idea".to_owned(),
            Place::Part => "part".to_owned(),
            Place::Step(n) => format!("step {}", n + 1),
            Place::Question(n) => format!("question in step {}", n + 1),
        }
    }
}

/// A scenario that speaks of what is looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Which, by its place among those that were given.
    pub scenario: usize,
    /// The place that counts most.
    pub place: Place,
    /// What stands there, cut to a line around the word.
    pub excerpt: String,
    /// The found word's bytes in the excerpt.
    pub word: std::ops::Range<usize>,
    score: u32,
}

/// Texts of all scenarios, ready to be searched at every key.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    texts: Vec<Vec<(Place, String)>>,
}

impl Finder {
    /// Takes the scenarios' texts.
    pub fn new<'s>(scenarios: impl IntoIterator<Item = &'s Scenario>) -> Finder {
        Finder { texts: scenarios.into_iter().map(texts_of).collect() }
    }

    /// The scenarios that speak of every word of a question, the best first. Nothing is asked: nothing is found.
    pub fn find(&self, question: &str) -> Vec<Hit> {
        let words = words_of(question);
        if words.is_empty() {
            return Vec::new();
        }
        let mut hits: Vec<Hit> =
            self.texts.iter().enumerate().filter_map(|(scenario, texts)| hit(scenario, texts, &words)).collect();
        hits.sort_by_key(|hit| (std::cmp::Reverse(hit.score), hit.scenario));
        hits
    }
}

/// Words that people put around what they look for.
const EMPTY_WORDS: &[&str] = &[
    "a", "an", "and", "are", "at", "be", "can", "do", "does", "for", "how", "i", "in", "is", "it", "my", "not", "of",
    "on", "or", "s", "the", "to", "was", "what", "when", "where", "which", "who", "why", "with",
];

/// What people say, and what the lessons call it.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("slow", &["late", "lateness", "longpoll"]),
    ("slower", &["slow", "late", "longpoll"]),
    ("late", &["longpoll"]),
    ("hang", &["hangs", "stuck", "deadlock", "deadlocks", "waitcycle"]),
    ("hangs", &["hang", "stuck", "deadlock", "deadlocks", "waitcycle"]),
    ("stuck", &["hang", "hangs", "deadlock", "deadlocks", "waitcycle"]),
    ("freeze", &["hang", "hangs", "stuck", "deadlock", "blocks", "blocking"]),
    ("deadlock", &["waitcycle"]),
    ("mutex", &["lock", "locks", "guard"]),
    ("queue", &["channel"]),
    ("ram", &["memory"]),
    ("abort", &["cancelled", "cancels", "dropped"]),
    ("cancel", &["dropped"]),
];

fn words_of(question: &str) -> Vec<String> {
    let lower = question.to_lowercase();
    let all: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let telling: Vec<&str> = all.iter().copied().filter(|word| !EMPTY_WORDS.contains(word)).collect();
    let chosen = if telling.is_empty() { all } else { telling };
    chosen.into_iter().map(str::to_owned).collect()
}

fn texts_of(scenario: &Scenario) -> Vec<(Place, String)> {
    let mut texts = vec![(Place::Title, scenario.title.clone()), (Place::Title, scenario.id.clone())];
    let findings = scenario.expectations.iter().filter_map(|expectation| {
        let some = expectation.equals.iter().chain(&expectation.at_least).any(|a| *a != Amount::Count(0));
        match Measure::parse(&expectation.metric) {
            Ok(Measure::Findings(Some(kind))) if some => Some(kind),
            _ => None,
        }
    });
    texts.extend(findings.collect::<BTreeSet<_>>().into_iter().map(|kind| (Place::Finding, kind)));
    texts.push((Place::Idea, scenario.idea.clone()));
    texts.extend(scenario.part.map(|part| (Place::Part, part.title().to_owned())));
    for (n, step) in scenario.narration.iter().enumerate() {
        texts.push((Place::Step(n), step.title.clone()));
        texts.push((Place::Step(n), plain(&step.text)));
        if let Some(question) = &step.question {
            texts.push((Place::Question(n), plain(&question.ask)));
            texts.extend(question.choices.iter().map(|c| (Place::Question(n), plain(c.text()))));
            texts.push((Place::Question(n), plain(&question.because)));
        }
    }
    texts
}

/// Every word is found in some text; the text that counts most is shown.
fn hit(scenario: usize, texts: &[(Place, String)], words: &[String]) -> Option<Hit> {
    let mut best: Option<Hit> = None;
    let mut score = 0;
    for word in words {
        let found = texts.iter().filter_map(|(place, text)| {
            let (range, how) = found_in(text, word)?;
            Some((place.weight() * how, *place, text, range))
        });
        // Of texts that count alike, the first.
        let (weight, place, text, range) = found.reduce(|one, other| if other.0 > one.0 { other } else { one })?;
        score += weight;
        if best.as_ref().is_none_or(|best| weight > best.score) {
            let (excerpt, word) = excerpt(text, range);
            best = Some(Hit { scenario, place, excerpt, word, score: weight });
        }
    }
    best.map(|hit| Hit { score, ..hit })
}

/// Where a word, or what the lessons call it, stands in a text; and how well: a whole word 4, its beginning 3, inside
/// another 1, each twice; another name must be the whole word.
fn found_in(text: &str, word: &str) -> Option<(std::ops::Range<usize>, u32)> {
    let other_names = SYNONYMS.iter().find(|(said, _)| *said == word).map_or(&[][..], |(_, names)| names);
    let exact = place_of(text, word).map(|(range, how)| (range, how * 2));
    let others = other_names.iter().filter_map(|name| place_of(text, name)).filter(|(_, how)| *how == 4);
    exact.into_iter().chain(others).reduce(|one, other| if other.1 > one.1 { other } else { one })
}

fn place_of(text: &str, word: &str) -> Option<(std::ops::Range<usize>, u32)> {
    // Bytes keep their places: only letters whose lower case is as long are changed.
    let lower: String = text.chars().map(lower_alike).collect();
    let how = |start: usize| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let begins = !letter(lower[..start].chars().next_back());
        let ends = !letter(lower[start + word.len()..].chars().next());
        match (begins, ends) {
            (true, true) => 4,
            (true, false) => 3,
            (false, _) => 1,
        }
    };
    // Two letters inside a word are no sign of anything.
    let enough = |how: u32| how > 1 || word.chars().count() > 2;
    let all = lower.match_indices(word).map(|(start, _)| (start..start + word.len(), how(start)));
    all.filter(|(_, how)| enough(*how)).reduce(|one, other| if other.1 > one.1 { other } else { one })
}

fn lower_alike(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if one.len_utf8() == c.len_utf8() => one,
        _ => c,
    }
}

/// A line of a text around a word: from the start of its sentence, or not long before the word.
fn excerpt(text: &str, word: std::ops::Range<usize>) -> (String, std::ops::Range<usize>) {
    const BEFORE: usize = 32;
    const LONGEST: usize = 140;
    let before = &text[..word.start];
    let sentence = before.rfind(". ").map_or(0, |dot| dot + 2);
    let near = before.char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
    let cut = if sentence >= near { sentence } else { before[near..].find(' ').map_or(near, |space| near + space + 1) };
    let dots = if cut > 0 && cut != sentence { "…" } else { "" };
    let rest: String = text[cut..].chars().take(LONGEST).collect();
    let shift = |at: usize| at - cut + dots.len();
    (format!("{dots}{rest}"), shift(word.start)..shift(word.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::lessons;

    fn find(question: &str) -> Vec<(String, Hit)> {
        let (lessons, _) = lessons();
        let hits = Finder::new(&lessons).find(question);
        hits.into_iter().map(|hit| (lessons[hit.scenario].id.clone(), hit)).collect()
    }

    #[test]
    fn a_title_is_found_first_and_a_finding_before_words_of_the_narration() {
        let hits = find("blocked");
        assert_eq!((hits[0].0.as_str(), hits[0].1.place), ("blocked-executor", Place::Title));
        let hits = find("LongPoll");
        assert_eq!((hits[0].0.as_str(), hits[0].1.place), ("blocked-executor", Place::Finding));
        assert_eq!(hits[0].1.excerpt, "LongPoll");
    }

    #[test]
    fn a_finding_that_must_not_be_there_is_not_found() {
        assert!(find("LongPoll").iter().all(|(_, hit)| hit.place != Place::Finding || hit.excerpt == "LongPoll"));
        assert!(find("LostWaker").iter().all(|(_, hit)| hit.place != Place::Finding));
    }

    #[test]
    fn words_of_the_narration_are_found_with_their_step_and_the_word() {
        let hits = find("spawn_blocking");
        let (id, hit) = &hits[0];
        assert_eq!(id, "blocked-executor");
        assert_eq!(hit.place, Place::Step(6));
        assert_eq!(&hit.excerpt[hit.word.clone()], "spawn_blocking");
    }

    #[test]
    fn every_word_must_be_found_and_empty_words_count_for_nothing() {
        assert!(find("blocked zebra").is_empty());
        assert!(find("").is_empty() && find("  ?! ").is_empty());
        assert_eq!(find("why is it slow")[0].0, "blocked-executor");
        assert_eq!(find("how does it hang")[0].1.place.weight(), find("hang")[0].1.place.weight());
    }

    #[test]
    fn an_excerpt_begins_near_its_word_and_keeps_its_place() {
        let text = "A first sentence. Then a very long one that goes on and on before it comes to Übung at last.";
        let at = text.find("Übung").expect("it is there");
        let (line, word) = excerpt(text, at..at + "Übung".len());
        assert_eq!(&line[word], "Übung");
        assert!(line.starts_with('…') && line.len() < text.len());
        assert_eq!(place_of("An Übung", "übung").map(|(range, how)| (range.len(), how)), Some(("übung".len(), 4)));
        assert_eq!(place_of("beats", "ea"), None, "two letters inside a word");
    }
}
