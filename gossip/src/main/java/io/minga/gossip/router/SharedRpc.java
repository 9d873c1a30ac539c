package io.minga.gossip.router;

import io.minga.gossip.message.Message;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.RpcCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The RPC of one message, made once for all peers that get it in a row. */
final class SharedRpc {
  private @Nullable Message message;
  private Rpc rpc = new Rpc(List.of(), List.of(), Rpc.Control.NONE);
  private int length;

  @SuppressWarnings("ReferenceEquality") // the very same message is what is asked for
  void of(Message next) {
    if (next != message) {
      message = next;
      rpc = Rpc.of(next);
      length = RpcCodec.length(rpc);
    }
  }

  Rpc rpc() {
    return rpc;
  }

  int length() {
    return length;
  }
}
