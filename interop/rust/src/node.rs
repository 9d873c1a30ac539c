//! Owns the swarm. Everything else asks it by sending a closure.

use std::{error::Error, time::Duration};

use futures::StreamExt as _;
use libp2p::{
    Multiaddr, PeerId, Swarm, SwarmBuilder, Transport,
    core::{muxing::StreamMuxerBox, transport::Boxed, upgrade::Version},
    identity::Keypair,
    noise,
    swarm::{Config, NetworkBehaviour, SwarmEvent, behaviour::toggle::Toggle},
    tcp, tls, yamux,
};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::{connections, gossip, identify, mdns, ping, sniff::Sniffer, streams};

const IDLE_TIMEOUT: Duration = Duration::from_secs(3600);
const NEGOTIATING_INBOUND_STREAMS_MAX: usize = 4096;

/// One field for each protocol; a new protocol gets a module and a field here.
#[derive(NetworkBehaviour)]
pub struct Behaviour {
    identify: libp2p::identify::Behaviour,
    ping: libp2p::ping::Behaviour,
    streams: streams::Behaviour,
    pub gossip: Toggle<libp2p::gossipsub::Behaviour>,
    mdns: Toggle<libp2p::mdns::tokio::Behaviour>,
}

/// What the peer speaks.
pub struct Protocols {
    pub security: String,
    /// The options of gossipsub, which is off without.
    pub gossipsub: Option<Value>,
    pub mdns: bool,
}

/// What the commands of each module wait for.
#[derive(Default)]
pub struct Waiting {
    pub connections: connections::Waiting,
    pub identify: identify::Waiting,
    pub ping: ping::Waiting,
    pub gossip: gossip::Received,
    pub mdns: mdns::Found,
    listening: Option<oneshot::Sender<Multiaddr>>,
}

type Order = Box<dyn FnOnce(&mut Swarm<Behaviour>, &mut Waiting) + Send>;

#[derive(Clone)]
pub struct Node {
    pub id: PeerId,
    orders: mpsc::Sender<Order>,
}

impl Node {
    pub fn start(
        protocols: &Protocols,
        sniffer: &Sniffer,
    ) -> Result<(Self, streams::Control, streams::Inbound), Box<dyn Error>> {
        let (streams, control, inbound) = streams::Behaviour::new();
        let swarm = SwarmBuilder::with_new_identity()
            .with_tokio()
            .with_other_transport(|key| transport(key, protocols, sniffer))?
            .with_behaviour(|key| {
                let gossip = protocols.gossipsub.as_ref().map(|options| gossip::behaviour(key, options));
                let mdns = protocols.mdns.then(|| mdns::behaviour(key.public().to_peer_id()));
                Ok(Behaviour {
                    identify: identify::behaviour(key),
                    ping: ping::behaviour(),
                    streams,
                    gossip: gossip.transpose()?.into(),
                    mdns: mdns.transpose()?.into(),
                })
            })?
            .with_swarm_config(|config: Config| {
                config
                    .with_idle_connection_timeout(IDLE_TIMEOUT)
                    .with_max_negotiating_inbound_streams(NEGOTIATING_INBOUND_STREAMS_MAX)
            })
            .build();
        let (orders, queue) = mpsc::channel(64);
        let id = *swarm.local_peer_id();
        tokio::spawn(drive(swarm, queue));
        Ok((Self { id, orders }, control, inbound))
    }

    /// Runs `order` with the swarm; what it sends into the channel is the result.
    pub async fn ask<T: Send + 'static>(
        &self,
        order: impl FnOnce(&mut Swarm<Behaviour>, &mut Waiting, oneshot::Sender<T>) + Send + 'static,
    ) -> Result<T, String> {
        let (answer, result) = oneshot::channel();
        let order: Order = Box::new(move |swarm, waiting| order(swarm, waiting, answer));
        self.orders.send(order).await.map_err(|_| "the node is gone")?;
        result.await.map_err(|_| "the node gave no answer".to_owned())
    }

    pub async fn listen(&self, addr: Multiaddr) -> Result<Multiaddr, String> {
        self.ask(|swarm, waiting, answer| match swarm.listen_on(addr) {
            Ok(_) => waiting.listening = Some(answer),
            Err(e) => eprintln!("peer: cannot listen: {e}"),
        })
        .await
    }
}

type Connections = Boxed<(PeerId, StreamMuxerBox)>;

fn transport(
    key: &Keypair,
    protocols: &Protocols,
    sniffer: &Sniffer,
) -> Result<Connections, Box<dyn Error + Send + Sync>> {
    let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true)).upgrade(Version::V1Lazy);
    let connections: Connections = match protocols.security.as_str() {
        "noise" => tcp.authenticate(noise::Config::new(key)?).multiplex(yamux::Config::default()).boxed(),
        "tls" => tcp.authenticate(tls::Config::new(key)?).multiplex(yamux::Config::default()).boxed(),
        _ => return Err("--security is noise or tls".into()),
    };
    if protocols.gossipsub.is_none() {
        return Ok(connections);
    }
    let sniffer = sniffer.clone();
    Ok(Transport::map(connections, move |(peer, muxer), _| (peer, sniffer.muxer(muxer))).boxed())
}

async fn drive(mut swarm: Swarm<Behaviour>, mut orders: mpsc::Receiver<Order>) {
    let mut waiting = Waiting::default();
    loop {
        tokio::select! {
            Some(order) = orders.recv() => order(&mut swarm, &mut waiting),
            event = swarm.select_next_some() => match event {
                SwarmEvent::NewListenAddr { address, .. } => {
                    if let Some(answer) = waiting.listening.take() {
                        let _ = answer.send(address);
                    }
                }
                SwarmEvent::ConnectionEstablished { connection_id, .. } => {
                    waiting.connections.established(connection_id);
                }
                SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                    waiting.connections.failed(connection_id, &error);
                }
                SwarmEvent::ConnectionClosed { peer_id, num_established: 0, .. } => {
                    waiting.identify.forget(&peer_id);
                    waiting.ping.closed(&peer_id);
                }
                SwarmEvent::Behaviour(BehaviourEvent::Identify(event)) => waiting.identify.event(event),
                SwarmEvent::Behaviour(BehaviourEvent::Ping(event)) => waiting.ping.event(event),
                SwarmEvent::Behaviour(BehaviourEvent::Gossip(event)) => waiting.gossip.event(event),
                SwarmEvent::Behaviour(BehaviourEvent::Mdns(event)) => waiting.mdns.event(event),
                event => {
                    if std::env::var_os("PEER_DEBUG").is_some() {
                        eprintln!("peer: {event:?}");
                    }
                }
            }
        }
    }
}
