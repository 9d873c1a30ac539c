import { mdns } from '@libp2p/mdns'

const QUERY_MILLIS = 1_000

/** Finds peers and keeps their addresses. The event of the node also tells of those who connected. */
export function discovery () {
  const peers = {}
  const create = components => {
    const module = mdns({ interval: QUERY_MILLIS })(components)
    module.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
      peers[id.toString()] = multiaddrs.map(String)
    })
    return module
  }
  return { peers, create }
}

export function addMdns (control, { peers }) {
  control.on('mdnsFound', () => ({ peers }))
}
