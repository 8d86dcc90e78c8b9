//! A device: what it works on, and what waits for it.

use super::figures::{counted, thousands};
use super::here::Here;
use super::sentence::Sentence;
use super::{Fact, Inspection, Look, Thing, fact, history};
use crate::analysis::track::TrackKind;
use crate::trace::ids::*;
use crate::trace::snapshot::{Request, RequestStage};

/// So many rows of its past, and so many requests, are told.
const TOLD: usize = 6;

pub(super) fn inspect(here: &Here<'_>, id: DeviceId) -> Option<Inspection> {
    let info = here.tables().devices.get(id.index())?;
    let requests: Vec<(&RequestId, &Request)> = here.state.requests.iter().filter(|(_, r)| r.device == id).collect();
    let in_flight = here.in_flight(id) as u64;
    let count = |stage: fn(RequestStage) -> bool| requests.iter().filter(|(_, r)| stage(r.stage)).count() as u64;
    let queued = count(|s| s == RequestStage::Submitted);
    let unseen = count(|s| s == RequestStage::Unseen);
    let most = match info.in_flight {
        None => "all requests at once".to_owned(),
        Some(n) => format!("{} at a time", counted(u64::from(n), "request", "requests")),
    };
    let (state, look, headline) = match in_flight {
        0 if queued > 0 => {
            let requests = counted(queued, "request", "requests");
            ("Idle", Look::Wants, Sentence::plain(format!("{requests} in line")))
        }
        0 => ("Idle", Look::Idle, Sentence::plain("Nothing to do")),
        n => ("Busy", Look::Runs, Sentence::plain(format!("Works on {}", counted(n, "request", "requests")))),
    };
    let answer = match (in_flight, queued, unseen) {
        (0, 0, 0) => Sentence::plain("Nobody has asked it for anything that is still open."),
        (0, 0, n) => {
            let answers = counted(n, "answer is", "answers are");
            Sentence::plain(format!(
                "{answers} there, and nobody has looked: a worker sees them when it turns the driver."
            ))
        }
        (0, m, _) => {
            let waiting = counted(m, "request is in line: it begins", "requests are in line: it begins");
            Sentence::plain(format!("{waiting} now."))
        }
        (n, 0, _) => {
            Sentence::plain(format!("{} under way. It needs no core.", counted(n, "request is", "requests are")))
        }
        (n, m, _) => {
            let (under_way, waiting) = (counted(n, "request", "requests"), counted(m, "more waits", "more wait"));
            Sentence::plain(format!("It works on {under_way}, and {waiting} in line."))
        }
    };
    let mut facts = vec![fact("Serves", Sentence::plain(most))];
    facts.extend(requests.iter().take(TOLD).map(|(request, r)| request_fact(here, **request, r)));
    if requests.len() > TOLD {
        facts.push(fact("and", Sentence::plain(format!("{} more", thousands((requests.len() - TOLD) as u64)))));
    }
    Some(Inspection {
        thing: Thing::Track(TrackKind::Device(id)),
        name: here.tables().device_name(id),
        id: id.to_string(),
        state,
        look,
        headline,
        question: "What is it doing?",
        answer,
        facts,
        history: history::of_device(here, id, TOLD),
    })
}

fn request_fact(here: &Here<'_>, id: RequestId, request: &Request) -> Fact {
    let said = Sentence::plain(format!("{id} of ")).and(here.actor(request.owner));
    match request.stage {
        RequestStage::Submitted => {
            fact("In line", said.and(" since ").and(here.moment(request.since, Some(request.last_event))))
        }
        RequestStage::Started { latency } => {
            fact("Under way", said.and(", until ").and(here.moment(request.since + latency, None)))
        }
        RequestStage::Unseen => {
            fact("Unseen", said.and(", there since ").and(here.moment(request.since, Some(request.last_event))))
        }
    }
}
