package dev.weir.service.delegation.survival;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One address in front of all replicas, as a Service of Kubernetes is: connections, unread. */
final class Door implements AutoCloseable {
  private static final int PATIENCE = 500;

  private final ServerSocket listening;
  private final List<InetSocketAddress> replicas;
  private final AtomicInteger turn = new AtomicInteger();

  Door(List<InetSocketAddress> replicas) throws IOException {
    this.replicas = List.copyOf(replicas);
    this.listening = new ServerSocket(0, 128, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Thread.ofVirtual().start(() -> carry(client));
      } catch (IOException e) {
        // Closed.
        return;
      }
    }
  }

  private void carry(Socket client) {
    int first = turn.getAndIncrement();
    for (int i = 0; i < replicas.size(); i++) {
      Socket replica = new Socket();
      try {
        replica.connect(replicas.get(Math.floorMod(first + i, replicas.size())), PATIENCE);
      } catch (IOException e) {
        close(replica);
        continue;
      }
      Thread.ofVirtual().start(() -> copy(client, replica));
      Thread.ofVirtual().start(() -> copy(replica, client));
      return;
    }
    close(client);
  }

  private static void copy(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[16_384];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One side is gone; the other one goes too.
    }
    close(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
