"""Starts the host and serves commands until the end of stdin."""

import argparse
import os
import sys
from contextlib import AsyncExitStack

import trio
from libp2p import new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.crypto.x25519 import create_new_key_pair as create_new_x25519_key_pair
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE, Transport as NoiseTransport
from libp2p.security.tls.transport import PROTOCOL_ID as TLS, TLSTransport
from libp2p.stream_muxer.yamux.yamux import PROTOCOL_ID as YAMUX, Yamux
from multiaddr import Multiaddr

from . import connections, gossip, identify, ping, streams
from .control import Control, Unsupported


def build_host(security: str):
    key_pair = create_new_key_pair()
    if security == "noise":
        transport = NoiseTransport(key_pair, noise_privkey=create_new_x25519_key_pair().private_key)
        secure = {NOISE: transport}
    else:
        secure = {TLS: TLSTransport(key_pair)}
    return new_host(key_pair=key_pair, sec_opt=secure, muxer_opt={YAMUX: Yamux})


async def no_mdns(_):
    raise Unsupported("what it announces has no multiaddr, nor does it read them from others")


async def run(options, stdout) -> None:
    host = build_host(options.security)
    async with host.run([Multiaddr(options.listen)]), trio.open_nursery() as nursery, AsyncExitStack() as protocols:
        control = Control(stdout, nursery)
        for module in (connections, identify, ping, streams):
            module.add(control, host)
        if options.mdns:
            control.on("mdnsFound", no_mdns)
        if options.gossipsub is not None:
            await protocols.enter_async_context(gossip.running(control, host, options.gossipsub))
        control.write(
            {
                "event": "ready",
                "id": str(host.get_id()),
                "addrs": [str(a) for a in host.get_addrs()],
            }
        )
        await control.serve(sys.stdin.buffer)
        # Shutting the host down in order takes seconds and proves nothing.
        stdout.flush()
        os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="peer")
    parser.add_argument("--listen", default="/ip4/127.0.0.1/tcp/0")
    parser.add_argument("--security", choices=["noise", "tls"], default="noise")
    parser.add_argument("--muxer", choices=["yamux"], default="yamux")
    parser.add_argument("--gossipsub")
    parser.add_argument("--mdns", action="store_true")
    options = parser.parse_args()
    # Answers go to the stdout we were given; whatever a library prints goes to stderr.
    stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    trio.run(run, options, stdout)


if __name__ == "__main__":
    main()
