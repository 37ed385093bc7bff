package dev.weir.service.replicas;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A plain balancer: connections go round in turn, past those that take none. */
final class Balancer implements AutoCloseable {
  private final ServerSocket listener;
  private final List<InetSocketAddress> backends = new CopyOnWriteArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  Balancer(InetAddress address) throws IOException {
    this.listener = new ServerSocket(0, 200, address);
    Links.receive(listener, this::carry);
  }

  void add(InetSocketAddress backend) {
    backends.add(backend);
  }

  /** As a health check that failed. */
  void remove(InetSocketAddress backend) {
    backends.remove(backend);
  }

  String authority() {
    return listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
  }

  private void carry(Socket client) {
    List<InetSocketAddress> all = List.copyOf(backends);
    int first = turn.getAndIncrement();
    for (int i = 0; i < all.size(); i++) {
      Socket backend = new Socket();
      try {
        backend.connect(all.get(Math.floorMod(first + i, all.size())), 1_000);
      } catch (IOException away) {
        continue;
      }
      Thread.ofVirtual().start(() -> Links.pump(backend, client));
      Links.pump(client, backend);
      return;
    }
    try {
      client.close();
    } catch (IOException gone) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
