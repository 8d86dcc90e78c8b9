//! Why something is not running, in the runs of the lessons that ship.

use sim_core::analysis::index::Index;
use sim_core::analysis::inspect::{self, Here, Inspection, Look, Piece, Thing};
use sim_core::analysis::track::TrackKind;
use sim_core::clock::Clock;
use sim_core::scenario::RunOptions;
use sim_core::trace::keyframes::Keyframes;
use sim_core::trace::*;

use crate::lesson;
use crate::scenario_shipped::shipped;
use crate::support::*;

/// A recording that can be asked at any moment.
pub struct Asked {
    pub trace: Trace,
    index: Index,
    keyframes: Keyframes,
}

impl Asked {
    pub fn of(trace: Trace) -> Asked {
        let (index, keyframes) = (Index::build(&trace), Keyframes::build(&trace));
        Asked { trace, index, keyframes }
    }

    /// A lesson's run, as written.
    pub fn lesson(id: &str, run: &str) -> Asked {
        let scenario = shipped().into_iter().find(|s| s.id == id).expect("a lesson that ships");
        Asked::of(scenario.execute(run, &RunOptions::default(), None))
    }

    /// A lesson's run, in one of its variants.
    pub fn lesson_in(id: &str, variant: &str, run: &str) -> Asked {
        let scenario = shipped().into_iter().find(|s| s.id == id).expect("a lesson that ships");
        let varied = scenario.with_variant(variant).expect("a variant of it");
        Asked::of(varied.execute(run, &RunOptions::default(), None))
    }

    /// What is said of a thing at a time, with every event up to it.
    pub fn at(&self, millis: f64, thing: Thing) -> Inspection {
        let events = self.trace.events_until(ms(millis));
        let state = self.keyframes.seek(&self.trace, events);
        let here = Here::new(&self.trace, &self.index, &state, ms(millis));
        inspect::inspect(&here, thing).expect("the recording knows it")
    }

    /// What is said of a thing after the first `events` events.
    pub fn after(&self, events: usize, thing: Thing) -> Inspection {
        let state = self.keyframes.seek(&self.trace, events);
        let here = Here::new(&self.trace, &self.index, &state, state.time);
        inspect::inspect(&here, thing).expect("the recording knows it")
    }

    /// The task or thread of that name.
    pub fn named(&self, name: &str) -> Thing {
        let is_it = |k: TrackKind| matches!(k, TrackKind::Task(_) | TrackKind::Thread(_));
        let found = self.index.tracks.iter().find(|t| t.name == name && is_it(t.kind));
        Thing::Track(found.unwrap_or_else(|| panic!("nothing is called {name}")).kind)
    }

    /// The answer about the task or thread of that name, at a time.
    pub fn why(&self, millis: f64, name: &str) -> String {
        self.at(millis, self.named(name)).answer.to_string()
    }

    /// Asks about everything there is after the first `events` events; nothing is expected of what is said.
    pub fn say_everything(&self, events: usize) {
        let state = self.keyframes.seek(&self.trace, events);
        let here = Here::new(&self.trace, &self.index, &state, state.time);
        for thing in self.every_thing() {
            let _ = inspect::inspect(&here, thing).map(|said| said.text());
            let _ = inspect::histograms(&self.trace, &self.index, thing);
        }
    }

    fn every_thing(&self) -> Vec<Thing> {
        let rows = self.index.tracks.iter().map(|t| Thing::Track(t.kind));
        let resources = (0..self.trace.tables().resources.len()).map(|i| Thing::Resource(ResourceId::from_index(i)));
        rows.chain(resources).collect()
    }
}

#[test]
fn a_ready_task_is_told_who_keeps_the_worker() {
    let asked = Asked::lesson("blocked-executor", "async");
    let hb = asked.at(82.1, asked.named("hb"));
    assert_eq!((hb.state, hb.headline.to_string().as_str()), ("Ready", "Ready for 62.0 ms"));
    assert_eq!(hb.question, "Why not running?");
    let answer =
        "worker 0 is inside hog's poll (since 15.0 ms), which calls a blocking function. Nothing can preempt a poll.";
    assert_eq!(hb.answer.to_string(), answer);
    assert_eq!(hb.fact("Woken by").as_deref(), Some("I/O device at 20.1 ms"));
    assert_eq!(hb.fact("Queue").as_deref(), Some("place 1 of 1, behind nobody"));
    assert_eq!(hb.fact("Will run").as_deref(), Some("when hog's poll returns"));
    assert_eq!(hb.fact("At step").as_deref(), Some("io(10 ms).await, 2 of 10"));
}

