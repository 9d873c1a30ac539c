//! What mDNS found: the addresses of each peer.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    time::Duration,
};

use libp2p::{
    PeerId,
    mdns::{Config, Event, tokio::Behaviour},
};
use serde_json::json;

use crate::{control::Control, node::Node};

const QUERY_INTERVAL: Duration = Duration::from_secs(1);

pub fn behaviour(id: PeerId) -> Result<Behaviour, Box<dyn Error + Send + Sync>> {
    Ok(Behaviour::new(Config { query_interval: QUERY_INTERVAL, ..Config::default() }, id)?)
}

#[derive(Default)]
pub struct Found(BTreeMap<String, BTreeSet<String>>);

impl Found {
    pub fn event(&mut self, event: Event) {
        if let Event::Discovered(all) = event {
            for (peer, addr) in all {
                self.0.entry(peer.to_string()).or_default().insert(addr.to_string());
            }
        }
    }
}

pub fn add(control: &mut Control, node: &Node) {
    let node = node.clone();
    control.on("mdnsFound", move |_| {
        let node = node.clone();
        async move {
            let peers = node.ask(|_, waiting, answer| drop(answer.send(waiting.mdns.0.clone()))).await?;
            Ok(json!({"peers": peers}))
        }
    });
}
