//! Scenario: a saved lesson, as its file says it.
//!
//! Owns the types of the file, field by field. Knows nothing of how the file is read ([`super::read`]), whether its
//! names fit together ([`super::check`]), or how it is run.

use serde::Deserialize;

use super::expect::Expectation;
use super::narration::Step;
use super::profile::Profiles;
use crate::instant::SimDuration;
use crate::machine::spec::Latency;
use crate::model::{Family, Model, Setup, Workers};
use crate::program::durations::{duration, some_duration};
use crate::program::{Named, Workload};

/// The version of the file format that this program reads.
pub const SCHEMA: u32 = 1;

/// A lesson: a machine, a workload, and two or more ways to run it, with what is to be seen.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The name in commands and file names: "blocked-executor".
    pub id: String,
    /// The place in the curriculum; a scenario of one's own has none.
    #[serde(default)]
    pub number: Option<u32>,
    /// The chapter of the curriculum; a scenario of one's own has none.
    #[serde(default)]
    pub part: Option<Part>,
    /// The name people read.
    pub title: String,
    /// What is to be learned, in one line.
    pub idea: String,
    /// The seed of every decision. 1 if left out.
    #[serde(default = "one_u64")]
    pub seed: u64,
    /// The simulated computer; one core if left out.
    #[serde(default)]
    pub machine: MachineSpec,
    /// The cost profile that the lesson is told in: "zero", "jimblandy" or "cited" (the default), or a file beside the
    /// scenario's: "mine.ron".
    #[serde(default = "cited")]
    pub costs: String,
    /// What has to be done.
    pub workload: Workload,
    /// The ways to run it, two or more.
    pub runs: Vec<RunSpec>,
    /// What a person may turn.
    #[serde(default)]
    pub knobs: Vec<Knob>,
    /// The lesson with something changed.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// What must be true of the runs; `wakeline check` asserts it.
    #[serde(default)]
    pub expectations: Vec<Expectation>,
    /// The lesson, step by step.
    #[serde(default)]
    pub narration: Vec<Step>,
    /// The name of the file it was read from.
    #[serde(skip)]
    pub file: String,
    /// The text it was read from, with what was set in it.
    #[serde(skip)]
    pub text: String,
    /// The cost profiles that it names, as they were read with it.
    #[serde(skip)]
    pub profiles: Profiles,
}

impl Scenario {
    /// Its place in the curriculum: "26 · Fairness". A scenario of one's own has none; number 0 is none, too.
    pub fn place(&self) -> Option<String> {
        let (number, part) = (self.number.filter(|n| *n > 0)?, self.part?);
        Some(format!("{number} · {}", part.title()))
    }

    /// The run of that id.
    pub fn run(&self, id: &str) -> Option<&RunSpec> {
        self.runs.iter().find(|run| run.id == id)
    }

    /// The variant of that id.
    pub fn variant(&self, id: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.id == id)
    }

    /// A run's title, or one made from its model, workers and cores.
    pub fn run_title(&self, run: &RunSpec) -> String {
        let plural = |n: u32, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let own = || match run.model.workers {
            Workers::None => format!("{}, {}", run.model.title, plural(self.machine.cores, "core")),
            Workers::One => run.model.title.to_owned(),
            Workers::Any { .. } | Workers::PerCore | Workers::PerCoreWithin { .. } => {
                format!("{}, {}", run.model.title, plural(self.workers(run), run.model.family.worker()))
            }
        };
        run.title.clone().unwrap_or_else(own)
    }

    /// Workers of the run's runtime; 0 where a task is a thread of its own.
    pub fn workers(&self, run: &RunSpec) -> u32 {
        run.model.workers_for(run.workers, self.machine.cores)
    }

    /// A run of this model beside those that there are: it has as many workers as the first run of its family that takes
    /// several, or else as the first async one, so that only the model differs. Without such a run it starts as usual.
    pub fn run_of_model(&self, id: impl Into<String>, model: &'static Model) -> RunSpec {
        let like = |family| self.runs.iter().find(|run| run.model.family == family && run.model.has_workers());
        // Threads of a pool wait, workers do not: from one to the other the number says nothing.
        let beside = like(model.family).or_else(|| like(Family::Async).filter(|_| model.family != Family::Pool));
        let run = RunSpec::of_model(id, model);
        match beside {
            Some(beside) => RunSpec { workers: self.workers_kept(beside, model), ..run },
            None => run,
        }
    }

    /// What a run has to say about its workers to have as many under another model: nothing where the model has none to
    /// choose, or as many as usual.
    pub fn workers_kept(&self, run: &RunSpec, model: &'static Model) -> Option<u32> {
        if !model.has_workers() || !run.model.has_workers() {
            return None;
        }
        let now = self.workers(run);
        let usual = model.workers_for(None, self.machine.cores);
        let shards = self.workload.tasks.iter().filter_map(|(_, task)| task.shard);
        let has_place = !model.has_shards() || shards.max().is_none_or(|last| last < now);
        run.workers.or(Some(now).filter(|now| *now != usual)).filter(|_| has_place)
    }

    /// How threads are scheduled in this run.
    pub fn policy(&self, run: &RunSpec) -> PolicySpec {
        run.policy.unwrap_or(self.machine.policy)
    }

    /// Whether threads in this run inherit the priority of those that wait for what they hold.
    pub fn inherits_priorities(&self, run: &RunSpec) -> bool {
        run.priority_inheritance.unwrap_or(self.machine.priority_inheritance)
    }
}

