// The client process of js-libp2p. Its argument is the server's address; each line
// `FIGURE MILLISECONDS` on stdin is answered by the figure's numbers, as Client.java does.
import { createInterface } from 'node:readline'
import { multiaddr } from '@multiformats/multiaddr'
import { BYTES_PER_RECEIPT, DISCARD, ECHO, STREAM_LIMITS, startNode } from './node.js'

const MESSAGE_BYTES = 64
const CHUNK_BYTES = 64 * 1024
const IDLE_FIRST = 8

const server = multiaddr(process.argv[2])
let dialer
let connection

const micros = () => performance.now() * 1000
const quantile = (values, q) => {
  values.sort((a, b) => a - b)
  return values[Math.min(values.length - 1, Math.floor(q * values.length))]
}

/** How many a second, so many at a time. */
async function perSecond (atOnce, millis, operation) {
  const start = performance.now()
  let done = 0
  await Promise.all(Array.from({ length: atOnce }, async () => {
    do {
      await operation()
      done++
    } while (performance.now() - start < millis)
  }))
  return done / (performance.now() - start) * 1000
}

async function connected () {
  if (connection == null) {
    const node = await startNode()
    const identified = new Promise(resolve => {
      node.addEventListener('peer:identify', resolve, { once: true })
    })
    connection = await node.dial(server)
    await identified
  }
  return connection
}

async function connect (millis) {
  dialer ??= await startNode()
  const latencies = []
  const rate = await perSecond(1, millis, async () => {
    const start = micros()
    const identified = new Promise(resolve => {
      dialer.addEventListener('peer:identify', resolve, { once: true })
    })
    const dialled = await dialer.dial(server)
    await identified
    latencies.push(micros() - start)
    await dialled.close()
  })
  return [rate, quantile(latencies, 0.5)]
}

async function opens (atOnce, millis) {
  const on = await connected()
  return [await perSecond(atOnce, millis, async () => {
    const stream = await on.newStream(ECHO, STREAM_LIMITS)
    await new Promise((resolve, reject) => {
      stream.addEventListener('message', () => { stream.close().catch(reject) })
      stream.addEventListener('close', ({ error }) => { error == null ? resolve() : reject(error) })
      stream.send(new Uint8Array(1))
    })
  })]
}

async function roundTrips (depth, millis) {
  const stream = await (await connected()).newStream(ECHO, STREAM_LIMITS)
  const message = new Uint8Array(MESSAGE_BYTES)
  const latencies = []
  const start = micros()
  let sent
  let bytes = 0
  let answered = 0
  const send = count => {
    sent = micros()
    for (let i = 0; i < count; i++) {
      stream.send(message)
    }
  }
  await new Promise((resolve, reject) => {
    stream.addEventListener('close', ({ error }) => { reject(error ?? new Error('closed')) })
    stream.addEventListener('message', ({ data }) => {
      bytes += data.byteLength
      const complete = Math.floor(bytes / MESSAGE_BYTES)
      const fresh = complete - answered
      if (fresh === 0) {
        return
      }
      answered = complete
      latencies.push(micros() - sent)
      if (micros() - start < millis * 1000) {
        send(fresh)
      } else {
        resolve()
      }
    })
    send(depth)
  })
  const rate = answered / (micros() - start) * 1e6
  await stream.close()
  return depth === 1 ? [quantile(latencies, 0.5), quantile(latencies, 0.99)] : [rate]
}

async function bulk (millis) {
  const stream = await (await connected()).newStream(DISCARD, STREAM_LIMITS)
  const chunk = new Uint8Array(CHUNK_BYTES)
  const start = micros()
  let sentBytes = 0
  let receivedBytes = 0
  const rate = await new Promise((resolve, reject) => {
    let writable = true
    let over = false
    const write = () => {
      while (writable && !over && sentBytes < receivedBytes + 2 * BYTES_PER_RECEIPT) {
        writable = stream.send(chunk)
        sentBytes += CHUNK_BYTES
      }
    }
    stream.addEventListener('drain', () => {
      writable = true
      write()
    })
    stream.addEventListener('close', ({ error }) => { reject(error ?? new Error('closed')) })
    stream.addEventListener('message', ({ data }) => {
      receivedBytes += data.byteLength * BYTES_PER_RECEIPT
      const elapsedMicros = micros() - start
      over = elapsedMicros >= millis * 1000
      if (over) {
        resolve(receivedBytes / elapsedMicros)
      } else {
        write()
      }
    })
    write()
  })
  await stream.close()
  return [rate]
}

async function idle (count) {
  const cost = async () => {
    for (let i = 0; i < 4; i++) {
      globalThis.gc()
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    return process.memoryUsage().heapUsed
  }
  const nodes = []
  const start = async more => {
    for (let i = 0; i < more; i++) {
      nodes.push(await startNode())
    }
  }
  const none = await cost()
  await start(IDLE_FIRST)
  const few = await cost()
  await start(count - IDLE_FIRST)
  const all = await cost()
  await Promise.all(nodes.map(node => node.stop()))
  return [(all - few) / (count - IDLE_FIRST), 0, (all - none) / count, 0]
}

const figures = {
  'idle-10': () => idle(10),
  'idle-100': () => idle(100),
  connect,
  'opens-1': millis => opens(1, millis),
  'opens-100': millis => opens(100, millis),
  pingpong: millis => roundTrips(1, millis),
  'pipelined-256': millis => roundTrips(256, millis),
  bulk
}

for await (const line of createInterface({ input: process.stdin })) {
  const [figure, millis] = line.split(' ')
  console.log((await figures[figure](Number(millis))).join(' '))
}
process.exit(0)
