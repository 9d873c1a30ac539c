package io.minga.libp2p.offences.unmarked;

interface NullIsAnyonesGuess {}
