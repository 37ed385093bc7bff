package dev.weir.e2e.stack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The public URL of a site: signalling (paths under /rtc) goes to the gate, all else to the router,
 * as the chart's Ingress would say it. Test clusters have no ingress controller.
 *
 * <p>Each connection carries one request to one side: requests are told to close it, and WebSockets
 * keep it for themselves.
 */
public final class Ingress implements AutoCloseable {
  private static final int LONGEST_HEAD = 32 * 1024;
  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
  private static final String END_OF_HEAD = "\r\n\r\n";

  private final Supplier<InetSocketAddress> gate;
  private final Supplier<InetSocketAddress> router;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** The suppliers say where the next connection goes. */
  public Ingress(
      InetSocketAddress listen,
      Supplier<InetSocketAddress> gate,
      Supplier<InetSocketAddress> router) {
    this.gate = gate;
    this.router = router;
    try {
      server = new ServerSocket();
      server.bind(listen, 128);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.submit(this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        threads.submit(() -> serve(client));
      } catch (IOException closing) {
        // The next turn sees whether we are closed.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = readHead(client.getInputStream());
      if (head.isEmpty()) {
        return;
      }
      InetSocketAddress target = (isSignalling(head) ? gate : router).get();
      try (Socket backend = new Socket()) {
        open.add(backend);
        try {
          backend.connect(target, CONNECT_TIMEOUT_MILLIS);
        } catch (IOException away) {
          client.getOutputStream().write(UNAVAILABLE);
          return;
        }
        client.setTcpNoDelay(true);
        backend.setTcpNoDelay(true);
        backend.getOutputStream().write(forwarded(head).getBytes(StandardCharsets.ISO_8859_1));
        threads.submit(() -> copy(client, backend));
        copy(backend, client);
      } finally {
        open.removeIf(Socket::isClosed);
      }
    } catch (IOException gone) {
      // One of both sides has gone, and closing the other one says so.
    } finally {
      open.remove(client);
    }
  }

  /** Up to the empty line; what follows it stays in the stream. Empty when the client only left. */
  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    while (head.size() < LONGEST_HEAD) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
      last = (last << 8) | next;
      if (last == 0x0d0a0d0a) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  private static boolean isSignalling(String head) {
    String[] words = head.split(" ", 3);
    return words.length == 3 && words[1].matches("/rtc([/?].*)?");
  }

  static String forwarded(String head) {
    if (head.toLowerCase(Locale.ROOT).contains("\r\nupgrade: websocket\r\n")) {
      return head;
    }
    String kept = head.replaceAll("(?i)\r\nconnection:[^\r]*", "");
    return kept.substring(0, kept.length() - END_OF_HEAD.length())
        + "\r\nConnection: close"
        + END_OF_HEAD;
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // Both are closed now.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.close();
    }
  }

  private static final byte[] UNAVAILABLE =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.ISO_8859_1);
}
