package dev.weir.service.replicas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * What stands before an SFU's media port: everything passes, but for the datagrams of one process
 * while that is cut off. So the way between two sites' servers can be cut, and people go on to
 * reach both. Whose a datagram is, the kernel says: no special rights are needed for it.
 */
final class MediaLink implements AutoCloseable {
  private static final InetAddress SERVER = InetAddress.getLoopbackAddress();

  private static final class Flow {
    private final DatagramChannel toServer;
    private final boolean partners;

    Flow(DatagramChannel toServer, boolean partners) {
      this.toServer = toServer;
      this.partners = partners;
    }
  }

  private final LongSupplier partner;
  private final InetSocketAddress server;
  private final Selector selector = Selector.open();
  private final DatagramChannel front = DatagramChannel.open();
  private final Map<SocketAddress, Flow> flows = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
  private final Thread thread =
      Thread.ofPlatform().daemon().name("media-link").unstarted(this::run);
  private volatile boolean cut;
  private volatile boolean closed;

  /**
   * @param address that the SFU names as its own
   * @param partner the process that can be cut off
   */
  MediaLink(String address, int port, LongSupplier partner) throws IOException {
    this.partner = partner;
    this.server = new InetSocketAddress(SERVER, port);
    front.bind(new InetSocketAddress(InetAddress.getByName(address), port));
    front.configureBlocking(false);
    front.register(selector, SelectionKey.OP_READ);
    thread.start();
  }

  void cutOffThePartner(boolean now) {
    cut = now;
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(this::read, 100);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(SelectionKey key) {
    DatagramChannel channel = (DatagramChannel) key.channel();
    try {
      for (SocketAddress from = channel.receive(buffer.clear());
          from != null;
          from = channel.receive(buffer.clear())) {
        buffer.flip();
        SocketAddress client = channel == front ? from : (SocketAddress) key.attachment();
        Flow flow = flow(client);
        if (cut && flow.partners) {
          continue;
        }
        if (channel == front) {
          flow.toServer.write(buffer);
        } else {
          front.send(buffer, client);
        }
      }
    } catch (IOException e) {
      // The other end of one flow is gone, as its socket says; other flows go on.
      key.cancel();
    }
  }

  private Flow flow(SocketAddress client) throws IOException {
    Flow known = flows.get(client);
    if (known != null) {
      return known;
    }
    DatagramChannel toServer = DatagramChannel.open();
    toServer.bind(new InetSocketAddress(SERVER, 0));
    toServer.connect(server);
    toServer.configureBlocking(false);
    toServer.register(selector, SelectionKey.OP_READ, client);
    Flow made =
        new Flow(toServer, isOf(partner.getAsLong(), ((InetSocketAddress) client).getPort()));
    flows.put(client, made);
    return made;
  }

  /** Whether a process has the socket that is bound to this port. */
  private static boolean isOf(long process, int port) throws IOException {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("/proc/net/udp", "/proc/net/udp6")) {
      String bound = ":%04X".formatted(port);
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] columns = line.trim().split("\\s+");
        if (columns.length > 9 && columns[1].endsWith(bound)) {
          sockets.add("socket:[" + columns[9] + "]");
        }
      }
    }
    try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(process), "fd"))) {
      return open.anyMatch(file -> sockets.contains(target(file)));
    } catch (NoSuchFileException ended) {
      return false;
    }
  }

  /** Files that were closed meanwhile lead nowhere. */
  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException closed) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Flow flow : flows.values()) {
      flow.toServer.close();
    }
    front.close();
    selector.close();
  }
}
