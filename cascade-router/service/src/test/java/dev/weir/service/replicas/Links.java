package dev.weir.service.replicas;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The network between replicas: a door for each of them, which knows its callers by their addresses
 * and can stop to let some of them through.
 */
public final class Links implements AutoCloseable {
  private final List<ServerSocket> doors = new CopyOnWriteArrayList<>();
  private final List<Link> open = new CopyOnWriteArrayList<>();
  private volatile Set<String> oneHalf = Set.of();

  private record Link(String from, String to, Socket caller, Socket called) {
    void close() throws IOException {
      caller.close();
      called.close();
    }
  }

  /** A door before a replica's own port, at the same address; returns its port. */
  public int door(InetSocketAddress replica) throws IOException {
    ServerSocket door = new ServerSocket(0, 50, replica.getAddress());
    doors.add(door);
    Thread.ofVirtual().start(() -> welcome(door, replica));
    return door.getLocalPort();
  }

  /** From now on these hear only each other, and so do the others. */
  public void cut(Set<String> half) throws IOException {
    oneHalf = Set.copyOf(half);
    for (Link link : open) {
      if (apart(link.from(), link.to())) {
        link.close();
        open.remove(link);
      }
    }
  }

  public void heal() {
    oneHalf = Set.of();
  }

  private boolean apart(String from, String to) {
    return oneHalf.contains(from) != oneHalf.contains(to);
  }

  private void welcome(ServerSocket door, InetSocketAddress replica) {
    String to = replica.getAddress().getHostAddress();
    while (!door.isClosed()) {
      try {
        Socket caller = door.accept();
        String from =
            ((InetSocketAddress) caller.getRemoteSocketAddress()).getAddress().getHostAddress();
        if (apart(from, to)) {
          caller.close();
          continue;
        }
        Socket called = new Socket();
        try {
          called.connect(replica, 1_000);
        } catch (IOException away) {
          caller.close();
          continue;
        }
        open.add(new Link(from, to, caller, called));
        Thread.ofVirtual().start(() -> pump(caller, called));
        Thread.ofVirtual().start(() -> pump(called, caller));
      } catch (IOException closed) {
        // One caller less; the loop looks whether the door is still there.
        continue;
      }
    }
  }

  /** Takes callers, each on a thread of its own, until the door is closed. */
  static void receive(ServerSocket door, Consumer<Socket> each) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (!door.isClosed()) {
                try {
                  Socket caller = door.accept();
                  Thread.ofVirtual().start(() -> each.accept(caller));
                } catch (IOException closed) {
                  continue;
                }
              }
            });
  }

  static void pump(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // Cut: both sockets are closed by leaving the block.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket door : doors) {
      door.close();
    }
    for (Link link : open) {
      link.close();
    }
  }
}