#[test]
fn every_noun_of_a_sentence_leads_to_its_thing() {
    let asked = Asked::lesson("blocked-executor", "async");
    let hb = asked.at(82.1, asked.named("hb"));
    let linked: Vec<String> =
        hb.answer.pieces.iter().filter(|p| !matches!(p, Piece::Text(_))).map(Piece::text).collect();
    assert_eq!(linked, ["worker 0", "hog", "15.0 ms"]);
    let start = hb.answer.pieces.iter().find_map(|p| match p {
        Piece::Moment { event, .. } => *event,
        Piece::Text(_) | Piece::Thing(..) | Piece::Length(_) | Piece::Code(_) => None,
    });
    let event = asked.trace.event(start.expect("the moment is an event"));
    assert!(matches!(event, Some(Event::PollStarted { .. })), "{event:?}");
}

#[test]
fn a_history_tells_what_happened_and_nothing_that_is_to_come() {
    let asked = Asked::lesson("blocked-executor", "async");
    let told = |millis, name: &str| {
        let said = asked.at(millis, asked.named(name));
        said.history.iter().map(|e| format!("{} {}", e.time, e.says)).collect::<Vec<_>>()
    };
    let expected = [
        "0.0 spawned, poll 1 → Pending (I/O)",
        "10.0 woken by I/O, poll 2 at once",
        "10.1 poll 2 → Pending (I/O)",
        "20.1 woken by I/O → Ready",
    ];
    assert_eq!(told(82.1, "hb"), expected);
    assert_eq!(told(116.0, "hog").last().unwrap(), "115.0 poll 2 → Completed");
    let looks: Vec<Look> = asked.at(82.1, asked.named("hog")).history.iter().map(|e| e.look).collect();
    assert_eq!(looks, [Look::Waits, Look::RunsOffCore]);
}

#[test]
fn the_times_of_a_history_have_as_many_decimals_as_one_of_them_needs() {
    let (tasks, _) = lesson::both(r#"tasks: {"a": (ops: [Sleep("1ms"), Sleep("1234us"), Sleep("1ms")])}"#);
    let asked = Asked::of(tasks.trace);
    let history = asked.at(3.0, asked.named("a")).history;
    assert_eq!(history.iter().map(|e| e.time.as_str()).collect::<Vec<_>>(), ["0.000", "1.000", "2.234"]);
}

#[test]
fn a_task_that_became_ready_this_instant_says_so() {
    let asked = Asked::lesson("blocked-executor", "async");
    let woken = (0..asked.trace.len()).find(|n| matches!(asked.trace.event(*n), Some(Event::Woken { .. }))).unwrap();
    let hb = asked.after(woken + 2, asked.named("hb"));
    assert_eq!(hb.headline.to_string(), "Ready, just now");
    assert_eq!(hb.answer.to_string(), "worker 0 is parked since 0.0 ms: whoever woke the task must unpark it first.");
    assert_eq!(hb.history.last().unwrap().says.to_string(), "woken by I/O → Ready");
}

#[test]
fn a_blocking_call_in_a_poll_keeps_the_worker_and_frees_the_core() {
    let asked = Asked::lesson("blocked-executor", "async");
    let hog = asked.at(82.1, asked.named("hog"));
    assert_eq!((hog.state, hog.look), ("Polling, off core", Look::RunsOffCore));
    assert!(hog.answer.to_string().ends_with("the core is free, the worker is not."), "{}", hog.answer);
    let core = asked.at(82.1, Thing::Track(TrackKind::Core(CoreId(0))));
    let why = "Nobody wants it since 15.0 ms: no thread is Runnable. 1 task is Ready, but worker 0 is blocked inside \
               hog's poll: the core is free, the worker is not.";
    assert_eq!(core.answer.to_string(), why);
    let worker = asked.at(82.1, Thing::Track(TrackKind::Worker(WorkerId(0))));
    assert_eq!(worker.headline.to_string(), "Polls hog for 67.1 ms");
    assert_eq!(worker.fact("Shared queue").as_deref(), Some("1 task: hb"));
}

#[test]
fn a_thread_in_a_blocking_call_leaves_its_core() {
    let asked = Asked::lesson("blocked-executor", "threads");
    let why = "It is in a blocking call that returns at 115.0 ms. Its core is free for others meanwhile.";
    assert_eq!(asked.why(82.1, "hog"), why);
    let why = "It waits for I/O: the I/O device works on its request since 80.8 ms and answers at 90.8 ms.";
    assert_eq!(asked.why(82.1, "hb"), why);
}

#[test]
fn two_that_wait_for_each_other_name_each_other_for_ever() {
    for (run, state) in [("async", "Pending"), ("threads", "Blocked")] {
        let asked = Asked::lesson("two-deadlocks", run);
        let a = asked.at(6.0, asked.named("mia"));
        assert_eq!(a.headline.to_string(), format!("{state} for ever"));
        let why = format!(
            "It waits for lock y, held by tom since 0.0 ms. tom is {state}: waits for lock x, held by mia. \
             The run is stuck here: nothing is left that could change this."
        );
        assert_eq!(a.answer.to_string(), why);
        assert_eq!(a.fact("Holds").as_deref(), Some("x"));
        let x = asked.at(6.0, Thing::Resource(ResourceId(0)));
        assert_eq!(x.fact("In line").as_deref(), Some("tom since 5.0 ms"));
    }
}

#[test]
fn an_empty_channel_names_who_could_send() {
    let asked = Asked::lesson("backpressure", "async");
    let why = "Channel inbox is empty: it waits for a message. producer could send, and is Pending: waits for I/O.";
    assert_eq!(asked.why(0.5, "consumer"), why);
}

#[test]
fn a_thread_that_waits_for_a_core_says_how_nice_it_is_against_the_one_that_has_it() {
    let spec = r#"(schema: 1, id: "nice", number: 1, part: A, title: "Nice", idea: "Who leaves more to others.", costs: "zero",
        machine: (cores: 1, policy: fair),
        workload: (tasks: {"batch": (nice: 10, ops: [Work("40ms")]), "user": (ops: [Work("40ms")])}),
        runs: [(id: "threads", model: thread_per_task), (id: "seq", model: sequential)])"#;
    let scenario = sim_core::scenario::Scenario::parse("nice.ron", spec, &[]).expect("it is a scenario");
    let asked = Asked::of(scenario.execute("threads", &RunOptions::default(), None));
    let said: Vec<String> = (0..40).map(|at| asked.why(f64::from(at) + 0.5, "batch")).collect();
    assert!(said.iter().any(|why| why.contains("core 0 runs user (nice 0 against 10)")), "{said:#?}");
    let fact = |name: &str| asked.at(1.5, asked.named(name)).text();
    assert!(fact("batch").contains("10: it leaves more to others") && fact("user").contains("0, as usual"));
}

