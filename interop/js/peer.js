// The js peer: a small libp2p host that takes its orders on stdin.
// The contract it speaks is interop/README.md.
import { parseArgs } from 'node:util'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { createLibp2p } from 'libp2p'
import { addConnections } from './connections.js'
import { Control } from './control.js'
import { addGossip, gossip } from './gossip.js'
import { addIdentify } from './identify.js'
import { addMdns, discovery } from './mdns.js'
import { addPing } from './ping.js'
import { addStreams, MAX_STREAMS } from './streams.js'

const { values: options } = parseArgs({
  options: {
    listen: { type: 'string', default: '/ip4/127.0.0.1/tcp/0' },
    security: { type: 'string', default: 'noise' },
    muxer: { type: 'string', default: 'yamux' },
    gossipsub: { type: 'string' },
    mdns: { type: 'boolean', default: false }
  }
})
const securities = { noise, tls }
if (!(options.security in securities) || options.muxer !== 'yamux') {
  console.error('peer: --security is noise or tls, --muxer is yamux')
  process.exit(1)
}

const found = options.mdns ? discovery() : null
const services = { identify: identify(), ping: ping({ maxInboundStreams: 32, maxOutboundStreams: 32 }) }
if (options.gossipsub != null) {
  services.pubsub = gossip(JSON.parse(options.gossipsub))
}

const node = await createLibp2p({
  addresses: { listen: [options.listen] },
  transports: [tcp()],
  connectionEncrypters: [securities[options.security]()],
  streamMuxers: [yamux({
    maxInboundStreams: MAX_STREAMS,
    maxOutboundStreams: MAX_STREAMS,
    maxEarlyStreams: MAX_STREAMS,
    streamOptions: {
      inactivityTimeout: 3_600_000,
      // A paused stream dies of more than 4 MiB unread, and the window would grow to 16 MiB.
      maxStreamWindowSize: 2 * 1024 * 1024
    }
  })],
  services,
  peerDiscovery: found == null ? [] : [found.create],
  // The limits under test are the other side's, not this peer's.
  connectionManager: { inboundConnectionThreshold: 1000, maxIncomingPendingConnections: 1000 },
  connectionMonitor: { enabled: false },
  nodeInfo: { userAgent: 'minga-interop-js/3.3.11' }
})

const control = new Control()
addConnections(control, node)
addIdentify(control, node)
addPing(control, node)
await addStreams(control, node)
if (options.gossipsub != null) {
  addGossip(control, node)
}
if (found != null) {
  addMdns(control, found)
}
control.write({
  event: 'ready',
  id: node.peerId.toString(),
  addrs: node.getMultiaddrs().map(String)
})
await control.serve()
process.exit(0)
