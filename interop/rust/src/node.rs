//! Owns the swarm. Everything else asks it by sending a closure.

use std::{error::Error, time::Duration};

use futures::StreamExt as _;
use libp2p::{
    Multiaddr, PeerId, Swarm, SwarmBuilder, noise,
    swarm::{Config, NetworkBehaviour, SwarmEvent},
    tcp, tls, yamux,
};
use tokio::sync::{mpsc, oneshot};

use crate::{connections, identify, ping, streams};

const IDLE_TIMEOUT: Duration = Duration::from_secs(3600);
const NEGOTIATING_INBOUND_STREAMS_MAX: usize = 4096;

/// One field for each protocol; a new protocol gets a module and a field here.
#[derive(NetworkBehaviour)]
pub struct Behaviour {
    identify: libp2p::identify::Behaviour,
    ping: libp2p::ping::Behaviour,
    streams: streams::Behaviour,
}

/// What the commands of each module wait for.
#[derive(Default)]
pub struct Waiting {
    pub connections: connections::Waiting,
    pub identify: identify::Waiting,
    pub ping: ping::Waiting,
    listening: Option<oneshot::Sender<Multiaddr>>,
}

type Order = Box<dyn FnOnce(&mut Swarm<Behaviour>, &mut Waiting) + Send>;

#[derive(Clone)]
pub struct Node {
    pub id: PeerId,
    orders: mpsc::Sender<Order>,
}

impl Node {
    pub fn start(security: &str) -> Result<(Self, streams::Control, streams::Inbound), Box<dyn Error>> {
        let builder = SwarmBuilder::with_new_identity().with_tokio();
        let (behaviour, control, inbound) = streams::Behaviour::new();
        let tcp = tcp::Config::default().nodelay(true);
        let all = |key: &libp2p::identity::Keypair| Behaviour {
            identify: identify::behaviour(key),
            ping: ping::behaviour(),
            streams: behaviour,
        };
        let config = |config: Config| {
            config
                .with_idle_connection_timeout(IDLE_TIMEOUT)
                .with_max_negotiating_inbound_streams(NEGOTIATING_INBOUND_STREAMS_MAX)
        };
        let swarm = match security {
            "noise" => builder
                .with_tcp(tcp, noise::Config::new, yamux::Config::default)?
                .with_behaviour(all)?
                .with_swarm_config(config)
                .build(),
            "tls" => builder
                .with_tcp(tcp, tls::Config::new, yamux::Config::default)?
                .with_behaviour(all)?
                .with_swarm_config(config)
                .build(),
            _ => return Err("--security is noise or tls".into()),
        };
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
                event => {
                    if std::env::var_os("PEER_DEBUG").is_some() {
                        eprintln!("peer: {event:?}");
                    }
                }
            }
        }
    }
}
