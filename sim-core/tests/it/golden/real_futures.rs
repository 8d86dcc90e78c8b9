//! The real LocalPool of `futures`, and the real async-executor: both on one thread, neither with a clock.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::executor::{LocalPool, LocalSpawner};
use futures::future::RemoteHandle;
use futures::task::LocalSpawnExt as _;

use super::real_tokio::RootIs;
use super::rt::*;

thread_local! {
    /// The pool that runs on this thread: its spawner is not Send, and tasks are.
    static SPAWNER: RefCell<Option<LocalSpawner>> = const { RefCell::new(None) };
}

struct Pool;

struct Remote(RemoteHandle<()>);

impl Future for Remote {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl Join for Remote {
    fn detach(self: Pin<Box<Self>>) {
        Pin::into_inner(self).0.forget();
    }
}

impl Runtime for Pool {
    fn spawn(&self, task: Boxed) -> Pin<Box<dyn Join>> {
        let spawn = |spawner: &LocalSpawner| spawner.spawn_local_with_handle(task).expect("the pool is alive");
        Box::pin(Remote(SPAWNER.with_borrow(|spawner| spawn(spawner.as_ref().expect("this thread has a pool")))))
    }

    fn yield_native(&self) -> Boxed {
        Box::pin(futures_lite::future::yield_now())
    }

    fn elsewhere(&self, code: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(code).join().expect("code elsewhere does not panic");
    }

    fn once_parked(&self, _: u64, _: Box<dyn FnOnce() + Send>) {
        unreachable!("this runtime does not tell when it parks");
    }

    fn clock(&self) -> Option<&dyn Clock> {
        None
    }

    fn join_set(&self) -> Option<Box<dyn JoinSet>> {
        None
    }
}

pub fn local_pool(root: &Root, root_is: RootIs) -> String {
    let log = Log::default();
    let mut pool = LocalPool::new();
    SPAWNER.set(Some(pool.spawner()));
    let rt = Rt::new(Pool, &log);
    match root_is {
        RootIs::Main => pool.run_until(root(rt)),
        RootIs::Task => {
            let task = rt.spawn(|rt| root(rt));
            pool.run_until(task);
        }
    }
    SPAWNER.set(None);
    log.text()
}

struct Smol(Arc<async_executor::Executor<'static>>);

struct Task(async_executor::Task<()>);

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl Join for Task {
    fn detach(self: Pin<Box<Self>>) {
        Pin::into_inner(self).0.detach();
    }
}

impl Runtime for Smol {
    fn spawn(&self, task: Boxed) -> Pin<Box<dyn Join>> {
        Box::pin(Task(self.0.spawn(task)))
    }

    fn yield_native(&self) -> Boxed {
        Box::pin(futures_lite::future::yield_now())
    }

    fn elsewhere(&self, code: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(code).join().expect("code elsewhere does not panic");
    }

    fn once_parked(&self, _: u64, _: Box<dyn FnOnce() + Send>) {
        unreachable!("this runtime does not tell when it parks");
    }

    fn clock(&self) -> Option<&dyn Clock> {
        None
    }

    fn join_set(&self) -> Option<Box<dyn JoinSet>> {
        None
    }
}

pub fn async_executor(root: &Root, root_is: RootIs) -> String {
    let log = Log::default();
    let executor = Arc::new(async_executor::Executor::new());
    let rt = Rt::new(Smol(Arc::clone(&executor)), &log);
    match root_is {
        RootIs::Main => futures_lite::future::block_on(executor.run(root(rt))),
        RootIs::Task => {
            let task = rt.spawn(|rt| root(rt));
            futures_lite::future::block_on(executor.run(task));
        }
    }
    log.text()
}
