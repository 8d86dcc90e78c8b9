//! The lines of the program panel as data: which rows of code there are, and what is said beside each.
//!
//! Owns the words and which of them fit. Paints nothing.

use sim_core::analysis::stands::{Doing, Sheet, Stand, is_helper};
use sim_core::clock::Clock;
use sim_core::trace::Family;
use sim_core::trace::code::CodeLine;
use sim_core::trace::{StepId, Tables};

use crate::timeline::axis::with_thousands;

/// Where the braces stand that are nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Braces {
    /// On lines of their own.
    OwnLine,
    /// Beside other code, where there is little room: two on a line, and no more.
    Beside,
}

/// One row of code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The line of the program that it begins with.
    pub line: usize,
    /// How deep it is indented.
    pub depth: u32,
    /// The code.
    pub text: String,
    /// What is remarked behind it; may be empty.
    pub remark: String,
    /// The step that it stands for.
    pub step: Option<StepId>,
}

/// The rows of a program.
pub fn rows(lines: &[CodeLine], braces: Braces) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(lines.len());
    for (line, code) in lines.iter().enumerate() {
        if braces == Braces::Beside
            && code.text == "}"
            && let Some(row) = rows.last_mut().filter(|row| row.remark.is_empty() && !row.text.ends_with("}}"))
        {
            row.text += if row.text.ends_with('}') { "}" } else { " }" };
            continue;
        }
        if braces == Braces::Beside
            && let Some(row) = rows.last_mut().filter(|row| row.text == "{")
        {
            // A block of its own: its first line, which takes the lock, stands beside its brace.
            (row.line, row.step) = (line, code.step);
            row.text = format!("{{ {}", code.text);
            continue;
        }
        // What is only a remark is the row's text.
        let (text, remark) = match code.text.find("// ") {
            Some(at) if at > 0 => (code.text[..at].trim_end().to_owned(), code.text[at..].to_owned()),
            Some(_) | None => (code.text.clone(), String::new()),
        };
        rows.push(Row { line, depth: code.depth, text, remark, step: code.step });
    }
    rows
}

/// What is said beside a row.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Note {
    /// Words at the right, the longest first: the first that fits is shown.
    pub words: Vec<String>,
    /// The state that the row's bar shows; none: the one that is shown does not stand here.
    pub doing: Option<Doing>,
    /// The same in full, for a hover and a screen reader; may be empty.
    pub full: String,
}

/// What is said beside a row of a program.
pub fn note(row: &Row, sheet: &Sheet, tables: &Tables, clock: Clock) -> Note {
    let here: Vec<&Stand> = sheet.stands.iter().filter(|stand| stand.line == row.line).collect();
    let others = sheet.here.get(row.line).copied().unwrap_or(0);
    if let Some(stand) = here.last() {
        return standing(stand, (here.len(), others), sheet, tables, clock);
    }
    if row.line == 0 && sheet.stands.is_empty() {
        return nowhere(sheet, tables);
    }
    let outer = sheet.stands.iter().rev().find_map(|stand| {
        let round = stand.rounds.iter().rev().skip(1).find(|round| Some(round.step) == row.step)?;
        Some((format!("round {}", thousands(round.nth)), round.of))
    });
    if let Some((round, of)) = outer {
        let full = format!("{round} of {}", thousands(of));
        return Note { words: vec![round], doing: None, full };
    }
    if others > 0 {
        let (count, full) = (thousands(others), format!("{} here", thousands(others)));
        return Note { words: vec![full.clone(), count], doing: None, full };
    }
    Note::default()
}

/// One stands here, or several branches of it.
fn standing(stand: &Stand, (count, others): (usize, u32), sheet: &Sheet, tables: &Tables, clock: Clock) -> Note {
    let state = tables.run.family().reword(stand.doing.text(stand.who));
    let several = if count > 1 { format!(" +{}", count - 1) } else { String::new() };
    let mut words = vec![format!("{state}{several}")];
    let mut full = format!("{}: {state}", tables.actor_name(stand.who));
    if let Some(round) = stand.rounds.last() {
        // Of how many, the line of the loop says.
        words.insert(0, format!("{state}{several}, round {}", thousands(round.nth)));
    }
    for round in &stand.rounds {
        full += &format!(", round {} of {}", thousands(round.nth), thousands(round.of));
    }
    full += &format!(", here since {}", clock.say(stand.since));
    // How many stand here says more of many than the round of one.
    if others > 0 && !is_helper(stand.who, tables) {
        words.insert(0, format!("{} here, {}", thousands(others), words[0]));
        words.insert(1, format!("{} here, {state}", thousands(others)));
        full += &format!("; {} of {} stand here", thousands(others), thousands(sheet.crew as u32));
    }
    Note { words, doing: Some(stand.doing), full }
}

/// It has not begun, or it has ended: that is said beside its name.
fn nowhere(sheet: &Sheet, tables: &Tables) -> Note {
    let Some(who) = sheet.shown else {
        let text = match tables.run.family() {
            Family::Sequential => "not being called".to_owned(),
            Family::Async | Family::Threads | Family::Pool => "never started".to_owned(),
            Family::Callbacks | Family::Coroutines | Family::Actors => "never started".to_owned(),
        };
        return Note { words: vec![text.clone()], doing: None, full: text };
    };
    let state = tables.run.family().reword(sheet.doing.text(who));
    let doing = Some(sheet.doing).filter(|doing| *doing != Doing::NotStarted);
    Note { words: vec![state.to_owned()], doing, full: format!("{}: {state}", tables.actor_name(who)) }
}

