import { createHash } from 'node:crypto'
import { peerIdFromString } from '@libp2p/peer-id'
import { Xorshift } from './xorshift.js'

const ECHO = '/minga/interop/echo/1.0.0'
const HALF_CLOSE = '/minga/interop/halfclose/1.0.0'
const RESET = '/minga/interop/reset/1.0.0'
const NOBODY = '/minga/interop/nobody/1.0.0'

const CHUNK_BYTES = 64 * 1024
const QUEUED_BYTES_MAX = 256 * 1024
const HALF_CLOSE_BYTES = 1000
const COMMAND_TIMEOUT_MILLIS = 300_000
export const MAX_STREAMS = 4096

/** The application protocols of the contract and what they count. */
export async function addStreams (control, node) {
  const stats = { resetsSeen: 0, openStreams: 0, heldEnded: 0 }
  const limits = { maxInboundStreams: MAX_STREAMS, maxOutboundStreams: MAX_STREAMS }

  const inbound = async (protocol, serve) => {
    await node.handle(protocol, async stream => {
      stats.openStreams++
      try {
        await serve(stream)
        await stream.close()
      } catch (err) {
        stream.abort(err)
      } finally {
        stats.openStreams--
      }
    }, limits)
  }

  await inbound(ECHO, async stream => {
    try {
      for await (const chunk of chunks(stream)) {
        for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
          await send(stream, chunk.subarray(at, at + CHUNK_BYTES))
        }
      }
    } catch (err) {
      stats.resetsSeen++
      throw err
    }
  })
  await inbound(HALF_CLOSE, async stream => {
    const hash = createHash('sha256')
    for await (const chunk of chunks(stream)) {
      hash.update(chunk)
    }
    await send(stream, hash.digest())
  })
  await inbound(RESET, async stream => {
    await chunks(stream).next()
    stream.abort(new Error('reset as the contract says'))
  })

  /** Runs use on a new stream; an error aborts the stream. */
  async function withStream (peer, protocol, use) {
    const stream = await node.dialProtocol(peerIdFromString(peer), protocol, limits)
    stats.openStreams++
    const timer = setTimeout(() => { stream.abort(new Error('the command took too long')) }, COMMAND_TIMEOUT_MILLIS)
    try {
      return await use(stream)
    } catch (err) {
      stream.abort(err)
      throw err
    } finally {
      clearTimeout(timer)
      stats.openStreams--
    }
  }

  const echoOnce = async (peer, bytes, seed) => withStream(peer, ECHO, async stream => {
    const sent = createHash('sha256')
    const received = createHash('sha256')
    let bytesReceived = 0

    const write = async () => {
      const data = new Xorshift(seed)
      for (let left = bytes; left > 0;) {
        const chunk = data.read(Math.min(left, CHUNK_BYTES))
        left -= chunk.length
        sent.update(chunk)
        await send(stream, chunk)
      }
      await stream.close()
    }
    const read = async () => {
      for await (const chunk of chunks(stream)) {
        received.update(chunk)
        bytesReceived += chunk.length
      }
    }
    await Promise.all([read(), write()])
    return { bytesReceived, sha256Sent: sent.digest('hex'), sha256Received: received.digest('hex') }
  })

  const echoOneByte = async stream => {
    const reader = chunks(stream)
    await send(stream, Uint8Array.of(42))
    const { value } = await reader.next()
    if (value?.length !== 1 || value[0] !== 42) {
      throw new Error('another byte came back')
    }
    return reader
  }

  control.on('echo', async ({ peer, bytes, seed = 0 }) => echoOnce(peer, bytes, seed))

  control.on('parallel', async ({ peer, streams, bytes, seed = 0 }) => {
    const ends = await Promise.allSettled(
      Array.from({ length: streams }, async (_, i) => echoOnce(peer, bytes, seed + i)))
    const matching = ends.filter(({ value }) =>
      value?.bytesReceived === bytes && value.sha256Sent === value.sha256Received).length
    const failures = ends.filter(end => end.reason != null).map(end => String(end.reason)).join('; ')
    return failures === '' ? { matching } : { matching, failures }
  })

  control.on('halfclose', async ({ peer, seed = 0 }) => withStream(peer, HALF_CLOSE, async stream => {
    const data = new Xorshift(seed).read(HALF_CLOSE_BYTES)
    const reader = chunks(stream)
    await send(stream, data)
    await stream.close()
    const reply = []
    for await (const chunk of reader) {
      reply.push(chunk)
    }
    const want = createHash('sha256').update(data).digest()
    return { matches: Buffer.concat(reply).equals(want) }
  }))

  control.on('reset', async ({ peer }) => withStream(peer, RESET, async stream => {
    const reader = chunks(stream)
    await send(stream, Uint8Array.of(1))
    try {
      while (!(await reader.next()).done);
    } catch (err) {
      return { reset: err.name === 'StreamResetError' }
    }
    await stream.close()
    return { reset: false }
  }))

  control.on('abort', async ({ peer }) => withStream(peer, ECHO, async stream => {
    await echoOneByte(stream)
    stream.abort(new Error('aborted as the contract says'))
  }))

  // The answer goes out while the stream stays open.
  control.on('hold', async ({ peer }) => new Promise((resolve, reject) => {
    withStream(peer, ECHO, async stream => {
      const reader = await echoOneByte(stream)
      resolve()
      try {
        while (!(await reader.next()).done);
        await stream.close()
      } catch (err) {
        stats.resetsSeen++
      }
      stats.heldEnded++
    }).catch(reject)
  }))

  control.on('stats', () => stats)

  control.on('unsupported', async ({ peer }) => {
    try {
      await withStream(peer, NOBODY, async stream => { stream.abort(new Error('nobody answers here')) })
    } catch (err) {
      if (err.name === 'UnsupportedProtocolError') {
        return { refused: true }
      }
      throw err
    }
    return { refused: false }
  })
}

