package dev.weir.service.delegation.cluster;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import dev.weir.session.delegation.Evidence;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.Snapshot;
import java.util.Optional;

/** Messages and snapshots as text, so that replicas of different versions never share classes. */
public final class Wire {
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  private interface Named {}

  private static final ObjectMapper JSON = mapper();

  private Wire() {}

  private static ObjectMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addMixIn(Message.class, Named.class)
            .addMixIn(Evidence.class, Named.class)
            .addMixIn(JobState.class, Named.class)
            .build();
    name(mapper, Message.class);
    name(mapper, Evidence.class);
    name(mapper, JobState.class);
    return mapper;
  }

  private static void name(ObjectMapper mapper, Class<?> sealed) {
    for (Class<?> each : sealed.getPermittedSubclasses()) {
      mapper.registerSubtypes(new NamedType(each, each.getSimpleName()));
    }
  }

  public static String write(Message message) {
    return text(message);
  }

  public static String write(Snapshot snapshot) {
    return text(snapshot);
  }

  private static String text(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Empty for a message of a newer version. */
  public static Optional<Message> message(String text) {
    return read(text, Message.class);
  }

  public static Optional<Snapshot> snapshot(String text) {
    return read(text, Snapshot.class);
  }

  private static <T> Optional<T> read(String text, Class<T> type) {
    try {
      return Optional.ofNullable(JSON.readValue(text, type));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
