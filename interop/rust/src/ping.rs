//! rust-libp2p pings by itself and offers no way to ask for a ping, so it pings
//! often and the command collects the next results.

use std::{collections::HashMap, time::Duration};

use libp2p::{
    PeerId,
    ping::{Behaviour, Config, Event},
};
use serde_json::json;
use tokio::sync::oneshot;

use crate::{control::Control, node::Node};

const INTERVAL: Duration = Duration::from_millis(200);

pub fn behaviour() -> Behaviour {
    Behaviour::new(Config::new().with_interval(INTERVAL))
}

struct Asker {
    rtts_micros: Vec<u64>,
    count: usize,
    answer: oneshot::Sender<Result<Vec<u64>, String>>,
}

#[derive(Default)]
pub struct Waiting(HashMap<PeerId, Vec<Asker>>);

impl Waiting {
    pub fn event(&mut self, event: Event) {
        let askers = self.0.remove(&event.peer).unwrap_or_default();
        for mut asker in askers {
            match &event.result {
                Err(e) => drop(asker.answer.send(Err(e.to_string()))),
                Ok(rtt) => {
                    asker.rtts_micros.push(rtt.as_micros() as u64);
                    if asker.rtts_micros.len() >= asker.count {
                        let _ = asker.answer.send(Ok(asker.rtts_micros));
                    } else {
                        self.0.entry(event.peer).or_default().push(asker);
                    }
                }
            }
        }
    }

    pub fn closed(&mut self, peer: &PeerId) {
        for asker in self.0.remove(peer).unwrap_or_default() {
            let _ = asker.answer.send(Err("the connection is gone".to_owned()));
        }
    }
}

pub fn add(control: &mut Control, node: &Node) {
    let node = node.clone();
    control.on("ping", move |command| {
        let node = node.clone();
        async move {
            let peer = command.peer()?;
            let count = command.number("count").max(1) as usize;
            let rtts = node
                .ask(move |swarm, waiting, answer| {
                    if !swarm.is_connected(&peer) {
                        let _ = answer.send(Err("not connected".to_owned()));
                        return;
                    }
                    let asker = Asker { rtts_micros: Vec::new(), count, answer };
                    waiting.ping.0.entry(peer).or_default().push(asker);
                })
                .await??;
            Ok(json!({"rttsMicros": rtts}))
        }
    });
}
