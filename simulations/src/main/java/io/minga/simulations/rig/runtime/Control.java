package io.minga.simulations.rig.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A client of a peer's control socket, with a connection for each thing that it asks. A peer that
 * ends meanwhile is an {@link IOException}.
 */
final class Control {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int CALLS_AT_ONCE_MAX = 128;

  private final Path socket;

  /** It said no. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  Control(Path socket) {
    this.socket = socket;
  }

  /** Asks for rows. */
  List<JsonNode> ask(String command, Consumer<ObjectNode> fields)
      throws IOException, RefusedException {
    ObjectNode request = request(command, 1);
    fields.accept(request);
    List<JsonNode> rows = new ArrayList<>();
    try (Session session = new Session(socket)) {
      session.send(request);
      for (JsonNode answer = session.next(); ; answer = session.next()) {
        switch (answer.path("answer").asText()) {
          case "row" -> rows.add(answer.path("row"));
          case "end" -> {
            return rows;
          }
          default -> throw new RefusedException(answer.path("message").asText());
        }
      }
    }
  }

  /** Asks for the one thing there is. */
  JsonNode askOne(String command, Consumer<ObjectNode> fields)
      throws IOException, RefusedException {
    return ask(command, fields).get(0);
  }

  /**
   * Calls a function for each input, and waits for all.
   *
   * @param isExclusive whether one peer at a time may run each
   * @param timeoutMillis of an attempt; 0 for none
   * @param ended told which input it was, and the answer: {@code value}, {@code failed} or {@code
   *     refused}
   */
  void callAll(
      String function,
      List<Long> inputs,
      boolean isExclusive,
      long timeoutMillis,
      BiConsumer<Integer, JsonNode> ended)
      throws IOException {
    try (Session session = new Session(socket)) {
      int sent = 0;
      for (int answered = 0; answered < inputs.size(); answered++) {
        for (; sent < inputs.size() && sent - answered < CALLS_AT_ONCE_MAX; sent++) {
          ObjectNode call = request("call", sent + 1);
          call.put("function", function)
              .put("input", inputs.get(sent))
              .put("exclusive", isExclusive);
          call.set(
              "timeoutMillis",
              timeoutMillis == 0
                  ? JsonNodeFactory.instance.nullNode()
                  : JsonNodeFactory.instance.numberNode(timeoutMillis));
          session.send(call);
        }
        JsonNode answer = session.next();
        int id = answer.path("id").asInt();
        if (id < 1 || id > sent) {
          throw new IOException("the peer answered no call: " + answer);
        }
        ended.accept(id - 1, answer);
      }
    }
  }

  /** Submits a durable job; its name, which is the acknowledgement. */
  String submit(String function, List<Long> inputs, long keepMillis)
      throws IOException, RefusedException {
    JsonNode row =
        askOne(
            "submit",
            request -> {
              request.put("function", function);
              ArrayNode values = request.putArray("inputs");
              inputs.forEach(values::add);
              request
                  .putNull("timeoutMillis")
                  .put("exclusive", false)
                  .put("keepMillis", keepMillis);
            });
    return row.isTextual() ? row.asText() : row.path("job").asText();
  }

  private static ObjectNode request(String command, int id) {
    return JsonNodeFactory.instance.objectNode().put("command", command).put("id", id);
  }

  /** A connection. */
  private static final class Session implements AutoCloseable {
    private final SocketChannel channel;
    private final OutputStream out;
    private final BufferedReader in;

    Session(Path socket) throws IOException {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      out = Channels.newOutputStream(channel);
      in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    void send(ObjectNode request) throws IOException {
      out.write((MAPPER.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    JsonNode next() throws IOException {
      String line = in.readLine();
      if (line == null) {
        throw new IOException("the peer is gone");
      }
      try {
        return MAPPER.readTree(line);
      } catch (JsonProcessingException e) {
        throw new IOException("the peer was cut off in the middle of a line", e);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
