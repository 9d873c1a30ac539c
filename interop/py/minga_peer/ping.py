"""The dialing side of ping; the host answers pings by itself."""

from libp2p.host.ping import PingService
from libp2p.peer.id import ID


def add(control, host) -> None:
    service = PingService(host)

    async def ping(command):
        peer = ID.from_string(command["peer"])
        return {"rttsMicros": await service.ping(peer, max(1, command.get("count", 1)))}

    control.on("ping", ping)
