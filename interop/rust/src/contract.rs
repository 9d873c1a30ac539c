//! The application protocols of the contract and what they count.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
};

use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, future::join_all, poll};
use libp2p::{Stream, StreamProtocol};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    control::{Answer, Command, Control},
    streams::{self, Connected, OpenError},
    xorshift::Xorshift,
};

const ECHO: StreamProtocol = StreamProtocol::new("/minga/interop/echo/1.0.0");
const HALF_CLOSE: StreamProtocol = StreamProtocol::new("/minga/interop/halfclose/1.0.0");
const RESET: StreamProtocol = StreamProtocol::new("/minga/interop/reset/1.0.0");
const NOBODY: StreamProtocol = StreamProtocol::new("/minga/interop/nobody/1.0.0");

pub const SERVED: [StreamProtocol; 3] = [ECHO, HALF_CLOSE, RESET];

const CHUNK_BYTES: usize = 64 << 10;
const HALF_CLOSE_BYTES: usize = 1000;

#[derive(Default)]
struct Stats {
    resets_seen: AtomicI64,
    open: AtomicI64,
    held_ended: AtomicI64,
}

/// Counts a stream as open for as long as it lives.
struct Life {
    stats: Arc<Stats>,
    connected: Connected,
}

impl Life {
    fn new(stats: &Arc<Stats>, connected: Connected) -> Self {
        stats.open.fetch_add(1, Relaxed);
        Self { stats: stats.clone(), connected }
    }

    /// Runs `io` for as long as the connection lasts.
    async fn of<T>(&mut self, io: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        tokio::select! {
            biased;
            end = io => end,
            () = self.connected.lost() => Err(io::ErrorKind::ConnectionReset.into()),
        }
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.stats.open.fetch_sub(1, Relaxed);
    }
}

#[derive(Clone)]
struct Contract {
    streams: streams::Control,
    stats: Arc<Stats>,
}

pub fn add(control: &mut Control, streams: streams::Control, mut inbound: streams::Inbound) {
    let contract = Contract { streams, stats: Arc::default() };

    let stats = contract.stats.clone();
    tokio::spawn(async move {
        while let Some((stream, protocol, connected)) = inbound.recv().await {
            let stats = stats.clone();
            tokio::spawn(async move {
                let mut life = Life::new(&stats, connected);
                // A stream that is dropped without having been closed is reset.
                if protocol == ECHO {
                    if life.of(serve_echo(stream)).await.is_err() {
                        stats.resets_seen.fetch_add(1, Relaxed);
                    }
                } else if protocol == HALF_CLOSE {
                    let _ = life.of(serve_half_close(stream)).await;
                } else {
                    let _ = life.of(serve_reset(stream)).await;
                }
            });
        }
    });

    macro_rules! on {
        ($name:literal, $method:ident) => {
            let contract = contract.clone();
            control.on($name, move |command| {
                let contract = contract.clone();
                async move { contract.$method(command).await }
            });
        };
    }
    on!("echo", echo);
    on!("parallel", parallel);
    on!("halfclose", half_close);
    on!("reset", reset);
    on!("abort", abort);
    on!("hold", hold);
    on!("stats", stats);
    on!("unsupported", unsupported);
}

/// Reads some bytes, or none after the remote's FIN.
///
/// rust-yamux 0.14 reports a reset and a lost connection as an end of file too.
/// While our side is open for writing, a write tells them apart: it fails unless
/// the remote only closed its own side. An empty write sends at most an empty frame.
async fn read_some(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), buf: &mut [u8]) -> io::Result<usize> {
    let n = stream.read(buf).await?;
    if n == 0 {
        let write = futures::future::poll_fn(|cx| Pin::new(&mut *stream).poll_write(cx, &[]));
        if let std::task::Poll::Ready(Err(_)) = poll!(write) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
    }
    Ok(n)
}

async fn serve_echo(mut stream: Stream) -> io::Result<()> {
    let mut buf = vec![0; CHUNK_BYTES];
    loop {
        let n = read_some(&mut stream, &mut buf).await?;
        if n == 0 {
            return stream.close().await;
        }
        stream.write_all(&buf[..n]).await?;
        stream.flush().await?;
    }
}

async fn serve_half_close(mut stream: Stream) -> io::Result<()> {
    let mut hash = Sha256::new();
    let mut buf = vec![0; CHUNK_BYTES];
    loop {
        match read_some(&mut stream, &mut buf).await? {
            0 => break,
            n => hash.update(&buf[..n]),
        }
    }
    stream.write_all(&hash.finalize()).await?;
    stream.close().await
}

async fn serve_reset(mut stream: Stream) -> io::Result<()> {
    stream.read_exact(&mut [0]).await?;
    drop(stream);
    Ok(())
}

struct Echoed {
    received: u64,
    sent_sum: String,
    received_sum: String,
}

impl Contract {
    async fn open(&self, command: &Command, protocol: StreamProtocol) -> Result<(Stream, Life), String> {
        let (stream, connected) = self.streams.open(command.peer()?, protocol).await.map_err(|e| match e {
            OpenError::Refused => "the protocol was refused".to_owned(),
            OpenError::Failed(why) => why,
        })?;
        Ok((stream, Life::new(&self.stats, connected)))
    }

