package dev.weir.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.weir.admin.v1.AdminOuterClass;
import dev.weir.peering.v1.PeeringOuterClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The protocol may only grow: other deployments speak older and newer versions of it. Each snapshot
 * is one line for each field, enum value and method that was ever released.
 *
 * <p>To record additions, run the test with {@code -Dweir.wire.record=true} and commit the
 * snapshot.
 */
class WireCompatibilityTest {
  static List<Arguments> protocols() {
    return List.of(
        Arguments.of("peering-v1.txt", PeeringOuterClass.getDescriptor()),
        Arguments.of("admin-v1.txt", AdminOuterClass.getDescriptor()));
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void everythingThatWasEverSaidStillMeansTheSame(String snapshot, FileDescriptor now)
      throws IOException {
    Path file = Path.of("src/test/resources", snapshot);
    SortedSet<String> lines = lines(now);
    if (Boolean.getBoolean("weir.wire.record")) {
      // Recording adds; what is missing stays in the snapshot, and so stays a failure below.
      SortedSet<String> all =
          new TreeSet<>(Files.exists(file) ? Files.readAllLines(file) : List.of());
      all.addAll(lines);
      Files.write(file, all);
    }
    List<String> released = Files.readAllLines(file);
    assertThat(lines)
        .as("removed, renumbered or retyped since the snapshot %s", snapshot)
        .containsAll(released);
    assertThat(released)
        .as("new and not in %s yet: record it with -Dweir.wire.record=true", snapshot)
        .containsAll(lines);
  }

  private static SortedSet<String> lines(FileDescriptor file) {
    SortedSet<String> lines = new TreeSet<>();
    file.getMessageTypes().forEach(message -> message(message, lines));
    file.getEnumTypes().forEach(type -> enumeration(type, lines));
    for (ServiceDescriptor service : file.getServices()) {
      for (MethodDescriptor method : service.getMethods()) {
        lines.add(
            "rpc %s(%s%s) returns (%s%s)"
                .formatted(
                    method.getFullName(),
                    method.isClientStreaming() ? "stream " : "",
                    method.getInputType().getFullName(),
                    method.isServerStreaming() ? "stream " : "",
                    method.getOutputType().getFullName()));
      }
    }
    return lines;
  }

  private static void message(Descriptor message, SortedSet<String> lines) {
    for (FieldDescriptor field : message.getFields()) {
      lines.add(
          "%s.%d %s %s%s%s"
              .formatted(
                  message.getFullName(),
                  field.getNumber(),
                  field.getName(),
                  field.isRepeated() ? "repeated " : "",
                  type(field),
                  field.getContainingOneof() == null
                      ? ""
                      : " in " + field.getContainingOneof().getName()));
    }
    message.getNestedTypes().forEach(nested -> message(nested, lines));
    message.getEnumTypes().forEach(type -> enumeration(type, lines));
  }

  private static String type(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
    };
  }

  private static void enumeration(EnumDescriptor type, SortedSet<String> lines) {
    type.getValues()
        .forEach(
            value ->
                lines.add(
                    "%s = %d %s"
                        .formatted(type.getFullName(), value.getNumber(), value.getName())));
  }
}
