//! Which key means which command: the usual ones, and those that a person has set instead.
//!
//! Owns the merging of both and what is wrong with it. Knows no toolkit: whether a key exists is told by the caller.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim_core::scenario::error::advice;

use super::Command;
use super::command::{BINDINGS, Binding};

/// What a person wants: the names of commands with their keys, `{"StepForward": ["K"]}`.
pub type Wishes = BTreeMap<String, Vec<String>>;

/// Every command of the table with the keys that it has here.
#[derive(Clone, PartialEq, Debug)]
pub struct Keymap {
    bound: Vec<(&'static Binding, Vec<String>)>,
}

impl Default for Keymap {
    fn default() -> Keymap {
        let usual = |b: &'static Binding| (b, b.keys.iter().map(|k| (*k).to_owned()).collect());
        Keymap { bound: BINDINGS.iter().map(usual).collect() }
    }
}

impl Keymap {
    /// The usual keys with these instead, and what is wrong with them, a sentence each.
    pub fn with(wishes: &Wishes, is_key: impl Fn(&str) -> bool) -> (Keymap, Vec<String>) {
        let (mut keymap, mut problems) = (Keymap::default(), Vec::new());
        let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, keys) in wishes {
            let Some(place) = keymap.bound.iter().position(|(b, _)| name_of(&b.command) == *name) else {
                let names: Vec<String> = BINDINGS.iter().map(|b| name_of(&b.command)).collect();
                let help = advice(name, names.iter().map(String::as_str), "command");
                problems.push(format!("There is no command `{name}`: {help}"));
                continue;
            };
            let mut own = Vec::new();
            for key in keys {
                if !is_key(key) {
                    problems.push(format!(
                        "{name}: there is no key {key}. Keys are written like K, Space, Ctrl+Z, Shift+F5."
                    ));
                } else if let Some(other) = taken.get(key.as_str()) {
                    problems.push(format!("{key} is wanted by {other} and by {name}: it stays with {other}."));
                } else {
                    taken.insert(key, name);
                    own.push(key.clone());
                }
            }
            keymap.bound[place].1 = own;
        }
        // A key that somebody has asked for is taken from whoever has it usually.
        for (binding, keys) in &mut keymap.bound {
            let name = name_of(&binding.command);
            let had = keys.len();
            keys.retain(|key| taken.get(key.as_str()).is_none_or(|owner| **owner == *name));
            if keys.is_empty() && had > 0 {
                problems.push(format!("“{}” ({name}) has no key any more: give it another one.", binding.title));
            }
        }
        (keymap, problems)
    }

    /// The keys of a command.
    pub fn keys_of(&self, command: &Command) -> &[String] {
        self.bound.iter().find(|(b, _)| b.command == *command).map_or(&[], |(_, keys)| keys)
    }

    /// Every command of the table with its keys, in order.
    pub fn all(&self) -> impl Iterator<Item = (&'static Binding, &[String])> {
        self.bound.iter().map(|(binding, keys)| (*binding, keys.as_slice()))
    }
}

/// The name of a command in the file of keys.
pub fn name_of(command: &Command) -> String {
    format!("{command:?}")
}

thread_local! {
    /// The keys that hints speak of. A hint is asked for where no session is at hand; a window lives in one thread.
    static SHOWN: RefCell<Rc<Keymap>> = RefCell::default();
}

/// From here on, hints in this thread speak of these keys.
pub fn show(keymap: &Rc<Keymap>) {
    SHOWN.with(|shown| *shown.borrow_mut() = Rc::clone(keymap));
}

/// The keys that hints speak of.
pub fn shown() -> Rc<Keymap> {
    SHOWN.with(|shown| Rc::clone(&shown.borrow()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(wishes: &[(&str, &[&str])]) -> (Keymap, Vec<String>) {
        let wishes = wishes.iter().map(|(n, k)| ((*n).to_owned(), k.iter().map(|k| (*k).to_owned()).collect()));
        Keymap::with(&wishes.collect(), |key| key.len() < 9)
    }

    #[test]
    fn without_wishes_every_command_has_its_usual_keys() {
        let (keymap, problems) = with(&[]);
        assert!(problems.is_empty());
        assert!(keymap.all().all(|(binding, keys)| binding.keys == keys));
    }

    #[test]
    fn a_wish_replaces_the_usual_keys() {
        let (keymap, problems) = with(&[("StepForward", &["K"])]);
        assert_eq!((keymap.keys_of(&Command::StepForward), problems.len()), (&["K".to_owned()][..], 0));
    }

    #[test]
    fn a_key_is_taken_from_who_has_it_usually_and_that_is_said() {
        let (keymap, problems) = with(&[("StepForward", &["W"])]);
        assert!(keymap.keys_of(&Command::ZoomIn).is_empty());
        assert!(problems[0].contains("ZoomIn"), "{problems:?}");
    }

    #[test]
    fn two_wishes_for_one_key_are_a_conflict() {
        let (keymap, problems) = with(&[("StepBack", &["K"]), ("StepForward", &["K", "J"])]);
        assert_eq!(keymap.keys_of(&Command::StepBack), ["K"]);
        assert_eq!(keymap.keys_of(&Command::StepForward), ["J"]);
        assert_eq!(problems, ["K is wanted by StepBack and by StepForward: it stays with StepBack."]);
    }

    #[test]
    fn an_unknown_command_is_answered_with_the_nearest_and_an_unknown_key_with_an_example() {
        let (_, problems) = with(&[("StepForwards", &["K"]), ("ToEnd", &["Backspace!"])]);
        assert!(problems[0].contains("StepForward"), "{problems:?}");
        assert!(problems[1].contains("there is no key Backspace!"), "{problems:?}");
    }
}
