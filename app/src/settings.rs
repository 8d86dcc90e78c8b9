//! What is remembered between two starts of the window, as text in the toolkit's storage; and the file of keys.
//!
//! Owns names, text forms and what happens to what cannot be read: it is set aside, and said, and never stops the
//! window. Each choice is kept under a name of its own, so that one that is damaged takes no other with it. Knows no
//! panel.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use eframe::Storage;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::session::keymap::Wishes;
use crate::session::{Kept, Keymap, Session, Settings};
use crate::ui::Shell;
use crate::ui::widgets::key_of;

/// The name under which the system keeps what belongs to the program.
pub const APP: &str = "wakeline";
const STORAGE: &str = "app.ron";
const STORAGE_ASIDE: &str = "app-unreadable";
const KEYS: &str = "keys.ron";
const CALIBRATED: &str = "calibrated.ron";

const THEME: &str = "theme";
const SCALE: &str = "scale";
const MOTION: &str = "motion";
const DRAG: &str = "drag";
const COSTS: &str = "costs";
const PLACE: &str = "place";
const DOCK: &str = "dock";

/// What was remembered, and what could not be read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Remembered {
    /// The choices.
    pub settings: Settings,
    /// Where the person was.
    pub kept: Option<Kept>,
    /// The dock's height, if a person has pulled at it.
    pub dock: Option<f32>,
    /// What could not be read: its name and its text.
    pub unreadable: Vec<(String, String)>,
}

/// Reads what was remembered.
pub fn read(storage: &dyn Storage) -> Remembered {
    let mut unreadable = Vec::new();
    let settings = Settings {
        theme: value(storage, THEME, &mut unreadable).unwrap_or_default(),
        scale: value(storage, SCALE, &mut unreadable).unwrap_or_default(),
        motion: value(storage, MOTION, &mut unreadable).unwrap_or_default(),
        drag: value(storage, DRAG, &mut unreadable).unwrap_or_default(),
        costs: value(storage, COSTS, &mut unreadable).unwrap_or_default(),
    };
    let kept = value::<Option<Kept>>(storage, PLACE, &mut unreadable).flatten();
    let dock = value::<Option<f32>>(storage, DOCK, &mut unreadable).flatten().filter(|h| h.is_finite() && *h > 0.0);
    Remembered { settings, kept, dock, unreadable }
}

/// One value, if it is there; if it cannot be read, it is put with the others that cannot.
fn value<T: DeserializeOwned>(storage: &dyn Storage, name: &str, unreadable: &mut Vec<(String, String)>) -> Option<T> {
    let text = storage.get_string(name)?;
    match ron::from_str(&text) {
        Ok(value) => Some(value),
        Err(_) => {
            unreadable.push((name.to_owned(), text));
            None
        }
    }
}

impl Remembered {
    /// What to tell the person about what could not be read; none if everything could.
    pub fn notice(&self) -> Option<String> {
        let names: Vec<&str> = self.unreadable.iter().map(|(name, _)| name.as_str()).collect();
        let what = match names.as_slice() {
            [] => return None,
            [only] => format!("The setting “{only}” cannot be read and is as it was at first."),
            [others @ .., last] => {
                format!(
                    "The settings “{}” and “{last}” cannot be read and are as they were at first.",
                    others.join("”, “")
                )
            }
        };
        Some(format!("{what} What stood there is kept beside it under “unreadable”."))
    }
}

/// Writes what is to be remembered. What could not be read is kept beside, for a person to look at.
pub fn write(storage: &mut dyn Storage, session: &Session, dock: Option<f32>, unreadable: &[(String, String)]) {
    for (name, text) in unreadable {
        set_text_aside(storage, name, text);
    }
    let settings = session.settings();
    put(storage, THEME, &settings.theme);
    put(storage, SCALE, &settings.scale);
    put(storage, MOTION, &settings.motion);
    put(storage, DRAG, &settings.drag);
    put(storage, COSTS, &settings.costs);
    put(storage, PLACE, &session.keep());
    put(storage, DOCK, &dock);
}

/// Keeps a text that cannot be read beside the rest, under "NAME unreadable"; beside what was set aside before, too.
pub fn set_text_aside(storage: &mut dyn Storage, name: &str, text: &str) {
    let places = std::iter::once(format!("{name} unreadable")).chain((2..).map(|n| format!("{name} unreadable {n}")));
    let is_free = |place: &String| storage.get_string(place).is_none_or(|there| there == text);
    let place = places.into_iter().find(is_free).expect("there is always another number");
    storage.set_string(&place, text.to_owned());
}

fn put(storage: &mut dyn Storage, name: &str, value: &impl Serialize) {
    // A path that is no UTF-8 has no text form: what was there before stays.
    if let Ok(text) = ron::to_string(value) {
        storage.set_string(name, text);
    }
}

/// Before the toolkit reads its storage: a file that it could not read is moved aside, or it would be overwritten.
/// Answers what to tell the person.
pub fn set_aside_damaged() -> Option<String> {
    set_aside(&eframe::storage_dir(APP)?.join(STORAGE))
}

