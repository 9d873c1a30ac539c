//! The rust peer: a small libp2p host that takes its orders on stdin.
//! The contract it speaks is interop/README.md.

mod connections;
mod contract;
mod control;
mod gossip;
mod identify;
mod mdns;
mod node;
mod ping;
mod sniff;
mod streams;
mod xorshift;

use std::{error::Error, process::exit, time::Duration};

use control::Control;
use libp2p::Multiaddr;
use node::Node;
use serde_json::json;
use sniff::Sniffer;

struct Options {
    listen: Multiaddr,
    protocols: node::Protocols,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        listen: "/ip4/127.0.0.1/tcp/0".parse()?,
        protocols: node::Protocols { security: "noise".to_owned(), gossipsub: None, mdns: false },
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        if name == "--mdns" {
            options.protocols.mdns = true;
            continue;
        }
        let value = args.next().ok_or_else(|| format!("{name} lacks a value"))?;
        match name.as_str() {
            "--listen" => options.listen = value.parse()?,
            "--security" => options.protocols.security = value,
            "--gossipsub" => options.protocols.gossipsub = Some(serde_json::from_str(&value)?),
            "--muxer" if value == "yamux" => {}
            _ => return Err(format!("unknown option {name} {value}").into()),
        }
    }
    Ok(options)
}

#[tokio::main]
async fn main() {
    if let Err(e) = run().await {
        eprintln!("peer: {e}");
        exit(1);
    }
    // The swarm's tasks hold sockets and timers; nothing of theirs matters any more.
    exit(0);
}

async fn run() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let sniffer = Sniffer::default();
    let (node, control_of_streams, inbound) = Node::start(&options.protocols, &sniffer)?;
    let addr = tokio::time::timeout(Duration::from_secs(10), node.listen(options.listen)).await??;

    let mut control = Control::new();
    connections::add(&mut control, &node);
    identify::add(&mut control, &node);
    ping::add(&mut control, &node);
    contract::add(&mut control, control_of_streams, inbound);
    if options.protocols.gossipsub.is_some() {
        gossip::add(&mut control, &node, &sniffer);
    }
    if options.protocols.mdns {
        mdns::add(&mut control, &node);
    }
    let id = node.id.to_string();
    control.write(json!({"event": "ready", "id": id, "addrs": [format!("{addr}/p2p/{id}")]}));
    control.serve().await;
    Ok(())
}
