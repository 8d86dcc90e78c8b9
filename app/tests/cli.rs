//! The command line, used as a person or a script uses it: the built program, its output and its exit code.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sim_core::scenario::RunOptions;
use tempfile::TempDir;

/// Runs the program without a display, in the folder of the workspace.
fn wakeline(args: &[&str]) -> Output {
    command(args).output().expect("the program starts")
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wakeline"));
    command.args(args).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(display);
    }
    command
}

/// What it prints when all is well.
fn said(args: &[&str]) -> String {
    let output = wakeline(args);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""), "{args:?}");
    String::from_utf8(output.stdout).expect("it writes UTF-8")
}

/// What it answers to bad input: on stderr alone. Without its line breaks, which depend on how long a path is.
fn refused(args: &[&str]) -> String {
    let output = wakeline(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{args:?}");
    let told = String::from_utf8(output.stderr).expect("it writes UTF-8");
    told.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

/// A folder of one test's own.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a folder for the test"))
    }

    fn file(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.path().join(name), text).unwrap();
        self.file(name)
    }
}

fn shipped(id: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(format!("{id}.ron"));
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn help_can_be_read() {
    let help = said(&["--help"]);
    for word in ["run", "check", "events", "Usage", "FILE"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    let help = said(&["run", "--help"]);
    for word in ["--set", "--variant", "--seed", "--costs", "--format", "--trace", "--marks", "machine.cores=4"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    assert!(said(&["events", "--help"]).contains("How --set works"));
}

#[test]
fn the_story_of_the_blocked_executor_says_who_is_late() {
    let story = said(&["run", "scenarios/blocked-executor.ron"]);
    assert!(story.contains("async    hb is late by 94.9 ms."), "{story}");
    assert!(story.contains("threads  hb is on time, every time."), "{story}");
    assert!(story.contains("spawn_blocking"), "{story}");
    assert!(story.contains("wakeline run blocked-executor --variant two-workers"), "{story}");
}

#[test]
fn what_to_try_next_names_the_file_that_was_asked_for() {
    let folder = Folder::new();
    let mine = folder.write("mine.ron", &shipped("blocked-executor"));
    let story = said(&["run", &mine]);
    assert!(story.contains(&format!("wakeline run {mine} --variant two-workers")), "{story}");
    assert!(said(&["run", &mine, "--variant", "two-workers"]).contains("2 workers"));
}

#[test]
fn every_story_fits_a_terminal_of_a_hundred_columns() {
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios")).unwrap() {
        let path = file.unwrap().path();
        let story = said(&["run", path.to_str().unwrap()]);
        let wide = story.lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{}", path.display());
        let runs = story.matches("\nWhat happened: ").count();
        assert!(story.lines().count() < 130 * runs, "{}: {} lines", path.display(), story.lines().count());
        assert!(story.contains("\nIn short\n"));
    }
}

#[test]
fn ten_thousand_tasks_are_told_as_one() {
    let story = said(&["run", "c10k"]);
    assert!(story.contains("10000 × conn"), "{story}");
    assert!(!story.contains("conn.17"), "{story}");
    assert!(story.lines().count() < 180, "{}", story.lines().count());
}

#[test]
fn where_nobody_polls_nothing_is_said_to_be_done() {
    let story = said(&["run", "no-runtime-in-the-box", "--run", "none"]);
    assert!(story.contains("Nothing was done: main ends at 0 ms, 3 futures never polled."), "{story}");
    assert!(!story.contains("All is done"), "{story}");
}

#[test]
fn the_actor_that_owns_a_device_has_a_row_of_its_own() {
    let story = said(&["run", "six-models", "--run", "actors"]);
    let row = story.lines().find(|line| line.trim_start().starts_with("db's owner "));
    assert!(row.is_some_and(|row| row.contains('█') && row.contains('·')), "{story}");
}

#[test]
fn a_deadlock_is_said_to_hang() {
    let story = said(&["run", "two-deadlocks"]);
    // Lines are broken where they are too long.
    let words = story.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("2 tasks wait for what will never come, and no thread is blocked."), "{story}");
    assert!(story.contains("mia and tom wait for each other"), "{story}");
}

#[test]
fn json_has_every_documented_key() {
    let report: Value = serde_json::from_str(&said(&["run", "blocked-executor", "--format", "json"])).unwrap();
    assert_eq!(report["schema"], 1);
    let document = include_str!("../../docs/json.md");
    let keys: Vec<&str> = document.split('`').skip(1).step_by(2).filter(|key| key.contains('.')).collect();
    assert!(keys.len() > 40, "{keys:?}");
    for key in keys {
        let mut value = &report;
        for part in key.split('.') {
            let (name, list) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
            value = value.get(name).unwrap_or_else(|| panic!("{key} is documented, and not there"));
            value = if list { &value[0] } else { value };
        }
    }
    let runs = report["runs"].as_array().unwrap();
    assert_eq!((runs[0]["polls"].as_u64(), runs[1]["polls"].as_u64()), (Some(13), Some(0)));
    assert_eq!(runs[0]["findings"][0]["kind"], "LongPoll");
    assert_eq!(runs[1]["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn no_key_of_the_json_is_undocumented() {
    fn keys(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                keys(value, &path, found);
            }),
            Value::Array(list) => match list.first() {
                Some(first) if first.is_object() => keys(first, &format!("{path}[]"), found),
                _ => found.push(path.to_owned()),
            },
            _ => found.push(path.to_owned()),
        }
    }
    let report: Value = serde_json::from_str(&said(&["run", "blocked-executor", "--format", "json"])).unwrap();
    let mut found = Vec::new();
    keys(&report, "", &mut found);
    let document = include_str!("../../docs/json.md");
    let missing: Vec<&String> = found.iter().filter(|key| !document.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_model_that_is_named_has_as_many_workers_as_the_async_run_of_the_scenario() {
    let title = |scenario| {
        said(&["run", scenario, "--run", "smol"]).lines().find(|l| l.starts_with("smol, ")).map(str::to_owned)
    };
    let has =
        |scenario, words: &str| assert!(title(scenario).is_some_and(|l| l.starts_with(words)), "{:?}", title(scenario));
    has("work-stealing", "smol, 4 workers (");
    has("blocked-executor", "smol, 1 worker (");
    let two = said(&["run", "blocked-executor", "--set", "runs.async.workers=2", "--run", "smol"]);
    assert!(two.contains("smol, 2 workers ("), "{two}");
    // Its own run takes no number: it starts as smol does, and says with how many.
    has("six-models", "smol, 1 worker (");
}

#[test]
fn markers_stand_on_one_line() {
    assert_eq!(said(&["run", "poll-wake-poll", "--run", "async", "--marks"]).lines().count(), 1);
    let beats = said(&["run", "blocked-executor", "--run", "async", "--marks"]);
    assert_eq!(beats.trim_end(), ["beat"; 10].join(" "));
    assert!(said(&["run", "blocked-executor", "--marks"]).starts_with("async: beat"));
}

#[test]
fn what_is_set_changes_the_run() {
    let late = |more: &[&str]| {
        let args = [&["run", "blocked-executor", "--run", "async"], more].concat();
        said(&args).lines().find(|line| line.contains("hb is late by") || line.contains("on time")).unwrap().to_owned()
    };
    assert!(late(&[]).contains("late by 94.9 ms"));
    assert!(late(&["--set", "workload.tasks.hog.ops.1.0=50ms"]).contains("late by 44.9 ms"));
    assert!(late(&["--set", "runs.async.workers=2"]).contains("on time"));
    assert!(late(&["--variant", "two-workers"]).contains("on time"));
    assert!(late(&["--set", "workload.tasks.hog.ops.1.0=50ms", "--set", "runs.async.workers=2"]).contains("on time"));
}

#[test]
fn events_take_the_same_changes_as_run() {
    let digest = |more: &[&str]| said(&[&["events", "blocked-executor", "--digest"], more].concat());
    let plain = digest(&[]);
    assert_eq!(digest(&["--run", "async"]), plain);
    for change in [
        &["--set", "workload.tasks.hog.ops.1.0=50ms"][..],
        &["--variant", "two-workers"],
        &["--costs", "cited"],
        &["--run", "threads"],
    ] {
        assert_ne!(digest(change), plain, "{change:?}");
    }
    let report: Value =
        serde_json::from_str(&said(&["run", "blocked-executor", "--variant", "offload", "--format", "json"])).unwrap();
    assert_eq!(digest(&["--variant", "offload"]).trim_end(), report["runs"][0]["digest"]);
    assert_eq!((report["variant"].as_str(), report["seed"].as_u64()), (Some("offload"), Some(7)));
}

#[test]
fn a_run_has_the_same_digest_in_another_process() {
    for scenario in wakeline::library::lessons().0 {
        for run in &scenario.runs {
            let here = scenario.execute(&run.id, &RunOptions::default(), None).digest();
            let there = said(&["events", &scenario.id, "--run", &run.id, "--digest"]);
            assert_eq!(there.trim_end(), here, "{} {}", scenario.id, run.id);
        }
    }
}

#[test]
fn a_seed_changes_what_is_left_to_chance() {
    let folder = Folder::new();
    let text = shipped("blocked-executor").replace("Io(\"10ms\")", "Io(\"5ms..15ms\")");
    let file = folder.write("chance.ron", &text);
    let digest = |seed| said(&["events", &file, "--digest", "--seed", seed]);
    assert_ne!(digest("1"), digest("2"));
    assert_eq!(digest("1"), digest("1"));
}

#[test]
fn costs_are_read_from_a_file() {
    let folder = Folder::new();
    let file = folder.write(
        "dear.ron",
        r#"(name: "dear", poll: "1ms", wake: "0ns", waker_clone: "0ns", waker_drop: "0ns", task_spawn: "0ns",
            thread_spawn: "0ns", thread_switch: "5ms", syscall: "0ns", driver_turn: "0ns", sync_op: "0ns", timer: "0ns",
            task_bytes: 1, stack_reserved: 2, stack_resident: 3)"#,
    );
    let report = said(&["run", "poll-wake-poll", "--costs", &file, "--format", "json"]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["costs"], "dear");
    assert_eq!(report["runs"][1]["peak_memory_bytes"]["stack_reserved"], 4);
    let broken = folder.write("broken.ron", "(name: \"x\", pol: \"1ms\")");
    assert!(refused(&["run", "poll-wake-poll", "--costs", &broken]).contains("pol"));
    assert!(refused(&["run", "poll-wake-poll", "--costs", "citedd"]).contains("did you mean `cited`?"));
}

#[test]
fn this_computer_is_measured_and_runs_are_charged_what_it_takes() {
    let folder = Folder::new();
    let file = folder.file("mine.ron");
    let told = said(&["calibrate", "--quick", "-o", &file]);
    for word in ["poll", "thread_switch", "cited", "ratio", "system call", &format!("--costs {file}")] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let report = said(&["run", "poll-wake-poll", "--costs", &file, "--format", "json"]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["costs"], "calibrated");
    let free =
        folder.write("free.ron", &std::fs::read_to_string(&file).unwrap().replace("poll: \"", "poll: \"0ns\", //"));
    assert!(refused(&["run", "poll-wake-poll", "--costs", &free]).contains("a poll cannot be free"));
    // Textbook arithmetic is not what happens on a real computer.
    let output = wakeline(&["check", "poll-wake-poll", "--costs", &file]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), told.contains("calibrated costs: ")), (Some(1), true), "{told}");
    let picture = folder.file("x.png");
    said(&["shot", "poll-wake-poll", "--costs", &file, "-o", &picture]);
    assert!(refused(&["shot", "poll-wake-poll", "--costs", &free, "-o", &picture]).contains("a poll cannot be free"));
    let nowhere = folder.file("no/such/folder/x.ron");
    assert!(refused(&["calibrate", "--quick", "-o", &nowhere]).contains("there is no folder"));
}

