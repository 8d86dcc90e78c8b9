//! docs/costs.md is of the profile that runs are charged: each price, of each model, and each sum.

use std::collections::BTreeMap;

use sim_core::Costs;
use sim_core::machine::costs::items::{ITEMS, Item, Price};
use sim_core::machine::costs::per_model::ModelCosts;
use sim_core::scenario::profile;

const DOC: &str = include_str!("../../../docs/costs.md");

/// The rows of the table whose head begins so: each cell without its backquotes.
fn table(head: &str) -> Vec<Vec<String>> {
    let lines = DOC.lines().skip_while(|line| !line.starts_with(head)).skip(2);
    let cells = |line: &str| line.trim_matches('|').split('|').map(|c| c.trim().replace('`', "")).collect();
    let rows: Vec<Vec<String>> = lines.take_while(|line| line.starts_with('|')).map(cells).collect();
    assert!(!rows.is_empty(), "there is no table that begins {head}");
    rows
}

fn item(id: &str) -> Item {
    ITEMS.into_iter().find(|item| item.id == id).unwrap_or_else(|| panic!("there is no price called {id}"))
}

#[test]
fn the_first_table_has_every_price_of_the_profile_and_says_where_it_is_from() {
    let told = table("| price |");
    let ids: Vec<&str> = told.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids, ITEMS.map(|item| item.id));
    for row in &told {
        assert_eq!(row[2], (item(&row[0]).price)(&Costs::cited()).to_string(), "{}", row[0]);
        assert!(row[3].len() > 10, "{}: where is it from?", row[0]);
    }
}

#[test]
fn the_second_table_has_every_price_that_a_model_has_of_its_own_and_no_other() {
    let mut told = BTreeMap::new();
    for row in table("| model |") {
        assert!(row[3].len() > 5, "{} {}: where is it from?", row[0], row[1]);
        assert_eq!(told.insert((row[0].clone(), row[1].clone()), row[2].clone()), None, "told twice: {row:?}");
    }
    let mut charged = BTreeMap::new();
    for (model, own) in &Costs::cited().models {
        let prices = ITEMS.iter().filter_map(|item| Some((item.id, (item.own)(own)?)));
        charged.extend(prices.map(|(id, price)| ((model.clone(), id.to_owned()), price.to_string())));
    }
    assert_eq!(told, charged);
}

#[test]
fn every_sum_is_that_of_the_prices_and_differs_from_what_was_measured_only_where_it_says_why() {
    for row in table("| composite |") {
        let [name, model, steps, sum, measured, rest] = &row[..] else { panic!("{row:?}") };
        let costs = Costs::cited().for_model(model);
        let price = |step: &str| {
            let (times, id) = step.split_once(' ').map_or((1, step), |(n, id)| (n.parse().unwrap(), id));
            (item(id).price)(&costs).amount() * times
        };
        let total: u64 = steps.split(" + ").map(price).sum();
        assert_eq!(*sum, Price::Time(sim_core::SimDuration::from_nanos(total)).to_string(), "{name}, {model}");
        let measured: u64 = measured.replace([',', ' '], "").trim_end_matches("ns").parse().unwrap();
        let is_near = total.abs_diff(measured) * 20 <= measured;
        assert_eq!(is_near, rest.is_empty(), "{name}, {model}: {total} of {measured}, and the rest is “{rest}”");
    }
}

#[test]
fn the_profile_that_it_shows_can_be_read() {
    let (_, after) = DOC.split_once("```ron\n").expect("it shows a profile");
    let (shown, _) = after.split_once("```").expect("it ends");
    let costs = profile::parse("costs.md", shown).unwrap();
    let own = ModelCosts { task_bytes: Some(2_659), poll: costs.models["coroutines"].poll, ..ModelCosts::default() };
    assert_eq!(costs.models["coroutines"], own);
}
