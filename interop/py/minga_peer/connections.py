"""connect, disconnect, connected."""

from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from multiaddr import Multiaddr


def add(control, host) -> None:
    async def connect(command):
        await host.connect(info_from_p2p_addr(Multiaddr(command["addr"])))

    async def disconnect(command):
        await host.disconnect(ID.from_string(command["peer"]))

    async def connected(_):
        return {"peers": [str(p) for p in host.get_connected_peers() if host.is_peer_connected(p)]}

    control.on("connect", connect)
    control.on("disconnect", disconnect)
    control.on("connected", connected)
