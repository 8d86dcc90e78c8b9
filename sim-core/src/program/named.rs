//! Things by name, in the order in which the file names them.
//!
//! Owns order and uniqueness: a `BTreeMap` would sort the tasks, a `HashMap` would shuffle them.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// A map in the order of its file. A name that comes twice is an error where it comes again.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T>(Vec<(String, T)>);

impl<T> Named<T> {
    /// The thing of that name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, thing)| thing)
    }

    /// The place of that name in the order of the file.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(n, _)| n == name)
    }

    /// Names and things, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, thing)| (name.as_str(), thing))
    }

    /// The names, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a thing. Panics if the name is taken: names in code are ours.
    pub fn insert(&mut self, name: impl Into<String>, thing: T) {
        let name = name.into();
        assert!(self.get(&name).is_none(), "`{name}` is there already");
        self.0.push((name, thing));
    }
}

impl<T> Default for Named<T> {
    fn default() -> Named<T> {
        Named(Vec::new())
    }
}

impl<N: Into<String>, T> FromIterator<(N, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(iter: I) -> Named<T> {
        let mut named = Named::default();
        iter.into_iter().for_each(|(name, thing)| named.insert(name, thing));
        named
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Named<T>, D::Error> {
        deserializer.deserialize_map(NamedVisitor(PhantomData))
    }
}

struct NamedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for NamedVisitor<T> {
    type Value = Named<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names and what they stand for: {\"name\": …}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
        let mut things: Vec<(String, T)> = Vec::new();
        let mut taken = std::collections::BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !taken.insert(name.clone()) {
                return Err(A::Error::custom(format!("`{name}` is named twice: give one of them another name")));
            }
            things.push((name, map.next_value()?));
        }
        Ok(Named(things))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_the_order_of_the_file() {
        let named: Named<u32> = ron::from_str(r#"{"zebra": 1, "ant": 2}"#).unwrap();
        assert_eq!(named.names().collect::<Vec<_>>(), ["zebra", "ant"]);
        assert_eq!(named.get("ant"), Some(&2));
    }

    #[test]
    fn a_name_that_comes_twice_is_refused() {
        let error = ron::from_str::<Named<u32>>(r#"{"a": 1, "a": 2}"#).unwrap_err();
        assert!(error.to_string().contains("`a` is named twice"), "{error}");
    }
}
