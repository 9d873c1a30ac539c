import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'

export const MESSAGES = '/minga/bench/messages'
export const RECEIPTS = '/minga/bench/receipts'

const MESSAGE_BYTES = 200
const POLL_MILLIS = 20
const PATIENCE_MILLIS = 30_000

/** A js-libp2p node with gossipsub on loopback; a machine full of peers is held against nobody. */
export async function startNode () {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      pubsub: gossipsub({
        fallbackToFloodsub: false,
        globalSignaturePolicy: 'StrictSign',
        scoreParams: { IPColocationFactorWeight: 0 }
      })
    },
    connectionManager: { inboundConnectionThreshold: 1e6, maxIncomingPendingConnections: 1000 },
    connectionMonitor: { enabled: false }
  })
}

/** The messages of a topic that come from others. */
export function subscribe (node, topic, listener) {
  const pubsub = node.services.pubsub
  pubsub.addEventListener('gossipsub:message', ({ detail: { msg } }) => {
    if (msg.topic === topic && !msg.from.equals(node.peerId)) {
      listener(msg.data)
    }
  })
  pubsub.subscribe(topic)
}

export async function until (what, condition) {
  const deadline = performance.now() + PATIENCE_MILLIS
  while (!condition()) {
    if (performance.now() > deadline) {
      throw new Error(`waited ${PATIENCE_MILLIS} ms for ${what}`)
    }
    await sleep(POLL_MILLIS)
  }
}

export const sleep = millis => new Promise(resolve => setTimeout(resolve, millis))

/** As Payload.java; the clock is the one that processes of a machine share. */
export function payload (wantsReceipt) {
  const bytes = Buffer.alloc(MESSAGE_BYTES)
  bytes.writeBigInt64BE(process.hrtime.bigint())
  bytes[8] = wantsReceipt ? 1 : 0
  return bytes
}

/** How long a message took, or null if it wants no receipt. */
export function latencyNanos (data) {
  if (data[8] === 0) {
    return null
  }
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return process.hrtime.bigint() - bytes.readBigInt64BE()
}

/** What this process has used, in nanoseconds. */
export function cpuNanos () {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

/** As Receipt.java; JavaScript doesn't count what it allocates. */
export function receipt (delivered, latency) {
  const bytes = Buffer.alloc(32)
  bytes.writeBigInt64BE(BigInt(delivered))
  bytes.writeBigInt64BE(latency, 8)
  bytes.writeBigInt64BE(BigInt(cpuNanos()), 16)
  return bytes
}

export function readReceipt (data) {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const long = at => Number(bytes.readBigInt64BE(at))
  return { delivered: long(0), latencyNanos: long(8), cpuNanos: long(16) }
}
