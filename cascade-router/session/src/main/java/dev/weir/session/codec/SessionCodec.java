package dev.weir.session.codec;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.MutableConfigOverride;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.weir.session.Attachment;
import dev.weir.session.Room;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * JSON of records, tolerant of fields that a newer replica has added, and of collections that an
 * older one does not know.
 */
public final class SessionCodec {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .visibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
          .visibility(PropertyAccessor.GETTER, JsonAutoDetect.Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .withConfigOverride(Map.class, SessionCodec::emptyIfAbsent)
          .withConfigOverride(Set.class, SessionCodec::emptyIfAbsent)
          .withConfigOverride(List.class, SessionCodec::emptyIfAbsent)
          .addModule(
              new SimpleModule("weir-session")
                  .addSerializer(Instant.class, new InstantWriter())
                  .addDeserializer(Instant.class, new InstantReader())
                  .addKeySerializer(Attachment.Key.class, new KeyWriter())
                  .addKeyDeserializer(Attachment.Key.class, new KeyReader()))
          .build();

  private SessionCodec() {}

  private static void emptyIfAbsent(MutableConfigOverride collection) {
    collection.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
  }

  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static <T> T read(byte[] bytes, Class<T> type) {
    try {
      return MAPPER.readValue(bytes, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nanoseconds count: an order that exists before a round trip exists after it. */
  private static final class InstantWriter extends JsonSerializer<Instant> {
    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.toString());
    }
  }

  private static final class InstantReader extends JsonDeserializer<Instant> {
    @Override
    public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return Instant.parse(in.getText());
    }
  }

  private static final class KeyWriter extends JsonSerializer<Attachment.Key> {
    @Override
    public void serialize(Attachment.Key key, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeFieldName(key.node() + "\n" + key.room() + "\n" + key.identity());
    }
  }

  private static final class KeyReader extends KeyDeserializer {
    @Override
    public Object deserializeKey(String text, DeserializationContext context) {
      // An identity is the last part and may hold anything.
      String[] parts = text.split("\n", 3);
      return new Attachment.Key(parts[0], Room.parse(parts[1]), parts[2]);
    }
  }
}
