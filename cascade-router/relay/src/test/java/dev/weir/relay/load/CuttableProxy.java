package dev.weir.relay.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands before a server's signalling port, as a gate does, and can cut what goes through it. */
public final class CuttableProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final URI to;

  public CuttableProxy(URI to) throws IOException {
    this.to = to;
    Thread.ofVirtual().start(this::accept);
  }

  public URI url() {
    return URI.create("ws://127.0.0.1:" + listener.getLocalPort());
  }

  /** Breaks all connections; new ones are accepted. */
  public void cut() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(to.getHost(), to.getPort());
        open.add(client);
        open.add(server);
        Thread.ofVirtual().start(() -> pump(client, server));
        Thread.ofVirtual().start(() -> pump(server, client));
      }
    } catch (IOException e) {
      // Closed.
      open.clear();
    }
  }

  private static void pump(Socket from, Socket to) {
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
    listener.close();
    cut();
  }
}
