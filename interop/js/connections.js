import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'

const DIAL_TIMEOUT_MILLIS = 30_000

export function addConnections (control, node) {
  control.on('connect', async ({ addr }) => {
    await node.dial(multiaddr(addr), { signal: AbortSignal.timeout(DIAL_TIMEOUT_MILLIS) })
  })
  control.on('disconnect', async ({ peer }) => {
    await node.hangUp(peerIdFromString(peer))
  })
  control.on('connected', () => ({ peers: node.getPeers().map(String) }))
}
