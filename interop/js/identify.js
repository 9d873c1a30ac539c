const IDENTIFY_WAIT_MILLIS = 5_000

/** Answers from what the identify service said last about each peer. */
export function addIdentify (control, node) {
  const known = new Map()
  const news = new EventTarget()
  node.addEventListener('peer:identify', ({ detail }) => {
    const peer = detail.peerId.toString()
    known.set(peer, detail)
    news.dispatchEvent(new Event(peer))
  })

  control.on('identify', async ({ peer }) => {
    const result = known.get(peer) ?? await new Promise((resolve, reject) => {
      const timer = setTimeout(() => { reject(new Error('not identified yet')) }, IDENTIFY_WAIT_MILLIS)
      news.addEventListener(peer, () => {
        clearTimeout(timer)
        resolve(known.get(peer))
      }, { once: true })
    })
    return {
      agent: result.agentVersion,
      protocolVersion: result.protocolVersion,
      protocols: result.protocols,
      listenAddrs: result.listenAddrs.map(String),
      observedAddr: result.observedAddr?.toString()
    }
  })
}
