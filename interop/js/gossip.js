import { createHash } from 'node:crypto'
import { gossipsub } from '@libp2p/gossipsub'
import { Xorshift } from './xorshift.js'

const FLOODSUB = '/floodsub/1.0.0'

/**
 * The service, from the value of --gossipsub; what is absent stays as in the library.
 * Peers on one machine share an address and have no history, so scores let both pass.
 */
export function gossip (options) {
  const given = Object.entries({
    D: options.d,
    Dlo: options.dLow,
    Dhi: options.dHigh,
    Dout: options.dOut,
    Dlazy: options.dLazy,
    floodPublish: options.floodPublish,
    doPX: options.px,
    heartbeatInterval: options.heartbeatMillis,
    pruneBackoff: millis(options.pruneBackoffSeconds),
    unsubcribeBackoff: millis(options.unsubscribeBackoffSeconds)
  }).filter(([, value]) => value != null)
  const service = gossipsub({
    ...Object.fromEntries(given),
    fallbackToFloodsub: options.floodsub != null,
    globalSignaturePolicy: 'StrictSign',
    allowPublishToZeroTopicPeers: true,
    scoreThresholds: { acceptPXThreshold: 0 },
    scoreParams: { IPColocationFactorWeight: 0 },
    msgIdFn: ({ from, sequenceNumber }) => {
      const seqno = Buffer.alloc(8)
      seqno.writeBigUInt64BE(sequenceNumber)
      return Buffer.concat([from.toMultihash().bytes, seqno])
    }
  })
  return components => {
    const pubsub = service(components)
    if (options.version != null) {
      pubsub.protocols = pubsub.protocols.filter(id => id <= `/meshsub/${options.version}.0`)
    }
    if (options.floodsub === 'only') {
      pubsub.protocols = [FLOODSUB]
    }
    return pubsub
  }
}

function millis (seconds) {
  return seconds == null ? undefined : seconds * 1000
}

export function addGossip (control, node) {
  const pubsub = node.services.pubsub
  const received = new Map()
  const stats = countRpcs(pubsub)

  pubsub.addEventListener('gossipsub:message', ({ detail: { propagationSource, msg } }) => {
    if (msg.from.equals(node.peerId)) {
      return
    }
    if (!received.has(msg.topic)) {
      received.set(msg.topic, [])
    }
    received.get(msg.topic).push({
      from: msg.from.toString(),
      via: propagationSource.toString(),
      bytes: msg.data.length,
      sha256: sha256(msg.data)
    })
  })

  control.on('subscribe', ({ topic }) => { pubsub.subscribe(topic) })
  control.on('unsubscribe', ({ topic }) => { pubsub.unsubscribe(topic) })
  control.on('publish', async ({ topic, data, bytes = 0, seed = 0 }) => {
    const payload = data == null ? new Xorshift(seed).read(bytes) : Buffer.from(data, 'base64')
    await pubsub.publish(topic, payload)
    return { sha256: sha256(payload) }
  })
  control.on('messages', ({ topic }) => ({ messages: received.get(topic) ?? [] }))
  control.on('mesh', ({ topic }) => ({ peers: pubsub.getMeshPeers(topic) }))
  control.on('subscribers', ({ topic }) => ({ peers: pubsub.getSubscribers(topic).map(String) }))
  control.on('gossipPeers', () => ({
    peers: Object.fromEntries([...pubsub.streamsOutbound].map(([id, stream]) => [id, stream.protocol]))
  }))
  control.on('gossipStats', () => stats)
}

function sha256 (data) {
  return createHash('sha256').update(data).digest('hex')
}

/** Counts by wrapping the router's methods, because its metrics count no ids. */
function countRpcs (pubsub) {
  const stats = { sent: noCounts(), received: noCounts() }

  const handleReceivedRpc = pubsub.handleReceivedRpc.bind(pubsub)
  pubsub.handleReceivedRpc = async (from, rpc) => {
    count(stats.received, rpc)
    return handleReceivedRpc(from, rpc)
  }
  // It adds to the message what waits for the peer, so that is counted afterwards.
  const sendRpc = pubsub.sendRpc.bind(pubsub)
  pubsub.sendRpc = (id, rpc) => {
    const sent = sendRpc(id, rpc)
    if (sent) {
      count(stats.sent, rpc)
    }
    return sent
  }
  const sendRpcInBatch = pubsub.sendRpcInBatch.bind(pubsub)
  pubsub.sendRpcInBatch = (to, rpc) => {
    sendRpcInBatch(to, rpc)
    to.forEach(() => { count(stats.sent, rpc) })
  }
  return stats
}

function noCounts () {
  return {
    rpcs: 0,
    messages: 0,
    subscriptions: 0,
    ihave: 0,
    iwant: 0,
    idontwant: 0,
    graft: 0,
    prune: 0,
    prunePeers: 0,
    pruneRecords: 0
  }
}

function count (counts, { messages = [], subscriptions = [], control }) {
  const ids = (entries = []) => entries.reduce((sum, { messageIDs = [] }) => sum + messageIDs.length, 0)
  counts.rpcs++
  counts.messages += messages.length
  counts.subscriptions += subscriptions.length
  counts.ihave += ids(control?.ihave)
  counts.iwant += ids(control?.iwant)
  counts.idontwant += ids(control?.idontwant)
  counts.graft += control?.graft?.length ?? 0
  counts.prune += control?.prune?.length ?? 0
  for (const { peers = [] } of control?.prune ?? []) {
    counts.prunePeers += peers.length
    counts.pruneRecords += peers.filter(({ signedPeerRecord }) => signedPeerRecord?.length > 0).length
  }
}
