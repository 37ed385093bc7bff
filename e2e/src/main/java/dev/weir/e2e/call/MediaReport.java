package dev.weir.e2e.call;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one client knows of its own media, as of one moment. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MediaReport(List<Connection> connections, List<String> cryptoErrors) {

  /** The other end of a connection, from the client's own selected ICE candidate pair. */
  public record Remote(String address, int port, String protocol) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Inbound(
      String track,
      String kind,
      long bytesReceived,
      long packetsReceived,
      long packetsLost,
      long framesDecoded,
      int frameWidth,
      int frameHeight,
      long freezeCount,
      double totalAudioEnergy,
      long totalSamplesReceived,
      long concealedSamples,
      long silentConcealedSamples) {

    public boolean isVideo() {
      return kind.equals("video");
    }
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Outbound(
      String kind,
      String layer,
      boolean active,
      long bytesSent,
      int frameWidth,
      int frameHeight,
      long framesEncoded) {}

  /**
   * One peer connection; how many of its live senders and receivers pass through an encrypting
   * transform.
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Connection(
      String state,
      List<Remote> remotes,
      long bytesReceived,
      long bytesSent,
      int media,
      int encryptedMedia,
      List<Inbound> inbound,
      List<Outbound> outbound) {

    public boolean isConnected() {
      return state.equals("connected");
    }
  }

  /** Frames that the client had a key for and could not decrypt. There must be none, ever. */
  public List<String> decryptErrors() {
    return cryptoErrors.stream().filter(error -> !error.startsWith("MissingKey")).toList();
  }

  /**
   * Times that the client had no key yet: keys come through the homeservers and may be later than
   * the first frames, and a client drops its own frames until it has made its key. In a call that
   * has begun this does not grow.
   */
  public int awaitedKeys() {
    return cryptoErrors.size() - decryptErrors().size();
  }

  public Stream<Connection> connected() {
    return connections.stream().filter(Connection::isConnected);
  }

  /** Where the connected peer connections end. */
  public List<Remote> remotes() {
    return connected().flatMap(connection -> connection.remotes().stream()).toList();
  }

  public Stream<Inbound> inbound() {
    return connected().flatMap(connection -> connection.inbound().stream());
  }

  public long framesDecoded() {
    return inbound().filter(Inbound::isVideo).mapToLong(Inbound::framesDecoded).sum();
  }

  /** How many pictures have moved since an earlier report. */
  public long picturesMovedSince(MediaReport before) {
    Map<String, Long> then =
        before
            .inbound()
            .filter(Inbound::isVideo)
            .collect(Collectors.toMap(Inbound::track, Inbound::framesDecoded, Math::max));
    return inbound()
        .filter(Inbound::isVideo)
        .filter(video -> video.framesDecoded() > then.getOrDefault(video.track(), 0L))
        .count();
  }

  /** Of the tallest picture that is being received. */
  public int tallestFrame() {
    return inbound().filter(Inbound::isVideo).mapToInt(Inbound::frameHeight).max().orElse(0);
  }

  public String resolution() {
    return inbound()
        .filter(Inbound::isVideo)
        .filter(video -> video.frameHeight() == tallestFrame() && video.frameHeight() > 0)
        .findFirst()
        .map(video -> video.frameWidth() + "x" + video.frameHeight())
        .orElse("-");
  }

  /** Grows while somebody is heard. */
  public double audioEnergy() {
    return inbound()
        .filter(inbound -> inbound.kind().equals("audio"))
        .mapToDouble(Inbound::totalAudioEnergy)
        .sum();
  }

  public int media() {
    return connected().mapToInt(Connection::media).sum();
  }

  public int encryptedMedia() {
    return connected().mapToInt(Connection::encryptedMedia).sum();
  }

  /** Bytes of the connections whose other end fits. */
  public long bytesReceivedFrom(Predicate<Remote> end) {
    return connected()
        .filter(connection -> connection.remotes().stream().anyMatch(end))
        .mapToLong(Connection::bytesReceived)
        .sum();
  }
}
