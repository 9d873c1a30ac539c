//! identify answers with what the behaviour received last from a peer.

use std::{collections::HashMap, time::Duration};

use libp2p::{
    PeerId,
    identify::{Behaviour, Config, Event, Info},
    identity::Keypair,
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::{control::Control, node::Node};

const WAIT: Duration = Duration::from_secs(5);

pub fn behaviour(key: &Keypair) -> Behaviour {
    Behaviour::new(
        Config::new("ipfs/0.1.0".to_owned(), key.public())
            .with_agent_version("minga-interop-rust/0.57.1".to_owned()),
    )
}

#[derive(Default)]
pub struct Waiting {
    known: HashMap<PeerId, Value>,
    askers: HashMap<PeerId, Vec<oneshot::Sender<Value>>>,
}

impl Waiting {
    pub fn event(&mut self, event: Event) {
        match event {
            Event::Received { peer_id, info, .. } => {
                let info = describe(&info);
                for asker in self.askers.remove(&peer_id).unwrap_or_default() {
                    let _ = asker.send(info.clone());
                }
                self.known.insert(peer_id, info);
            }
            Event::Error { peer_id, error, .. } => eprintln!("peer: identify of {peer_id}: {error}"),
            _ => {}
        }
    }

    pub fn forget(&mut self, peer: &PeerId) {
        self.known.remove(peer);
        self.askers.remove(peer);
    }
}

fn describe(info: &Info) -> Value {
    json!({
        "agent": info.agent_version,
        "protocolVersion": info.protocol_version,
        "protocols": info.protocols.iter().map(|p| p.as_ref()).collect::<Vec<&str>>(),
        "listenAddrs": info.listen_addrs,
        "observedAddr": info.observed_addr,
    })
}

pub fn add(control: &mut Control, node: &Node) {
    let node = node.clone();
    control.on("identify", move |command| {
        let node = node.clone();
        async move {
            let peer = command.peer()?;
            let info = node.ask(move |_, waiting, answer| match waiting.identify.known.get(&peer) {
                Some(info) => drop(answer.send(info.clone())),
                None => waiting.identify.askers.entry(peer).or_default().push(answer),
            });
            tokio::time::timeout(WAIT, info)
                .await
                .map_err(|_| "not identified yet".to_owned())?
        }
    });
}
