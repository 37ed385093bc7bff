package dev.weir.relay.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bad network before a server's UDP port: it listens at another loopback address with the same
 * port number, which the server names as its own address, and drops, delays, reorders and limits
 * what passes. All flows share the limit, as they would share a link.
 */
public final class FaultyLink implements AutoCloseable {
  /** Where a server that is {@link LiveKitServer#startBehind behind a link} says that it is. */
  public static final String ADDRESS = "127.0.0.2";

  private static final int BUFFERS = 8 << 20;

  private final Selector selector = Selector.open();
  private final DatagramChannel front = DatagramChannel.open();
  private final InetSocketAddress server;
  private final Map<SocketAddress, DatagramChannel> flows = new HashMap<>();
  private final PriorityQueue<Parcel> underWay = new PriorityQueue<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
  private final Direction up;
  private final Direction down;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("faulty-link").unstarted(this::run);
  private final AtomicLong bytesDown = new AtomicLong();
  private volatile Fault fault = Fault.NONE;
  private volatile boolean closed;
  private long parcels;

  /**
   * What is wrong with the link, in both directions.
   *
   * @param loss share of the datagrams that vanish
   * @param reordered share that is late by {@code lateMillis}
   * @param bitsPerSecond of each direction; 0 = no limit
   * @param queueMillis how long a datagram may wait for its turn before the queue is full
   */
  public record Fault(
      double loss,
      double reordered,
      int lateMillis,
      int delayMillis,
      long bitsPerSecond,
      int queueMillis) {
    public static final Fault NONE = new Fault(0, 0, 0, 0, 0, 0);

    public static Fault loss(double share) {
      return new Fault(share, 0, 0, 10, 0, 0);
    }

    public static Fault reordering(double share, int lateMillis) {
      return new Fault(0, share, lateMillis, 10, 0, 0);
    }

    public static Fault bottleneck(long bitsPerSecond) {
      return new Fault(0, 0, 0, 10, bitsPerSecond, 400);
    }
  }

  private record Parcel(long due, long number, byte[] bytes, DatagramChannel by, SocketAddress to)
      implements Comparable<Parcel> {
    @Override
    public int compareTo(Parcel other) {
      return due != other.due ? Long.compare(due, other.due) : Long.compare(number, other.number);
    }
  }

  /** One direction of the link: its luck, and when it is free again. */
  private static final class Direction {
    private final Random random;
    private long freeAt;

    Direction(long seed) {
      this.random = new Random(seed);
    }

    /** When a datagram comes out; -1 = never. */
    long due(Fault fault, int bytes, long now) {
      if (random.nextDouble() < fault.loss()) {
        return -1;
      }
      long leaves = now;
      if (fault.bitsPerSecond() > 0) {
        long start = Math.max(now, freeAt);
        if (start - now > fault.queueMillis() * 1_000_000L) {
          return -1;
        }
        freeAt = start + bytes * 8L * 1_000_000_000L / fault.bitsPerSecond();
        leaves = freeAt;
      }
      boolean late = random.nextDouble() < fault.reordered();
      return leaves + (fault.delayMillis() + (late ? fault.lateMillis() : 0)) * 1_000_000L;
    }
  }

  public FaultyLink(int port, long seed) throws IOException {
    this.server = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
    this.up = new Direction(seed);
    this.down = new Direction(seed + 1);
    front.setOption(StandardSocketOptions.SO_RCVBUF, BUFFERS);
    front.setOption(StandardSocketOptions.SO_SNDBUF, BUFFERS);
    front.bind(new InetSocketAddress(InetAddress.getByName(ADDRESS), port));
    front.configureBlocking(false);
    front.register(selector, SelectionKey.OP_READ);
    thread.start();
  }

  public void be(Fault now) {
    fault = now;
  }

  /** Bytes that the server's side put on the link and that came through, without UDP and IP. */
  public long bytesDown() {
    return bytesDown.get();
  }

  private void run() {
    try {
      while (!closed) {
        long now = System.nanoTime();
        deliver(now);
        Parcel next = underWay.peek();
        long wait = next == null ? 100 : Math.max(0, (next.due() - now) / 1_000_000);
        if (wait == 0) {
          selector.selectNow(this::read);
        } else {
          selector.select(this::read, wait);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void deliver(long now) throws IOException {
    for (Parcel next = underWay.peek(); next != null && next.due() <= now; next = underWay.peek()) {
      underWay.remove();
      ByteBuffer bytes = ByteBuffer.wrap(next.bytes());
      if (next.by() == front) {
        bytesDown.addAndGet(next.bytes().length);
        front.send(bytes, next.to());
      } else {
        next.by().write(bytes);
      }
    }
  }

  private void read(SelectionKey key) {
    DatagramChannel channel = (DatagramChannel) key.channel();
    try {
      for (SocketAddress from = channel.receive(buffer.clear());
          from != null;
          from = channel.receive(buffer.clear())) {
        buffer.flip();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        if (channel == front) {
          send(up, bytes, flow(from), from);
        } else {
          send(down, bytes, front, (SocketAddress) key.attachment());
        }
      }
    } catch (IOException e) {
      // The other end of one flow is gone, as its socket says; other flows go on.
      key.cancel();
    }
  }

  private void send(Direction direction, byte[] bytes, DatagramChannel by, SocketAddress to) {
    long due = direction.due(fault, bytes.length, System.nanoTime());
    if (due >= 0) {
      underWay.add(new Parcel(due, parcels++, bytes, by, to));
    }
  }

  private DatagramChannel flow(SocketAddress client) throws IOException {
    DatagramChannel known = flows.get(client);
    if (known != null) {
      return known;
    }
    DatagramChannel made = DatagramChannel.open();
    made.setOption(StandardSocketOptions.SO_RCVBUF, BUFFERS);
    made.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    made.connect(server);
    made.configureBlocking(false);
    made.register(selector, SelectionKey.OP_READ, client);
    flows.put(client, made);
    return made;
  }

  @Override
  public void close() throws Exception {
    closed = true;
    selector.wakeup();
    thread.join(2_000);
    for (DatagramChannel flow : flows.values()) {
      flow.close();
    }
    front.close();
    selector.close();
  }
}
