package io.minga.cli.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;

/** What the server says, a line each: any number of rows, then one of the others. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
@JsonSubTypes({
  @JsonSubTypes.Type(Answer.Row.class),
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

  /** There are no more rows. */
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
