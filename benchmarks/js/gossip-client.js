// The publisher's process of js-libp2p. Its argument is the server's address; each line
// `FIGURE MILLISECONDS` on stdin is answered by the figure's numbers, as Client.java does.
import { createInterface } from 'node:readline'
import { multiaddr } from '@multiformats/multiaddr'
import {
  cpuNanos, MESSAGES, payload, readReceipt, RECEIPTS, sleep, startNode, subscribe, until
} from './gossip-node.js'

const LINK_IN_FLIGHT_MAX = 512
const PER_RECEIPT = 32
const PROBE_MILLIS = 20
const EVERY_MILLIS = 10
const NODES = 10
const CROWD_IN_FLIGHT_MAX = 256
const MESH_MIN = 4
const PATIENCE_MILLIS = 60_000

const server = multiaddr(process.argv[2])

const nanos = () => Number(process.hrtime.bigint())
const quantile = (values, q) => {
  values.sort((a, b) => a - b)
  return values[Math.min(values.length - 1, Math.floor(q * values.length))]
}

/** Rate, CPU time and, which is unknown, allocation, from one moment to another. */
function since (begin, end) {
  const count = end.delivered - begin.delivered
  return [count * 1e9 / (end.nanos - begin.nanos), (end.cpuNanos - begin.cpuNanos) / 1e3 / count, NaN]
}

/** Counts deliveries, and lets a publisher wait until enough of them have come. */
class Deliveries {
  count = 0
  wanted = 0
  wake = () => {}

  reached (count) {
    this.count = count
    if (count >= this.wanted) {
      this.wake()
    }
  }

  /** Whether there were so many within the time. */
  async wait (count, millis) {
    if (this.count < count) {
      this.wanted = count
      let timer
      await new Promise(resolve => {
        this.wake = resolve
        timer = setTimeout(resolve, millis)
      })
      clearTimeout(timer)
    }
    return this.count >= count
  }
}

class Link {
  sent = 0
  delivered = new Deliveries()
  observer = () => {}

  static async start () {
    const link = new Link()
    link.node = await startNode()
    subscribe(link.node, RECEIPTS, data => {
      const receipt = readReceipt(data)
      link.last = receipt
      link.delivered.reached(Math.max(link.delivered.count, receipt.delivered))
      link.observer(receipt)
    })
    await link.node.dial(server)
    const { pubsub } = link.node.services
    await until('subscribers', () => pubsub.getSubscribers(MESSAGES).length > 0)
    return link
  }

  async publish (wantsReceipt) {
    if (!await this.delivered.wait(this.sent + 1 - LINK_IN_FLIGHT_MAX, PATIENCE_MILLIS)) {
      throw new Error(`no receipt for ${PATIENCE_MILLIS} ms`)
    }
    this.sent++
    return this.node.services.pubsub.publish(MESSAGES, payload(wantsReceipt))
  }

  /** Publishes one more and waits until all are delivered; how far it is then. */
  async settle () {
    const deadline = performance.now() + PATIENCE_MILLIS
    do {
      if (performance.now() > deadline) {
        throw new Error(`of ${this.sent} messages ${this.delivered.count} were delivered`)
      }
      await this.publish(true)
    } while (!await this.delivered.wait(this.sent, PROBE_MILLIS))
    return {
      nanos: nanos(),
      delivered: this.delivered.count,
      cpuNanos: cpuNanos() + this.last.cpuNanos
    }
  }
}

let theLink
const link = async () => { return theLink ??= await Link.start() }

async function throughput (millis) {
  const on = await link()
  const begin = await on.settle()
  for (let i = 1; nanos() - begin.nanos < millis * 1e6; i++) {
    await on.publish(i % PER_RECEIPT === 0)
  }
  return since(begin, await on.settle())
}

async function propagation (millis) {
  const on = await link()
  const latencies = []
  await on.settle()
  on.observer = receipt => { latencies.push(receipt.latencyNanos) }
  const start = performance.now()
  for (let at = 0; at < millis; at += EVERY_MILLIS) {
    await sleep(start + at - performance.now())
    await on.publish(true)
  }
  await on.settle()
  on.observer = () => {}
  return [quantile(latencies, 0.5) / 1e3, quantile(latencies, 0.99) / 1e3]
}

class Crowd {
  nodes = []
  sent = 0
  delivered = new Deliveries()

  static async start () {
    const crowd = new Crowd()
    for (let i = 0; i < NODES; i++) {
      const node = await startNode()
      subscribe(node, MESSAGES, () => { crowd.delivered.reached(crowd.delivered.count + 1) })
      for (const other of crowd.nodes) {
        await node.dial(other.getMultiaddrs()[0])
      }
      crowd.nodes.push(node)
    }
    for (const { services: { pubsub } } of crowd.nodes) {
      await until('subscribers', () => pubsub.getSubscribers(MESSAGES).length >= NODES - 1)
      await until('mesh peers', () => pubsub.getMeshPeers(MESSAGES).length >= MESH_MIN)
    }
    return crowd
  }

  async publish () {
    await this.await((this.sent + 1 - CROWD_IN_FLIGHT_MAX) * (NODES - 1))
    const node = this.nodes[this.sent % NODES]
    this.sent++
    return node.services.pubsub.publish(MESSAGES, payload(false))
  }

  /** Waits until all is delivered to all; how far it is then. */
  async settle () {
    await this.await(this.sent * (NODES - 1))
    return { nanos: nanos(), delivered: this.delivered.count, cpuNanos: cpuNanos() }
  }

  async await (deliveries) {
    if (!await this.delivered.wait(deliveries, PATIENCE_MILLIS)) {
      throw new Error('some messages were not delivered to all of the crowd')
    }
  }
}

let theCrowd

async function crowd (millis) {
  const all = theCrowd ??= await Crowd.start()
  const begin = await all.settle()
  while (nanos() - begin.nanos < millis * 1e6) {
    await all.publish()
  }
  return since(begin, await all.settle())
}

const figures = { throughput, propagation, 'crowd-10': crowd }

for await (const line of createInterface({ input: process.stdin })) {
  const [figure, millis] = line.split(' ')
  console.log((await figures[figure](Number(millis))).join(' '))
}
process.exit(0)
