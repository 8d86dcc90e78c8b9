//! What the palette offers, and what of it matches what was typed.
//!
//! Owns the two lists: every command, and every place one can go to. Knows no widget; what was chosen before is handed
//! in, so that it stands first.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use sim_core::analysis::track::TrackKind;
use sim_core::instant::{SimDuration, SimTime};
use sim_core::trace::Event;

use super::bindings::Binding;
use super::breakpoints::Breakpoint;
use super::{Command, Place, Selection, Session, keymap, run_letter};

/// Something that can be chosen.
#[derive(Clone, PartialEq, Debug)]
pub struct Offer {
    /// Its name: what is typed is looked for in it.
    pub title: String,
    /// What it is: "task of run A", "scenario".
    pub beside: String,
    /// Its first key, if it has one.
    pub key: Option<String>,
    /// Why it would do nothing; none if it would.
    pub why_not: Option<&'static str>,
    /// What it does.
    pub command: Command,
}

impl Offer {
    fn place(title: impl Into<String>, beside: impl Into<String>, command: Command) -> Offer {
        Offer { title: title.into(), beside: beside.into(), key: None, why_not: None, command }
    }
}

/// What the places that are offered depend on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PlacesKey {
    open: bool,
    opened: u64,
    focus: usize,
    tracks: usize,
    findings: usize,
    marks: Vec<String>,
}

/// At most so many are shown: who does not see theirs types on.
pub const MOST: usize = 200;

impl Session {
    /// What a command is called: stepping goes by what the run in focus has.
    pub fn title_of(&self, binding: &Binding) -> String {
        let steps = self.focused().filter(|_| *self.place() == Place::Open).map(|run| run.family().step());
        match (&binding.command, steps) {
            (Command::PollForward, Some(step)) => format!("Step one {step} forward"),
            (Command::PollBack, Some(step)) => format!("Step one {step} back"),
            _ => binding.title.to_owned(),
        }
    }

    /// Every command, and the breakpoints that need none of the rows to be selected.
    pub fn commands_offered(&self) -> Vec<Offer> {
        let table = self.keymap().all().map(|(binding, keys)| Offer {
            title: self.title_of(binding),
            beside: keymap::name_of(&binding.command),
            key: keys.first().cloned(),
            why_not: self.why_not(&binding.command),
            command: binding.command.clone(),
        });
        let kinds = Event::CATALOGUE.iter().map(|(_, kind, _)| Breakpoint::Kind(*kind));
        let breakpoint = |b: Breakpoint| {
            let verb = if self.breakpoints().contains(&b) { "Clear the breakpoint" } else { "Breakpoint" };
            let title = format!("{verb} at {}", self.breakpoint_text(b));
            let command = Command::ToggleBreakpoint(b);
            Offer { why_not: self.why_not(&command), ..Offer::place(title, "F5 runs to it", command) }
        };
        let tracks = self.breakpoints().iter().filter(|b| matches!(b, Breakpoint::Track { .. })).copied();
        table.chain(tracks.chain(kinds).map(breakpoint)).collect()
    }

    /// Every place one can go to: rows of all runs, findings, marks, scenarios.
    pub fn places_offered(&self) -> Vec<Offer> {
        let mut offers = Vec::new();
        if *self.place() == Place::Open {
            self.offer_what_is_open(&mut offers);
        }
        for entry in self.library() {
            let beside = format!("scenario {} · {}", entry.number, entry.part_title);
            offers.push(Offer::place(entry.title.clone(), beside, Command::OpenScenario(entry.id.clone())));
        }
        offers
    }

    fn offer_what_is_open(&self, offers: &mut Vec<Offer>) {
        for (run, of) in self.runs().iter().enumerate() {
            for track in &of.index.tracks {
                if let Some(kind) = kind_text(track.kind) {
                    let select = Command::Select(Selection::Track { run, track: track.kind });
                    offers.push(Offer::place(track.name.clone(), format!("{kind} of run {}", run_letter(run)), select));
                }
            }
        }
        // While a question is open, what was found may be its answer.
        let findings = if self.hides_figures() { Vec::new() } else { self.findings() };
        for (id, finding) in findings {
            let beside = format!("finding in run {}", run_letter(id.run));
            offers.push(Offer::place(finding.title.clone(), beside, Command::ShowFinding(id)));
        }
        for (place, mark) in self.marks().iter().enumerate() {
            let run = self.run_of_mark(mark);
            let beside = run.map_or_else(|| "mark".to_owned(), |run| format!("mark in run {}", run_letter(run)));
            offers.push(Offer::place(mark.name.clone(), beside, Command::GoToMark(place)));
        }
    }

    /// Changes whenever other places are to be offered: other runs, or more of them.
    pub fn places_key(&self) -> PlacesKey {
        let tracks = self.runs().iter().map(|run| run.index.tracks.len()).sum();
        let findings = self.runs().iter().filter(|_| !self.hides_figures()).map(|run| run.findings().len()).sum();
        let marks = self.marks().iter().map(|mark| mark.name.clone()).collect();
        PlacesKey {
            open: *self.place() == Place::Open,
            opened: self.opened(),
            focus: self.focus(),
            tracks,
            findings,
            marks,
        }
    }

