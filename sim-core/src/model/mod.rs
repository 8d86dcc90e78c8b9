//! The concurrency models that a workload can run under: one small file each, and one line in [`MODELS`].
//!
//! A model says what it is called, which real system it follows, what it cannot express, and how it runs a workload on
//! a machine. Knows no scenario: a scenario names a model by its id.

use std::fmt;

use serde::de::{Deserializer, EnumAccess, Error, VariantAccess, Visitor};

use crate::machine::spec::Machine;
use crate::program::{Op, Workload};
use crate::trace::Trace;
pub use crate::trace::family::Family;

/// Declares each model's file, and lists the models in the order in which people are offered them.
macro_rules! models {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        const COUNT: usize = [$(stringify!($name)),*].len();

        /// Every model, in the order in which people are offered them.
        pub static MODELS: [&Model; COUNT] = [$(&$name::MODEL),*];
    };
}

// A line a model.
models! {
    tokio_current_thread,
    tokio_local_set,
    tokio_multi_thread,
    smol,
    async_std,
    local_pool,
    thread_per_core,
    monoio,
    glommio,
    static_executor,
    async_fifo,
    async_priority,
    async_stealing,
    thread_per_task,
    thread_pool,
    event_loop,
    coroutines,
    actors,
    akka,
    sequential,
    no_executor,
}

/// A way to execute a workload.
pub struct Model {
    /// The name as files and commands write it: "tokio_multi_thread".
    pub id: &'static str,
    /// The first words of a run's title: "tokio, multi-thread".
    pub title: &'static str,
    /// What it is, in a line.
    pub line: &'static str,
    /// The real system that it follows, with version: "tokio 1.54.1"; or what it stands for, where there is no one.
    pub stands_for: &'static str,
    /// What its tasks are.
    pub family: Family,
    /// Its workers.
    pub workers: Workers,
    /// Runs a workload whose names fit together, and whose ops [`Model::refuses`] does not name.
    pub run: fn(Machine, Setup, &Workload) -> Trace,
    /// Why it cannot express this op: a clause that goes on after "because". None: it can.
    pub refuses: fn(&Op) -> Option<&'static str>,
}

/// How many workers a model has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Workers {
    /// None to count: its threads are its tasks.
    None,
    /// Always one.
    One,
    /// So many as the run says; this many if it does not.
    Any {
        /// What a run has that says nothing.
        usual: u32,
    },
    /// So many as the run says; one a core of the machine if it does not.
    PerCore,
    /// So many as the run says; one a core of the machine, but so many at least and at most, if it does not.
    PerCoreWithin {
        /// On however small a machine.
        least: u32,
        /// On however large a machine.
        most: u32,
    },
}

/// What a run may say about its model.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Setup {
    /// Workers, or threads of a pool; as usual for the model if none.
    pub workers: Option<u32>,
}

impl Model {
    /// The model of this id.
    pub fn find(id: &str) -> Option<&'static Model> {
        MODELS.into_iter().find(|model| model.id == id)
    }

    /// Whether a run of it can say how many workers it has.
    pub const fn has_workers(&self) -> bool {
        match self.workers {
            Workers::None | Workers::One => false,
            Workers::Any { .. } | Workers::PerCore | Workers::PerCoreWithin { .. } => true,
        }
    }

    /// How many workers a run has that says `asked`, on a machine of so many cores. None where there are none to count.
    pub fn workers_for(&self, asked: Option<u32>, cores: u32) -> u32 {
        match self.workers {
            Workers::None => 0,
            Workers::One => 1,
            Workers::Any { usual } => asked.unwrap_or(usual),
            Workers::PerCore => asked.unwrap_or(cores),
            Workers::PerCoreWithin { least, most } => asked.unwrap_or(cores.clamp(least, most)),
        }
    }

    /// Whether a task lives on the worker that it names as its `shard`.
    pub fn has_shards(&self) -> bool {
        matches!(self.id, "thread_per_core" | "monoio" | "glommio")
    }

    /// How many queues of tasks so many workers have, where the workload makes them many; 0 elsewhere.
    pub(crate) fn queues(&self, workers: u32, workload: &Workload) -> usize {
        if self == &glommio::MODEL { glommio::queues(workers, workload) } else { 0 }
    }

    /// Whether a task is a thread of its own.
    pub const fn is_thread_a_task(&self) -> bool {
        matches!(self.workers, Workers::None)
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Model) -> bool {
        self.id == other.id
    }
}

impl Eq for Model {}

/// For models that express every op.
pub(crate) fn refuses_nothing(_: &Op) -> Option<&'static str> {
    None
}

/// For models that express every op but the one whose worker goes on on another thread, and why each does not.
pub(crate) fn refuses_in_place(op: &Op, why: &'static str) -> Option<&'static str> {
    matches!(op, Op::BlockInPlace(_)).then_some(why)
}

/// Reads a model by its id, which a file writes as a word.
pub(crate) fn model<'de, D: Deserializer<'de>>(from: D) -> Result<&'static Model, D::Error> {
    struct Named;
    impl<'de> Visitor<'de> for Named {
        type Value = &'static Model;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a model")
        }

        fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<&'static Model, A::Error> {
            let (model, rest) = data.variant_seed(Word)?;
            rest.unit_variant()?;
            Ok(model)
        }
    }

    struct Word;
    impl<'de> serde::de::DeserializeSeed<'de> for Word {
        type Value = &'static Model;

        fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<&'static Model, D::Error> {
            from.deserialize_identifier(self)
        }
    }
    impl Visitor<'_> for Word {
        type Value = &'static Model;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a model")
        }

        fn visit_str<E: Error>(self, id: &str) -> Result<&'static Model, E> {
            Model::find(id).ok_or_else(|| E::unknown_variant(id, &IDS))
        }
    }
    from.deserialize_enum("Model", &IDS, Named)
}

static IDS: [&str; MODELS.len()] = {
    let mut ids = [""; MODELS.len()];
    let mut at = 0;
    while at < ids.len() {
        ids[at] = MODELS[at].id;
        at += 1;
    }
    ids
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_models_share_an_id_and_each_is_found_by_its_own() {
        for model in MODELS {
            assert_eq!(Model::find(model.id), Some(model));
            assert_eq!(MODELS.iter().filter(|other| other.id == model.id).count(), 1, "{}", model.id);
        }
    }

    #[test]
    fn every_model_says_in_a_line_what_it_is_and_what_it_stands_for() {
        for model in MODELS {
            assert!(!model.title.is_empty() && !model.stands_for.is_empty(), "{}", model.id);
            assert!((10..=100).contains(&model.line.chars().count()), "{}: {}", model.id, model.line);
        }
    }
}