/// Who is shown of many: "conn.17 of 10,000 tasks".
pub fn crew_text(sheet: &Sheet, tables: &Tables) -> String {
    let Some(who) = sheet.shown else { return String::new() };
    let noun = tables.run.family().nouns();
    format!("{} of {} {noun}", tables.actor_name(who), thousands(sheet.crew as u32))
}

fn thousands(n: u32) -> String {
    with_thousands(&n.to_string())
}

#[cfg(test)]
mod tests {
    use sim_core::scenario::{RunOptions, Scenario};
    use sim_core::trace::{Keyframes, Trace};
    use sim_core::{SimTime, analysis::stands::sheets};

    use super::*;

    fn trace(ops: &str, count: u32, run: &str) -> Trace {
        let text = format!(
            r#"(schema: 1, id: "t", number: 1, part: A, title: "T", idea: "I.", costs: "zero", machine: (cores: 1),
            workload: (tasks: {{"t": (ops: [{ops}], count: {count})}}),
            runs: [(id: "async", model: async_fifo, workers: 1), (id: "threads", model: thread_per_task)])"#
        );
        let scenario = Scenario::parse("t.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
        scenario.execute(run, &RunOptions::default(), None)
    }

    /// Each row at `ms` as it is shown where there is room: code, bar, words.
    fn shown(trace: &Trace, ms: f64) -> Vec<String> {
        let at = SimTime::from_nanos((ms * 1e6) as u64);
        let state = Keyframes::build(trace).seek(trace, trace.events_until(at));
        let tables = trace.tables();
        let sheet = &sheets(tables, &state, None)[0];
        let told = |row: &Row| {
            let note = note(row, sheet, tables, Clock::Millis);
            let bar = if note.doing.is_some() { "|" } else { "" };
            let words = note.words.first().map_or_else(String::new, |words| format!("  <{words}>"));
            format!("{bar}{}{}{words}", row.text, row.remark)
        };
        rows(&tables.programs[0].lines, Braces::Beside).iter().map(told).collect()
    }

    #[test]
    fn braces_stand_alone_or_at_the_end_of_the_line_before() {
        let trace = trace(r#"Repeat(2, [Io("1ms")]), Join([[Yield, Yield]])"#, 1, "async");
        let rows =
            |braces| rows(&trace.tables().programs[0].lines, braces).into_iter().map(|r| r.text).collect::<Vec<_>>();
        assert_eq!(
            rows(Braces::OwnLine),
            [
                "async fn t() {",
                "for _ in 0..2 {",
                "io(1 ms).await;",
                "}",
                "join!(",
                "async {",
                "yield_now().await;",
                "yield_now().await;",
                "},",
                ");",
                "}"
            ]
        );
        assert_eq!(rows(Braces::Beside)[2..4], ["io(1 ms).await; }", "join!("]);
        assert_eq!(rows(Braces::Beside).last().unwrap(), "); }");
    }

    #[test]
    fn a_lock_is_taken_beside_its_brace_where_there_is_little_room() {
        let lines = [(0, "fn t() {", None), (1, "{", None), (2, "let _m = m.lock();", Some(StepId(3))), (1, "}", None)];
        let lines = lines.map(|(depth, text, step)| CodeLine { depth, text: text.to_owned(), step });
        let rows = rows(&lines, Braces::Beside);
        assert_eq!((rows[1].text.as_str(), rows[1].depth), ("{ let _m = m.lock(); }", 1));
        assert_eq!((rows[1].line, rows[1].step), (2, Some(StepId(3))));
    }

    #[test]
    fn the_row_of_a_step_says_the_state_and_the_round() {
        let trace = trace(r#"Repeat(3, [Work("1ms"), Io("9ms")])"#, 1, "async");
        assert_eq!(
            shown(&trace, 12.0),
            ["async fn t() {", "for _ in 0..3 {", "work(1 ms);", "|io(9 ms).await; }}  <Pending, round 2>"]
        );
    }

    #[test]
    fn an_outer_loop_says_its_own_round() {
        let trace = trace(r#"Repeat(3, [Repeat(5, [Io("1ms")])])"#, 1, "threads");
        assert_eq!(
            shown(&trace, 6.5),
            ["fn t() {", "for _ in 0..3 {  <round 2>", "for _ in 0..5 {", "|io(1 ms); }}  <Blocked, round 2>", "}"]
        );
    }

    #[test]
    fn who_has_ended_says_so_beside_its_name() {
        let trace = trace(r#"Io("1ms")"#, 1, "threads");
        assert_eq!(shown(&trace, 5.0), ["|fn t() {  <Exited>", "io(1 ms); }"]);
    }

    #[test]
    fn of_many_each_row_says_how_many_stand_there() {
        let trace = trace(r#"Work("1ms"), Io("9ms")"#, 1_200, "async");
        assert_eq!(
            shown(&trace, 1_000.5),
            ["async fn t() {", "work(1 ms);  <1 here>", "|io(9 ms).await; }  <1,000 here, Ready>"]
        );
        let state = Keyframes::build(&trace).seek(&trace, trace.len());
        let sheet = &sheets(trace.tables(), &state, Some("t.17"))[0];
        assert_eq!(crew_text(sheet, trace.tables()), "t.17 of 1,200 tasks");
    }

    #[test]
    fn a_remark_stands_apart_from_the_code() {
        let trace = trace(r#"Offload("1ms")"#, 1, "threads");
        let rows = rows(&trace.tables().programs[0].lines, Braces::Beside);
        assert_eq!(
            (rows[1].text.as_str(), rows[1].remark.as_str()),
            ("block(1 ms);", "// a thread makes the call itself")
        );
        assert_eq!(rows[2].text, "}", "a brace does not stand in a remark");
    }
}