#[test]
fn what_was_measured_is_found_among_the_settings_by_its_name() {
    let folder = Folder::new();
    let at_home = |args: &[&str]| {
        // Wherever the system keeps settings, it is below this folder.
        let home = folder.0.path();
        let vars = ["HOME", "XDG_DATA_HOME", "APPDATA"];
        command(args).envs(vars.map(|name| (name, home))).output().expect("the program starts")
    };
    let run = ["run", "poll-wake-poll", "--costs", "calibrated"];
    let before = at_home(&run);
    let told = String::from_utf8_lossy(&before.stderr).into_owned();
    assert_eq!((before.status.code(), told.contains("wakeline calibrate")), (Some(2), true), "{told}");
    assert_eq!(at_home(&["calibrate", "--quick"]).status.code(), Some(0));
    assert_eq!(at_home(&run).status.code(), Some(0));
}

#[test]
fn a_saved_trace_tells_the_same_as_its_run() {
    let folder = Folder::new();
    let file = folder.file("x.wkl");
    said(&["run", "blocked-executor", "--run", "threads", "--trace", &file]);
    let run = ["events", "blocked-executor", "--run", "threads"];
    assert_eq!(said(&["events", &file]), said(&run));
    assert_eq!(said(&["events", &file, "--digest"]), said(&[&run[..], &["--digest"]].concat()));
    // Of several runs, each has a file of its own.
    said(&["run", "blocked-executor", "--trace", &file]);
    assert_eq!(said(&["events", &folder.file("x.threads.wkl")]), said(&run));
    assert!(refused(&["events", &file, "--seed", "3"]).contains("recorded trace"));
}

