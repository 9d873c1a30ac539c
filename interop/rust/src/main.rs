//! The rust peer: a small libp2p host that takes its orders on stdin.
//! The contract it speaks is interop/README.md.

mod connections;
mod contract;
mod control;
mod identify;
mod node;
mod ping;
mod streams;
mod xorshift;

use std::{error::Error, process::exit, time::Duration};

use control::Control;
use libp2p::Multiaddr;
use node::Node;
use serde_json::json;

struct Options {
    listen: Multiaddr,
    security: String,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        listen: "/ip4/127.0.0.1/tcp/0".parse()?,
        security: "noise".to_owned(),
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} lacks a value"))?;
        match name.as_str() {
            "--listen" => options.listen = value.parse()?,
            "--security" => options.security = value,
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
    let (node, control_of_streams, inbound) = Node::start(&options.security)?;
    let addr = tokio::time::timeout(Duration::from_secs(10), node.listen(options.listen)).await??;

    let mut control = Control::new();
    connections::add(&mut control, &node);
    identify::add(&mut control, &node);
    ping::add(&mut control, &node);
    contract::add(&mut control, control_of_streams, inbound);
    let id = node.id.to_string();
    control.write(json!({"event": "ready", "id": id, "addrs": [format!("{addr}/p2p/{id}")]}));
    control.serve().await;
    Ok(())
}
