package dev.weir.service.delegation.redis;

import dev.weir.service.config.RedisAddress;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a Redis server, which speaks RESP 2. After an error it is closed, and the next
 * command opens a new one.
 */
final class Resp implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int LONGEST = 16 * 1024 * 1024;
  private static final int MOST_ELEMENTS = 1_000_000;

  private final RedisAddress address;
  private @Nullable Connection open;

  Resp(RedisAddress address) {
    this.address = address;
  }

  /** What Redis said no to. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  private record Connection(Socket socket, InputStream in, OutputStream out) {}

  /** Sends a command whose answer is a list of texts, a text or a number (as text). */
  synchronized List<String> command(List<String> words) throws IOException {
    try {
      Connection connection = open == null ? connect() : open;
      open = connection;
      return exchange(connection, words);
    } catch (Refused e) {
      throw e;
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private Connection connect() throws IOException {
    Socket socket = new Socket();
    try {
      int millis = (int) PATIENCE.toMillis();
      socket.connect(new InetSocketAddress(address.host(), address.port()), millis);
      socket.setSoTimeout(millis);
      socket.setTcpNoDelay(true);
      Socket used = address.tls() ? tls(socket) : socket;
      Connection made =
          new Connection(
              used, new BufferedInputStream(used.getInputStream()), used.getOutputStream());
      if (address.password().isPresent()) {
        List<String> auth = new ArrayList<>(List.of("AUTH"));
        address.user().ifPresent(auth::add);
        auth.add(address.password().get());
        var unused = exchange(made, auth);
      }
      if (address.database() > 0) {
        var unused = exchange(made, List.of("SELECT", String.valueOf(address.database())));
      }
      return made;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Socket tls(Socket plain) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            ((SSLSocketFactory) SSLSocketFactory.getDefault())
                .createSocket(plain, address.host(), address.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static List<String> exchange(Connection connection, List<String> words)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ascii("*" + words.size() + "\r\n"));
    for (String word : words) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(ascii("$" + bytes.length + "\r\n"));
      out.writeBytes(bytes);
      out.writeBytes(ascii("\r\n"));
    }
    connection.out().write(out.toByteArray());
    connection.out().flush();
    return read(connection.in());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static List<String> read(InputStream in) throws IOException {
    String line = line(in);
    String rest = line.isEmpty() ? "" : line.substring(1);
    return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
      case '+', ':' -> List.of(rest);
      case '-' -> throw new Refused(rest);
      case '$' -> {
        int length = number(rest, LONGEST);
        yield length < 0 ? List.of() : List.of(bulk(in, length));
      }
      case '*' -> {
        int count = number(rest, MOST_ELEMENTS);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          all.addAll(read(in));
        }
        yield all;
      }
      default -> throw new IOException("this is no Redis server");
    };
  }

  private static int number(String text, int most) throws IOException {
    try {
      int number = Integer.parseInt(text);
      if (number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IOException("Redis announced an answer of a wrong size");
  }

  private static String bulk(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length + 2);
    if (bytes.length < length + 2) {
      throw new EOFException("Redis closed the connection");
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("Redis closed the connection");
      }
      if (line.size() > 4096) {
        throw new IOException("this is no Redis server");
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void close() {
    Connection connection = open;
    open = null;
    if (connection != null) {
      try {
        connection.socket().close();
      } catch (IOException e) {
        // It is of no use any more either way.
        return;
      }
    }
  }
}
