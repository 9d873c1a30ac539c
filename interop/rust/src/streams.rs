//! A behaviour that opens and accepts plain streams. libp2p-stream 0.5.0-alpha
//! would do, but it drops inbound streams that arrive faster than its queue of
//! one is read, and streams opened in parallel do arrive so.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll, Waker},
};

use libp2p::{
    Multiaddr, PeerId, Stream, StreamProtocol,
    core::{InboundUpgrade, OutboundUpgrade, UpgradeInfo, transport::PortUse, Endpoint},
    swarm::{
        ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm,
        NetworkBehaviour, NotifyHandler, StreamUpgradeError, SubstreamProtocol, THandler,
        THandlerInEvent, THandlerOutEvent, ToSwarm,
        handler::{ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound},
    },
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::contract;

#[derive(Debug)]
pub enum OpenError {
    /// The remote answered that it does not speak the protocol.
    Refused,
    Failed(String),
}

/// Ends when the connection of a stream does. rust-yamux 0.14 does not wake the
/// readers of a connection that is closed from this side.
#[derive(Clone, Debug)]
pub struct Connected(watch::Receiver<()>);

impl Connected {
    pub async fn lost(&mut self) {
        while self.0.changed().await.is_ok() {}
    }
}

type Opened = oneshot::Sender<Result<(Stream, Connected), OpenError>>;

#[derive(Debug)]
pub struct Open {
    peer: PeerId,
    protocol: StreamProtocol,
    opened: Opened,
}

/// Bounded by the muxer's limit on streams.
pub type Inbound = mpsc::UnboundedReceiver<(Stream, StreamProtocol, Connected)>;

#[derive(Clone)]
pub struct Control(mpsc::UnboundedSender<Open>);

impl Control {
    pub async fn open(&self, peer: PeerId, protocol: StreamProtocol) -> Result<(Stream, Connected), OpenError> {
        let gone = || OpenError::Failed("not connected".to_owned());
        let (opened, result) = oneshot::channel();
        self.0.send(Open { peer, protocol, opened }).map_err(|_| gone())?;
        result.await.map_err(|_| gone())?
    }
}

pub struct Behaviour {
    orders: mpsc::UnboundedReceiver<Open>,
    inbound: mpsc::UnboundedSender<(Stream, StreamProtocol, Connected)>,
    connected: Vec<PeerId>,
}

impl Behaviour {
    pub fn new() -> (Self, Control, Inbound) {
        let (orders_in, orders) = mpsc::unbounded_channel();
        let (inbound, inbound_out) = mpsc::unbounded_channel();
        (Self { orders, inbound, connected: Vec::new() }, Control(orders_in), inbound_out)
    }

    fn handler(&self) -> Handler {
        Handler {
            inbound: self.inbound.clone(),
            to_open: VecDeque::new(),
            waker: None,
            connected: watch::Sender::new(()),
        }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(self.handler())
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(self.handler())
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match event {
            FromSwarm::ConnectionEstablished(e) => self.connected.push(e.peer_id),
            FromSwarm::ConnectionClosed(e) => {
                if let Some(i) = self.connected.iter().position(|p| *p == e.peer_id) {
                    self.connected.swap_remove(i);
                }
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        while let Poll::Ready(Some(open)) = self.orders.poll_recv(cx) {
            // Dropping the order fails it.
            if self.connected.contains(&open.peer) {
                return Poll::Ready(ToSwarm::NotifyHandler {
                    peer_id: open.peer,
                    handler: NotifyHandler::Any,
                    event: open,
                });
            }
        }
        Poll::Pending
    }
}

pub struct Handler {
    inbound: mpsc::UnboundedSender<(Stream, StreamProtocol, Connected)>,
    to_open: VecDeque<Open>,
    waker: Option<Waker>,
    /// Goes with the handler, and the handler with its connection.
    connected: watch::Sender<()>,
}

impl Handler {
    fn connected(&self) -> Connected {
        Connected(self.connected.subscribe())
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Open;
    type ToBehaviour = Infallible;
    type InboundProtocol = Speaks;
    type OutboundProtocol = Speaks;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = Opened;

    fn listen_protocol(&self) -> SubstreamProtocol<Speaks> {
        SubstreamProtocol::new(Speaks(contract::SERVED.to_vec()), ())
    }

    fn on_behaviour_event(&mut self, open: Open) {
        self.to_open.push_back(open);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ConnectionHandlerEvent<Speaks, Opened, Infallible>> {
        if let Some(Open { protocol, opened, .. }) = self.to_open.pop_front() {
            return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest {
                protocol: SubstreamProtocol::new(Speaks(vec![protocol]), opened),
            });
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<Speaks, Speaks, (), Opened>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol: (stream, protocol), .. }) => {
                let _ = self.inbound.send((stream, protocol, self.connected()));
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol: (stream, _), info }) => {
                let _ = info.send(Ok((stream, self.connected())));
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError { info, error }) => {
                let _ = info.send(Err(match error {
                    StreamUpgradeError::NegotiationFailed => OpenError::Refused,
                    StreamUpgradeError::Timeout => OpenError::Failed("negotiation took too long".to_owned()),
                    StreamUpgradeError::Io(e) => OpenError::Failed(e.to_string()),
                    StreamUpgradeError::Apply(e) => match e {},
                }));
            }
            _ => {}
        }
    }
}

/// The protocols of one side, best first; the outcome is the stream itself.
pub struct Speaks(Vec<StreamProtocol>);

impl UpgradeInfo for Speaks {
    type Info = StreamProtocol;
    type InfoIter = std::vec::IntoIter<StreamProtocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        self.0.clone().into_iter()
    }
}

impl InboundUpgrade<Stream> for Speaks {
    type Output = (Stream, StreamProtocol);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_inbound(self, stream: Stream, protocol: StreamProtocol) -> Self::Future {
        ready(Ok((stream, protocol)))
    }
}

impl OutboundUpgrade<Stream> for Speaks {
    type Output = (Stream, StreamProtocol);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_outbound(self, stream: Stream, protocol: StreamProtocol) -> Self::Future {
        ready(Ok((stream, protocol)))
    }
}
