//! Gossipsub's commands.

use std::{
    collections::{BTreeMap, HashMap},
    error::Error,
    time::Duration,
};

use base64::prelude::*;
use libp2p::{
    gossipsub::{
        Behaviour, ConfigBuilder, Event, IdentTopic, MessageAuthenticity, MessageId, ValidationMode, Version,
    },
    identity::Keypair,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    control::{Command, Control},
    node::Node,
    sniff::Sniffer,
    xorshift::Xorshift,
};

const PRUNE_PEERS: usize = 16;

/// `options` are the value of --gossipsub; what is absent stays as in the library.
pub fn behaviour(key: &Keypair, options: &Value) -> Result<Behaviour, Box<dyn Error + Send + Sync>> {
    let number = |name: &str| options[name].as_u64();
    let mut config = ConfigBuilder::default();
    config.validation_mode(ValidationMode::Strict).message_id_fn(|message| {
        let mut id = message.source.map(|peer| peer.to_bytes()).unwrap_or_default();
        id.extend(message.sequence_number.unwrap_or_default().to_be_bytes());
        MessageId::from(id)
    });
    let mut set = |name: &str, setter: fn(&mut ConfigBuilder, usize) -> &mut ConfigBuilder| {
        if let Some(n) = number(name) {
            setter(&mut config, n as usize);
        }
    };
    set("d", ConfigBuilder::mesh_n);
    set("dLow", ConfigBuilder::mesh_n_low);
    set("dHigh", ConfigBuilder::mesh_n_high);
    set("dOut", ConfigBuilder::mesh_outbound_min);
    set("dLazy", ConfigBuilder::gossip_lazy);
    set("rpcBytesMax", ConfigBuilder::max_transmit_size);
    if let Some(n) = number("heartbeatMillis") {
        // The first one would come after 5 s.
        config.heartbeat_interval(Duration::from_millis(n)).heartbeat_initial_delay(Duration::from_millis(n));
    }
    if let Some(n) = number("pruneBackoffSeconds") {
        config.prune_backoff(Duration::from_secs(n));
    }
    if let Some(n) = number("unsubscribeBackoffSeconds") {
        config.unsubscribe_backoff(Duration::from_secs(n));
    }
    if let Some(on) = options["floodPublish"].as_bool() {
        config.flood_publish(on);
    }
    if options["px"].as_bool() == Some(true) {
        // It recommends nobody by default, even so.
        config.do_px().prune_peers(PRUNE_PEERS);
    }
    match options["version"].as_str() {
        None => {}
        Some("1.1") => drop(config.protocol_id("/meshsub/1.1.0", Version::V1_1)),
        Some("1.0") => drop(config.protocol_id("/meshsub/1.0.0", Version::V1_0)),
        Some(version) => return Err(format!("unsupported: version {version}").into()),
    }
    match options["floodsub"].as_str() {
        None => {}
        Some("also") => drop(config.support_floodsub()),
        Some(floodsub) => return Err(format!("unsupported: floodsub {floodsub}").into()),
    }
    Ok(Behaviour::new(MessageAuthenticity::Signed(key.clone()), config.build()?)?)
}

#[derive(Default)]
pub struct Received(HashMap<String, Vec<Value>>);

impl Received {
    pub fn event(&mut self, event: Event) {
        if let Event::Message { propagation_source, message, .. } = event {
            self.0.entry(message.topic.into_string()).or_default().push(json!({
                "from": message.source.map(|peer| peer.to_string()),
                "via": propagation_source.to_string(),
                "bytes": message.data.len(),
                "sha256": hex::encode(Sha256::digest(&message.data)),
            }));
        }
    }
}

fn payload(command: &Command) -> Result<Vec<u8>, String> {
    if let Ok(data) = command.text("data") {
        return BASE64_STANDARD.decode(data).map_err(|e| e.to_string());
    }
    let mut data = vec![0; command.number("bytes") as usize];
    Xorshift::new(command.number("seed")).fill(&mut data);
    Ok(data)
}

/// The version that was negotiated on the stream to a peer, as its protocol.
fn protocol(kind: &str) -> String {
    if kind == "Floodsub" {
        return "/floodsub/1.0.0".to_owned();
    }
    kind.replace("Gossipsub v", "/meshsub/") + ".0"
}

pub fn add(control: &mut Control, node: &Node, sniffer: &Sniffer) {
    /// Answers with what the expression makes of the router, the topic and the command.
    macro_rules! on {
        ($name:literal, |$gossip:ident, $received:ident, $topic:ident, $command:ident| $answer:expr) => {
            let node = node.clone();
            control.on($name, move |$command| {
                let node = node.clone();
                async move {
                    let $topic = IdentTopic::new($command.text("topic").unwrap_or_default());
                    node.ask(move |swarm, waiting, answer| {
                        let $received = &waiting.gossip.0;
                        let result: Result<Value, String> = match swarm.behaviour_mut().gossip.as_mut() {
                            None => Err("gossipsub is off".to_owned()),
                            Some($gossip) => $answer,
                        };
                        let _ = answer.send(result);
                    })
                    .await?
                }
            });
        };
    }

    on!("subscribe", |gossip, _received, topic, _command| gossip
        .subscribe(&topic)
        .map(|_| json!({}))
        .map_err(|e| format!("{e:?}")));
    on!("unsubscribe", |gossip, _received, topic, _command| {
        gossip.unsubscribe(&topic);
        Ok(json!({}))
    });
    on!("publish", |gossip, _received, topic, command| payload(&command).and_then(|data| {
        let sum = hex::encode(Sha256::digest(&data));
        gossip.publish(topic, data).map(|_| json!({"sha256": sum})).map_err(|e| e.to_string())
    }));
    on!("messages", |_gossip, received, topic, _command| Ok(
        json!({"messages": received.get(topic.hash().as_str()).cloned().unwrap_or_default()})
    ));
    on!("mesh", |gossip, _received, topic, _command| {
        let peers: Vec<_> = gossip.mesh_peers(&topic.hash()).map(ToString::to_string).collect();
        Ok(json!({"peers": peers}))
    });
    on!("subscribers", |gossip, _received, topic, _command| {
        let hash = topic.hash();
        let peers: Vec<_> =
            gossip.all_peers().filter(|(_, topics)| topics.contains(&&hash)).map(|(peer, _)| peer.to_string()).collect();
        Ok(json!({"peers": peers}))
    });
    on!("gossipPeers", |gossip, _received, _topic, _command| {
        let peers: BTreeMap<_, _> =
            gossip.peer_protocol().map(|(peer, kind)| (peer.to_string(), protocol(kind.as_static_ref()))).collect();
        Ok(json!({"peers": peers}))
    });
    let sniffer = sniffer.clone();
    control.on("gossipStats", move |_| {
        let stats = sniffer.stats();
        async move { Ok(stats) }
    });
}
