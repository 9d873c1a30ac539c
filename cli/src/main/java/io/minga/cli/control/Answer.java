package io.minga.cli.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import io.minga.libp2p.wire.Bytes;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server says, a line each: any number of rows or calls that ended, then one of the
 * others.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
@JsonSubTypes({
  @JsonSubTypes.Type(Answer.Row.class),
  @JsonSubTypes.Type(Answer.Ended.class),
  @JsonSubTypes.Type(Answer.End.class),
  @JsonSubTypes.Type(Answer.Value.class),
  @JsonSubTypes.Type(Answer.Failed.class),
  @JsonSubTypes.Type(Answer.Refused.class)
})
sealed interface Answer {
  /** The number of the request. */
  long id();

  /** A row of a list, or the one thing that was asked for. */
  @JsonTypeName("row")
  record Row(long id, JsonNode row) implements Answer {}

  /** Calls of a part of a job have ended. */
  @JsonTypeName("ended")
  record Ended(long id, List<Call> calls) implements Answer {}

  /**
   * How a call ended.
   *
   * @param index which of the request's inputs
   * @param value its result in CBOR, as base64, or null
   * @param failure how it failed, or null
   */
  record Call(int index, @Nullable String value, Daemon.@Nullable Failed failure) {
    static Call of(Daemon.Ended ended) {
      Bytes value = ended.value();
      return new Call(
          ended.index(),
          value == null ? null : Base64.getEncoder().encodeToString(value.toByteArray()),
          ended.failure());
    }

    Daemon.Ended toEnded() {
      return new Daemon.Ended(
          index, value == null ? null : Bytes.copyOf(Base64.getDecoder().decode(value)), failure);
    }
  }

  /** There are no more rows, or calls of a part of a job. */
  @JsonTypeName("end")
  record End(long id) implements Answer {}

  /** The result of a call. */
  @JsonTypeName("value")
  record Value(long id, JsonNode value) implements Answer {}

  /** How a call failed. */
  @JsonTypeName("failed")
  record Failed(long id, Daemon.Failed failure) implements Answer {}

  /** Why the request was not done; its number is 0 if it could not be read. */
  @JsonTypeName("refused")
  record Refused(long id, String message) implements Answer {}
}