#[test]
fn a_trace_that_was_cut_off_is_read_as_far_as_it_goes() {
    let folder = Folder::new();
    let file = folder.file("x.wkl");
    said(&["run", "c10k", "--run", "async", "--trace", &file]);
    let whole = std::fs::read(&file).unwrap();
    // In the middle of the last chunk of events.
    std::fs::write(&file, &whole[..whole.len() - 1_000]).unwrap();
    let output = wakeline(&["events", &file]);
    let notice = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), notice.lines().count()), (Some(0), 1), "{notice}");
    assert!(String::from_utf8(output.stdout).unwrap().lines().count() > 50_000);
    // Before the first whole chunk there is nothing to list.
    std::fs::write(&file, &whole[..100]).unwrap();
    let output = wakeline(&["events", &file]);
    assert_eq!((output.status.code(), output.stdout.len(), output.stderr.is_empty()), (Some(0), 0, false));
    std::fs::write(&file, b"no trace at all").unwrap();
    assert!(refused(&["events", &file]).contains("not a Wakeline trace"));
    std::fs::write(&file, b"").unwrap();
    assert!(!refused(&["events", &file]).is_empty());
}

#[test]
fn bad_input_is_answered_on_stderr_with_the_nearest_name() {
    assert!(refused(&["run", "blocked-exekutor"]).contains("did you mean `blocked-executor`?"));
    assert!(
        refused(&["run", "blocked-executor", "--run", "asink"]).contains("there is no run and no model called `asink`")
    );
    assert!(refused(&["run", "blocked-executor", "--variant", "two"]).contains("two-workers"));
    assert!(refused(&["run", "blocked-executor", "--set", "machine.coers=2"]).contains("did you mean `cores`?"));
    assert!(refused(&["run", "blocked-executor", "--set", "machine.cores"]).contains("PATH=VALUE"));
    assert!(refused(&["events", "nowhere.wkl"]).contains("nowhere.wkl"));
    assert!(!refused(&["run"]).is_empty());
    assert!(!refused(&["run", "c10k", "--seed", "many"]).is_empty());
}

