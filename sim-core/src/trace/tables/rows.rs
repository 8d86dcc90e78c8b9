//! The tables' rows in portions: what came since, and how much memory they hold.

use super::{RunInfo, Tables};
use crate::trace::code::ProgramInfo;

/// How many rows each table had at some moment.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct RowCounts([usize; 17]);

impl RowCounts {
    /// The counts after `more` rows were added.
    pub fn plus(self, more: RowCounts) -> RowCounts {
        RowCounts(std::array::from_fn(|i| self.0[i] + more.0[i]))
    }

    /// How many of them are threads.
    pub(in crate::trace) fn threads(self) -> usize {
        self.0[3]
    }

    /// How many of them are queues.
    pub(in crate::trace) fn queues(self) -> usize {
        self.0[5]
    }
}

macro_rules! each_table {
    ($do:ident) => {
        $do!(0 strings, 1 wide, 2 tasks, 3 threads, 4 workers, 5 queues, 6 devices, 7 resources, 8 timers, 9 requests,
             10 futures, 11 decisions, 12 files, 13 panics, 14 programs, 15 steps, 16 runners)
    };
}

impl Tables {
    /// How many rows each table has now.
    pub fn counts(&self) -> RowCounts {
        macro_rules! count {
            ($($i:literal $table:ident),*) => { RowCounts([$(self.$table.len()),*]) };
        }
        each_table!(count)
    }

    /// The rows that came after `before`, as tables of their own. The run's facts go with the first rows.
    pub fn rows_since(&self, before: RowCounts) -> Tables {
        let run = if before == RowCounts::default() { self.run.clone() } else { RunInfo::default() };
        macro_rules! tail {
            ($($i:literal $table:ident),*) => { Tables { run, $($table: self.$table[before.0[$i]..].to_vec()),* } };
        }
        each_table!(tail)
    }

    /// At most `most` rows of each table that came after `before`, as tables of their own.
    pub fn rows_after(&self, before: RowCounts, most: usize) -> Tables {
        let run = if before == RowCounts::default() { self.run.clone() } else { RunInfo::default() };
        macro_rules! next {
            ($($i:literal $table:ident),*) => {
                Tables { run, $($table: self.$table.iter().skip(before.0[$i]).take(most).cloned().collect()),* }
            };
        }
        each_table!(next)
    }

    /// Adds the rows of [`Tables::rows_since`].
    pub fn append(&mut self, rows: Tables) {
        if self.counts() == RowCounts::default() {
            self.run = rows.run;
        }
        macro_rules! extend {
            ($($i:literal $table:ident),*) => { $(self.$table.extend(rows.$table);)* };
        }
        each_table!(extend);
    }

    /// Bytes of memory held, about.
    pub fn memory_bytes(&self) -> usize {
        fn bytes<T>(rows: &Vec<T>) -> usize {
            rows.capacity() * size_of::<T>()
        }
        macro_rules! total {
            ($($i:literal $table:ident),*) => { [$(bytes(&self.$table)),*].iter().sum::<usize>() };
        }
        let lines = |program: &ProgramInfo| program.lines.iter().map(|line| line.text.capacity()).sum::<usize>();
        each_table!(total)
            + self.programs.iter().map(lines).sum::<usize>()
            + self.steps.iter().map(|step| step.text.capacity()).sum::<usize>()
            + self.strings.iter().map(String::capacity).sum::<usize>()
    }
}
