package io.minga.node.handlers.runtime;

import io.minga.node.handlers.Call;
import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.HandlerException;
import io.minga.node.handlers.Reply;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Handlers that return a {@link CompletionStage}. */
public final class Stages {
  private Stages() {}

  /** A handler whose result comes with a stage. */
  @FunctionalInterface
  public interface Staged {
    /**
     * Starts one task.
     *
     * @return what is completed with the result, and cancelled when nobody wants it any more
     * @throws Exception which becomes the task's failure
     */
    CompletionStage<byte[]> handle(Call call, byte[] input) throws Exception;
  }

  /** The handler that {@code staged} is. */
  public static Handler.Asynchronous handler(Staged staged) {
    return new StageHandler(staged);
  }

  private record StageHandler(Staged staged) implements Handler.Asynchronous {
    @Override
    public void handle(Call call, byte[] input, Reply reply) throws Exception {
      @Nullable CompletionStage<byte[]> stage = staged.handle(call, input);
      if (stage == null) {
        throw new HandlerException(FailureKind.BAD_RESULT, "the handler returned null, no stage");
      }
      reply.onCancel(() -> stage.toCompletableFuture().cancel(true));
      stage.whenComplete((result, thrown) -> reply(reply, result, thrown));
    }

    private static void reply(Reply reply, byte[] result, @Nullable Throwable thrown) {
      if (thrown == null) {
        reply.complete(result);
      } else {
        Throwable cause = thrown.getCause();
        reply.fail(thrown instanceof CompletionException && cause != null ? cause : thrown);
      }
    }
  }
}
