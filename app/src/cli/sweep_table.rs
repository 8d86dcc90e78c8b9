//! A sweep as a table for people and as CSV for programs.

use std::io::{self, Write};
use std::ops::Range;

use sim_core::scenario::sweep::{At, Curves, Figure};
use sim_core::trace::event::EndReason;

use super::wrap::WIDTH;

/// What stands where a run has no such figure.
const NONE: &str = "–";

/// Between two columns, and between two figures.
const GAP: usize = 2;
const WIDE_GAP: usize = 4;

/// Writes a row a value, and a group of columns a figure; figures that do not fit beside each other come below.
pub fn table(curves: &Curves, turned: &str, out: &mut impl Write) -> io::Result<()> {
    let values: Vec<String> = curves.over.points.iter().map(|point| curves.over.quantity.write(*point)).collect();
    let first = values.iter().map(|value| letters(value)).chain([letters(turned)]).max().unwrap_or(0);
    let room = WIDTH.saturating_sub(first + WIDE_GAP);
    let mut groups: Vec<Group> =
        Figure::ALL.into_iter().flat_map(|figure| Group::all_of(curves, figure, room)).collect();
    while !groups.is_empty() {
        let mut width = first;
        let fitting = groups.iter().take_while(|group| {
            width += WIDE_GAP + group.width();
            width <= WIDTH
        });
        let many = fitting.count().max(1);
        let side: Vec<Group> = groups.drain(..many).collect();
        block(&side, (turned, &values, first), out)?;
    }
    Ok(())
}

/// A figure's columns, one a run; of many runs, some of them.
struct Group {
    title: &'static str,
    names: Vec<String>,
    /// By value, then by run.
    cells: Vec<Vec<String>>,
    widths: Vec<usize>,
}

impl Group {
    /// The runs that fit beside each other in so much room, and then those that are left; each time one at least.
    fn all_of(curves: &Curves, figure: Figure, room: usize) -> Vec<Group> {
        let mut groups = Vec::new();
        let mut from = 0;
        while from < curves.runs.len() {
            let upto = (from + 1..=curves.runs.len()).rev();
            let fits = |to: &usize| *to == from + 1 || Group::of(curves, figure, from..*to).width() <= room;
            let to = upto.into_iter().find(fits).unwrap_or(from + 1);
            groups.push(Group::of(curves, figure, from..to));
            from = to;
        }
        groups
    }

    fn of(curves: &Curves, figure: Figure, runs: Range<usize>) -> Group {
        let write = |at| curves.get(at).and_then(|f| f.get(figure)).map_or(NONE.to_owned(), |v| figure.write(v));
        let row = |point| runs.clone().map(|run| write(At { point, run })).collect::<Vec<_>>();
        let cells: Vec<Vec<String>> = (0..curves.over.points.len()).map(row).collect();
        let names: Vec<String> = curves.runs[runs.clone()].iter().map(|run| run.id.clone()).collect();
        let widest = |run: usize| cells.iter().map(|row| letters(&row[run])).chain([letters(&names[run])]).max();
        let mut widths: Vec<usize> = (0..names.len()).map(|run| widest(run).unwrap_or(0)).collect();
        // The title stands above all of its columns.
        let own = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if let Some(last) = widths.last_mut() {
            *last += letters(figure.title()).saturating_sub(own);
        }
        Group { title: figure.title(), names, cells, widths }
    }

    fn width(&self) -> usize {
        self.widths.iter().sum::<usize>() + GAP * self.widths.len().saturating_sub(1)
    }

    fn line(&self, cells: &[String]) -> String {
        let cell = |(cell, width): (&String, &usize)| format!("{cell:>width$}");
        cells.iter().zip(&self.widths).map(cell).collect::<Vec<_>>().join(&" ".repeat(GAP))
    }
}

fn block(groups: &[Group], (turned, values, first): (&str, &[String], usize), out: &mut impl Write) -> io::Result<()> {
    let mut line = |head: &str, parts: Vec<String>| {
        let gap = " ".repeat(WIDE_GAP);
        let whole = format!("{head:>first$}{gap}{}", parts.join(&gap));
        writeln!(out, "{}", whole.trim_end())
    };
    line("", Vec::new())?;
    line("", groups.iter().map(|group| format!("{:<width$}", group.title, width = group.width())).collect())?;
    line(turned, groups.iter().map(|group| group.line(&group.names)).collect())?;
    for (point, value) in values.iter().enumerate() {
        line(value, groups.iter().map(|group| group.line(&group.cells[point])).collect())?;
    }
    Ok(())
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

/// Writes a line a value and run: times in nanoseconds, memory in bytes, nothing where there is no such figure.
pub fn csv(curves: &Curves) -> String {
    let columns: Vec<&str> = Figure::ALL.into_iter().map(Figure::column).collect();
    let mut text = format!("{},run,model,{},unfinished,ended\n", quoted(&curves.over.path), columns.join(","));
    for (point, value) in curves.over.points.iter().enumerate() {
        for (run, swept) in curves.runs.iter().enumerate() {
            let Some(figures) = curves.get(At { point, run }) else { continue };
            let value = curves.over.quantity.in_file(*value);
            let cells = Figure::ALL.map(|figure| figures.get(figure).map_or(String::new(), |value| value.to_string()));
            let (run, model, cells) = (quoted(&swept.id), swept.model, cells.join(","));
            let ended = figures.ended.map_or("", ended);
            text.push_str(&format!("{value},{run},{model},{cells},{},{ended}\n", figures.unfinished));
        }
    }
    text
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

const fn ended(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Finished => "finished",
        EndReason::Stuck => "stuck",
        EndReason::StepLimit => "step limit",
        EndReason::TimeLimit => "time limit",
        EndReason::Interrupted => "interrupted",
    }
}
