//! Runs a workload on any runtime, with the real locks and channels of tokio.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel};

use super::super::rt::*;
use super::tree::*;

/// The workload's root, to be run any number of times, where so much can be done.
pub fn root(workload: &Workload, can: Can) -> Root {
    let workload = Arc::new(workload.clone());
    Arc::new(move |rt| Box::pin(run(rt, Arc::clone(&workload), can)))
}

struct World {
    channels: Vec<Channel>,
    locks: Vec<tokio::sync::Mutex<()>>,
    notifies: Vec<Notify>,
    can: Can,
    /// Tasks that have not ended.
    live: AtomicUsize,
    /// Steps that were done.
    done: AtomicUsize,
}

async fn run(rt: Rt, workload: Arc<Workload>, can: Can) {
    let world = Arc::new(World {
        channels: workload.channels.iter().map(|capacity| Channel::new(*capacity)).collect(),
        locks: (0..workload.locks).map(|_| tokio::sync::Mutex::new(())).collect(),
        notifies: (0..workload.notifies).map(|_| Notify::new()).collect(),
        can,
        live: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
    });
    let mut task = Task { rt, world, name: "r".to_owned(), spawned: 0, children: VecDeque::new() };
    task.steps(&workload.root).await;
    task.free_all().await;
    task.rt.mark("end");
}

struct Task {
    rt: Rt,
    world: Arc<World>,
    name: String,
    spawned: usize,
    children: VecDeque<Handle>,
}

impl Task {
    fn mark(&self, what: &str) {
        self.world.done.fetch_add(1, Ordering::Relaxed);
        self.rt.mark(format!("{}:{what}", self.name));
    }

    /// Of many messages only some are worth a marker.
    fn mark_some(&self, n: usize, what: &str) {
        if n <= 4 || n.is_multiple_of(32) {
            self.mark(what);
        }
    }

    fn steps<'a>(&'a mut self, ops: &'a [Op]) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            for op in ops {
                self.step(op).await;
            }
        })
    }

    async fn step(&mut self, op: &Op) {
        match op {
            Op::Spawn(ops) => {
                self.spawned += 1;
                let child = spawn(&self.rt, &self.world, format!("{}{}", self.name, self.spawned), ops.clone());
                self.children.push_back(child);
                self.mark("spawn");
            }
            Op::Join => {
                if let Some(child) = self.children.pop_front() {
                    child.await;
                    self.mark("join");
                }
            }
            Op::Drop => {
                if let Some(child) = self.children.pop_front() {
                    drop(child);
                    self.mark("drop");
                }
            }
            Op::Yield => {
                self.rt.yield_native().await;
                self.mark("yield");
            }
            Op::YieldSelf => {
                // When exactly the last operation of a budget was the one before, nobody outside of tokio can tell a
                // task that wakes itself from one that tokio wakes because it has none left.
                if tokio::task::coop::has_budget_remaining() {
                    yield_self().await;
                } else {
                    self.rt.yield_native().await;
                }
                self.mark("self");
            }
            Op::Send(channel, messages) => {
                for n in 1..=*messages {
                    self.world.channels[*channel].send().await;
                    self.mark_some(n, "send");
                }
            }
            Op::Recv(channel, messages) => {
                for n in 1..=*messages {
                    let what = self.world.channels[*channel].recv().await;
                    self.mark_some(n, what);
                }
            }
            Op::Lock(lock, ops) => {
                let world = Arc::clone(&self.world);
                let guard = world.locks[*lock].lock().await;
                self.mark("lock");
                self.steps(ops).await;
                drop(guard);
                self.mark("unlock");
            }
            Op::NotifyOne(notify) => self.world.notifies[*notify].notify_one(),
            Op::NotifyWaiters(notify) => self.world.notifies[*notify].notify_waiters(),
            Op::Wait(one) => {
                wait(&self.rt, &self.world, one).await;
                self.mark("waited");
            }
            Op::Select(first, second) => {
                let first = tokio::select! {
                    biased;
                    () = wait(&self.rt, &self.world, first) => true,
                    () = wait(&self.rt, &self.world, second) => false,
                };
                self.mark(if first { "first" } else { "second" });
            }
            Op::Elsewhere(steps) => self.elsewhere(steps.clone()),
        }
    }

    fn elsewhere(&mut self, steps: Vec<Outside>) {
        self.spawned += 1;
        let (world, name) = (Arc::clone(&self.world), format!("{}{}", self.name, self.spawned));
        let is_elsewhere = |step: &Outside| match world.can.elsewhere {
            Elsewhere::SpawnAndWake => true,
            Elsewhere::Wake => !matches!(step, Outside::Spawn(_)),
            Elsewhere::Nothing => false,
        };
        let (there, here): (Vec<_>, Vec<_>) = steps.into_iter().partition(is_elsewhere);
        let code = move |rt: Rt, steps| {
            for step in steps {
                match step {
                    Outside::Spawn(ops) => spawn(&rt, &world, name.clone(), ops).detach(),
                    Outside::Send(channel) => world.channels[channel].try_send(),
                    Outside::NotifyOne(notify) => world.notifies[notify].notify_one(),
                }
            }
        };
        let there = (!there.is_empty()).then_some(there);
        there.into_iter().for_each(|steps| {
            self.rt.elsewhere({
                let code = code.clone();
                move |rt| code(rt, steps)
            })
        });
        code(self.rt.clone(), here);
        self.mark("elsewhere");
    }

    /// Sets free those that wait, whenever nobody else does anything any more.
    async fn free_all(&mut self) {
        while self.world.live.load(Ordering::Relaxed) > 0 {
            let before = self.world.done.load(Ordering::Relaxed);
            wait(&self.rt, &self.world, &Wait::Sleep(1)).await;
            if self.world.done.load(Ordering::Relaxed) == before {
                self.rt.mark("free");
                self.world.notifies.iter().for_each(Notify::notify_waiters);
                self.world.channels.iter().for_each(Channel::free);
            }
        }
    }
}

