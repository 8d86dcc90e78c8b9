//! From figures to prices: what is in a figure besides the step that it is for is subtracted.
//!
//! Owns the arithmetic, which is that of the cited profile (`docs/costs.md`): what was measured together comes out again
//! when the prices are summed.

use std::fmt::Write;

use sim_core::machine::costs::items::ITEMS;
use sim_core::machine::costs::per_model::ModelCosts;
use sim_core::scenario::profile;
use sim_core::{Costs, SimDuration};

use super::figures::{Figure, Measured};
use super::host;
use super::threads::ON_ONE_CORE;

/// The name that runs show.
pub const NAME: &str = "calibrated";

/// The prices that these figures come to. What could not be measured is as cited.
pub fn costs(measured: &Measured) -> Costs {
    let cited = Costs::cited();
    let of = |figure: Figure| measured.median(figure);
    let or = |figure: Option<f64>, cited: SimDuration| figure.map_or(cited, nanos);
    // Waking a woken task is what a wake is charged: the way through the queue is in the poll.
    let wake = or(of(Figure::WakeOfWoken), cited.wake);
    let waker = of(Figure::Waker).map(|both| both / 2.0);
    let (waker_clone, waker_drop) = (or(waker, cited.waker_clone), or(waker, cited.waker_drop));
    let poll_of = |figure: Figure| of(figure).map(|of_yield| of_yield - ns(wake));
    let poll = or(poll_of(Figure::Yield), cited.poll);
    // The child is polled once and its joiner once more, by a wake through a waker of its own.
    let spawn_of = |figure: Figure, poll: SimDuration| {
        of(figure).map(|join| join - 2.0 * ns(poll) - ns(wake) - ns(waker_clone) - ns(waker_drop))
    };
    let thread_switch = or(of(Figure::Switch), cited.thread_switch);
    // To the new thread and back.
    let thread_spawn = of(Figure::ThreadSpawnJoin).map(|join| join - 2.0 * ns(thread_switch));
    let mut models = cited.models.clone();
    if let Some(poll) = poll_of(Figure::YieldOfWorker).map(nanos) {
        let task_spawn = spawn_of(Figure::SpawnJoinOfWorker, poll).map(nanos);
        let own = ModelCosts { poll: Some(poll), task_spawn, ..ModelCosts::default() };
        models.insert("tokio_multi_thread".to_owned(), own);
    }
    Costs {
        name: NAME.to_owned(),
        poll,
        wake,
        waker_clone,
        waker_drop,
        task_spawn: or(spawn_of(Figure::SpawnJoin, poll), cited.task_spawn),
        thread_spawn: or(thread_spawn, cited.thread_spawn),
        thread_switch,
        syscall: or(of(Figure::Syscall), cited.syscall),
        // What a turn is besides asking the system is not measured by itself.
        driver_turn: cited.driver_turn,
        sync_op: or(of(Figure::Mutex), cited.sync_op),
        timer: or(of(Figure::Sleep), cited.timer),
        task_bytes: measured.task_bytes.unwrap_or(cited.task_bytes),
        stack_reserved: cited.stack_reserved,
        stack_resident: measured.thread_bytes.unwrap_or(cited.stack_resident),
        models,
    }
}

fn ns(d: SimDuration) -> f64 {
    d.as_nanos() as f64
}

/// The nearest whole nanosecond; what comes out below nothing is nothing.
fn nanos(ns: f64) -> SimDuration {
    SimDuration::from_nanos(ns.round().max(0.0) as u64)
}

/// What is to be known of how it was measured, a sentence each.
pub fn remarks(measured: &Measured) -> Vec<String> {
    let mut remarks = Vec::new();
    if cfg!(debug_assertions) {
        remarks
            .push("Measured by a debug build, in which tasks take several times as long: use a release build.".into());
    }
    if !ON_ONE_CORE {
        let told = "Threads could not be kept on one core here: a switch is from core to core.";
        remarks.push(told.to_owned());
    }
    match (measured.task_bytes, measured.thread_bytes) {
        (Some(_), Some(_)) => remarks.push(
            "A task's memory is what was taken from the system for it; the cited 128 B are its block alone. A thread's \
             is its pages and page tables; of what the kernel keeps, 23.3 KiB are as cited."
                .to_owned(),
        ),
        (_, _) => remarks.push("This system does not tell how much memory a task or thread keeps: as cited.".into()),
    }
    remarks.push(
        "A turn of the driver, and systems other than tokio and std's threads, are as cited: not measured.".to_owned(),
    );
    remarks
}

