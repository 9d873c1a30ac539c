"""Gossipsub's commands."""

import base64
import hashlib
import json
from contextlib import asynccontextmanager, nullcontext

import libp2p.pubsub.pubsub as library
from libp2p.peer.id import ID
from libp2p.pubsub.floodsub import PROTOCOL_ID as FLOODSUB
from libp2p.pubsub.floodsub import FloodSub
from libp2p.pubsub.gossipsub import PROTOCOL_ID, PROTOCOL_ID_V11, PROTOCOL_ID_V12, GossipSub
from libp2p.pubsub.pubsub import Pubsub, get_peer_and_seqno_msg_id
from libp2p.tools.anyio_service import background_trio_service

from .xorshift import Xorshift

PROTOCOLS = [PROTOCOL_ID_V12, PROTOCOL_ID_V11, PROTOCOL_ID]
KINDS = (
    "rpcs",
    "messages",
    "subscriptions",
    "ihave",
    "iwant",
    "idontwant",
    "graft",
    "prune",
    "prunePeers",
    "pruneRecords",
)


@asynccontextmanager
async def running(control, host, text: str):
    """Speaks gossipsub while the context lasts; `text` is the value of --gossipsub."""
    gossip = Gossip(control, host, json.loads(text))
    async with background_trio_service(gossip.pubsub), heart(gossip.router):
        await gossip.pubsub.wait_until_ready()
        yield


def heart(router):
    """What runs beside: floodsub has nothing of the kind."""
    return background_trio_service(router) if isinstance(router, GossipSub) else nullcontext()


def router(options: dict) -> GossipSub | FloodSub:
    floodsub = options.get("floodsub")
    if floodsub == "only":
        return FloodSub([FLOODSUB])
    version = options.get("version", "1.2")
    protocols = [p for p in PROTOCOLS if p <= f"/meshsub/{version}.0"]
    return GossipSub(
        protocols=protocols + ([FLOODSUB] if floodsub else []),
        degree=options.get("d", 6),
        degree_low=options.get("dLow", 5),
        degree_high=options.get("dHigh", 12),
        heartbeat_interval=options.get("heartbeatMillis", 1000) / 1000,
        do_px=options.get("px", False),
        prune_back_off=options.get("pruneBackoffSeconds", 60),
        unsubscribe_back_off=options.get("unsubscribeBackoffSeconds", 10),
        # These are not of gossipsub 1.2: heartbeats of 60 s when a network looks
        # ill, a limit of 10 messages a second, grafts for the sake of addresses.
        adaptive_gossip_enabled=False,
        spam_protection_enabled=False,
        eclipse_protection_enabled=False,
    )


class Gossip:
    def __init__(self, control, host, options: dict) -> None:
        self._id = host.get_id()
        self._nursery = control.nursery
        self._messages: dict[str, list[dict]] = {}
        self._forwarders: dict[bytes, str] = {}
        self.router = router(options)
        self.pubsub = Pubsub(
            host, self.router, strict_signing=True, msg_id_constructor=get_peer_and_seqno_msg_id
        )
        self._stats = {
            "sent": dict.fromkeys(KINDS, 0),
            "received": dict.fromkeys(KINDS, 0),
        }
        self._count_rpcs()
        self._keep_forwarders()

        control.on("subscribe", self.subscribe)
        control.on("unsubscribe", self.unsubscribe)
        control.on("publish", self.publish)
        control.on("messages", self.messages)
        control.on("mesh", self.mesh)
        control.on("subscribers", self.subscribers)
        control.on("gossipPeers", self.gossip_peers)
        control.on("gossipStats", self.gossip_stats)

    def _count_rpcs(self) -> None:
        """By wrapping what each RPC passes, because the library has no tracer."""
        consume, write = library.maybe_consume_signed_record, self.pubsub.write_msg

        def consume_counted(rpc, host, peer):
            count(self._stats["received"], rpc)
            return consume(rpc, host, peer)

        async def write_counted(stream, rpc):
            written = await write(stream, rpc)
            if written:
                count(self._stats["sent"], rpc)
            return written

        library.maybe_consume_signed_record = consume_counted
        self.pubsub.write_msg = write_counted

    def _keep_forwarders(self) -> None:
        """A subscription tells who signed a message, not who sent it here."""
        push = self.pubsub.push_msg

        async def push_kept(forwarder, message):
            self._forwarders.setdefault(self.pubsub.get_message_id(message), str(forwarder))
            await push(forwarder, message)

        self.pubsub.push_msg = push_kept

    async def subscribe(self, command):
        topic = command["topic"]
        if topic not in self.pubsub.topic_ids:
            self._nursery.start_soon(self._receive, topic, await self.pubsub.subscribe(topic))

    async def _receive(self, topic, subscription):
        async for message in subscription:
            origin = ID(message.from_id)
            if origin == self._id:
                continue
            self._messages.setdefault(topic, []).append(
                {
                    "from": str(origin),
                    "via": self._forwarders[self.pubsub.get_message_id(message)],
                    "bytes": len(message.data),
                    "sha256": hashlib.sha256(message.data).hexdigest(),
                }
            )

    async def unsubscribe(self, command):
        await self.pubsub.unsubscribe(command["topic"])

    async def publish(self, command):
        if "data" in command:
            data = base64.b64decode(command["data"])
        else:
            data = Xorshift(command.get("seed", 0)).read(command.get("bytes", 0))
        await self.pubsub.publish(command["topic"], data)
        return {"sha256": hashlib.sha256(data).hexdigest()}

    async def messages(self, command):
        return {"messages": self._messages.get(command["topic"], [])}

    async def mesh(self, command):
        return {"peers": [str(p) for p in self.router.mesh.get(command["topic"], [])]}

    async def subscribers(self, command):
        return {"peers": [str(p) for p in self.pubsub.peer_topics.get(command["topic"], [])]}

    async def gossip_peers(self, _):
        return {"peers": {str(p): protocol for p, protocol in self.router.peer_protocol.items()}}

    async def gossip_stats(self, _):
        return self._stats


def count(counts: dict[str, int], rpc) -> None:
    counts["rpcs"] += 1
    counts["messages"] += len(rpc.publish)
    counts["subscriptions"] += len(rpc.subscriptions)
    for kind in ("ihave", "iwant", "idontwant"):
        counts[kind] += sum(len(entry.messageIDs) for entry in getattr(rpc.control, kind))
    counts["graft"] += len(rpc.control.graft)
    counts["prune"] += len(rpc.control.prune)
    for prune in rpc.control.prune:
        counts["prunePeers"] += len(prune.peers)
        counts["pruneRecords"] += sum(bool(peer.signedPeerRecord) for peer in prune.peers)
