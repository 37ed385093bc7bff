package dev.weir.service.replicas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network before a node's signalling on which the requests of relays, and nobody else's, are up
 * to two seconds under way. They arrive late even when the relay has given up meanwhile.
 */
final class SlowJoins implements AutoCloseable {
  private static final int LONGEST_MILLIS = 2_000;
  private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]+\\.([\\w-]+)\\.[\\w-]+");

  private final ServerSocket listener;
  private final URI node;
  private final Random random = new Random();
  private final AtomicInteger delayed = new AtomicInteger();

  SlowJoins(URI node) {
    this.node = node;
    try {
      this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Links.receive(listener, this::carry);
  }

  URI url() {
    return URI.create("ws://127.0.0.1:" + listener.getLocalPort());
  }

  /** How many joins came late so far. */
  int delayed() {
    return delayed.get();
  }

  private void carry(Socket client) {
    try (client) {
      byte[] head = head(client.getInputStream());
      if (isRelays(new String(head, StandardCharsets.ISO_8859_1))) {
        delayed.incrementAndGet();
        Thread.sleep(random.nextInt(LONGEST_MILLIS));
      }
      Socket server = new Socket(node.getHost(), node.getPort());
      server.getOutputStream().write(head);
      Thread.ofVirtual().start(() -> Links.pump(server, client));
      Links.pump(client, server);
    } catch (IOException | InterruptedException gone) {
      return;
    }
  }

  private static byte[] head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int ends = 0;
    while (ends < 4) {
      int read = in.read();
      if (read < 0) {
        throw new IOException("ended in the head");
      }
      head.write(read);
      ends = read == "\r\n\r\n".charAt(ends) ? ends + 1 : read == '\r' ? 1 : 0;
    }
    return head.toByteArray();
  }

  private static boolean isRelays(String head) {
    Matcher token = TOKEN.matcher(head);
    if (!head.startsWith("GET /rtc") || !token.find()) {
      return false;
    }
    String claims =
        new String(Base64.getUrlDecoder().decode(token.group(1)), StandardCharsets.UTF_8);
    return claims.contains("weir.relayed") || claims.contains("weir-pull");
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
