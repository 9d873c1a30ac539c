/**
 * Private networks: connections between those who know one pre-shared key, and nobody else. A key
 * file's text or a connection's bytes come in; the key, or the bytes encrypted or decrypted in
 * place, go out.
 */
@NullMarked
package io.minga.libp2p.pnet;

import org.jspecify.annotations.NullMarked;
