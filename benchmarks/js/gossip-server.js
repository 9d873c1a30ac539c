// The subscriber's process of js-libp2p: prints its address, counts messages, acknowledges those
// that want it, and runs until the end of stdin.
import { latencyNanos, MESSAGES, receipt, RECEIPTS, startNode, subscribe } from './gossip-node.js'

const node = await startNode()
let delivered = 0

subscribe(node, MESSAGES, data => {
  delivered++
  const latency = latencyNanos(data)
  if (latency != null) {
    node.services.pubsub.publish(RECEIPTS, receipt(delivered, latency))
  }
})

console.log(String(node.getMultiaddrs()[0]))
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
