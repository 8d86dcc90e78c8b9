//! Where tasks and threads come from, and so the paths by which the world knows them.
//!
//! A path is made of names from the root's children on: "conn", or "conn/read" of one that conn spawned. The second of a
//! name from the same spawner is "conn#1", one without a name "#0": neither depends on who comes first elsewhere.

use std::collections::BTreeMap;

use crate::trace::ids::*;
use crate::trace::tables::Tables;

/// Who made whom, by id.
#[derive(Default)]
pub(crate) struct Origins {
    tasks: Vec<Origin>,
    threads: Vec<Origin>,
    children: BTreeMap<(Actor, StrId), u32>,
}

#[derive(Clone, Copy)]
struct Origin {
    by: Actor,
    /// How manieth of its name that `by` made.
    nth: u32,
}

impl Origins {
    /// The next task is made by `by`.
    pub fn add_task(&mut self, by: Actor, path: StrId) {
        let origin = self.next(by, path);
        self.tasks.push(origin);
    }

    /// The next thread is made by `by`.
    pub fn add_thread(&mut self, by: Actor, path: StrId) {
        let origin = self.next(by, path);
        self.threads.push(origin);
    }

    fn next(&mut self, by: Actor, path: StrId) -> Origin {
        let count = self.children.entry((by, path)).or_insert(0);
        let nth = *count;
        *count += 1;
        Origin { by, nth }
    }

    /// The path of whoever acts.
    pub fn path(&self, tables: &Tables, actor: Actor) -> String {
        let mut parts = Vec::new();
        let mut next = actor;
        while let Some((origin, path)) = self.origin(tables, next) {
            // The root's name stands in no child's path: it is called alike in no two models.
            if origin.by == Actor::Run && !parts.is_empty() {
                break;
            }
            let name = tables.text(path);
            let counted = origin.nth > 0 || name.is_empty();
            parts.push(if counted { format!("{name}#{}", origin.nth) } else { name.to_owned() });
            next = origin.by;
        }
        if parts.is_empty() {
            return format!("{actor:?}");
        }
        parts.reverse();
        parts.join("/")
    }

    fn origin(&self, tables: &Tables, actor: Actor) -> Option<(Origin, StrId)> {
        match actor {
            Actor::Task(id) => Some((*self.tasks.get(id.index())?, tables.tasks.get(id.index())?.path)),
            Actor::Thread(id) => Some((*self.threads.get(id.index())?, tables.threads.get(id.index())?.path)),
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
        }
    }
}
