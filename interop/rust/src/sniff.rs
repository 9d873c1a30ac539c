//! Counts what gossipsub says on the wire, because rust-libp2p has no tracer: it
//! looks at the bytes of each stream on their way through the muxer.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, ready},
};

use futures::{AsyncRead, AsyncWrite};
use libp2p::core::muxing::{StreamMuxer, StreamMuxerBox, StreamMuxerEvent, SubstreamBox};
use serde_json::{Value, json};

const FRAME_BYTES_MAX: usize = 8 << 20;

#[derive(Clone, Default)]
struct Counts {
    rpcs: u64,
    messages: u64,
    subscriptions: u64,
    ihave: u64,
    iwant: u64,
    idontwant: u64,
    graft: u64,
    prune: u64,
    prune_peers: u64,
    prune_records: u64,
}

impl Counts {
    fn json(&self) -> Value {
        json!({
            "rpcs": self.rpcs,
            "messages": self.messages,
            "subscriptions": self.subscriptions,
            "ihave": self.ihave,
            "iwant": self.iwant,
            "idontwant": self.idontwant,
            "graft": self.graft,
            "prune": self.prune,
            "prunePeers": self.prune_peers,
            "pruneRecords": self.prune_records,
        })
    }

    fn rpc(&mut self, rpc: &[u8]) {
        self.rpcs += 1;
        each(rpc, |field, value| match field {
            1 => self.subscriptions += 1,
            2 => self.messages += 1,
            3 => each(value, |field, entry| match field {
                1 => self.ihave += count(entry, 2),
                2 => self.iwant += count(entry, 1),
                3 => self.graft += 1,
                4 => {
                    self.prune += 1;
                    each(entry, |field, peer| {
                        if field == 2 {
                            self.prune_peers += 1;
                            self.prune_records += count(peer, 2);
                        }
                    });
                }
                5 => self.idontwant += count(entry, 1),
                _ => {}
            }),
            _ => {}
        });
    }
}

#[derive(Default)]
struct Both {
    sent: Counts,
    received: Counts,
}

#[derive(Clone, Default)]
pub struct Sniffer(Arc<Mutex<Both>>);

impl Sniffer {
    pub fn stats(&self) -> Value {
        let both = self.0.lock().unwrap();
        json!({"sent": both.sent.json(), "received": both.received.json()})
    }

    pub fn muxer(&self, inner: StreamMuxerBox) -> StreamMuxerBox {
        StreamMuxerBox::new(Muxer { inner, sniffer: self.clone() })
    }

    fn stream(&self, inner: SubstreamBox) -> Stream {
        Stream { inner, sniffer: self.clone(), sent: Frames::default(), received: Frames::default() }
    }
}

/// A field's number and value for each length-delimited field of a protobuf message.
fn each(mut message: &[u8], mut f: impl FnMut(u64, &[u8])) {
    while let Some((tag, rest)) = uvarint(message) {
        let Some((value, rest)) = uvarint(rest) else { return };
        message = rest;
        match tag & 7 {
            0 => {}
            2 if value <= rest.len() as u64 => {
                let (value, rest) = rest.split_at(value as usize);
                f(tag >> 3, value);
                message = rest;
            }
            _ => return,
        }
    }
}

fn count(message: &[u8], wanted: u64) -> u64 {
    let mut n = 0;
    each(message, |field, _| n += u64::from(field == wanted));
    n
}

fn uvarint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (i, b) in bytes.iter().take(9).enumerate() {
        value |= u64::from(b & 0x7f) << (7 * i);
        if b & 0x80 == 0 {
            return Some((value, &bytes[i + 1..]));
        }
    }
    None
}

/// One direction of a stream. Both multistream-select and gossipsub put a uvarint
/// length before each frame, and no RPC begins as a line of the former does.
#[derive(Default)]
struct Frames {
    waiting: Vec<u8>,
    gossip: bool,
    other: bool,
}

impl Frames {
    fn push(&mut self, bytes: &[u8], counts: impl Fn(&[u8])) {
        if self.other {
            return;
        }
        self.waiting.extend_from_slice(bytes);
        let mut at = 0;
        while let Some((length, rest)) = uvarint(&self.waiting[at..]) {
            if length > FRAME_BYTES_MAX as u64 {
                self.other = true;
                break;
            }
            let Some(frame) = rest.get(..length as usize) else { break };
            if frame.starts_with(b"/meshsub/") || frame.starts_with(b"/floodsub/") {
                self.gossip = true;
            } else if frame.starts_with(b"/multistream/") || frame.starts_with(b"na\n") {
                // Goes on with the next proposal.
            } else if self.gossip && !frame.starts_with(b"/") {
                counts(frame);
            } else {
                self.other = true;
                break;
            }
            at = self.waiting.len() - rest.len() + frame.len();
        }
        self.waiting.drain(..at);
        if self.other {
            self.waiting = Vec::new();
        }
    }
}

struct Muxer {
    inner: StreamMuxerBox,
    sniffer: Sniffer,
}

impl StreamMuxer for Muxer {
    type Substream = Stream;
    type Error = io::Error;

    fn poll_inbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        let stream = ready!(Pin::new(&mut self.inner).poll_inbound(cx))?;
        Poll::Ready(Ok(self.sniffer.stream(stream)))
    }

    fn poll_outbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        let stream = ready!(Pin::new(&mut self.inner).poll_outbound(cx))?;
        Poll::Ready(Ok(self.sniffer.stream(stream)))
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<StreamMuxerEvent>> {
        Pin::new(&mut self.inner).poll(cx)
    }
}

struct Stream {
    inner: SubstreamBox,
    sniffer: Sniffer,
    sent: Frames,
    received: Frames,
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let n = ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        let Self { sniffer, received, .. } = &mut *self;
        received.push(&buf[..n], |rpc| sniffer.0.lock().unwrap().received.rpc(rpc));
        Poll::Ready(Ok(n))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let n = ready!(Pin::new(&mut self.inner).poll_write(cx, buf))?;
        let Self { sniffer, sent, .. } = &mut *self;
        sent.push(&buf[..n], |rpc| sniffer.0.lock().unwrap().sent.rpc(rpc));
        Poll::Ready(Ok(n))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }
}
