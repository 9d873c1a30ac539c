package io.minga.libp2p.offences;

interface NamedForNothing {
  interface StreamUtil {}

  interface StreamUtils {}

  interface StreamHelper {}

  interface StreamImpl {}

  interface StreamManager {}
}
