package io.minga.libp2p.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;

/**
 * The input and output of a loop, which a lack of memory does not end: Netty ends the loop's thread
 * by that, and all connections hang that belong to it. What was broken off is the affair of its
 * connection, which breaks or is found dead.
 */
final class LoopIo implements IoHandler {
  private final IoHandler io;
  private final Headroom headroom = new Headroom();

  private LoopIo(IoHandler io) {
    this.io = io;
  }

  /** Handlers of {@code factory}, each of which goes on. */
  static IoHandlerFactory of(IoHandlerFactory factory) {
    return executor -> new LoopIo(factory.newHandler(executor));
  }

  @Override
  public int run(IoHandlerContext context) {
    try {
      return io.run(context);
    } catch (OutOfMemoryError e) {
      headroom.await();
      return 0;
    }
  }

  @Override
  public void initialize() {
    io.initialize();
  }

  @Override
  public void prepareToDestroy() {
    io.prepareToDestroy();
  }

  @Override
  public void destroy() {
    io.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return io.register(handle);
  }

  @Override
  public void wakeup() {
    io.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return io.isCompatible(handleType);
  }
}
