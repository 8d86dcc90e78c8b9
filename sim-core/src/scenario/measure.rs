//! The figures that an expectation can name, their parameters and units.
//!
//! Owns the catalogue and how a figure is written: `makespan`, `polls(hb)`, `lateness(hb, beat, 10.1ms)`.
//! How a figure is taken from a trace is [`super::figures`]'s.

use std::fmt;

use super::error::advice;

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A whole number.
    Count,
    /// A length of virtual time, or a moment as the time since the start.
    Time,
    /// A part of a whole.
    Share,
    /// A size in memory.
    Bytes,
    /// Words.
    Text,
}

/// What a figure is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// A task of the workload; "conn.17" of many.
    Task,
    /// A task, or nothing for the whole run.
    TaskOrAll,
    /// A marker's text.
    Mark,
    /// A resource of the workload.
    Resource,
    /// A length of time.
    Period,
    /// The name of a finding.
    Finding,
    /// The name of an event.
    Event,
}

macro_rules! figures {
    ($($variant:ident $id:literal [$($param:ident),*] $unit:ident $says:literal;)*) => {
        /// A figure of a run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Figure {
            $(#[doc = $says] $variant,)*
        }

        impl Figure {
            /// Every figure.
            pub const ALL: &'static [Figure] = &[$(Figure::$variant,)*];

            /// The name in a file.
            pub const fn id(self) -> &'static str {
                match self { $(Figure::$variant => $id,)* }
            }

            /// What it is asked of.
            pub const fn params(self) -> &'static [Param] {
                match self { $(Figure::$variant => &[$(Param::$param),*],)* }
            }

            /// Its unit.
            pub const fn unit(self) -> Unit {
                match self { $(Figure::$variant => Unit::$unit,)* }
            }

            /// What it is, for people.
            pub const fn says(self) -> &'static str {
                match self { $(Figure::$variant => $says,)* }
            }
        }
    };
}

figures! {
    Makespan "makespan" [] Time "The end of the last task that is not a helper.";
    Finish "finish" [Task] Time "When the task ended.";
    MeanFinish "mean_finish" [] Time "The mean of the ends of all tasks of the workload.";
    FirstRun "first_run" [Task] Time "When the task was polled, or its thread dispatched, for the first time.";
    LastFirstRun "last_first_run" [] Time "When the last of all tasks ran for the first time.";
    At "at" [Task, Mark] Time "When the task first passed the marker.";
    Marks "marks" [TaskOrAll] Text "The markers passed, in order.";
    Lateness "lateness" [Task, Mark, Period] Time "The worst beat: a marker, less the marker before it and the period.";
    Utilisation "utilisation" [] Share "Time that cores computed, of cores times makespan.";
    Polls "polls" [TaskOrAll] Count "Calls of poll.";
    LongestPoll "longest_poll" [TaskOrAll] Time "The longest call of poll.";
    Wakes "wakes" [TaskOrAll] Count "Calls of wakers that made a task Ready.";
    LongestWait "longest_wait" [TaskOrAll] Time "The longest time between being able to run and running.";
    Switches "switches" [] Count "Dispatches onto a core that has run before, of another thread.";
    SwitchBill "switch_bill" [] Time "What all context switches cost.";
    SpawnBill "spawn_bill" [] Time "What creating all tasks or threads of the workload costs.";
    PollBill "poll_bill" [] Time "What all polls cost.";
    Threads "threads" [] Count "Threads, workers included.";
    PeakLength "peak_length" [Resource] Count "The most messages in the channel at a time.";
    PeakMemory "peak_memory" [] Bytes "Resident memory of tasks and of the workload's threads at its peak.";
    Reserved "reserved" [] Bytes "Addresses reserved for the stacks of the workload's threads at the peak.";
    BlockedAtEnd "blocked_at_end" [] Count "Threads of the workload that are still blocked when the run ends.";
    PendingAtEnd "pending_at_end" [] Count "Tasks that are still pending when the run ends.";
    Found "found" [Finding] Count "Findings of this kind.";
    Events "events" [Event] Count "Events of this kind.";
    Ended "ended" [] Text "Why the run ended: finished, stuck, steps, time.";
}

/// A figure with what it is asked of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The figure.
    pub figure: Figure,
    /// What stands in the parentheses, in order; an optional parameter that is left out is missing here.
    pub args: Vec<String>,
}

impl Measure {
    /// Reads a figure. The error says what was expected.
    pub fn parse(text: &str) -> Result<Measure, String> {
        let (name, args) = match text.split_once('(') {
            None => (text.trim(), Vec::new()),
            Some((name, rest)) => {
                let inside = rest.trim_end().strip_suffix(')').ok_or("the parenthesis is not closed")?;
                (name.trim(), inside.split(',').map(|a| a.trim().to_owned()).collect())
            }
        };
        let Some(figure) = Figure::ALL.iter().copied().find(|f| f.id() == name) else {
            let ids = Figure::ALL.iter().map(|f| f.id());
            return Err(format!("`{name}` is no figure: {}", advice(name, ids, "figure")));
        };
        let most = figure.params().len();
        let least = figure.params().iter().filter(|p| **p != Param::TaskOrAll).count();
        if args.len() < least || args.len() > most || args.iter().any(String::is_empty) {
            return Err(format!("`{name}` is written {}", figure.form()));
        }
        Ok(Measure { figure, args })
    }

    /// The parameters with what stands for them.
    pub fn arguments(&self) -> impl Iterator<Item = (Param, &str)> {
        self.figure.params().iter().copied().zip(self.args.iter().map(String::as_str))
    }
}

impl Figure {
    /// How it is written: "lateness(task, mark, period)".
    pub fn form(self) -> String {
        let params: Vec<&str> = self.params().iter().map(|p| p.form()).collect();
        if params.is_empty() { format!("`{}`", self.id()) } else { format!("`{}({})`", self.id(), params.join(", ")) }
    }
}

impl Param {
    const fn form(self) -> &'static str {
        match self {
            Param::Task => "task",
            Param::TaskOrAll => "[task]",
            Param::Mark => "mark",
            Param::Resource => "resource",
            Param::Period => "period",
            Param::Finding => "finding",
            Param::Event => "event",
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.figure.id())?;
        if self.args.is_empty() { Ok(()) } else { write!(f, "({})", self.args.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_with_its_arguments() {
        let measure = Measure::parse("lateness(hb, beat, 10.1ms)").unwrap();
        assert_eq!((measure.figure, measure.args.len()), (Figure::Lateness, 3));
        assert_eq!(measure.to_string(), "lateness(hb, beat, 10.1ms)");
        assert!(Measure::parse("polls").is_ok() && Measure::parse("polls(hb)").is_ok());
    }

    #[test]
    fn a_figure_that_is_wrong_says_what_was_expected() {
        assert!(Measure::parse("makspan").unwrap_err().contains("did you mean `makespan`?"));
        assert!(Measure::parse("finish").unwrap_err().contains("`finish(task)`"));
        assert!(Measure::parse("polls(a, b)").unwrap_err().contains("`polls([task])`"));
        assert!(Measure::parse("polls(a").unwrap_err().contains("not closed"));
    }
}
