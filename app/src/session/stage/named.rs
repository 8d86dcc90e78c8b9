//! Which of several workers or cores are named where there is no room for all: never one that does nothing before one
//! that is busy, and who is not named is counted.

use super::{Place, Standing};

/// Those of several places that are named where there is no room for all.
#[derive(Clone, PartialEq, Debug)]
pub struct Named<'a> {
    /// They, in their order; if not all are, those on a core first, then the other busy ones, then those that do nothing.
    pub places: Vec<&'a Place>,
    /// What is said of the others.
    pub rest: Option<String>,
}

/// Those that have room in so many lines; what is said of the rest takes a line, if there is more than one.
pub fn named(places: &[Place], lines: usize) -> Named<'_> {
    if places.len() <= lines {
        return Named { places: places.iter().collect(), rest: None };
    }
    let mut order: Vec<_> = places.iter().collect();
    order.sort_by_key(|place| match place.occupant.as_ref().map(|o| o.standing) {
        Some(Standing::Runs) => 0,
        Some(_) => 1,
        None => 2,
    });
    let rest = order.split_off(lines.saturating_sub(1).max(1));
    let busy = rest.iter().filter(|p| p.occupant.is_some()).count();
    let said = match busy {
        0 => format!("{} more", rest.len()),
        n if n == rest.len() => format!("{n} more busy"),
        n => format!("{} more, {n} busy", rest.len()),
    };
    Named { places: order, rest: Some(said) }
}

#[cfg(test)]
mod tests {
    use super::super::Occupant;
    use super::*;
    use sim_core::analysis::track::TrackKind;
    use sim_core::trace::ids::WorkerId;

    #[test]
    fn where_not_all_workers_have_room_the_busy_ones_are_named_or_counted() {
        let track = |n: u32| TrackKind::Worker(WorkerId(n));
        let polls = |n: u32| Occupant { name: String::new(), age: 0, standing: Standing::Runs, track: track(n) };
        let place = |n: u32, occupant| Place { name: n.to_string(), state: String::new(), occupant, track: track(n) };
        let places: Vec<Place> = (0..4).map(|n| place(n, [1, 3].contains(&n).then(|| polls(n)))).collect();
        let told = |lines| {
            let named = named(&places, lines);
            (named.places.iter().map(|p| p.name.clone()).collect::<String>(), named.rest)
        };
        assert_eq!(told(4), ("0123".to_owned(), None));
        assert_eq!(told(3), ("13".to_owned(), Some("2 more".to_owned())));
        assert_eq!(told(2), ("1".to_owned(), Some("3 more, 1 busy".to_owned())));
        assert_eq!(told(1), ("1".to_owned(), Some("3 more, 1 busy".to_owned())));
        assert_eq!(named(&places[..2], 1).rest.as_deref(), Some("1 more"));
        assert_eq!(named(&[places[1].clone(), places[3].clone()], 1).rest.as_deref(), Some("1 more busy"));
    }
}
