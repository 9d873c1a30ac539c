import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'

export const ECHO = '/minga/bench/echo/1'
export const DISCARD = '/minga/bench/discard/1'
export const BYTES_PER_RECEIPT = 16 * 1024 * 1024

const STREAMS_MAX = 4096
export const STREAM_LIMITS = { maxInboundStreams: STREAMS_MAX, maxOutboundStreams: STREAMS_MAX }

/** A js-libp2p node on loopback, with the limits that would be in a benchmark's way raised. */
export async function startNode () {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ ...STREAM_LIMITS, maxEarlyStreams: STREAMS_MAX })],
    services: { identify: identify() },
    connectionManager: { inboundConnectionThreshold: 1e6, maxIncomingPendingConnections: 1000 },
    connectionMonitor: { enabled: false }
  })
}
