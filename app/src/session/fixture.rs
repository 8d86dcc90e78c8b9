//! A recording made by hand: blocked-executor at textbook costs, as an async run and as a thread run.
//!
//! For tests of what stands above the trace: they need no machine, and know every moment of it.

use std::sync::Arc;

use sim_core::analysis::findings::{Thresholds, diagnose};
use sim_core::instant::{SimDuration, SimTime};
use sim_core::trace::event::*;
use sim_core::trace::tables::*;
use sim_core::trace::*;

use super::document::{Document, RunTitle};
use super::figures::RunFigures;
use super::loader::{Outlet, Report};
use super::{Command, Session, jobs};

const HB: u32 = 0;
const HOG: u32 = 1;
const MS: u64 = 1_000_000;

/// A session in which both runs are open, diagnosed and measured.
pub fn session() -> Session {
    session_of(vec![("async, 1 worker", false, async_run()), ("threads, 1 core", true, thread_run())])
}

/// A session in which these recordings are open; of each its title, and whether it is of threads.
pub fn session_of(runs: Vec<(&'static str, bool, Trace)>) -> Session {
    let mut session = Session::new(Vec::new(), Arc::new(|| ()));
    session.start(Box::new(move |outlet| {
        let title =
            |(title, threads, _): &(&str, bool, Trace)| RunTitle { title: title.to_string(), threads: *threads };
        outlet.send(Report::Opened(Arc::new(Document::default()), runs.iter().map(title).collect()));
        for (run, (_, _, trace)) in runs.iter().enumerate() {
            report(outlet, run, trace);
        }
    }));
    session.finish_loading();
    session
}

/// A recording of code that computes three times and marks each beginning; nothing else takes time.
pub fn three_stretches(lengths: [SimDuration; 3]) -> Trace {
    let code = move || async move {
        for (length, name) in lengths.into_iter().zip(["one", "two", "three"]) {
            sim_core::mark(name);
            sim_core::work(length);
        }
    };
    sim_core::Machine::new().costs(sim_core::Costs::zero()).run_async(sim_core::Executor::fifo(1), code).trace
}

/// A session of the library with nothing open.
pub fn library() -> Session {
    Session::new(jobs::library(), Arc::new(|| ()))
}

/// A session of the library in which blocked-executor is open and has been run.
pub fn blocked_executor() -> Session {
    let mut session = library();
    session.apply(Command::OpenScenario("blocked-executor".into()));
    session.finish_loading();
    session
}

/// Reports a recording as the loader does.
fn report(outlet: &Outlet, run: usize, trace: &Trace) {
    parts(outlet, run, trace);
    outlet.send(Report::RunEnded { run, notice: None });
    outlet.send(Report::Diagnosed { run, findings: diagnose(trace, &Thresholds::default()) });
    outlet.send(Report::Measured { run, figures: RunFigures::of(trace) });
}

/// Reports what happened, and not that it has ended.
pub fn parts(outlet: &Outlet, run: usize, trace: &Trace) {
    let mut tables = Some(trace.tables().clone());
    for chunk in trace.chunks() {
        let part = TracePart { chunk: Arc::clone(chunk), tables: tables.take().unwrap_or_default() };
        outlet.send(Report::Part { run, part: Box::new(part) });
    }
}

struct Tape {
    recorder: Recorder,
    now: u64,
    requests: u32,
}

impl Tape {
    fn new(run: RunInfo) -> Tape {
        let mut recorder = Recorder::new(Tables { run, ..Tables::default() }, None);
        let device = recorder.intern("I/O device");
        recorder.tables_mut().devices.push(DeviceInfo { name: device, in_flight: None });
        Tape { recorder, now: 0, requests: 0 }
    }

    fn say(&mut self, event: Event) {
        self.recorder.record(SimTime::from_nanos(self.now), event);
    }

    fn add_queue(&mut self, name: &str, kind: QueueKind) {
        let name = self.recorder.intern(name);
        self.recorder.tables_mut().queues.push(QueueInfo { name, kind, takers: Takers::Unknown });
    }

    fn add_thread(&mut self, name: &str, kind: ThreadKind) {
        let (name, path) = (self.recorder.intern(name), self.recorder.intern(""));
        let threads = &mut self.recorder.tables_mut().threads;
        let thread = ThreadId::from_index(threads.len());
        threads.push(ThreadInfo { name, kind, path, priority: 0, nice: 0 });
        self.say(Event::ThreadCreated { thread, by: Actor::Run });
    }

    fn submit(&mut self, by: Actor, latency_ns: u64) {
        let request = RequestId(self.requests);
        self.requests += 1;
        self.recorder.tables_mut().requests.push(RequestInfo { device: DeviceId(0) });
        self.say(Event::IoSubmitted { request, by });
        self.say(Event::IoStarted { request, latency: SimDuration::from_nanos(latency_ns) });
    }

    fn arm(&mut self, by: Actor, length_ns: u64) -> u32 {
        let timers = &mut self.recorder.tables_mut().timers;
        timers.push(SimTime::from_nanos(self.now + length_ns));
        let timer = timers.len() as u32 - 1;
        self.say(Event::TimerSet { timer: TimerId(timer), by });
        timer
    }

    fn work(&mut self, by: Actor) {
        self.say(Event::WorkBegan { by, length: SimDuration::from_micros(100) });
        self.now += MS / 10;
        self.say(Event::WorkEnded { by });
    }

    fn dispatch(&mut self, thread: u32, queue: u32, switch: bool) {
        let thread = ThreadId(thread);
        self.say(Event::ThreadRunnable { thread, queue: QueueId(queue), end: End::Back });
        self.say(Event::Dispatched { thread, cost: SimDuration::ZERO, onto: Onto { core: CoreId(0), switch } });
    }

    fn block(&mut self, thread: u32, on: u32, reason: BlockReason) {
        self.say(Event::ThreadBlocked { thread: ThreadId(thread), on, reason });
        let (thread, core) = (ThreadId(thread), CoreId(0));
        self.say(Event::SwitchedOut { thread, core, reason: SwitchReason::Blocked });
    }
}

/// The tape's async half: one worker, thread 0, on core 0; tasks in queue 0, threads in queue 1.
impl Tape {
    const AT: WorkerQueue = WorkerQueue { worker: WorkerId(0), queue: QueueId(0) };

    fn spawn(&mut self, name: &str) {
        let (name, path) = (self.recorder.intern(name), self.recorder.intern(name));
        let tasks = &mut self.recorder.tables_mut().tasks;
        let task = TaskId::from_index(tasks.len());
        tasks.push(TaskInfo { name, kind: TaskKind::Plain, path, future_bytes: 96, place: None });
        self.say(Event::TaskSpawned { task, by: Actor::Run });
        self.say(Event::Queued { task, queue: QueueId(0), end: End::Back });
    }

    fn start_poll(&mut self, task: u32) {
        self.say(Event::PollStarted { task: TaskId(task), at: Tape::AT, from: PollFrom::Front });
    }

    fn end_poll(&mut self, task: u32, result: PollResult) {
        self.say(Event::PollEnded { task: TaskId(task), at: Tape::AT, result });
    }

    fn park(&mut self) {
        self.say(Event::WorkerParked { worker: WorkerId(0), thread: ThreadId(0) });
        self.block(0, 0, BlockReason::Park);
    }

    fn unpark(&mut self, by: Actor) {
        self.say(Event::WorkerUnparked { worker: WorkerId(0), by });
        self.say(Event::ThreadUnblocked { thread: ThreadId(0), by });
        self.dispatch(0, 1, true);
    }

    fn wake(&mut self, task: u32, request: u32) {
        let device = DeviceId(0);
        self.say(Event::IoCompleted { request: RequestId(request), device });
        self.say(Event::IoDelivered { request: RequestId(request), to: Actor::Device(device) });
        self.say(Event::Woken { task: TaskId(task), by: Actor::Device(device), effect: WakeEffect::Queued });
        self.say(Event::Queued { task: TaskId(task), queue: QueueId(0), end: End::Back });
    }

    /// hb's poll after its I/O: work, and the next request or the end.
    fn beat(&mut self, last: bool) {
        self.start_poll(HB);
        self.work(Actor::Task(TaskId(HB)));
        if last {
            self.end_poll(HB, PollResult::Ready);
            self.say(Event::TaskCompleted { task: TaskId(HB), by: WorkerId(0) });
        } else {
            self.submit(Actor::Task(TaskId(HB)), 10 * MS);
            self.end_poll(HB, PollResult::Pending);
        }
    }
}

/// A run in which tasks of these names are spawned, and nothing else happens.
pub fn spawned(names: &[&str]) -> super::Run {
    let mut tape = Tape::new(RunInfo { run: "async".into(), ..RunInfo::default() });
    tape.add_queue("ready queue", QueueKind::Ready { owner: None });
    names.iter().for_each(|name| tape.spawn(name));
    tape.say(Event::RunEnded { reason: EndReason::Stuck });
    let trace = tape.recorder.finish();
    let mut run = super::Run::new("async".to_owned(), false);
    let mut tables = Some(trace.tables().clone());
    for chunk in trace.chunks() {
        run.append(TracePart { chunk: Arc::clone(chunk), tables: tables.take().unwrap_or_default() });
    }
    run
}

/// The async run: hb's second beat waits behind hog's blocking call.
pub fn async_run() -> Trace {
    let mut tape = Tape::new(RunInfo {
        scenario: "blocked-executor".into(),
        run: "async".into(),
        title: "async, 1 worker".into(),
        model: "async_fifo".into(),
        policy: "FIFO ready queue".into(),
        costs: "zero".into(),
        cores: 1,
        workers: 1,
        ..RunInfo::default()
    });
    tape.add_queue("ready queue", QueueKind::Ready { owner: None });
    tape.add_queue("run queue", QueueKind::Run);
    tape.recorder.tables_mut().workers.push(ThreadId(0));
    tape.add_thread("worker 0", ThreadKind::Worker(WorkerId(0)));
    tape.spawn("hb");
    tape.spawn("hog");
    tape.dispatch(0, 1, false);
    for (task, latency) in [(HB, 10), (HOG, 15)] {
        tape.start_poll(task);
        tape.submit(Actor::Task(TaskId(task)), latency * MS);
        tape.end_poll(task, PollResult::Pending);
    }
    tape.park();
    tape.now = 10 * MS;
    tape.wake(HB, 0);
    tape.unpark(Actor::Device(DeviceId(0)));
    tape.beat(false);
    tape.park();
    hog_blocks_the_worker(&mut tape);
    for round in 0..8 {
        tape.park();
        tape.now += 10 * MS;
        tape.wake(HB, 3 + round);
        tape.unpark(Actor::Device(DeviceId(0)));
        tape.beat(round == 7);
    }
    tape.say(Event::RunEnded { reason: EndReason::Finished });
    tape.recorder.finish()
}

fn hog_blocks_the_worker(tape: &mut Tape) {
    tape.now = 15 * MS;
    tape.wake(HOG, 1);
    tape.unpark(Actor::Device(DeviceId(0)));
    tape.start_poll(HOG);
    let hog = Actor::Task(TaskId(HOG));
    tape.say(Event::BlockBegan { by: hog, length: SimDuration::from_millis(100) });
    let timer = tape.arm(hog, 100 * MS);
    tape.block(0, timer, BlockReason::Call);
    tape.now = 20 * MS + MS / 10;
    tape.wake(HB, 2);
    tape.now = 115 * MS;
    tape.say(Event::TimerFired { timer: TimerId(timer) });
    tape.say(Event::ThreadUnblocked { thread: ThreadId(0), by: Actor::Timer(TimerId(timer)) });
    tape.dispatch(0, 1, true);
    tape.say(Event::BlockEnded { by: hog });
    tape.end_poll(HOG, PollResult::Ready);
    tape.say(Event::TaskCompleted { task: TaskId(HOG), by: WorkerId(0) });
    tape.beat(false);
}

/// The thread run: hog's blocking call leaves the core to hb.
pub fn thread_run() -> Trace {
    let mut tape = Tape::new(RunInfo {
        scenario: "blocked-executor".into(),
        run: "threads".into(),
        title: "threads, 1 core".into(),
        model: "thread_per_task".into(),
        policy: "one thread per task".into(),
        costs: "zero".into(),
        cores: 1,
        threads: true,
        ..RunInfo::default()
    });
    tape.add_queue("run queue", QueueKind::Run);
    tape.add_thread("hb", ThreadKind::Plain);
    tape.add_thread("hog", ThreadKind::Plain);
    let device = Actor::Device(DeviceId(0));
    for (thread, latency) in [(HB, 10), (HOG, 15)] {
        tape.dispatch(thread, 0, thread == HOG);
        tape.submit(Actor::Thread(ThreadId(thread)), latency * MS);
        tape.block(thread, thread, BlockReason::Io);
    }
    let mut request = 0;
    for beat in 0..10u64 {
        tape.now = 10 * MS + beat * (10 * MS + MS / 10);
        tape.say(Event::IoCompleted { request: RequestId(request), device: DeviceId(0) });
        tape.say(Event::ThreadUnblocked { thread: ThreadId(HB), by: device });
        tape.dispatch(HB, 0, true);
        tape.work(Actor::Thread(ThreadId(HB)));
        if beat == 9 {
            tape.say(Event::ThreadExited { thread: ThreadId(HB), panicked: false });
            tape.say(Event::SwitchedOut { thread: ThreadId(HB), core: CoreId(0), reason: SwitchReason::Exited });
        } else {
            request = tape.requests;
            tape.submit(Actor::Thread(ThreadId(HB)), 10 * MS);
            tape.block(HB, request, BlockReason::Io);
        }
        if beat == 0 {
            hog_blocks_its_thread(&mut tape);
        }
    }
    tape.now = 115 * MS;
    tape.say(Event::TimerFired { timer: TimerId(0) });
    tape.say(Event::ThreadUnblocked { thread: ThreadId(HOG), by: Actor::Timer(TimerId(0)) });
    tape.dispatch(HOG, 0, true);
    tape.say(Event::BlockEnded { by: Actor::Thread(ThreadId(HOG)) });
    tape.say(Event::ThreadExited { thread: ThreadId(HOG), panicked: false });
    tape.say(Event::SwitchedOut { thread: ThreadId(HOG), core: CoreId(0), reason: SwitchReason::Exited });
    tape.say(Event::RunEnded { reason: EndReason::Finished });
    tape.recorder.finish()
}

fn hog_blocks_its_thread(tape: &mut Tape) {
    tape.now = 15 * MS;
    tape.say(Event::IoCompleted { request: RequestId(1), device: DeviceId(0) });
    tape.say(Event::ThreadUnblocked { thread: ThreadId(HOG), by: Actor::Device(DeviceId(0)) });
    tape.dispatch(HOG, 0, true);
    let hog = Actor::Thread(ThreadId(HOG));
    tape.say(Event::BlockBegan { by: hog, length: SimDuration::from_millis(100) });
    let timer = tape.arm(hog, 100 * MS);
    tape.block(HOG, timer, BlockReason::Call);
}