fn set_aside(file: &Path) -> Option<String> {
    let bytes = std::fs::read(file).ok()?;
    let known = std::str::from_utf8(&bytes).ok().map(ron::from_str::<HashMap<String, String>>);
    let told = |why: &dyn Display, then: &str| {
        Some(format!("The settings in {} cannot be read ({why}). {then}", file.display()))
    };
    let why: Box<dyn Display> = match known {
        Some(Ok(_)) => return None,
        Some(Err(error)) => Box::new(error),
        None => Box::new("it is no UTF-8 text"),
    };
    let names =
        std::iter::once(format!("{STORAGE_ASIDE}.ron")).chain((2..).map(|n| format!("{STORAGE_ASIDE}-{n}.ron")));
    let asides = names.map(|name| file.with_file_name(name));
    // What was set aside before stays.
    let aside =
        asides.into_iter().find(|path| path.symlink_metadata().is_err()).expect("there is always another number");
    match std::fs::rename(file, &aside) {
        Ok(()) => told(&why, &format!("They were set aside as {}, and all is as it was at first.", aside.display())),
        Err(error) => told(&why, &format!("They could not be set aside ({error}), and will be overwritten.")),
    }
}

/// The file in which a person can name keys of their own.
pub fn keys_file() -> Option<PathBuf> {
    Some(eframe::storage_dir(APP)?.join(KEYS))
}

/// The cost profile of this computer, as `wakeline calibrate` leaves it.
pub fn calibrated_file() -> Option<PathBuf> {
    Some(eframe::storage_dir(APP)?.join(CALIBRATED))
}

/// The keys, with those of the file instead where it names some; and what is wrong with it, a sentence each.
pub fn keymap(file: &Path) -> (Keymap, Vec<String>) {
    let Ok(text) = std::fs::read_to_string(file) else { return (Keymap::default(), Vec::new()) };
    match ron::from_str::<Wishes>(&text) {
        Ok(wishes) => {
            let (keymap, problems) = Keymap::with(&wishes, |key| key_of(key).is_some());
            (keymap, problems.into_iter().map(|p| format!("{}: {p}", file.display())).collect())
        }
        Err(error) => {
            let text = format!("{}:{}: {}.", file.display(), error.span.start, error.code);
            (Keymap::default(), vec![format!("{text} The usual keys are in use.")])
        }
    }
}