#[test]
fn an_actors_mailbox_is_called_so_wherever_it_is_told_of() {
    let asked = Asked::lesson("six-models", "actors");
    let mailboxes = asked.trace.tables().resources.iter().filter(|r| r.kind == tables::ResourceKind::Channel).count();
    assert_eq!(mailboxes, 7, "each actor has one");
    for n in 0..asked.trace.tables().resources.len() {
        let said = asked.at(10.0, Thing::Resource(ResourceId::from_index(n)));
        assert_eq!(said.id, "mailbox");
        assert!(!said.text().contains("channel") && !said.text().contains("Nobody is known"), "{}", said.text());
    }
}

#[test]
fn an_arrow_says_how_long_it_took() {
    let asked = Asked::lesson("blocked-executor", "async");
    let state = asked.keyframes.seek(&asked.trace, asked.trace.len());
    let here = Here::new(&asked.trace, &asked.index, &state, state.time);
    let late = asked.index.links().iter().max_by_key(|l| l.to_time.since(l.from_time)).expect("there are arrows");
    let told = "This arrow: woken at 20.1 ms, polled at 115.0 ms, 94.9 ms later.";
    assert_eq!(here.link_told(&late).to_string(), told);
    // Beside a run of hours, it has that one's clock.
    let told = "This arrow: woken at 0:00:00.020, polled at 0:00:00.115, 94.9 ms later.";
    assert_eq!(here.told_by(Clock::Hours).link_told(&late).to_string(), told);
}

#[test]
fn a_wake_that_came_late_is_the_slow_one() {
    let asked = Asked::lesson("blocked-executor", "async");
    let histograms = inspect::histograms(&asked.trace, &asked.index, asked.named("hb"));
    assert_eq!((histograms[0].title, histograms[0].counted.as_str()), ("Wake → poll", "10 wakes"));
    let counts: Vec<u64> = histograms[0].buckets.iter().map(|b| b.count).collect();
    assert_eq!(counts, [9, 0, 0, 0, 0, 1]);
    assert!(histograms[0].buckets[5].slow);
    assert_eq!((histograms[1].title, histograms[1].counted.as_str()), ("Length of a poll", "11 polls"));
}

