package dev.weir.relay.sdp;

import dev.weir.relay.dtls.Fingerprint;
import dev.weir.relay.ice.Candidate;
import dev.weir.relay.ice.IceCredentials;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What matters of an answer.
 *
 * @param serverIsDtlsClient the answer's setup is active
 */
public record SdpAnswer(
    IceCredentials ice,
    Fingerprint fingerprint,
    boolean serverIsDtlsClient,
    List<Candidate> candidates,
    List<Section> sections) {
  private static final int MAX_LENGTH = 1 << 20;
  private static final int MAX_CANDIDATES = 64;
  private static final int MAX_SSRCS = 8;

  /**
   * One m-line.
   *
   * @param ssrcs of what the server sends in it, in the order of the answer
   */
  public record Section(String mid, boolean rejected, boolean serverSends, List<Integer> ssrcs) {}

  /** An answer that cannot be used. */
  public static final class Malformed extends Exception {
    Malformed(String message) {
      super(message);
    }
  }

  public static SdpAnswer parse(String sdp) throws Malformed {
    if (sdp.length() > MAX_LENGTH) {
      throw new Malformed("answer of " + sdp.length() + " characters");
    }
    Reader reader = new Reader();
    sdp.lines().forEach(reader::line);
    return reader.answer();
  }

  private static final class Reader {
    private @Nullable String fragment;
    private @Nullable String password;
    private @Nullable Fingerprint fingerprint;
    private boolean active;
    private final Set<Candidate> candidates = new LinkedHashSet<>();
    private final List<Section> sections = new ArrayList<>();
    private @Nullable String mid;
    private boolean inSection;
    private boolean rejected;
    private boolean sends = true;
    private final Set<Integer> ssrcs = new LinkedHashSet<>();

    void line(String line) {
      if (line.startsWith("m=")) {
        endSection();
        inSection = true;
        String[] words = line.split(" ", -1);
        rejected = words.length < 2 || "0".equals(words[1]);
      } else if (line.startsWith("a=")) {
        attribute(line.substring(2));
      }
    }

    private void attribute(String text) {
      int colon = text.indexOf(':');
      String name = colon < 0 ? text : text.substring(0, colon);
      String value = colon < 0 ? "" : text.substring(colon + 1);
      switch (name) {
        case "ice-ufrag" -> fragment = value.trim();
        case "ice-pwd" -> password = value.trim();
        case "fingerprint" -> Fingerprint.parse(value).ifPresent(read -> fingerprint = read);
        case "setup" -> active = "active".equals(value.trim());
        case "candidate" -> {
          if (candidates.size() < MAX_CANDIDATES) {
            Candidate.parse(text).ifPresent(candidates::add);
          }
        }
        case "mid" -> mid = value.trim();
        case "recvonly", "inactive" -> sends = false;
        case "ssrc" -> ssrc(value);
        default -> {}
      }
    }

    private void ssrc(String value) {
      String number = value.split(" ", 2)[0];
      try {
        if (ssrcs.size() < MAX_SSRCS) {
          ssrcs.add(Integer.parseUnsignedInt(number));
        }
      } catch (NumberFormatException e) {
        // Not a number: the stream will not be bound, which is what an unusable line deserves.
        return;
      }
    }

    private void endSection() {
      if (inSection && mid != null) {
        sections.add(new Section(mid, rejected, sends && !rejected, List.copyOf(ssrcs)));
      }
      mid = null;
      sends = true;
      ssrcs.clear();
    }

    SdpAnswer answer() throws Malformed {
      endSection();
      String ufrag = fragment;
      String pwd = password;
      Fingerprint hash = fingerprint;
      if (ufrag == null || pwd == null || hash == null) {
        throw new Malformed("the answer names no transport");
      }
      Optional<String> bad = bad(ufrag, pwd);
      if (bad.isPresent()) {
        throw new Malformed(bad.get());
      }
      return new SdpAnswer(
          new IceCredentials(ufrag, pwd), hash, active, List.copyOf(candidates), sections);
    }

    private static Optional<String> bad(String ufrag, String pwd) {
      boolean lengths =
          ufrag.length() >= 4 && ufrag.length() <= 256 && pwd.length() >= 22 && pwd.length() <= 256;
      return lengths ? Optional.empty() : Optional.of("ICE credentials of wrong length");
    }
  }
}
