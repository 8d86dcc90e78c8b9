//! The report for programs: JSON, documented in docs/json.md, stable.
//!
//! Owns its shape. Times are whole nanoseconds, memory is bytes, shares are of 1.

use std::io::{self, Write};

use serde::Serialize;
use sim_core::analysis::findings::Finding;
use sim_core::analysis::metrics::{Memory, Percentiles, Switches, Wakes};
use sim_core::scenario::{Measure, RunOptions, Scenario};

use super::asked::Asked;

/// The version of the report's shape.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report<'r> {
    schema: u32,
    scenario: &'r str,
    title: &'r str,
    variant: Option<&'r str>,
    seed: u64,
    costs: String,
    cores: u32,
    runs: Vec<RunReport<'r>>,
}

#[derive(Serialize)]
struct RunReport<'r> {
    id: &'r str,
    title: &'r str,
    model: &'r str,
    workers: u32,
    ended: String,
    digest: String,
    events: usize,
    makespan_ns: u64,
    run_end_ns: u64,
    mean_finish_ns: u64,
    unfinished: u64,
    utilisation: f64,
    utilisation_work: f64,
    utilisation_overhead: f64,
    polls: u64,
    wakes: Wakes,
    context_switches: Switches,
    peak_memory_bytes: Memory,
    latency_ns: Percentiles,
    wake_latency_ns: Percentiles,
    tasks: u64,
    threads: u64,
    marks: String,
    findings: Vec<FindingReport<'r>>,
}

#[derive(Serialize)]
struct FindingReport<'r> {
    kind: &'r str,
    severity: &'r str,
    title: &'r str,
    explanation: &'r str,
    from_ns: u64,
    to_ns: u64,
    proof: &'r [usize],
}

/// Writes the report of these runs.
pub fn report(scenario: &Scenario, options: &RunOptions, runs: &[Asked], out: &mut impl Write) -> io::Result<()> {
    let report = Report {
        schema: SCHEMA,
        scenario: &scenario.id,
        title: &scenario.title,
        variant: options.variant.as_deref(),
        seed: options.seed.unwrap_or(scenario.seed),
        costs: scenario.costs_of(options).name,
        cores: scenario.machine.cores,
        runs: runs.iter().map(run_report).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
    writeln!(out)
}

fn run_report(run: &Asked) -> RunReport<'_> {
    let (info, metrics) = (&run.measured.trace.tables().run, &run.measured.metrics);
    RunReport {
        id: &run.id,
        title: &info.title,
        model: &info.model,
        workers: info.workers,
        ended: run.measured.take(&Measure::Ended).map_or(String::new(), |amount| amount.to_string()),
        digest: run.measured.trace.digest(),
        events: run.measured.trace.len(),
        makespan_ns: metrics.makespan.as_nanos(),
        run_end_ns: metrics.run_end.as_nanos(),
        mean_finish_ns: metrics.mean_finish.as_nanos(),
        unfinished: metrics.unfinished,
        utilisation: metrics.cores.utilisation,
        utilisation_work: metrics.cores.utilisation_work,
        utilisation_overhead: metrics.cores.utilisation_overhead,
        polls: metrics.polls,
        wakes: metrics.wakes,
        context_switches: metrics.switches,
        peak_memory_bytes: metrics.memory,
        latency_ns: metrics.wait,
        wake_latency_ns: metrics.wake_wait,
        tasks: metrics.tasks_spawned,
        threads: metrics.threads_created,
        marks: run.measured.marks(),
        findings: run.measured.findings.iter().map(finding).collect(),
    }
}

fn finding(finding: &Finding) -> FindingReport<'_> {
    FindingReport {
        kind: finding.kind.id(),
        severity: finding.severity.text(),
        title: &finding.title,
        explanation: &finding.explanation,
        from_ns: finding.span.0.as_nanos(),
        to_ns: finding.span.1.as_nanos(),
        proof: &finding.proof,
    }
}
