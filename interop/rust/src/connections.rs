//! connect, disconnect, connected.

use std::collections::HashMap;

use libp2p::{
    Multiaddr,
    multiaddr::Protocol,
    swarm::{ConnectionId, DialError, dial_opts::DialOpts},
};
use serde_json::json;
use tokio::sync::oneshot;

use crate::{control::Control, node::Node};

#[derive(Default)]
pub struct Waiting(HashMap<ConnectionId, oneshot::Sender<Result<(), String>>>);

impl Waiting {
    pub fn established(&mut self, id: ConnectionId) {
        if let Some(answer) = self.0.remove(&id) {
            let _ = answer.send(Ok(()));
        }
    }

    pub fn failed(&mut self, id: ConnectionId, error: &DialError) {
        if let Some(answer) = self.0.remove(&id) {
            let _ = answer.send(Err(error.to_string()));
        }
    }
}

pub fn add(control: &mut Control, node: &Node) {
    let dialer = node.clone();
    control.on("connect", move |command| {
        let node = dialer.clone();
        async move {
            let addr: Multiaddr = command.text("addr")?.parse().map_err(|e| format!("{e}"))?;
            node.ask(move |swarm, waiting, answer| {
                if let Some(Protocol::P2p(peer)) = addr.iter().last()
                    && swarm.is_connected(&peer)
                {
                    let _ = answer.send(Ok(()));
                    return;
                }
                let dial = DialOpts::from(addr);
                let id = dial.connection_id();
                match swarm.dial(dial) {
                    Ok(()) => drop(waiting.connections.0.insert(id, answer)),
                    Err(e) => drop(answer.send(Err(e.to_string()))),
                }
            })
            .await??;
            Ok(json!({}))
        }
    });

    let closer = node.clone();
    control.on("disconnect", move |command| {
        let node = closer.clone();
        async move {
            let peer = command.peer()?;
            node.ask(move |swarm, _, answer| {
                let _ = swarm.disconnect_peer_id(peer);
                let _ = answer.send(());
            })
            .await?;
            Ok(json!({}))
        }
    });

    let node = node.clone();
    control.on("connected", move |_| {
        let node = node.clone();
        async move {
            let peers = node
                .ask(|swarm, _, answer| {
                    let peers: Vec<_> = swarm.connected_peers().map(ToString::to_string).collect();
                    let _ = answer.send(peers);
                })
                .await?;
            Ok(json!({"peers": peers}))
        }
    });
}