/// The whole file: where it was made, what was measured, and the profile.
pub fn file(measured: &Measured, costs: &Costs) -> String {
    let mut text = format!("// Cost profile, measured by `wakeline calibrate` on {}.\n", host::today());
    let _ = writeln!(text, "// {}", host::computer());
    for remark in remarks(measured) {
        let _ = writeln!(text, "// {remark}");
    }
    text.push_str("//\n");
    for line in figures_table(measured).lines().chain(["", "What it comes to, step by step:"]) {
        let _ = writeln!(text, "{}", format!("// {line}").trim_end());
    }
    for line in prices_table(costs).lines() {
        let _ = writeln!(text, "// {line}");
    }
    text + &profile::write(costs)
}

/// What was measured, with its spread, beside what is cited.
pub fn figures_table(measured: &Measured) -> String {
    let mut text = format!("{:<38}{:>11}  {:<19}{:>9}  ratio\n", "", "here", "middle half", "cited");
    for (figure, sample) in &measured.times {
        let spread = format!("{} to {}", figures(sample.low), figures(sample.high));
        let (cited, ratio) = match figure.cited() {
            Some(cited) => (cited.to_string(), format!("{:.1}", sample.median / cited as f64)),
            None => (String::new(), String::new()),
        };
        let median = figures(sample.median);
        let line = format!("{:<38}{median:>8} ns  {spread:<19}{cited:>9}  {ratio}", figure.title());
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// The prices, beside the cited ones.
pub fn prices_table(costs: &Costs) -> String {
    let cited = Costs::cited();
    let mut text = format!("{:<16}{:<44}{:>13}{:>14}  ratio\n", "price", "", "here", "cited");
    for item in ITEMS {
        let (here, there) = ((item.price)(costs), (item.price)(&cited));
        let ratio = here.amount() as f64 / there.amount() as f64;
        let _ = writeln!(text, "{:<16}{:<44}{here:>13}{there:>14}  {ratio:.1}", item.id, item.title);
    }
    text
}

/// Three digits are what a median is good for.
fn figures(ns: f64) -> String {
    if ns < 10.0 { format!("{ns:.1}") } else { format!("{ns:.0}") }
}

#[cfg(test)]
mod tests {
    use super::super::meter::Sample;
    use super::*;

    fn measured(times: &[(Figure, f64)]) -> Measured {
        let sample = |ns: f64| Sample { median: ns, low: ns, high: ns, batches: 3 };
        Measured { times: times.iter().map(|(f, ns)| (*f, sample(*ns))).collect(), ..Measured::default() }
    }

    #[test]
    fn what_was_measured_comes_out_again_when_the_prices_are_summed() {
        let times = [
            (Figure::Yield, 90.0),
            (Figure::WakeOfWoken, 10.0),
            (Figure::Waker, 20.0),
            (Figure::SpawnJoin, 500.0),
            (Figure::YieldOfWorker, 110.0),
            (Figure::SpawnJoinOfWorker, 600.0),
            (Figure::Switch, 3_000.0),
            (Figure::ThreadSpawnJoin, 40_000.0),
        ];
        let costs = costs(&measured(&times));
        let sum = |c: &Costs| (c.poll + c.wake, c.task_spawn + c.poll * 2 + c.wake + c.waker_clone + c.waker_drop);
        assert_eq!(sum(&costs), (nanos(90.0), nanos(500.0)));
        assert_eq!(sum(&costs.for_model("tokio_multi_thread")), (nanos(110.0), nanos(600.0)));
        assert_eq!(costs.thread_spawn + costs.thread_switch * 2, nanos(40_000.0));
        assert_eq!(costs.timer, Costs::cited().timer, "what was not measured is as cited");
    }

    #[test]
    fn the_cited_figures_come_to_the_cited_prices() {
        let times: Vec<(Figure, f64)> = Figure::ALL.into_iter().filter_map(|f| Some((f, f.cited()? as f64))).collect();
        let (costs, cited) = (costs(&measured(&times)), Costs::cited());
        for item in ITEMS {
            let (here, there) = ((item.price)(&costs).amount(), (item.price)(&cited).amount());
            assert!(here.abs_diff(there) <= 1, "{}: {here} of {there}", item.id);
        }
    }

    #[test]
    fn a_poll_that_came_out_free_is_refused() {
        let free = measured(&[(Figure::Yield, 7.0), (Figure::WakeOfWoken, 7.2)]);
        let text = file(&free, &costs(&free));
        let errors = profile::parse("x.ron", &text).expect_err("rule: every poll costs more than nothing");
        assert_eq!(errors.errors()[0].message, "a poll cannot be free");
    }

    #[test]
    fn the_file_is_read_as_the_profile_that_it_was_made_of() {
        let measured = measured(&[(Figure::Yield, 90.0)]);
        let costs = costs(&measured);
        assert_eq!(profile::parse("x.ron", &file(&measured, &costs)).unwrap(), costs);
    }
}