    /// Writes and reads at the same time, as windows smaller than the data demand.
    async fn echo_once(&self, command: &Command, seed: u64) -> Result<Echoed, String> {
        let (stream, mut life) = self.open(command, ECHO).await?;
        let bytes = command.number("bytes");
        let (mut reader, mut writer) = stream.split();

        let write = async {
            let mut hash = Sha256::new();
            let mut data = Xorshift::new(seed);
            let mut buf = vec![0; CHUNK_BYTES];
            let mut left = bytes;
            while left > 0 {
                let chunk = &mut buf[..left.min(CHUNK_BYTES as u64) as usize];
                data.fill(chunk);
                hash.update(&*chunk);
                writer.write_all(chunk).await?;
                writer.flush().await?;
                left -= chunk.len() as u64;
            }
            writer.close().await?;
            io::Result::Ok(hex::encode(hash.finalize()))
        };
        let read = async {
            let mut hash = Sha256::new();
            let mut received = 0;
            let mut buf = vec![0; CHUNK_BYTES];
            loop {
                match reader.read(&mut buf).await? {
                    0 => break,
                    n => {
                        hash.update(&buf[..n]);
                        received += n as u64;
                    }
                }
            }
            io::Result::Ok((received, hex::encode(hash.finalize())))
        };
        let (sent_sum, (received, received_sum)) =
            life.of(futures::future::try_join(write, read)).await.map_err(|e| e.to_string())?;
        Ok(Echoed { received, sent_sum, received_sum })
    }

    async fn echo(self, command: Command) -> Answer {
        let echoed = self.echo_once(&command, command.number("seed")).await?;
        Ok(json!({
            "bytesReceived": echoed.received,
            "sha256Sent": echoed.sent_sum,
            "sha256Received": echoed.received_sum,
        }))
    }

    async fn parallel(self, command: Command) -> Answer {
        let seed = command.number("seed");
        let bytes = command.number("bytes");
        let all = (0..command.number("streams")).map(|i| self.echo_once(&command, seed + i));
        let mut matching = 0;
        let mut failures = Vec::new();
        for end in join_all(all).await {
            match end {
                Ok(e) if e.received == bytes && e.sent_sum == e.received_sum => matching += 1,
                Ok(e) => failures.push(format!("{} bytes came back", e.received)),
                Err(e) => failures.push(e),
            }
        }
        Ok(if failures.is_empty() {
            json!({"matching": matching})
        } else {
            json!({"matching": matching, "failures": failures.join("; ")})
        })
    }

    async fn half_close(self, command: Command) -> Answer {
        let (mut stream, mut life) = self.open(&command, HALF_CLOSE).await?;
        let mut data = vec![0; HALF_CLOSE_BYTES];
        Xorshift::new(command.number("seed")).fill(&mut data);
        let mut reply = Vec::new();
        let io = async {
            stream.write_all(&data).await?;
            stream.close().await?;
            stream.read_to_end(&mut reply).await
        };
        life.of(io).await.map_err(|e| e.to_string())?;
        Ok(json!({"matches": reply == Sha256::digest(&data).to_vec()}))
    }

    async fn reset(self, command: Command) -> Answer {
        let (mut stream, mut life) = self.open(&command, RESET).await?;
        stream.write_all(&[1]).await.map_err(|e| e.to_string())?;
        stream.flush().await.map_err(|e| e.to_string())?;
        let mut buf = [0; 1];
        loop {
            match life.of(read_some(&mut stream, &mut buf)).await {
                Ok(0) => return Ok(json!({"reset": false})),
                Ok(_) => {}
                Err(_) => return Ok(json!({"reset": true})),
            }
        }
    }

    /// Opens an echo stream and proves that it works.
    async fn echo_one_byte(&self, command: &Command) -> Result<(Stream, Life), String> {
        let (mut stream, mut life) = self.open(command, ECHO).await?;
        let mut one = [42];
        let io = async {
            stream.write_all(&one).await?;
            stream.flush().await?;
            one = [0];
            stream.read_exact(&mut one).await
        };
        life.of(io).await.map_err(|e| e.to_string())?;
        if one != [42] {
            return Err("another byte came back".to_owned());
        }
        Ok((stream, life))
    }

    async fn abort(self, command: Command) -> Answer {
        let (stream, _life) = self.echo_one_byte(&command).await?;
        drop(stream);
        Ok(json!({}))
    }

    /// The stream outlives the command.
    async fn hold(self, command: Command) -> Answer {
        let (mut stream, mut life) = self.echo_one_byte(&command).await?;
        tokio::spawn(async move {
            let mut buf = vec![0; CHUNK_BYTES];
            loop {
                match life.of(read_some(&mut stream, &mut buf)).await {
                    Ok(0) => break drop(stream.close().await),
                    Ok(_) => {}
                    Err(_) => {
                        self.stats.resets_seen.fetch_add(1, Relaxed);
                        break;
                    }
                }
            }
            drop(stream);
            drop(life);
            self.stats.held_ended.fetch_add(1, Relaxed);
        });
        Ok(json!({}))
    }

    async fn stats(self, _: Command) -> Answer {
        Ok(json!({
            "resetsSeen": self.stats.resets_seen.load(Relaxed),
            "openStreams": self.stats.open.load(Relaxed),
            "heldEnded": self.stats.held_ended.load(Relaxed),
        }))
    }

    async fn unsupported(self, command: Command) -> Answer {
        match self.streams.open(command.peer()?, NOBODY).await {
            Ok(_) => Ok(json!({"refused": false})),
            Err(OpenError::Refused) => Ok(json!({"refused": true})),
            Err(OpenError::Failed(why)) => Err(why),
        }
    }
}
