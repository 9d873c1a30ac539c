package io.minga.gossip.rpc;

/**
 * What one RPC from a peer may have; more is a violation, found before memory is taken for it.
 *
 * @param rpcBytesMax its whole length
 * @param subscriptionsMax entries of subscriptions
 * @param messagesMax messages
 * @param controlEntriesMax IHAVE, IWANT, GRAFT, PRUNE and IDONTWANT together
 * @param idsMax message ids in all of these together
 * @param peersMax peers in all PRUNEs together
 * @param topicBytesMax the name of a topic
 * @param idBytesMax a message id
 * @param signedRecordBytesMax a recommended peer's record
 * @param signatureBytesMax a message's signature
 */
public record RpcLimits(
    int rpcBytesMax,
    int subscriptionsMax,
    int messagesMax,
    int controlEntriesMax,
    int idsMax,
    int peersMax,
    int topicBytesMax,
    int idBytesMax,
    int signedRecordBytesMax,
    int signatureBytesMax) {
  /** Far above what honest peers send: 1 MiB with 4096 messages, 10,000 ids, 256 peers. */
  public static final RpcLimits DEFAULT =
      new RpcLimits(1 << 20, 1024, 4096, 4096, 10_000, 256, 256, 256, 16_384, 1024);

  /** Checks that none is negative. */
  public RpcLimits {
    int[] all = {
      rpcBytesMax,
      subscriptionsMax,
      messagesMax,
      controlEntriesMax,
      idsMax,
      peersMax,
      topicBytesMax,
      idBytesMax,
      signedRecordBytesMax,
      signatureBytesMax
    };
    for (int limit : all) {
      if (limit < 0) {
        throw new IllegalArgumentException("a limit of an RPC can't be negative: " + limit);
      }
    }
  }
}
