//! What tests of whole runs share, and traces written by hand: a script of what happens, with the time set in between.

use sim_core::instant::{SimDuration, SimTime};
use sim_core::trace::event::*;
use sim_core::trace::tables::*;
use sim_core::trace::*;
use sim_core::{Costs, Executor, Machine, Outcome};

/// So many virtual milliseconds.
pub fn millis(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

/// A machine on which only polls cost something, 1 ns each.
pub fn textbook(cores: u32) -> Machine {
    Machine::new().cores(cores).costs(Costs::zero())
}

/// The outcome, after its trace was found to tell only what can happen.
#[track_caller]
pub fn legal<T>(outcome: Outcome<T>) -> Outcome<T> {
    if let Err(illegal) = sim_core::trace::legal::check(&outcome.trace) {
        panic!("{}\n{}", illegal[0], sim_core::trace::text::text(&outcome.trace));
    }
    outcome
}

/// Runs the root on the textbook machine with one core, one worker and one queue.
#[track_caller]
pub fn run_one<F, Fut>(root: F) -> Outcome<Fut::Output>
where
    F: Fn() -> Fut + 'static,
    Fut: Future + Send + 'static,
    Fut::Output: Send + 'static,
{
    legal(textbook(1).run_async(Executor::fifo(1), root))
}

/// The names of the markers, in order.
pub fn marks(trace: &Trace) -> String {
    trace.markers().map(|m| m.text.to_owned()).collect::<Vec<_>>().join(" ")
}

/// The markers, each with its time in whole milliseconds.
pub fn timed_marks(trace: &Trace) -> String {
    trace.markers().map(|m| format!("{}@{}", m.text, m.time.as_millis())).collect::<Vec<_>>().join(" ")
}

/// How many events of the trace are such.
pub fn count(trace: &Trace, such: impl Fn(Event) -> bool) -> usize {
    trace.events_from(0).filter(|(_, _, event)| such(*event)).count()
}

/// A trace in the making.
pub struct Script {
    recorder: Recorder,
    now: SimTime,
}

pub const W0: WorkerId = WorkerId(0);
pub const READY: QueueId = QueueId(0);
pub const RUN: QueueId = QueueId(1);

pub fn ms(millis: f64) -> SimTime {
    SimTime::from_nanos((millis * 1e6) as u64)
}

impl Script {
    fn new(run: RunInfo) -> Script {
        let mut recorder = Recorder::new(Tables { run, ..Tables::default() }, None);
        let (ready, queue) = (recorder.intern("ready queue"), recorder.intern("run queue"));
        let queues = &mut recorder.tables_mut().queues;
        queues.push(QueueInfo { name: ready, kind: QueueKind::Ready { owner: None }, takers: Takers::Unknown });
        queues.push(QueueInfo { name: queue, kind: QueueKind::Run, takers: Takers::Unknown });
        Script { recorder, now: SimTime::ZERO }
    }

    /// An async run: so many workers, each on a core of its own.
    pub fn workers(count: u32) -> Script {
        let mut script = Script::new(RunInfo { cores: count, workers: count, ..RunInfo::default() });
        for i in 0..count {
            let thread = script.thread_of_kind(&format!("worker {i}"), ThreadKind::Worker(WorkerId(i)));
            script.recorder.tables_mut().workers.push(thread);
            script.dispatch(thread, i, false);
        }
        script
    }

    /// A thread run on so many cores.
    pub fn cores(count: u32) -> Script {
        Script::new(RunInfo { cores: count, threads: true, ..RunInfo::default() })
    }

    pub fn at(&mut self, millis: f64) -> &mut Script {
        self.now = ms(millis);
        self
    }

    pub fn say(&mut self, event: Event) -> &mut Script {
        self.recorder.record(self.now, event);
        self
    }

    /// The number of the next event.
    pub fn next(&self) -> usize {
        self.recorder.len()
    }

    pub fn text(&mut self, text: &str) -> StrId {
        self.recorder.intern(text)
    }

    pub fn finish(self) -> Trace {
        self.recorder.finish()
    }

    pub fn end(mut self, reason: EndReason) -> Trace {
        self.say(Event::RunEnded { reason });
        self.finish()
    }

    // --- Tasks ---

    pub fn spawn(&mut self, name: &str) -> TaskId {
        self.spawn_by(name, Actor::Run)
    }

    pub fn spawn_by(&mut self, name: &str, by: Actor) -> TaskId {
        let name = self.text(name);
        let tasks = &mut self.recorder.tables_mut().tasks;
        let task = TaskId::from_index(tasks.len());
        tasks.push(TaskInfo { name, kind: TaskKind::Plain, path: name, future_bytes: 64, place: None });
        self.say(Event::TaskSpawned { task, by });
        self.say(Event::Queued { task, queue: READY, end: End::Back });
        task
    }

    pub fn poll(&mut self, task: TaskId) -> &mut Script {
        self.poll_on(W0, task)
    }

    pub fn poll_on(&mut self, worker: WorkerId, task: TaskId) -> &mut Script {
        let at = WorkerQueue { worker, queue: READY };
        self.say(Event::PollStarted { task, at, from: PollFrom::Front })
    }

    pub fn poll_ends(&mut self, task: TaskId, result: PollResult) -> &mut Script {
        self.poll_ends_on(W0, task, result)
    }

    pub fn poll_ends_on(&mut self, worker: WorkerId, task: TaskId, result: PollResult) -> &mut Script {
        self.say(Event::PollEnded { task, at: WorkerQueue { worker, queue: READY }, result });
        if result == PollResult::Ready {
            self.say(Event::TaskCompleted { task, by: worker });
        }
        self
    }

    pub fn wake(&mut self, task: TaskId, by: Actor) -> &mut Script {
        self.say(Event::Woken { task, by, effect: WakeEffect::Queued });
        self.say(Event::Queued { task, queue: READY, end: End::Back })
    }

    pub fn clone_waker(&mut self, task: TaskId) -> &mut Script {
        self.say(Event::WakerCloned { task, by: Actor::Task(task) })
    }

    pub fn work(&mut self, by: Actor, millis: f64) -> &mut Script {
        self.say(Event::WorkBegan { by, length: SimDuration::from_nanos((millis * 1e6) as u64) })
    }

    // --- Threads ---

    pub fn thread(&mut self, name: &str) -> ThreadId {
        self.thread_of_kind(name, ThreadKind::Plain)
    }

    pub fn thread_of_kind(&mut self, name: &str, kind: ThreadKind) -> ThreadId {
        self.thread_of(name, kind, 0)
    }

    pub fn thread_of_priority(&mut self, name: &str, priority: i32) -> ThreadId {
        self.thread_of(name, ThreadKind::Plain, priority)
    }

    fn thread_of(&mut self, name: &str, kind: ThreadKind, priority: i32) -> ThreadId {
        let name = self.text(name);
        let threads = &mut self.recorder.tables_mut().threads;
        let thread = ThreadId::from_index(threads.len());
        threads.push(ThreadInfo { name, kind, path: name, priority, nice: 0 });
        self.say(Event::ThreadCreated { thread, by: Actor::Run });
        self.say(Event::ThreadRunnable { thread, queue: RUN, end: End::Back });
        thread
    }

    pub fn dispatch(&mut self, thread: ThreadId, core: u32, switch: bool) -> &mut Script {
        let onto = Onto { core: CoreId(core), switch };
        self.say(Event::Dispatched { thread, cost: SimDuration::ZERO, onto })
    }

    pub fn block(&mut self, thread: ThreadId, core: u32, reason: BlockReason, on: u32) -> &mut Script {
        self.say(Event::ThreadBlocked { thread, on, reason });
        self.say(Event::SwitchedOut { thread, core: CoreId(core), reason: SwitchReason::Blocked })
    }

    pub fn unblock(&mut self, thread: ThreadId, by: Actor) -> &mut Script {
        self.say(Event::ThreadUnblocked { thread, by });
        self.say(Event::ThreadRunnable { thread, queue: RUN, end: End::Back })
    }

    pub fn preempt(&mut self, thread: ThreadId, core: u32) -> &mut Script {
        self.say(Event::SwitchedOut { thread, core: CoreId(core), reason: SwitchReason::Preempted });
        self.say(Event::ThreadRunnable { thread, queue: RUN, end: End::Back })
    }

    pub fn exit(&mut self, thread: ThreadId, core: u32) -> &mut Script {
        self.say(Event::ThreadExited { thread, panicked: false });
        self.say(Event::SwitchedOut { thread, core: CoreId(core), reason: SwitchReason::Exited })
    }

    // --- Things ---

    pub fn resource(&mut self, name: &str, kind: ResourceKind, capacity: Option<u32>) -> ResourceId {
        let name = self.text(name);
        let resources = &mut self.recorder.tables_mut().resources;
        let resource = ResourceId::from_index(resources.len());
        resources.push(ResourceInfo { name, kind, capacity });
        self.say(Event::ResourceCreated { resource, by: Actor::Run });
        resource
    }

    pub fn acquire(&mut self, resource: ResourceId, by: Actor) -> &mut Script {
        self.say(Event::Acquired { resource, by, mode: Mode::Exclusive })
    }

    pub fn wait_for(&mut self, resource: ResourceId, by: Actor) -> &mut Script {
        self.say(Event::AcquireWaiting { resource, by, mode: Mode::Exclusive })
    }

    pub fn timer(&mut self, deadline: f64, by: Actor) -> TimerId {
        let timers = &mut self.recorder.tables_mut().timers;
        let timer = TimerId::from_index(timers.len());
        timers.push(ms(deadline));
        self.say(Event::TimerSet { timer, by });
        timer
    }

    pub fn device(&mut self, name: &str) -> DeviceId {
        let name = self.text(name);
        let devices = &mut self.recorder.tables_mut().devices;
        devices.push(DeviceInfo { name, in_flight: None });
        DeviceId::from_index(devices.len() - 1)
    }

    pub fn submit(&mut self, device: DeviceId, by: Actor, millis: f64) -> RequestId {
        let requests = &mut self.recorder.tables_mut().requests;
        requests.push(RequestInfo { device });
        let request = RequestId::from_index(requests.len() - 1);
        self.say(Event::IoSubmitted { request, by });
        let latency = SimDuration::from_nanos((millis * 1e6) as u64);
        self.say(Event::IoStarted { request, latency });
        request
    }

    /// A request that the device has no room for yet.
    pub fn submit_only(&mut self, device: DeviceId, by: Actor) -> RequestId {
        let requests = &mut self.recorder.tables_mut().requests;
        requests.push(RequestInfo { device });
        let request = RequestId::from_index(requests.len() - 1);
        self.say(Event::IoSubmitted { request, by });
        request
    }

    pub fn complete(&mut self, request: RequestId, device: DeviceId) -> &mut Script {
        self.say(Event::IoCompleted { request, device });
        self.say(Event::IoDelivered { request, to: Actor::Device(device) })
    }

    pub fn future(&mut self, name: &str, owner: Actor) -> FutureId {
        let name = self.text(name);
        let futures = &mut self.recorder.tables_mut().futures;
        futures.push(FutureInfo { name, owner, place: None });
        let future = FutureId::from_index(futures.len() - 1);
        self.say(Event::FutureCreated { future, by: owner });
        future
    }
}

/// One task that computes 2 ms, waits for I/O of 10 ms, computes 2 ms.
pub fn one_request() -> Trace {
    let mut script = Script::workers(1);
    let disk = script.device("disk");
    let task = script.spawn("fetch");
    let me = Actor::Task(task);
    script.poll(task).work(me, 2.0).at(2.0).say(Event::WorkEnded { by: me });
    script.clone_waker(task);
    let request = script.submit(disk, me, 10.0);
    script.poll_ends(task, PollResult::Pending);
    let worker = ThreadId(0);
    script.say(Event::WorkerParked { worker: W0, thread: worker }).block(worker, 0, BlockReason::Park, 0);
    script.at(12.0).complete(request, disk).wake(task, Actor::Device(disk));
    script.say(Event::WakerDropped { task, by: Actor::Device(disk) });
    script.say(Event::WorkerUnparked { worker: W0, by: Actor::Device(disk) }).unblock(worker, Actor::Device(disk));
    script.dispatch(worker, 0, true);
    script.poll(task).work(me, 2.0).at(14.0).say(Event::WorkEnded { by: me });
    script.poll_ends(task, PollResult::Ready);
    script.say(Event::TaskFreed { task, by: Actor::Worker(W0) });
    script.exit(worker, 0);
    script.end(EndReason::Finished)
}

/// What an event says besides its name, in a run in which no worker leaves its thread.
pub fn detail(tables: &sim_core::trace::Tables, event: &sim_core::trace::Event) -> String {
    let moves = sim_core::trace::Moves::default();
    sim_core::trace::text::describe(event, sim_core::trace::Names::at(tables, &moves, 0)).detail
}
