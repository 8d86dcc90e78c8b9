//! Prices of one model that differ from the profile's: what is left out costs what it costs everywhere.
//!
//! Owns the differences, and those of the cited profile. Models are known by their ids alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Costs, ns};
use crate::instant::SimDuration;

/// The prices that a model has of its own.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelCosts {
    /// As [`Costs::poll`]: in a model without polls, bringing a task onto its worker until it waits again.
    #[serde(with = "duration", skip_serializing_if = "Option::is_none")]
    pub poll: Option<SimDuration>,
    /// As [`Costs::wake`].
    #[serde(with = "duration", skip_serializing_if = "Option::is_none")]
    pub wake: Option<SimDuration>,
    /// As [`Costs::waker_clone`].
    #[serde(with = "duration", skip_serializing_if = "Option::is_none")]
    pub waker_clone: Option<SimDuration>,
    /// As [`Costs::waker_drop`].
    #[serde(with = "duration", skip_serializing_if = "Option::is_none")]
    pub waker_drop: Option<SimDuration>,
    /// As [`Costs::task_spawn`].
    #[serde(with = "duration", skip_serializing_if = "Option::is_none")]
    pub task_spawn: Option<SimDuration>,
    /// As [`Costs::driver_turn`].
    #[serde(with = "duration", skip_serializing_if = "Option::is_none")]
    pub driver_turn: Option<SimDuration>,
    /// As [`Costs::sync_op`].
    #[serde(with = "duration", skip_serializing_if = "Option::is_none")]
    pub sync_op: Option<SimDuration>,
    /// As [`Costs::timer`].
    #[serde(with = "duration", skip_serializing_if = "Option::is_none")]
    pub timer: Option<SimDuration>,
    /// As [`Costs::task_bytes`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_bytes: Option<u64>,
}

impl ModelCosts {
    /// These prices instead of those that `costs` has.
    pub(super) fn put_over(&self, costs: &mut Costs) {
        let ModelCosts { poll, wake, waker_clone, waker_drop, task_spawn, driver_turn, sync_op, timer, task_bytes } =
            self;
        let times = [
            (poll, &mut costs.poll),
            (wake, &mut costs.wake),
            (waker_clone, &mut costs.waker_clone),
            (waker_drop, &mut costs.waker_drop),
            (task_spawn, &mut costs.task_spawn),
            (driver_turn, &mut costs.driver_turn),
            (sync_op, &mut costs.sync_op),
            (timer, &mut costs.timer),
        ];
        for (own, price) in times {
            *price = own.unwrap_or(*price);
        }
        costs.task_bytes = task_bytes.unwrap_or(costs.task_bytes);
    }

    /// Only what it says of memory; none if it says nothing of that.
    pub(super) fn memory(&self) -> Option<ModelCosts> {
        self.task_bytes.map(|bytes| ModelCosts { task_bytes: Some(bytes), ..ModelCosts::default() })
    }
}

/// Systems without wakers, or with wakers that are nothing but an address: whoever makes a task ready names it.
const NO_WAKERS: ModelCosts = ModelCosts {
    poll: None,
    wake: None,
    waker_clone: Some(ns(0)),
    waker_drop: Some(ns(0)),
    task_spawn: None,
    driver_turn: None,
    sync_op: None,
    timer: None,
    task_bytes: None,
};

/// What differs from tokio's current_thread in the cited profile, with its arithmetic in `docs/costs.md`. A model that is
/// not here has not been measured, or is that one.
pub(super) fn cited() -> BTreeMap<String, ModelCosts> {
    // tokio: on one worker of multi_thread a yield takes 1.2 times what it takes on current_thread.
    let worker = ModelCosts { poll: Some(ns(72)), ..ModelCosts::default() };
    // async-executor: a yield takes 118, with its wake; a task's block is 72 B.
    let smol = ModelCosts { poll: Some(ns(111)), task_bytes: Some(72), ..ModelCosts::default() };
    // A yield takes 79; spawn and join 0.73 times what it takes in tokio.
    let local_pool = ModelCosts { poll: Some(ns(72)), task_spawn: Some(ns(104)), ..ModelCosts::default() };
    // Go: Gosched 75, a hop through a channel 167, go and wait 393; 2,659 B a goroutine, with its stack of 2 KiB.
    let go = ModelCosts {
        poll: Some(ns(68)),
        sync_op: Some(ns(46)),
        task_spawn: Some(ns(250)),
        task_bytes: Some(2_659),
        ..NO_WAKERS
    };
    // Erlang: a yield 175, a message hop 353, a spawn and its message 1,547; 2,688 B a process.
    let beam = ModelCosts {
        poll: Some(ns(168)),
        sync_op: Some(ns(89)),
        task_spawn: Some(ns(1_026)),
        task_bytes: Some(2_688),
        ..NO_WAKERS
    };
    // Embassy: a task lives in a static slot, and nothing is allocated; its wakers are a pointer that nobody counts.
    let embassy = ModelCosts { task_bytes: Some(0), ..NO_WAKERS };
    // Akka's own site: 2.5 million actors to a GB of heap.
    let akka = ModelCosts { task_bytes: Some(400), ..NO_WAKERS };
    // Node: an await 69; setImmediate, which is a callback after a round of the loop, 1,228.
    let node = ModelCosts { poll: Some(ns(62)), driver_turn: Some(ns(1_159)), ..NO_WAKERS };
    let all = [
        ("tokio_multi_thread", worker),
        ("smol", smol.clone()),
        ("async_std", smol),
        ("local_pool", local_pool),
        ("coroutines", go),
        ("static_executor", embassy),
        ("actors", beam),
        ("akka", akka),
        ("event_loop", node),
    ];
    all.into_iter().map(|(id, own)| (id.to_owned(), own)).collect()
}

/// As in the profile itself; a field that is left out is none.
mod duration {
    use serde::{Deserializer, Serialize, Serializer};

    use crate::instant::SimDuration;

    pub fn serialize<S: Serializer>(d: &Option<SimDuration>, to: S) -> Result<S::Ok, S::Error> {
        d.map(|d| d.to_string()).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SimDuration>, D::Error> {
        super::super::duration::deserialize(from).map(Some)
    }
}
