package dev.weir.service.delegation.survival;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Lets the wall clock of another JVM jump, as NTP or an admin does to a machine's: what the router,
 * its token library and Hazelcast read as the time of day comes from here. The offset is read from
 * a file. Time that only runs forward (nanoTime, timers) is untouched, as on a real machine.
 */
public final class ClockAgent {
  private static final ClassDesc HERE =
      ClassDesc.of("dev.weir.service.delegation.survival.ClockAgent");
  private static final long LOOK_MILLIS = 100;

  private static volatile long offset;

  private ClockAgent() {}

  /** Called by the JVM; the argument is the file with the offset in milliseconds. */
  public static void premain(String file, Instrumentation instrumentation) {
    Thread.ofPlatform().daemon().name("clock-agent").start(() -> follow(Path.of(file)));
    instrumentation.addTransformer(
        new ClassFileTransformer() {
          @Override
          public byte @Nullable [] transform(
              @Nullable ClassLoader loader,
              String name,
              @Nullable Class<?> redefined,
              @Nullable ProtectionDomain domain,
              byte[] bytes) {
            return loader != null && concerns(name) ? rewritten(loader, bytes) : null;
          }
        });
  }

  private static boolean concerns(String name) {
    return name.startsWith("dev/weir/service/") && !name.contains("/survival/")
        || name.startsWith("com/auth0/jwt/")
        || name.startsWith("com/hazelcast/internal/util/Clock");
  }

  private static void follow(Path file) {
    while (true) {
      try {
        offset = Long.parseLong(Files.readString(file).strip());
        Thread.sleep(LOOK_MILLIS);
      } catch (IOException | NumberFormatException e) {
        // Being written just now.
        Thread.onSpinWait();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static byte[] rewritten(ClassLoader loader, byte[] bytes) {
    ClassFile files =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    return files.transformClass(
        files.parse(bytes), ClassTransform.transformingMethodBodies(ClockAgent::redirect));
  }

  private static void redirect(CodeBuilder code, CodeElement element) {
    if (element instanceof InvokeInstruction call && call.opcode() == Opcode.INVOKESTATIC) {
      String what = call.owner().asInternalName() + "." + call.name().stringValue();
      String ours =
          switch (what + call.type().stringValue()) {
            case "java/lang/System.currentTimeMillis()J" -> "millis";
            case "java/time/Instant.now()Ljava/time/Instant;" -> "instant";
            case "java/time/InstantSource.system()Ljava/time/InstantSource;" -> "source";
            case "java/time/Clock.systemUTC()Ljava/time/Clock;" -> "clock";
            default -> "";
          };
      if (!ours.isEmpty()) {
        code.invokestatic(HERE, ours, call.typeSymbol());
        return;
      }
    }
    code.with(element);
  }

  public static long millis() {
    return System.currentTimeMillis() + offset;
  }

  public static Instant instant() {
    return Instant.now().plusMillis(offset);
  }

  public static InstantSource source() {
    return ClockAgent::instant;
  }

  public static Clock clock() {
    return source().withZone(ZoneOffset.UTC);
  }

  /** The jar that the other JVM is started with. */
  static Path jar(Path folder) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", ClockAgent.class.getName());
    Path jar = folder.resolve("clock-agent.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (String part : new String[] {"ClockAgent", "ClockAgent$1"}) {
        String entry = "dev/weir/service/delegation/survival/" + part + ".class";
        out.putNextEntry(new JarEntry(entry));
        try (var in = ClockAgent.class.getClassLoader().getResourceAsStream(entry)) {
          if (in == null) {
            throw new IOException("no " + entry);
          }
          in.transferTo(out);
        }
      }
    }
    return jar;
  }

  static void jump(Path file, Duration by) throws IOException {
    Files.writeString(file, String.valueOf(by.toMillis()));
  }
}