fn one_u64() -> u64 {
    1
}

fn cited() -> String {
    "cited".to_owned()
}

/// A chapter of the curriculum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Part {
    /// Why concurrency.
    A,
    /// Futures.
    B,
    /// Executors.
    C,
    /// Cancellation.
    D,
    /// Wakes.
    E,
    /// Fairness.
    F,
    /// Coordination.
    G,
    /// Choosing.
    H,
}

impl Part {
    /// Every chapter, in order.
    pub const ALL: [Part; 8] = [Part::A, Part::B, Part::C, Part::D, Part::E, Part::F, Part::G, Part::H];

    /// The chapter's name.
    pub const fn title(self) -> &'static str {
        match self {
            Part::A => "Why concurrency",
            Part::B => "Futures",
            Part::C => "Executors",
            Part::D => "Cancellation",
            Part::E => "Wakes",
            Part::F => "Fairness",
            Part::G => "Coordination",
            Part::H => "Choosing",
        }
    }
}

/// The simulated computer. What is left out is usual: one core, round robin with 4 ms, no devices but the plain one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MachineSpec {
    /// Simulated CPUs, 1 to 64.
    pub cores: u32,
    /// How threads get their turn on a core.
    pub policy: PolicySpec,
    /// Whether a thread that holds a lock runs with the highest priority of those that wait for it.
    pub priority_inheritance: bool,
    /// Devices besides the plain one, by name.
    pub devices: Named<DeviceSpec>,
    /// A run ends with a finding after so many steps; ten million if left out.
    pub max_steps: Option<u64>,
    /// A run ends with a finding at this virtual time.
    #[serde(deserialize_with = "some_duration")]
    pub max_time: Option<SimDuration>,
}

impl Default for MachineSpec {
    fn default() -> MachineSpec {
        MachineSpec {
            cores: 1,
            policy: PolicySpec::RoundRobin { quantum: SimDuration::from_millis(4) },
            priority_inheritance: false,
            devices: Named::default(),
            max_steps: None,
            max_time: None,
        }
    }
}

/// How threads get their turn on a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PolicySpec {
    /// By priority; among equals in turn, at most a quantum at a time. Linux's SCHED_RR has a quantum of 100 ms.
    RoundRobin {
        /// The longest time on the core while others wait.
        #[serde(deserialize_with = "duration")]
        quantum: SimDuration,
    },
    /// By priority, the first come first among equals, until it blocks or one of higher priority comes.
    Fifo,
    /// In proportion to the weight of the nice value, after Linux's EEVDF; a priority above 0 comes before all of that.
    Fair,
}

/// A device that answers requests.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceSpec {
    /// How long a request takes.
    pub latency: Latency,
    /// How many it works on at a time; any number, if left out. The others queue.
    #[serde(default)]
    pub in_flight: Option<u32>,
}

/// One way to run the workload.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSpec {
    /// The name in commands: "async", "threads".
    pub id: String,
    /// The name people read; made from the model if left out, so that it follows what is set.
    #[serde(default)]
    pub title: Option<String>,
    /// The concurrency model.
    #[serde(deserialize_with = "crate::model::model")]
    pub model: &'static Model,
    /// Workers of a runtime, threads of a pool; as usual for the model if left out.
    #[serde(default)]
    pub workers: Option<u32>,
    /// How threads get their turn in this run; as the machine says, if left out.
    #[serde(default)]
    pub policy: Option<PolicySpec>,
    /// Whether threads inherit priorities in this run; as the machine says, if left out.
    #[serde(default)]
    pub priority_inheritance: Option<bool>,
}

impl RunSpec {
    /// A run of this model that says nothing else.
    pub fn of_model(id: impl Into<String>, model: &'static Model) -> RunSpec {
        RunSpec { id: id.into(), title: None, model, workers: None, policy: None, priority_inheritance: None }
    }

    /// What it says about its model.
    pub(crate) fn setup(&self) -> Setup {
        Setup { workers: self.workers }
    }
}

/// Something that a person may turn.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knob {
    /// Which value of the file it sets: "runs.async.workers".
    pub path: String,
    /// The name people read.
    pub label: String,
    /// The values it can have.
    pub values: KnobValues,
}

/// The values that a knob can have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum KnobValues {
    /// Any of these, as the file writes them.
    OneOf(Vec<String>),
    /// Any whole number between the two, ends included.
    Range(u32, u32),
}

/// The lesson with something changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// The name in commands: "two-workers".
    pub id: String,
    /// The name people read: "2 workers".
    pub title: String,
    /// What is changed: "PATH=VALUE", as `wakeline run --set` takes it.
    pub set: Vec<String>,
}