/// Brings a window to where it was left, and tells what could not be read.
pub fn restore(shell: &mut Shell, remembered: &Remembered) {
    shell.session.set_settings(remembered.settings.clone());
    shell.dock_height = remembered.dock;
    if let Some(file) = keys_file() {
        let (keymap, problems) = keymap(&file);
        shell.session.set_keymap(keymap);
        problems.into_iter().for_each(|p| shell.session.notice(p));
        shell.keys_file = Some(file);
    }
    if let Some(notice) = remembered.notice() {
        shell.session.notice(notice);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::session::fixture::{blocked_executor as opened, library as session};
    use crate::session::settings::{CostsChoice, Motion, ThemeChoice, UiScale};
    use crate::session::{Command, DragMeans};
    use sim_core::instant::SimTime;

    #[derive(Default)]
    struct Memory(BTreeMap<String, String>);

    impl Storage for Memory {
        fn get_string(&self, key: &str) -> Option<String> {
            self.0.get(key).cloned()
        }
        fn set_string(&mut self, key: &str, value: String) {
            self.0.insert(key.to_owned(), value);
        }
        fn remove_string(&mut self, key: &str) {
            self.0.remove(key);
        }
        fn flush(&mut self) {}
    }

    #[test]
    fn what_was_chosen_is_read_back() {
        let mut session = session();
        let chosen = Settings {
            theme: ThemeChoice::Contrast,
            scale: UiScale::percent(150),
            motion: Motion::Reduced,
            drag: DragMeans::Pan,
            costs: CostsChoice::File("/home/x/mine.ron".into()),
        };
        session.set_settings(chosen.clone());
        let mut memory = Memory::default();
        write(&mut memory, &session, Some(240.0), &[]);
        let read = read(&memory);
        assert_eq!((read.settings, read.dock, read.kept), (chosen, Some(240.0), None));
    }

    #[test]
    fn it_opens_where_it_was_closed() {
        let mut before = opened();
        before.apply(Command::NextStep);
        before.apply(Command::FocusRun(1));
        before.apply(Command::Seek(SimTime::from_nanos(82_100_000)));
        before.apply(Command::StepForward);
        before.apply(Command::ZoomIn);
        let mut memory = Memory::default();
        write(&mut memory, &before, None, &[]);

        let mut after = session();
        after.return_to(read(&memory).kept.expect("something was open"));
        after.finish_loading();
        assert_eq!(after.document().map(|d| &d.origin), before.document().map(|d| &d.origin));
        assert_eq!((after.cursor(), after.focus(), after.step()), (before.cursor(), before.focus(), before.step()));
        assert_eq!((after.selection(), after.tab()), (before.selection(), before.tab()));
        let (one, other) = (after.view(), before.view());
        assert!((one.start - other.start).abs() < 1.0 && (one.length - other.length).abs() < 1.0);
    }

    #[test]
    fn what_is_gone_is_told_and_the_list_of_scenarios_is_shown() {
        let mut memory = Memory::default();
        memory.set_string(PLACE, "Some((source: File(\"/no/such/file.ron\")))".into());
        let mut session = session();
        session.return_to(read(&memory).kept.expect("the rest is left out, and that is fine"));
        assert!(session.notices()[0].contains("/no/such/file.ron"), "{:?}", session.notices());
        assert!(!session.is_loading());
    }

    #[test]
    fn one_damaged_setting_is_set_aside_and_takes_no_other_with_it() {
        let mut memory = Memory::default();
        memory.set_string(THEME, "Drak".into());
        memory.set_string(SCALE, "150".into());
        let read = read(&memory);
        assert_eq!(read.settings, Settings { scale: UiScale::percent(150), ..Settings::default() });
        assert!(read.notice().is_some_and(|n| n.contains("“theme”")), "{:?}", read.notice());
        write(&mut memory, &session(), None, &read.unreadable);
        assert_eq!(memory.get_string("theme unreadable").as_deref(), Some("Drak"));
        assert_eq!(super::read(&memory).unreadable, []);
    }

    #[test]
    fn what_is_damaged_twice_is_kept_twice() {
        let mut memory = Memory::default();
        for damaged in ["Drak", "Lihgt", "Lihgt"] {
            memory.set_string(THEME, damaged.into());
            let unreadable = read(&memory).unreadable;
            // It is written every so often.
            (0..3).for_each(|_| write(&mut memory, &session(), None, &unreadable));
        }
        let kept = ["theme unreadable", "theme unreadable 2", "theme unreadable 3"].map(|name| memory.get_string(name));
        assert_eq!(kept, [Some("Drak".to_owned()), Some("Lihgt".to_owned()), None]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_path_that_is_no_text_is_opened_and_takes_nothing_else_with_it() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join(std::ffi::OsStr::from_bytes(b"\xff\xfe.ron"));
        let mut session = opened();
        session.apply(Command::CreateScenario(file.clone()));
        session.finish_loading();
        assert_eq!(session.file(), Some(file.as_path()));
        assert!(session.document().is_some_and(|d| d.origin == crate::session::Origin::File(file)));
        session.apply(Command::SetScale(UiScale::percent(150)));
        let mut memory = Memory::default();
        write(&mut memory, &session, None, &[]);
        assert_eq!(read(&memory).settings.scale, UiScale::percent(150));
        let progress = crate::session::progress::Progress::from_text(&session.progress().to_text());
        let progress = progress.expect("what was written can be read");
        assert!(progress.lesson("blocked-executor").is_some(), "the way through the lessons is kept");
    }

    #[test]
    fn what_a_later_version_adds_does_no_harm() {
        let mut memory = Memory::default();
        memory.set_string("colour of the moon", "Green".into());
        memory.set_string(PLACE, "Some((source: Library(\"c10k\"), time: 5, mood: \"good\"))".into());
        let read = read(&memory);
        assert_eq!((read.notice(), read.kept.map(|k| k.time)), (None, Some(5)));
    }

    #[test]
    fn a_damaged_file_is_set_aside_and_a_sound_one_is_not() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join(STORAGE);
        std::fs::write(&file, "{\"theme\": \"Dark\"}").unwrap();
        assert_eq!(set_aside(&file), None);
        let all = [&b"{\"theme\": \"Da"[..], &[0xff, 0xfe, 0], b""];
        let asides = ["app-unreadable.ron", "app-unreadable-2.ron", "app-unreadable-3.ron"];
        for (damaged, aside) in all.into_iter().zip(asides) {
            std::fs::write(&file, damaged).unwrap();
            let told = set_aside(&file).expect("it cannot be read");
            assert!(told.contains(aside), "{told}");
            assert!(!file.exists());
        }
        let kept = asides.map(|aside| std::fs::read(folder.path().join(aside)).unwrap());
        assert_eq!(kept, all, "none is written over another");
        assert_eq!(set_aside(&file), None, "there is none");
    }

    #[test]
    fn a_file_of_keys_changes_them_and_a_damaged_one_says_where() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join(KEYS);
        assert_eq!(keymap(&file), (Keymap::default(), Vec::new()), "there is none");
        std::fs::write(&file, "{\n    \"StepForward\": [\"K\", \"Ctrl+Right\"],\n}").unwrap();
        let (keys, problems) = keymap(&file);
        assert_eq!((keys.keys_of(&Command::StepForward).len(), problems.len()), (2, 0));
        std::fs::write(&file, "{\n    \"StepForward\": K,\n}").unwrap();
        let (keys, problems) = keymap(&file);
        assert_eq!(keys, Keymap::default());
        assert!(problems[0].contains("keys.ron:2:"), "{problems:?}");
    }
}
