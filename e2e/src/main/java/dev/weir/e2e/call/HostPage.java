package dev.weir.e2e.call;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.e2e.process.ProgramFailed;
import dev.weir.e2e.stack.Toolbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A web server on loopback with our widget host and the published builds of Element Call, byte for
 * byte as on npm but for `config.json`, which is the admin's to write.
 */
public final class HostPage implements AutoCloseable {
  private static final List<String> SOURCES =
      List.of("host.html", "host.js", "driver.js", "homeserver.js");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript",
          "css", "text/css",
          "json", "application/json",
          "wasm", "application/wasm",
          "svg", "image/svg+xml");

  private final Path folder;
  private final Path web;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  public HostPage(Toolbox tools, Path folder) {
    this.folder = folder;
    this.web = tools.web();
    try {
      bundle();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/host.html";
  }

  /**
   * The page of one Element Call build.
   *
   * @param configuration the text of its {@code config.json}; empty for the published one
   */
  String callPath(ElementCall build, String configuration) {
    String settings =
        configuration.isEmpty()
            ? "-"
            : java.util.HexFormat.of().formatHex(configuration.getBytes(StandardCharsets.UTF_8));
    return "/call/" + build.folder() + "/" + settings + "/index.html";
  }

  private void bundle() throws IOException {
    Files.createDirectories(folder);
    for (String source : SOURCES) {
      try (InputStream in = HostPage.class.getResourceAsStream(source)) {
        if (in == null) {
          throw new IOException("no resource " + source);
        }
        Files.write(folder.resolve("src-" + source), in.readAllBytes());
      }
      Files.move(folder.resolve("src-" + source), folder.resolve(source));
    }
    Path bundled = folder.resolve("bundle.js");
    ProcessBuilder builder =
        new ProcessBuilder(
                esbuild().toString(),
                "host.js",
                "--bundle",
                "--format=iife",
                "--log-level=warning",
                "--outfile=" + bundled)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("esbuild.log").toFile());
    builder.environment().put("NODE_PATH", web.toString());
    Process process = builder.start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new ProgramFailed(
            "the host page could not be bundled:\n"
                + Files.readString(folder.resolve("esbuild.log")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    Files.move(
        bundled, folder.resolve("host.js"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The program itself: the package's own wrapper is set up by an install script, which we do not
   * run.
   */
  private Path esbuild() throws IOException {
    try (Stream<Path> platforms = Files.list(web.resolve("@esbuild"))) {
      return platforms
          .map(platform -> platform.resolve("bin").resolve("esbuild"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow(() -> new IOException("no esbuild program in " + web));
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body = path.startsWith("/call/") ? callFile(path) : file(folder, path.substring(1));
      if (body.length == 0) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String extension = path.substring(path.lastIndexOf('.') + 1);
      exchange
          .getResponseHeaders()
          .add("Content-Type", TYPES.getOrDefault(extension, "application/octet-stream"));
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** {@code /call/BUILD/CONFIGURATION/file}. */
  private byte[] callFile(String path) throws IOException {
    String[] parts = path.split("/", 5);
    if (parts.length < 5) {
      return new byte[0];
    }
    if (parts[4].equals("config.json") && !parts[3].equals("-")) {
      return java.util.HexFormat.of().parseHex(parts[3]);
    }
    return file(web.resolve(parts[2]).resolve("dist"), parts[4]);
  }

  private static byte[] file(Path root, String name) throws IOException {
    Path file = root.resolve(name).normalize();
    return file.startsWith(root) && Files.isRegularFile(file)
        ? Files.readAllBytes(file)
        : new byte[0];
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
