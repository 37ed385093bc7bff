package dev.weir.relay.bench;

import com.sun.management.ThreadMXBean;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.srtp.SrtpSession;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What one packet costs the relay's thread: time and allocation in process, and with real sockets
 * on both sides.
 */
final class PacketCost {
  private static final int PAYLOAD = 1100;
  private static final int BATCH = 2000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private PacketCost() {}

  private static <T> T onLoop(EventLoop loop, Supplier<T> work) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(work.get());
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(120, TimeUnit.SECONDS);
  }

  /**
   * Packets a second of one thread, without sockets; and bytes allocated beyond the cipher's own.
   */
  static Map<String, Double> inProcess(int seconds) throws Exception {
    try (EventLoop loop = new EventLoop("bench", PacketCost::fail)) {
      return onLoop(loop, () -> measureInProcess(loop, seconds));
    }
  }

  private static Map<String, Double> measureInProcess(EventLoop loop, int seconds) {
    Pipeline pipeline = new Pipeline(loop, (bytes, off, len) -> true);
    byte[][] batch = new byte[BATCH][];
    for (int i = 0; i < 30; i++) {
      run(pipeline, batch);
    }
    long packets = 0;
    long nanos = 0;
    long allocated = 0;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      long[] cost = run(pipeline, batch);
      nanos += cost[0];
      allocated += cost[1];
      packets += BATCH;
    }
    if (pipeline.forwarded() < packets) {
      throw new IllegalStateException("not every packet was forwarded");
    }
    double perPacket = (double) allocated / packets;
    double cipher = cipherAllocation();
    pipeline.close();
    return Map.of(
        "inProcessPacketsPerCpuSecond",
        packets * 1e9 / nanos,
        "allocatedBytesPerPacket",
        perPacket,
        "allocatedByCipherPerPacket",
        cipher,
        "allocatedOutsideCipherPerPacket",
        perPacket - cipher);
  }

  private static long[] run(Pipeline pipeline, byte[][] batch) {
    for (int i = 0; i < BATCH; i++) {
      batch[i] = pipeline.next(PAYLOAD);
    }
    long thread = Thread.currentThread().threadId();
    long allocatedBefore = THREADS.getThreadAllocatedBytes(thread);
    long before = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < BATCH; i++) {
      pipeline.arrive(batch[i], batch[i].length);
    }
    long nanos = THREADS.getCurrentThreadCpuTime() - before;
    return new long[] {nanos, THREADS.getThreadAllocatedBytes(thread) - allocatedBefore};
  }

  /**
   * What one opening and one sealing allocate by themselves, with the header lengths of the
   * pipeline: the cipher copies the header as associated data.
   */
  private static double cipherAllocation() {
    SrtpSession sender = Pipeline.session(5, true);
    SrtpSession receiver = Pipeline.session(5, false);
    SrtpSession.Stream stream = sender.stream(9);
    SrtpSession.Stream longer = Pipeline.session(6, true).stream(9);
    SrtpSession other = Pipeline.session(6, true);
    byte[] packet = new byte[1200];
    packet[11] = 9;
    byte[] out = new byte[1200];
    byte[] payload = new byte[PAYLOAD];
    byte[] plain = new byte[2048];
    long thread = Thread.currentThread().threadId();
    int rounds = 20_000;
    long allocated = 0;
    for (int i = 0; i < 2 * rounds; i++) {
      packet[2] = (byte) (i >> 8);
      packet[3] = (byte) i;
      int length = sender.protect(stream, packet, 0, 12, payload, 0, PAYLOAD);
      System.arraycopy(packet, 0, out, 0, 12);
      long before = THREADS.getThreadAllocatedBytes(thread);
      int opened = receiver.open(packet, 0, length, 12, plain, 0);
      other.protect(longer, out, 0, Pipeline.OUT_HEADER, payload, 0, PAYLOAD);
      long after = THREADS.getThreadAllocatedBytes(thread);
      if (opened < 0) {
        throw new IllegalStateException("the cipher refused its own packets");
      }
      allocated += i < rounds ? 0 : after - before;
    }
    return (double) allocated / rounds;
  }

  /**
   * The same with a UDP socket before and one behind; the other ends are threads of this process.
   */
  static Map<String, Double> sockets(int seconds) throws Exception {
    InetAddress local = InetAddress.getLoopbackAddress();
    try (DatagramChannel in = DatagramChannel.open();
        DatagramChannel out = DatagramChannel.open();
        DatagramChannel sink = DatagramChannel.open();
        EventLoop loop = new EventLoop("bench", PacketCost::fail)) {
      in.bind(new InetSocketAddress(local, 0));
      in.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 8 << 20);
      sink.bind(new InetSocketAddress(local, 0));
      sink.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 8 << 20);
      out.connect(sink.getLocalAddress());
      in.configureBlocking(false);
      out.configureBlocking(false);
      sink.configureBlocking(false);
      return onLoop(loop, () -> measureSockets(loop, in, out, sink, seconds));
    }
  }

  private static Map<String, Double> measureSockets(
      EventLoop loop, DatagramChannel in, DatagramChannel out, DatagramChannel sink, int seconds) {
    Pipeline pipeline = new Pipeline(loop, (bytes, off, len) -> write(loop, out, bytes, off, len));
    byte[] datagram = new byte[EventLoop.BUFFER];
    ByteBuffer drained = ByteBuffer.allocateDirect(EventLoop.BUFFER);
    long packets = 0;
    long nanos = 0;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds + 2);
    long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    try (DatagramChannel source = DatagramChannel.open()) {
      source.connect(in.getLocalAddress());
      in.connect(source.getLocalAddress());
      while (System.nanoTime() < end) {
        for (int i = 0; i < 500; i++) {
          source.write(ByteBuffer.wrap(pipeline.next(PAYLOAD)));
        }
        long before = THREADS.getCurrentThreadCpuTime();
        long count = pipeline.forwarded();
        read(loop, in, pipeline, datagram);
        long spent = THREADS.getCurrentThreadCpuTime() - before;
        if (System.nanoTime() > warm) {
          nanos += spent;
          packets += pipeline.forwarded() - count;
        }
        while (sink.receive(drained.clear()) != null) {
          drained.clear();
        }
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    pipeline.close();
    return Map.of("socketPacketsPerCpuSecond", packets * 1e9 / nanos);
  }

  private static void read(EventLoop loop, DatagramChannel in, Pipeline pipeline, byte[] datagram)
      throws java.io.IOException {
    ByteBuffer buffer = loop.readBuffer();
    while (in.read(buffer.clear()) > 0) {
      buffer.flip();
      int length = buffer.remaining();
      buffer.get(datagram, 0, length);
      pipeline.arrive(datagram, length);
    }
  }

  private static boolean write(
      EventLoop loop, DatagramChannel out, byte[] bytes, int off, int len) {
    try {
      return out.write(loop.writeBuffer().clear().put(bytes, off, len).flip()) > 0;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void fail(Throwable failure) {
    failure.printStackTrace();
  }
}
