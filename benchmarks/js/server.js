// The server process of js-libp2p: prints its address and runs until the end of stdin.
import { BYTES_PER_RECEIPT, DISCARD, ECHO, STREAM_LIMITS, startNode } from './node.js'

const node = await startNode()

await node.handle(ECHO, stream => {
  stream.addEventListener('message', ({ data }) => { stream.send(data) })
  stream.addEventListener('remoteCloseWrite', () => { stream.close().catch(err => stream.abort(err)) })
}, STREAM_LIMITS)

await node.handle(DISCARD, stream => {
  let bytes = 0
  stream.addEventListener('message', ({ data }) => {
    const before = Math.floor(bytes / BYTES_PER_RECEIPT)
    bytes += data.byteLength
    const due = Math.floor(bytes / BYTES_PER_RECEIPT) - before
    if (due > 0) {
      stream.send(new Uint8Array(due))
    }
  })
  stream.addEventListener('remoteCloseWrite', () => { stream.close().catch(err => stream.abort(err)) })
}, STREAM_LIMITS)

console.log(String(node.getMultiaddrs()[0]))
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