fn spawn(rt: &Rt, world: &Arc<World>, name: String, ops: Vec<Op>) -> Handle {
    let (world, live) = (Arc::clone(world), Live::new(world));
    rt.spawn(move |rt| async move {
        let mut task = Task { rt, world, name, spawned: 0, children: VecDeque::new() };
        task.mark("begin");
        task.steps(&ops).await;
        task.children.drain(..).for_each(Handle::detach);
        drop(live);
        task.mark("end");
    })
}

/// Counts as one that lives until it is dropped: a task may be cancelled, before its first poll too.
struct Live(Arc<World>);

impl Live {
    fn new(world: &Arc<World>) -> Live {
        world.live.fetch_add(1, Ordering::Relaxed);
        Live(Arc::clone(world))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.live.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn wait(rt: &Rt, world: &World, wait: &Wait) {
    match wait {
        Wait::Recv(channel) => {
            world.channels[*channel].recv().await;
        }
        Wait::Send(channel) => world.channels[*channel].send().await,
        Wait::Notified(notify) => world.notifies[*notify].notified().await,
        Wait::Lock(lock) => drop(world.locks[*lock].lock().await),
        Wait::Sleep(ms) if world.can.sleep => rt.clock().sleep(*ms).await,
        Wait::Yield | Wait::Sleep(_) => rt.yield_native().await,
    }
}

/// A channel whose only receiver is taken by whoever receives.
struct Channel {
    sends: Sends,
    receiver: Mutex<Option<Receives>>,
}

enum Sends {
    Bounded(Sender<()>),
    Unbounded(UnboundedSender<()>),
}

enum Receives {
    Bounded(Receiver<()>),
    Unbounded(UnboundedReceiver<()>),
}

impl Channel {
    fn new(capacity: Option<usize>) -> Channel {
        let (sends, receives) = match capacity {
            Some(capacity) => {
                let (sender, receiver) = channel(capacity);
                (Sends::Bounded(sender), Receives::Bounded(receiver))
            }
            None => {
                let (sender, receiver) = unbounded_channel();
                (Sends::Unbounded(sender), Receives::Unbounded(receiver))
            }
        };
        Channel { sends, receiver: Mutex::new(Some(receives)) }
    }

    async fn send(&self) {
        match &self.sends {
            Sends::Bounded(sender) => sender.send(()).await.expect("the receiver is in the channel, or in use"),
            Sends::Unbounded(sender) => sender.send(()).expect("the receiver is in the channel, or in use"),
        }
    }

    /// Nothing, where the channel is full.
    fn try_send(&self) {
        match &self.sends {
            Sends::Bounded(sender) => drop(sender.try_send(())),
            Sends::Unbounded(sender) => sender.send(()).expect("the receiver is in the channel, or in use"),
        }
    }

    async fn recv(&self) -> &'static str {
        let Some(receiver) = self.receiver.lock().unwrap().take() else { return "busy" };
        let mut borrowed = Borrowed { channel: self, receiver: Some(receiver) };
        match borrowed.receiver.as_mut().expect("it is given back when this ends") {
            Receives::Bounded(receiver) => receiver.recv().await,
            Receives::Unbounded(receiver) => receiver.recv().await,
        };
        "recv"
    }

    /// Whoever waits to send or to receive need not any longer.
    fn free(&self) {
        let mut receiver = self.receiver.lock().unwrap();
        match receiver.as_mut() {
            Some(Receives::Bounded(receiver)) => while receiver.try_recv().is_ok() {},
            Some(Receives::Unbounded(receiver)) => while receiver.try_recv().is_ok() {},
            None => {
                drop(receiver);
                self.try_send();
            }
        }
    }
}

/// The receiver goes back even when the future that holds it is dropped: it lost a select.
struct Borrowed<'a> {
    channel: &'a Channel,
    receiver: Option<Receives>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        *self.channel.receiver.lock().unwrap() = self.receiver.take();
    }
}