#[test]
fn of_every_thing_something_can_be_said_at_every_event() {
    for scenario in shipped().into_iter().filter(|s| s.id != "c10k") {
        for run in &scenario.runs {
            let asked = Asked::of(scenario.execute(&run.id, &RunOptions::default(), None));
            // Every event of a short run, some of a long one.
            let step = (asked.trace.len() / 150).max(1);
            for events in (0..=asked.trace.len()).step_by(step).chain([asked.trace.len()]) {
                let state = asked.keyframes.seek(&asked.trace, events);
                let here = Here::new(&asked.trace, &asked.index, &state, state.time);
                for thing in asked.every_thing() {
                    let said = inspect::inspect(&here, thing).expect("the recording knows it");
                    let (headline, answer) = (said.headline.to_string(), said.answer.to_string());
                    let what = format!("{} {}, {thing:?} after {events} events: {answer}", scenario.id, run.id);
                    assert!(!headline.is_empty() && answer.ends_with('.'), "{what}");
                    assert!(!answer.contains("  ") && !answer.contains(".."), "{what}");
                    assert!(said.history.iter().all(|e| e.event < events), "{what}");
                    assert!(said.history.is_sorted_by_key(|e| e.event), "{what}");
                }
            }
        }
    }
}

#[test]
fn a_task_in_the_queue_of_a_busy_worker_names_that_worker_though_another_is_free() {
    let asked = Asked::lesson("thread-per-core", "pinned");
    let last = asked.at(10.0, asked.named("acme.3"));
    let why = "It stands behind acme.2 in queue of worker 0. worker 0 is inside acme.1's poll (since 8.0 ms), which \
               computes. Nothing can preempt a poll. No other worker takes from the queue of worker 0.";
    assert_eq!(last.answer.to_string(), why);
    let will_run = last.facts.iter().find(|fact| fact.label == "Will run").map(|fact| fact.says.to_string());
    assert_eq!(will_run.as_deref(), Some("when acme.1's poll returns"));
}

#[test]
fn only_a_queue_that_can_be_stolen_from_promises_a_thief() {
    let asked = Asked::lesson_in("work-stealing", "busy-parent", "tokio");
    let slot = asked.at(25.0, asked.named("image.7"));
    assert!(
        slot.answer.to_string().ends_with(" No other worker takes from the LIFO slot of worker 0."),
        "{}",
        slot.answer
    );
    assert_eq!(slot.fact("Will run").as_deref(), Some("when main's poll returns"));
}

#[test]
fn a_task_that_the_budget_stopped_says_so() {
    let asked = Asked::lesson("starvation-budget", "tokio");
    let drain = asked.at(6.45, asked.named("drain"));
    assert!(drain.answer.to_string().starts_with("Its poll had used up the budget"), "{}", drain.answer);
    assert_eq!(drain.fact("Can wake it").as_deref(), Some("its worker"));
}

#[test]
fn an_actor_that_waits_looks_for_a_letter() {
    let asked = Asked::lesson("six-models", "actors");
    let table = asked.at(10.0, asked.named("table.5"));
    let why = "It waits for a letter: mailbox of table.5 is empty. Whoever knows its address could send one.";
    assert_eq!(table.answer.to_string(), why);
}

#[test]
fn an_actor_whose_reductions_are_used_up_stands_in_its_queue_again_without_a_wake() {
    let asked = Asked::lesson("six-models", "actors");
    let (trace, table) = (&asked.trace, asked.named("table.5"));
    let of_it = |task: TaskId| table == Thing::Track(TrackKind::Task(task));
    let end = |n: &usize| matches!(trace.event(*n), Some(Event::PollEnded { task, .. }) if of_it(task));
    let end = (0..trace.len()).find(end).expect("its first turn ends");
    let woken = |n| matches!(trace.event(n), Some(Event::Woken { task, .. }) if of_it(task));
    assert!(!(0..end).any(woken), "nobody has woken it");
    let moves = Moves::of(trace);
    let names = Names::at(trace.tables(), &moves, end);
    let line = text::line(end, trace.time(end), &trace.event(end).unwrap(), names);
    assert!(line.ends_with("its reductions are used up: to the back of run queue of worker 0"), "{line}");
    let history: Vec<String> = asked.at(6.5, table).history.iter().map(|e| e.says.to_string()).collect();
    assert!(history.iter().any(|says| says.starts_with("its reductions are used up, run 2")), "{history:?}");
    assert_eq!(history.iter().filter(|says| says.starts_with("spawned")).count(), 1, "once: {history:?}");
}

#[test]
fn of_the_queues_of_an_event_loop_each_has_its_name() {
    let asked = Asked::lesson("callback-maze", "callbacks");
    let worker = asked.at(1.0, Thing::Track(TrackKind::Worker(WorkerId(0))));
    let queues: Vec<String> =
        worker.facts.iter().filter(|f| f.label == "Own queue").map(|f| f.says.to_string()).collect();
    let names = ["poll (I/O)", "check", "timers"];
    assert_eq!(queues.len(), names.len(), "{queues:?}");
    assert!(queues.iter().zip(names).all(|(says, name)| says.starts_with(&format!("{name}: "))), "{queues:?}");
}