    /// A time or an event that was typed: "82.1ms", "#59".
    pub fn place_typed(&self, text: &str) -> Option<Offer> {
        let text = text.trim();
        self.focused().filter(|_| *self.place() == Place::Open)?;
        if let Some(event) = text.strip_prefix('#').and_then(|n| n.parse().ok()) {
            let command = Command::SeekEvent { run: self.focus(), event };
            return Some(Offer::place(
                format!("Event {event}"),
                format!("of run {}", run_letter(self.focus())),
                command,
            ));
        }
        let after: SimDuration = text.replace(' ', "").parse().ok()?;
        Some(Offer::place(format!("Go to {text}"), "time", Command::Seek(SimTime::ZERO + after)))
    }
}

fn kind_text(kind: TrackKind) -> Option<&'static str> {
    match kind {
        TrackKind::Core(_) => Some("core"),
        TrackKind::Worker(_) => Some("worker"),
        TrackKind::Device(_) => Some("device"),
        TrackKind::Task(_) => Some("task"),
        TrackKind::Thread(_) => Some("thread"),
        TrackKind::Counter(_) => None,
    }
}

/// Which of the offers match what was typed, the best first, by their places; with nothing typed, all. Of two that
/// match equally well, what was chosen lately comes first, and else what stands first. `recent` has the latest first.
pub fn matching(offers: &[Offer], typed: &str, recent: &[String]) -> Vec<usize> {
    let age = |offer: &Offer| recent.iter().position(|title| *title == offer.title).unwrap_or(recent.len());
    let pattern = Pattern::parse(typed.trim(), CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut score = |offer: &Offer| {
        let title = pattern.score(Utf32Str::new(&offer.title, &mut letters), &mut matcher).map(|score| score * 2);
        // What it is counts, too, but less: "task" finds the tasks.
        let beside = || pattern.score(Utf32Str::new(&offer.beside, &mut letters), &mut matcher);
        title.or_else(beside)
    };
    let mut found: Vec<(u32, usize, usize)> =
        offers.iter().enumerate().filter_map(|(n, offer)| Some((score(offer)?, age(offer), n))).collect();
    found.sort_by_key(|(score, age, n)| (std::cmp::Reverse(*score), *age, *n));
    found.into_iter().take(MOST).map(|(.., n)| n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command::BINDINGS;
    use crate::session::fixture::blocked_executor as session;

    fn first(offers: &[Offer], typed: &str) -> Command {
        offers[matching(offers, typed, &[])[0]].command.clone()
    }

    #[test]
    fn every_command_of_the_table_is_offered_with_its_key() {
        let offers = session().commands_offered();
        for binding in BINDINGS {
            let offer = offers.iter().find(|o| o.command == binding.command);
            assert_eq!(offer.map(|o| o.key.as_deref()), Some(binding.keys.first().copied()), "{}", binding.title);
        }
    }

    #[test]
    fn a_few_letters_find_a_command() {
        let offers = session().commands_offered();
        assert_eq!(first(&offers, "zmin"), Command::ZoomIn);
        assert_eq!(first(&offers, "StepForward"), Command::StepForward);
        assert!(matching(&offers, "qqqq", &[]).is_empty());
    }

    #[test]
    fn tasks_findings_and_scenarios_are_places() {
        let session = session();
        let offers = session.places_offered();
        assert!(matches!(first(&offers, "hog"), Command::Select(Selection::Track { run: 0, .. })));
        assert_eq!(first(&offers, "two deadlocks"), Command::OpenScenario("two-deadlocks".into()));
        let findings = offers.iter().filter(|o| matches!(o.command, Command::ShowFinding(_))).count();
        assert_eq!(findings, session.findings().len());
        assert!(findings > 0);
    }

    #[test]
    fn a_mark_is_a_place() {
        let mut session = session();
        session.apply(Command::Seek(SimTime::from_nanos(50_000_000)));
        session.apply(Command::SwitchMark);
        assert_eq!(first(&session.places_offered(), "mark 1"), Command::GoToMark(0));
    }

    #[test]
    fn what_was_chosen_lately_stands_first() {
        let offers = session().commands_offered();
        let recent = ["Quit".to_owned(), "Zoom in".to_owned()];
        let order: Vec<_> = matching(&offers, "", &recent)[..3].iter().map(|n| offers[*n].title.as_str()).collect();
        assert_eq!(order, ["Quit", "Zoom in", "Step one event forward"]);
    }

    #[test]
    fn a_time_and_an_event_can_be_typed() {
        let session = session();
        let time = SimTime::from_nanos(82_100_000);
        assert_eq!(session.place_typed("82.1 ms").map(|o| o.command), Some(Command::Seek(time)));
        assert_eq!(session.place_typed("#59").map(|o| o.command), Some(Command::SeekEvent { run: 0, event: 59 }));
        assert_eq!(session.place_typed("hog"), None);
    }

    #[test]
    fn findings_are_offered_when_the_question_they_answer_is_done_with() {
        let mut session = session();
        let offered = |session: &Session| {
            let offers = session.places_offered();
            offers.iter().filter(|o| matches!(o.command, Command::ShowFinding(_))).count()
        };
        assert_eq!(offered(&session), session.findings().len());
        session.apply(Command::GoToStep(3));
        session.finish_loading();
        assert!(session.hides_figures() && !session.findings().is_empty());
        let key = session.places_key();
        assert_eq!(offered(&session), 0);
        session.apply(Command::Reveal);
        assert_eq!(offered(&session), session.findings().len());
        assert_ne!(session.places_key(), key, "the palette asks anew");
    }
}
