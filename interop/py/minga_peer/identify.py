"""identify asks the peer anew, because the host keeps only protocols and addresses."""

import trio
from libp2p.identity.identify.identify import ID as IDENTIFY
from libp2p.identity.identify.pb.identify_pb2 import Identify
from libp2p.peer.id import ID
from libp2p.utils.varint import read_length_prefixed_protobuf
from multiaddr import Multiaddr

IDENTIFY_WAIT_SECONDS = 5


def add(control, host) -> None:
    async def identify(command):
        with trio.fail_after(IDENTIFY_WAIT_SECONDS):
            stream = await host.new_stream(ID.from_string(command["peer"]), [IDENTIFY])
            message = Identify()
            message.ParseFromString(await read_length_prefixed_protobuf(stream))
            await stream.close()
        answer = {
            "agent": message.agent_version,
            "protocolVersion": message.protocol_version,
            "protocols": list(message.protocols),
            "listenAddrs": [str(Multiaddr(a)) for a in message.listen_addrs],
        }
        if message.observed_addr:
            answer["observedAddr"] = str(Multiaddr(message.observed_addr))
        return answer

    control.on("identify", identify)
