import { peerIdFromString } from '@libp2p/peer-id'

/** The dialing side; the service answers pings by itself. Its clock ticks in milliseconds. */
export function addPing (control, node) {
  control.on('ping', async ({ peer, count = 1 }) => {
    const rttsMicros = []
    for (let i = 0; i < Math.max(1, count); i++) {
      rttsMicros.push(await node.services.ping.ping(peerIdFromString(peer)) * 1000)
    }
    return { rttsMicros }
  })
}
