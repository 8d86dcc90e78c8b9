//! The Sweep panel: set up, started, looked at, cancelled; and the way from a point to the scenario.

use egui_kittest::kittest::{NodeT, Queryable};
use sim_core::scenario::sweep::{At, Figure, Scale};
use wakeline::session::{Command, Session, Tab};

use crate::support::Window;

/// The window with the ten thousand connections, and the panel shown.
fn open(width: f32, height: f32) -> Window {
    let mut window = Window::open(width, height);
    window.apply(Command::OpenScenario("switch-bill".to_owned()));
    window.finish_loading();
    window.apply(Command::ShowTab(Tab::Sweep));
    window
}

/// Sweeps the cores of the open scenario, and waits for it.
fn sweep_cores(window: &mut Window) {
    window.session(|s| {
        let choice = s.sweep_choices().into_iter().find(|c| c.path == "machine.cores").expect("cores can be swept");
        let runs = s.shown().map(|shown| shown.runs.iter().map(|run| run.id.clone()).collect()).unwrap_or_default();
        s.apply(Command::SetUpSweep(Box::new(wakeline::session::sweep::SweepAsk::usual(&choice, runs))));
    });
    window.harness.run_steps(3);
    window.harness.get_by_label("Start sweep").click_accesskit();
    window.harness.run_steps(2);
    window.session(Session::finish_sweep);
    window.harness.run();
}

#[test]
fn a_sweep_runs_and_its_plots_say_what_each_run_comes_to() {
    let mut window = open(1440.0, 900.0);
    sweep_cores(&mut window);
    let (done, all, makespan) = window.session(|s| {
        let curves = &s.swept().expect("it was swept").curves;
        let figures = curves.get(At { point: 0, run: 0 }).expect("it has run");
        (curves.done(), curves.all(), figures.get(Figure::Makespan).expect("it ends"))
    });
    assert_eq!((done, all), (16, 16));
    assert!(!window.session(|s| s.is_sweeping()));
    let said = format!("{} at 1", Figure::Makespan.write(makespan));
    let told = window.harness.query_all_by_label_contains("Makespan over cores").next().expect("the plot is named");
    let name = told.accesskit_node().label().unwrap_or_default();
    assert!(name.contains(&said) && name.contains(" at 8"), "{name}");
    for figure in ["Context switches over cores", "Memory, peak over cores", "Wait to run, p99 over cores"] {
        assert_eq!(window.harness.query_all_by_label_contains(figure).count(), 1, "{figure}");
    }
}

#[test]
fn a_point_leads_to_the_scenario_with_its_value() {
    let mut window = open(1440.0, 900.0);
    sweep_cores(&mut window);
    assert!(!window.session(|s| s.is_sweep_of_another()));
    window.harness.get_by_label("Open with cores: 3").click_accesskit();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.shown().map(|shown| shown.machine.cores)), Some(3));
    assert!(!window.session(|s| s.is_sweep_of_another()), "the swept value may be any");
    window.apply(Command::Turn { path: "seed".to_owned(), value: "99".to_owned() });
    window.finish_loading();
    assert!(window.session(|s| s.is_sweep_of_another()));
    assert_eq!(window.harness.query_all_by_label_contains("before it was changed").count(), 1);
}

#[test]
fn what_is_swept_is_set_up_in_the_panel() {
    let mut window = open(1440.0, 900.0);
    let runs = window.session(|s| s.sweep_ask().expect("it can be swept").runs);
    let shown = window.session(|s| s.sweep_ask().expect("it can be swept").between.scale);
    let other = if shown == Scale::Log { "linear" } else { "log" };
    window.harness.get_by_label(&format!("Scale: {other}")).click_accesskit();
    window.harness.run_steps(2);
    assert_ne!(window.session(|s| s.sweep_ask().expect("it can be swept").between.scale), shown);
    for (n, run) in runs.iter().enumerate() {
        window.harness.get_by_label(&format!("Sweep run {} {run}", ["A", "B"][n])).click_accesskit();
        window.harness.run_steps(2);
    }
    let start = window.harness.get_by_label("Start sweep");
    assert!(start.accesskit_node().is_disabled());
    window.harness.get_by_label("Choose a run first.");
    window.apply(Command::StartSweep);
    assert!(!window.session(|s| s.is_sweeping()), "what cannot be started is not");
}

#[test]
fn a_sweep_that_is_cancelled_keeps_what_it_has_found() {
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::OpenScenario("c10k".to_owned()));
    window.finish_loading();
    window.session(|s| s.apply(Command::StartSweep));
    window.session(|s| s.apply(Command::CancelSweep));
    window.session(Session::finish_sweep);
    window.harness.run();
    let (done, all) = window.session(|s| s.swept().map_or((0, 1), |f| (f.curves.done(), f.curves.all())));
    assert!(!window.session(|s| s.is_sweeping()) && done < all, "{done} of {all}");
    window.harness.get_by_label("Start sweep");
    window.harness.get_by_label(&format!("Cancelled: {done} of {all} runs are done."));
}

#[test]
fn another_scenario_has_no_curves_yet() {
    let mut window = open(1024.0, 768.0);
    sweep_cores(&mut window);
    assert!(window.session(|s| s.swept().is_some()));
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    assert!(window.session(|s| s.swept().is_none() && !s.is_sweeping()));
}
