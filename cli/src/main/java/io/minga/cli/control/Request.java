package io.minga.cli.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client asks for, a line each. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
  @JsonSubTypes.Type(Request.Call.class),
  @JsonSubTypes.Type(Request.MapPart.class),
  @JsonSubTypes.Type(Request.Withdraw.class),
  @JsonSubTypes.Type(Request.Status.class),
  @JsonSubTypes.Type(Request.Peers.class),
  @JsonSubTypes.Type(Request.Tasks.class),
  @JsonSubTypes.Type(Request.Functions.class),
  @JsonSubTypes.Type(Request.Cancel.class),
  @JsonSubTypes.Type(Request.CancelAll.class),
  @JsonSubTypes.Type(Request.Explain.class),
  @JsonSubTypes.Type(Request.Submit.class),
  @JsonSubTypes.Type(Request.Jobs.class),
  @JsonSubTypes.Type(Request.Job.class),
  @JsonSubTypes.Type(Request.Outcomes.class),
  @JsonSubTypes.Type(Request.Journal.class)
})
sealed interface Request {
  /** A number that the client chose; the answers have the same. */
  long id();

  @JsonTypeName("call")
  record Call(
      long id, String function, JsonNode input, @Nullable Long timeoutMillis, boolean exclusive)
      implements Request {}

  /**
   * Calls for inputs that are a part of a job.
   *
   * @param inputs values in CBOR, as base64
   * @param jobCalls how many calls the job has in all, as far as that is known
   */
  @JsonTypeName("map")
  record MapPart(
      long id,
      String function,
      List<String> inputs,
      long jobCalls,
      @Nullable Long timeoutMillis,
      boolean exclusive)
      implements Request {}

  /** The result of {@code call}, a number of this client's, is wanted no more. */
  @JsonTypeName("withdraw")
  record Withdraw(long id, long call) implements Request {}

  @JsonTypeName("status")
  record Status(long id) implements Request {}

  @JsonTypeName("peers")
  record Peers(long id) implements Request {}

  @JsonTypeName("tasks")
  record Tasks(long id, List<String> states, int max) implements Request {}

  @JsonTypeName("functions")
  record Functions(long id) implements Request {}

  @JsonTypeName("cancel")
  record Cancel(long id, String task) implements Request {}

  @JsonTypeName("cancel-all")
  record CancelAll(long id) implements Request {}

  @JsonTypeName("explain")
  record Explain(long id, String task) implements Request {}

  @JsonTypeName("submit")
  record Submit(
      long id,
      String function,
      List<JsonNode> inputs,
      @Nullable Long timeoutMillis,
      boolean exclusive,
      long keepMillis)
      implements Request {}

  @JsonTypeName("jobs")
  record Jobs(long id) implements Request {}

  @JsonTypeName("job")
  record Job(long id, String job, boolean whenDone) implements Request {}

  @JsonTypeName("outcomes")
  record Outcomes(long id, String job, long from) implements Request {}

  @JsonTypeName("journal")
  record Journal(long id) implements Request {}
}
