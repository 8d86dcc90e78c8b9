//! One workload, run by the real runtime and by our model of it: the order of its markers is the same, and is the
//! order that the real one gave when it was recorded (`async_runtimes.json`, 20 identical repeats each).
//!
//! - [`rt`] what a workload asks of its runtime; `real_tokio`, `real_futures`, `ours` implement it.
//! - `modes` which runtime of ours stands beside which real one; `recorded` reads the file; `workloads` is what runs.
//! - `random` runs workloads that nobody wrote; `broken` shows that a broken rule is seen.

mod broken;
mod join_set;
mod modes;
mod ours;
mod random;
mod real_futures;
mod real_tokio;
mod recorded;
mod rt;
mod workloads;
