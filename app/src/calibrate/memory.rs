//! How much memory a task and a thread keep, as the kernel counts it. Only Linux tells a program that.

use std::sync::mpsc;
use std::thread;

use tokio::runtime::Builder;

/// The part of a waiting thread that a program cannot see of itself: kernel stack and slab, as cited.
pub const KERNEL_SHARE: u64 = 16 * 1024 + 7_475;
const TASKS: u64 = 40_000;
const THREADS: u64 = 256;

/// Bytes that a task of tokio's keeps while it waits, besides a future of no size.
pub fn of_task() -> Option<u64> {
    let runtime = Builder::new_current_thread().build().ok()?;
    runtime.block_on(async {
        let before = resident()?;
        let mut tasks = Vec::with_capacity(TASKS as usize);
        for n in 0..TASKS {
            tasks.push(tokio::spawn(std::future::pending::<()>()));
            // They are polled a few at a time: a queue that held all of them would be counted, too.
            if n % 64 == 0 {
                tokio::task::yield_now().await;
            }
        }
        // What the list of handles needs is ours.
        let own = TASKS * size_of::<tokio::task::JoinHandle<()>>() as u64;
        let after = resident()?;
        drop(tasks);
        Some(after.saturating_sub(before).saturating_sub(own) / TASKS).filter(|bytes| *bytes > 0)
    })
}

/// Bytes that a thread keeps while it waits: its own pages, its page tables, and the kernel's share.
pub fn of_thread() -> Option<u64> {
    let before = resident()? + page_tables()?;
    let (here, there) = mpsc::channel();
    let mut threads = Vec::new();
    for _ in 0..THREADS {
        let here = here.clone();
        let (release, wait) = mpsc::channel::<()>();
        let body = move || {
            // Whoever counts them is there until they are counted; it lets them go by dropping its end.
            let _ = here.send(());
            let _ = wait.recv();
        };
        let thread = thread::Builder::new().spawn(body).ok()?;
        threads.push((release, thread));
    }
    for _ in 0..THREADS {
        there.recv().ok()?;
    }
    let after = resident().zip(page_tables()).map(|(pages, tables)| pages + tables);
    for (release, thread) in threads {
        drop(release);
        let _ = thread.join();
    }
    Some(after?.saturating_sub(before) / THREADS + KERNEL_SHARE)
}

/// Bytes of this program that lie in memory. `status` has them rounded by core: not good enough here.
fn resident() -> Option<u64> {
    counted("/proc/self/smaps_rollup", "Rss:")
}

fn page_tables() -> Option<u64> {
    counted("/proc/self/status", "VmPTE:")
}

/// A line "NAME 123 kB" of such a file, in bytes.
fn counted(file: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