/**
 * Sends a chunk, which becomes a single yamux frame as far as the window allows,
 * and waits until there is room for the next one. It listens for
 * the events itself, because onDrain() of libp2p 3.3 keeps its first promise.
 */
async function send (stream, chunk) {
  if (stream.send(chunk)) {
    return
  }
  await new Promise((resolve, reject) => {
    const done = settle => evt => {
      stream.removeEventListener('drain', onDrain)
      stream.removeEventListener('close', onClose)
      settle(evt)
    }
    const onDrain = done(resolve)
    const onClose = done(evt => { reject(evt.error ?? new Error('the stream closed')) })
    stream.addEventListener('drain', onDrain)
    stream.addEventListener('close', onClose)
    if (stream.status !== 'open') {
      onClose({ error: new Error(`the stream is ${stream.status}`) })
    }
  })
}

/**
 * What the stream receives. Ends after the remote's FIN; throws when the stream
 * ends without one. It pauses the stream while too much waits for the consumer,
 * which the iterator of libp2p 3.3 does not.
 */
function chunks (stream) {
  const queue = []
  let queuedBytes = 0
  let resuming = false
  let finished = false
  let failure
  let wake = () => {}

  const pauseWhenFull = () => {
    if (queuedBytes >= QUEUED_BYTES_MAX && stream.readStatus === 'readable') {
      stream.pause()
    }
  }
  // Pausing within resume() would be undone: yamux marks the stream as running last.
  const resume = () => {
    resuming = true
    stream.resume()
    resuming = false
    pauseWhenFull()
  }
  const onFin = () => {
    finished = true
    wake()
  }
  const onClose = ({ error }) => {
    if (!finished) {
      failure = error ?? new Error('the connection is gone')
    }
    wake()
  }
  stream.addEventListener('message', ({ data }) => {
    queue.push(data.subarray())
    queuedBytes += data.byteLength
    if (!resuming) {
      pauseWhenFull()
    }
    wake()
  })
  stream.addEventListener('remoteCloseWrite', onFin)
  stream.addEventListener('close', onClose)
  if (stream.status === 'reset' || stream.status === 'aborted') {
    onClose({ error: new Error(`the stream is ${stream.status}`) })
  } else if (stream.remoteWriteStatus === 'closed') {
    onFin()
  }

  return (async function * () {
    while (true) {
      while (queue.length > 0) {
        const chunk = queue.shift()
        queuedBytes -= chunk.length
        yield chunk
      }
      if (failure != null) {
        throw failure
      }
      if (stream.readStatus === 'paused') {
        resume()
      } else if (finished && stream.readBufferLength === 0) {
        return
      } else {
        await new Promise(resolve => { wake = resolve })
      }
    }
  })()
}
