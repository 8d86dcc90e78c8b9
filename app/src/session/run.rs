//! One run as the session holds it: its trace as far as it is known, and what is derived from it.

use sim_core::analysis::findings::Finding;
use sim_core::analysis::index::Index;
use sim_core::analysis::sums::Sums;
use sim_core::instant::SimTime;
use sim_core::trace::event::EndReason;
use sim_core::trace::keyframes::Keyframes;
use sim_core::trace::{Family, Names, Snapshot, Trace, TracePart};

use super::figures::RunFigures;
use super::rows::RowPlan;
use super::step::is_lesson;

/// How far a run's recording is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Growth {
    /// Nothing has come yet.
    Waiting,
    /// Parts are coming.
    Growing,
    /// It is complete.
    Complete,
    /// It was stopped before its end.
    Stopped,
}

/// The letter by which people know a run.
pub fn run_letter(run: usize) -> String {
    char::from_u32('A' as u32 + run as u32).unwrap_or('?').to_string()
}

/// So many rows are given back to the system by the way; more would keep the window waiting.
const FREED_AT_ONCE: usize = 1_000;

/// Forgets runs that are not shown any more. To free ten thousand rows takes longer than a frame, so it is done beside.
pub fn forget(runs: Vec<Run>) {
    if runs.iter().map(|run| run.index.tracks.len()).sum::<usize>() > FREED_AT_ONCE {
        // Without another thread it takes its time here.
        let _ = std::thread::Builder::new().name("forget".to_owned()).spawn(move || drop(runs));
    }
}

/// A run: its trace and everything that is drawn from it.
#[derive(Debug)]
pub struct Run {
    /// Its name, for people.
    pub title: String,
    /// Whether it is of threads: it steps by context switches.
    pub threads: bool,
    /// What has happened.
    pub trace: Trace,
    /// Rows, spans and links.
    pub index: Index,
    /// How far the recording is.
    pub growth: Growth,
    /// What should be said about it.
    pub notice: Option<String>,
    /// The numbers of the events of the lesson level.
    pub lesson_events: Vec<u32>,
    /// What is wrong with it, in order of time; none while it grows and is not diagnosed yet.
    pub findings: Option<Vec<Finding>>,
    /// What it adds up to; none while it grows and is not measured yet.
    pub figures: Option<RunFigures>,
    /// How many events of each kind there are, by the kind's number.
    pub kinds: Vec<u32>,
    /// How its rows are arranged.
    pub rows: RowPlan,
    keyframes: Keyframes,
    snapshot: Snapshot,
}

impl Run {
    /// A run that has not begun.
    pub fn new(title: String, threads: bool) -> Run {
        let trace = Trace::default();
        Run {
            title,
            threads,
            index: Index::default(),
            growth: Growth::Waiting,
            notice: None,
            lesson_events: Vec::new(),
            findings: None,
            figures: None,
            kinds: vec![0; 256],
            rows: RowPlan::default(),
            keyframes: Keyframes::build(&trace),
            snapshot: Snapshot::default(),
            trace,
        }
    }

    /// Takes in the next part of its trace.
    pub fn append(&mut self, part: TracePart) {
        let first = self.trace.is_empty();
        let before = self.trace.len();
        self.trace.append(part);
        self.growth = Growth::Growing;
        self.index.extend(&self.trace);
        if first {
            // What the machine has is known only now: cores, queues.
            self.keyframes = Keyframes::build(&self.trace);
            self.snapshot = Snapshot::initial(self.trace.tables());
        } else {
            self.keyframes.extend(&self.trace);
        }
        for record in self.trace.records_from(before) {
            self.kinds[usize::from(record.kind())] += 1;
        }
        let lesson = self.trace.records_from(before).enumerate().filter(|(_, r)| is_lesson(*r));
        self.lesson_events.extend(lesson.map(|(i, _)| (before + i) as u32));
    }

    /// Its name in commands, as its recording has it: "async".
    pub fn id(&self) -> &str {
        &self.trace.tables().run.run
    }

    /// What its tasks are, and so which words tell of them.
    pub fn family(&self) -> Family {
        if self.threads { Family::Threads } else { self.trace.tables().run.family() }
    }

    /// What things are called after event `n`.
    pub fn names(&self, n: usize) -> Names<'_> {
        Names::at(self.trace.tables(), self.index.moves(), n)
    }

    /// When it ends, as far as is known.
    pub fn end(&self) -> SimTime {
        self.trace.end()
    }

    /// Whether more may come.
    pub fn may_grow(&self) -> bool {
        match self.growth {
            Growth::Waiting | Growth::Growing => true,
            Growth::Complete | Growth::Stopped => false,
        }
    }

    /// The state of everything where the cursor stands.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What happens from `from` on and before `to`.
    pub fn sums(&self, from: SimTime, to: SimTime) -> Sums {
        self.index.sums().between(&self.trace, &self.keyframes, from, to)
    }

    /// Whether it ended with something left that nothing will ever wake.
    pub fn is_stuck(&self) -> bool {
        self.index.last_snapshot().ended == Some(EndReason::Stuck)
    }

    /// What is wrong with it, as far as is known, in order of time.
    pub fn findings(&self) -> &[Finding] {
        self.findings.as_deref().unwrap_or_default()
    }

    /// Takes in the diagnosis.
    pub(super) fn diagnosed(&mut self, mut findings: Vec<Finding>) {
        findings.sort_by_key(|f| (f.proof.first().copied(), f.severity));
        self.findings = Some(findings);
    }

    /// Brings the state to the first `events` events.
    pub(super) fn show(&mut self, events: usize) {
        if self.snapshot.events != events.min(self.trace.len()) {
            self.keyframes.move_to(&self.trace, &mut self.snapshot, events);
        }
    }
}