#[test]
fn an_error_in_a_file_stands_at_its_line() {
    let folder = Folder::new();
    let file = folder.write("slip.ron", &shipped("blocked-executor").replace("Work(\"100us\")", "Wrok(\"100us\")"));
    let told = refused(&["run", &file]);
    let line = 1 + shipped("blocked-executor").lines().position(|line| line.contains("Work(\"100us\")")).unwrap();
    assert!(told.contains(&format!("slip.ron:{line}:")), "{told}");
    assert!(told.contains("did you mean `Work`?"), "{told}");
}

#[test]
fn check_asserts_what_a_scenario_expects() {
    let folder = Folder::new();
    assert!(said(&["check", "blocked-executor"]).starts_with("✓ blocked-executor: "));
    let wrong = shipped("blocked-executor").replace("equals: \"94.9ms\"", "equals: \"9.4ms\"");
    let file = folder.write("wrong.ron", &wrong);
    let output = wakeline(&["check", &file, "poll-wake-poll"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(1), 0), "{told}");
    assert!(told.contains("✗ blocked-executor") && told.contains("94.900 ms") && told.contains("9.400 ms"), "{told}");
    assert!(told.contains("✓ poll-wake-poll"), "{told}");
}

#[test]
fn check_reads_a_whole_directory_and_goes_on_after_an_error() {
    let folder = Folder::new();
    folder.write("a.ron", "(schema: 1");
    folder.write("b.ron", &shipped("poll-wake-poll"));
    folder.write("c.txt", "no scenario");
    let output = wakeline(&["check", folder.0.path().to_str().unwrap()]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("a.ron: cannot be read") && told.contains("✓ poll-wake-poll"), "{told}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("never closed"));
    assert_eq!(wakeline(&["check", "nowhere"]).status.code(), Some(2));
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let mut child = command(&["events", "c10k"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn without_a_display_the_story_is_told_in_text() {
    let story = said(&[]);
    assert!(story.starts_with("No window (no display was found)"), "{story}");
    assert!(story.lines().nth(1) == Some("") && story.contains("hb is late by 94.9 ms"), "{story}");
    let story = said(&["scenarios/two-deadlocks.ron"]);
    assert!(story.starts_with("No window") && story.contains("It hangs"), "{story}");
    assert_eq!(wakeline(&["nowhere.ron"]).status.code(), Some(2));
}

#[test]
fn a_step_and_a_stretch_of_time_that_are_not_there_are_refused() {
    let folder = Folder::new();
    let asked = |more: [&str; 2]| refused(&["shot", "blocked-executor", "-o", &folder.file("x.png"), more[0], more[1]]);
    assert!(asked(["--step", "8"]).contains("--step 8: the lesson has 7 steps"));
    assert!(asked(["--span", "4ms"]).contains("expected two times with `..` between"));
    assert!(asked(["--span", "4..5ms"]).contains("`4` has no unit"));
    assert!(asked(["--span", "4ms..4ms"]).contains("--span 4ms..4ms: it has no length"));
    assert!(asked(["--span", "4ms..5s"]).contains("--span 4ms..5s: the longest run ends at 195.9 ms"));
    let hidden = ["shot", "blocked-executor", "-o", &folder.file("x.png"), "--step", "4", "--span", "90ms..180ms"];
    assert!(refused(&hidden).contains("--span 90ms..180ms: the step's question hides it"));
}

#[test]
fn a_picture_of_the_library_has_neither_step_nor_stretch_of_time() {
    let folder = Folder::new();
    for [option, value] in [["--step", "2"], ["--span", "4ms..5ms"]] {
        let told = refused(&["shot", "--library", "-o", &folder.file("x.png"), option, value]);
        assert!(told.contains(option) && told.contains("--library"), "{told}");
    }
}

#[test]
fn a_picture_shows_the_step_that_is_asked_for_and_another_step_is_another_picture() {
    let folder = Folder::new();
    let picture = |step: &str| {
        let file = folder.file("x.png");
        said(&["shot", "blocked-executor", "-o", &file, "--size", "640x400", "--step", step]);
        std::fs::read(&file).unwrap()
    };
    assert_eq!(picture("2"), picture("2"));
    assert_ne!(picture("2"), picture("3"));
}

#[test]
fn a_picture_that_cannot_be_drawn_says_why_and_what_to_do() {
    let folder = Folder::new();
    let picture = folder.file("x.png");
    let refuses = |args: &[&str], parts: &[&str]| {
        let told = refused(&[&["shot"], args].concat());
        for part in parts {
            assert!(told.contains(part), "{args:?}: {told}");
        }
        assert!(!Path::new(&picture).exists(), "{args:?}");
    };
    let blocked = |args: &[&'static str]| [&["blocked-executor", "-o", &picture], args].concat();
    refuses(&["blocked-executer", "-o", &picture], &["no scenario of that name", "did you mean `blocked-executor`?"]);
    let wrong = folder.write("wrong.ron", &shipped("c10k").replace("workload:", "worklaod:"));
    refuses(&[&wrong, "-o", &picture], &["wrong.ron:", "worklaod", "workload"]);
    let no_trace = folder.write("no.wkl", "nothing");
    refuses(&[&no_trace, "-o", &picture], &["no.wkl", "wakeline run"]);
    refuses(&blocked(&["--select", "hgo"]), &["nothing is called hgo", "did you mean `hog`?"]);
    refuses(&blocked(&["--at", "5s"]), &["--at 5s", "ends at 195.9 ms"]);
    refuses(&blocked(&["--at", "99999"]), &["--at 99999", "events 0 to 271"]);
    refuses(&blocked(&["--at", "82.1"]), &["--at 82.1", "no unit"]);
    for size in ["0x0", "99999x99999", "10", "x", "-5x900"] {
        refuses(&[&blocked(&[])[..], &[&format!("--size={size}")]].concat(), &["1440x900", "320 to 8192"]);
    }
    refuses(&["--library", "-o", &picture, "--select", "hog"], &["--library", "--select"]);
    let nowhere = folder.file("no/such/folder/x.png");
    refuses(&["blocked-executor", "-o", &nowhere], &["cannot be written", "no/such/folder"]);
    refuses(&["blocked-executor", "-o", &folder.0.path().display().to_string()], &["cannot be written", "folder"]);
}

/// A sweep of the ten thousand connections, small enough for a test.
const SWEEP: [&str; 5] =
    ["sweep", "scenarios/c10k.ron", "--over", "workload.tasks.conn.count=1..100:log", "--costs=jimblandy"];

#[test]
fn a_sweep_tells_each_figure_of_each_run_at_each_value() {
    let told = said(&SWEEP);
    let lines: Vec<&str> = told.lines().collect();
    let head = "workload.tasks.conn.count from 1 to 100 · 4 cores · costs: jimblandy · log scales";
    assert!(lines[..2].join(" ").contains(head), "{told}");
    let lines = &lines[1..];
    for title in ["Makespan", "Context switches", "Memory, peak", "Wait to run, p99"] {
        assert!(lines[2].contains(title), "{title}: {told}");
    }
    let values: Vec<&str> = lines[4..].iter().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(values, ["1", "2", "5", "10", "20", "50", "100"]);
    let width = lines[4].chars().count();
    assert!(lines[4..].iter().all(|line| line.chars().count() == width), "columns stand below each other: {told}");
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{told}");
}

#[test]
fn a_sweep_as_csv_says_what_the_runs_say_and_is_the_same_on_any_number_of_threads() {
    let folder = Folder::new();
    let written = |name: &str, threads: &str| {
        let file = folder.file(name);
        let runs = ["--runs", "async,thread_per_task", "--threads", threads, "-o", &file];
        said(&[&SWEEP[..], &runs].concat());
        std::fs::read_to_string(file).expect("it was written")
    };
    let csv = written("one.csv", "1");
    assert_eq!(written("four.csv", "4"), csv);
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let head =
        "workload.tasks.conn.count,run,model,makespan_ns,context_switches,memory_bytes,latency_p99_ns,unfinished,ended";
    assert_eq!((lines[0].join(","), lines.len()), (head.to_owned(), 15));
    let row = lines.iter().find(|row| row[..2] == ["50", "async"]).expect("each value and run has a line");
    let json = said(&[
        "run",
        "scenarios/c10k.ron",
        "--run=async",
        "--set=workload.tasks.conn.count=50",
        "--costs=jimblandy",
        "--format=json",
    ]);
    let json: Value = serde_json::from_str(&json).expect("it is JSON");
    let run = &json["runs"][0];
    let memory = run["peak_memory_bytes"]["tasks"].as_u64().zip(run["peak_memory_bytes"]["stack_resident"].as_u64());
    let expected = [
        run["makespan_ns"].to_string(),
        run["context_switches"]["all"].to_string(),
        memory.map_or(String::new(), |(tasks, stacks)| (tasks + stacks).to_string()),
        run["latency_ns"]["p99"].to_string(),
        "0".to_owned(),
        "finished".to_owned(),
    ];
    assert_eq!((row[2], &row[3..]), ("async_fifo", &expected.each_ref().map(String::as_str)[..]));
}

#[test]
fn a_sweep_is_drawn_as_svg_and_png() {
    let folder = Folder::new();
    let (svg, png) = (folder.file("curves.svg"), folder.file("curves.png"));
    said(&[&SWEEP[..], &["-o", &svg]].concat());
    let text = std::fs::read_to_string(svg).expect("it was written");
    for part in ["Ten thousand connections", "connections, log scale", "threads", "Wait to run, p99", "</svg>"] {
        assert!(text.contains(part), "{part}");
    }
    said(&[&SWEEP[..], &["-o", &png, "--theme", "dark"]].concat());
    let picture = image::open(png).expect("it is a picture").to_rgba8();
    let colors: std::collections::BTreeSet<[u8; 4]> = picture.pixels().map(|pixel| pixel.0).collect();
    assert_eq!(picture.dimensions(), (2400, 1600));
    assert!(
        colors.contains(&[0x14, 0x18, 0x1E, 255]) && colors.contains(&[0x56, 0xB4, 0xE9, 255]),
        "ground and a curve"
    );
}

#[test]
fn a_sweep_that_cannot_be_says_why() {
    let wrong = |over: &str| refused(&["sweep", "c10k", "--over", over]);
    assert!(wrong("machine.cores=1..8:lgo").contains("did you mean `log`?"));
    assert!(wrong("machine.cores=8").contains("from a value to another"));
    assert!(wrong("workload.tasks.con.count=1..8").contains("did you mean `conn`?"));
    assert!(wrong("machine.cores=1..80").contains("cores cannot be simulated"));
    let runs = refused(&["sweep", "c10k", "--over", "machine.cores=1..2", "--runs", "async,thread_per_tsk"]);
    assert!(runs.contains("did you mean `thread_per_task`?"), "{runs}");
    let output = refused(&["sweep", "c10k", "--over", "machine.cores=1..2", "-o", "out.pdf"]);
    assert!(output.contains(".csv, .svg or .png"), "{output}");
}

#[test]
fn every_step_is_listed_with_what_it_does_and_who_has_it_not() {
    let out = wakeline(&["steps"]);
    let text = String::from_utf8(out.stdout).expect("text");
    assert!(out.status.success());
    for kind in sim_core::program::Op::KINDS {
        assert!(text.lines().any(|line| line == kind.written), "{} is missing:\n{text}", kind.name);
    }
    let (_, barrier) = text.split_once("Barrier(\"start\")\n").expect("Barrier is a step");
    assert!(
        barrier.starts_with("    Waits until the barrier's parties have come.\n    Not in sequential.\n"),
        "{text}"
    );
}

/// A task that blocks in place, and a goroutine in a system call, each beside one that goes on.
const LEFT: &str = r#"(
    schema: 1, id: "left", number: 1, part: A, title: "Left", idea: "A worker leaves its thread.", costs: "zero",
    machine: (cores: 2, policy: round_robin(quantum: "4ms")),
    workload: (tasks: {
        "beat": (ops: [Work("1ms"), Sleep("5ms"), Work("1ms")]),
        "hog": (ops: [Work("2ms"), CALL("20ms"), Work("1ms")]),
    }),
    runs: [(id: "run", model: MODEL, workers: 1), (id: "threads", model: thread_per_task)],
)"#;

#[test]
fn a_thread_that_its_worker_has_left_has_a_row_and_a_name_of_its_own() {
    let folder = Folder::new();
    for (model, call) in [("tokio_multi_thread", "BlockInPlace"), ("coroutines", "Block")] {
        let file = folder.write("left.ron", &LEFT.replace("MODEL", model).replace("CALL", call));
        let story = said(&["run", &file, "--run", "run"]);
        let row = |name: &str| story.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
        assert!(row("thread 0").ends_with('█'), "{model}: {story}");
        // The worker goes on elsewhere: its row shows the second half of "beat".
        assert!(row("worker 0").split_whitespace().skip(2).count() > 1, "{model}: {story}");
        let events = said(&["events", &file, "--run", "run"]);
        let of_worker = |line: &&str| line.contains(" worker 0  ");
        let moved = events.lines().position(|line| line.contains("WorkerMoved")).expect("it leaves");
        let later: Vec<&str> = events.lines().skip(moved).collect();
        assert!(
            later.iter().any(|line| line.contains(" thread 0 ") && line.contains("Dispatched")),
            "{model}: {events}"
        );
        assert!(later.iter().any(|line| of_worker(line) && line.contains("SwitchedOut")), "{model}: {events}");
        assert!(!later.iter().any(|line| line.contains("blocking 0 sleeps")), "{model}: {events}");
        let completed = later.iter().rfind(|line| line.contains("hog") && line.contains("TaskCompleted"));
        let on = if model == "coroutines" { "on worker 0" } else { "on thread 0" };
        assert!(completed.is_some_and(|line| line.ends_with(on)), "{model}: {events}");
    }
}
