//! The models that a run can be given, in the order and with the words in which a menu offers them.

use sim_core::model::{Family, MODELS, Model, Workers};
use sim_core::program::{Op, Program};
use sim_core::scenario::Scenario;

/// Models that a person looks for in one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Executors of futures that are known by their names.
    AsyncRuntimes,
    /// Executors of futures without a queue that cores share.
    ThreadPerCore,
    /// Code that blocks OS threads.
    OsThreads,
    /// Callbacks.
    EventLoop,
    /// Tasks with stacks of their own.
    Coroutines,
    /// Tasks with mailboxes.
    Actors,
}

impl Kind {
    /// All, in the order of the menu.
    pub const ALL: [Kind; 6] =
        [Kind::AsyncRuntimes, Kind::ThreadPerCore, Kind::OsThreads, Kind::EventLoop, Kind::Coroutines, Kind::Actors];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Kind::AsyncRuntimes => "Async runtimes",
            Kind::ThreadPerCore => "Async, thread per core",
            Kind::OsThreads => "OS threads",
            Kind::EventLoop => "Event loop",
            Kind::Coroutines => "Coroutines",
            Kind::Actors => "Actors",
        }
    }

    /// Where a model is looked for.
    pub fn of(model: &Model) -> Kind {
        match model.family {
            // What the family does not tell: these have a core's tasks stay there.
            Family::Async if ["thread_per_core", "monoio", "glommio"].contains(&model.id) => Kind::ThreadPerCore,
            Family::Async => Kind::AsyncRuntimes,
            Family::Threads | Family::Pool | Family::Sequential => Kind::OsThreads,
            Family::Callbacks => Kind::EventLoop,
            Family::Coroutines => Kind::Coroutines,
            Family::Actors => Kind::Actors,
        }
    }

    /// Its models, in the order in which people are offered them.
    pub fn models(self) -> impl Iterator<Item = &'static Model> {
        MODELS.into_iter().filter(move |model| Kind::of(model) == self)
    }
}

/// Why this workload cannot run under a model: "It has no Offload, because …". None: it can.
pub fn why_not(model: &Model, scenario: &Scenario) -> Option<String> {
    scenario.workload.tasks.iter().find_map(|(_, task)| refused(model, &task.ops))
}

fn refused(model: &Model, program: &Program) -> Option<String> {
    program.iter().find_map(|op: &Op| match (model.refuses)(op) {
        Some(why) => Some(format!("It has no {}, because {why}.", op.name())),
        None => op.bodies().into_iter().find_map(|(_, body)| refused(model, body)),
    })
}

/// What the number of its workers is called. None where there is nothing to choose.
pub fn workers_title(model: &Model) -> Option<&'static str> {
    match (model.workers, model.family) {
        (Workers::None | Workers::One, _) => None,
        (_, Family::Threads | Family::Pool | Family::Sequential) => Some("Threads of the pool"),
        (_, Family::Coroutines) => Some("Workers (GOMAXPROCS)"),
        (_, Family::Actors) if model.id == "akka" => Some("Workers (threads of the dispatcher)"),
        (_, Family::Actors) => Some("Workers (schedulers)"),
        (_, Family::Async | Family::Callbacks) => Some("Workers"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_offered_once() {
        let mut offered: Vec<&str> = Kind::ALL.into_iter().flat_map(Kind::models).map(|m| m.id).collect();
        let mut all: Vec<&str> = MODELS.iter().map(|m| m.id).collect();
        offered.sort_unstable();
        all.sort_unstable();
        assert_eq!(offered, all);
        assert!(Kind::ALL.into_iter().all(|kind| kind.models().next().is_some()), "no heading without models");
        let of_cores: Vec<&str> = Kind::ThreadPerCore.models().map(|m| m.id).collect();
        assert_eq!(of_cores, ["thread_per_core", "monoio", "glommio"]);
    }

    #[test]
    fn a_model_that_cannot_do_a_step_says_which_and_why() {
        let text = r#"(schema: 1, id: "t", number: 1, part: A, title: "T", idea: "I.", costs: "zero",
            machine: (cores: 1), runs: [(id: "async", model: async_fifo), (id: "threads", model: thread_per_task)],
            workload: (tasks: {"t": (ops: [Repeat(2, [Offload("1ms")])])}))"#;
        let scenario = Scenario::parse("t.ron", text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
        let why = |id: &str| why_not(Model::find(id).expect("a model"), &scenario);
        assert_eq!(
            why("static_executor").as_deref(),
            Some("It has no Offload, because there is no other thread to give a blocking call to.")
        );
        assert_eq!(why("tokio_multi_thread"), None);
    }

    #[test]
    fn each_model_says_its_own_reason_why_it_has_no_block_in_place() {
        let text = r#"(schema: 1, id: "t", number: 1, part: A, title: "T", idea: "I.", costs: "zero",
            machine: (cores: 1), runs: [(id: "async", model: tokio_multi_thread), (id: "threads", model: thread_per_task)],
            workload: (tasks: {"t": (ops: [BlockInPlace("1ms")])}))"#;
        let scenario = Scenario::parse("t.ron", text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
        let why = |id: &str| why_not(Model::find(id).expect("a model"), &scenario).expect("it cannot");
        assert!(why("tokio_current_thread").contains("`block_in_place` panics on this runtime"));
        assert!(why("event_loop").contains("Node has no such call"));
        assert!(why("actors").contains("Erlang has no such call"));
    }

    #[test]
    fn the_number_of_workers_has_the_name_that_the_model_gives_it() {
        let title = |id: &str| workers_title(Model::find(id).expect("a model"));
        assert_eq!(title("coroutines"), Some("Workers (GOMAXPROCS)"));
        assert_eq!(title("thread_pool"), Some("Threads of the pool"));
        for one in ["thread_per_task", "event_loop", "sequential", "tokio_current_thread", "static_executor"] {
            assert_eq!(title(one), None, "{one}");
        }
    }
}
