package dev.weir.session.view;

import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tag of a live slot that only a peer with the same slot can recognise: an HMAC of the slot under a
 * key of both sides' nonces. Sender and receiver are in it, so an echo never matches.
 */
public record Announcement(String tag) {

  /** The key of one agreement, for as long as neither side's nonce changes. */
  public static final class Key {
    private static final String PURPOSE = "weir.slot.v1";
    private final SecretKey key;

    private Key(SecretKey key) {
      this.key = key;
    }

    /** The same key on both sides, whichever of them computes it. */
    public static Key of(Site one, byte[] nonceOfOne, Site other, byte[] nonceOfOther) {
      boolean inOrder = one.compareTo(other) <= 0;
      byte[] first = inOrder ? nonceOfOne : nonceOfOther;
      byte[] second = inOrder ? nonceOfOther : nonceOfOne;
      byte[] both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      String context =
          inOrder
              ? CanonicalJson.ofStrings(PURPOSE, one.name(), other.name())
              : CanonicalJson.ofStrings(PURPOSE, other.name(), one.name());
      try {
        return new Key(
            KDF.getInstance("HKDF-SHA256")
                .deriveKey(
                    "HmacSHA256",
                    HKDFParameterSpec.ofExtract()
                        .addIKM(both)
                        .thenExpand(context.getBytes(StandardCharsets.UTF_8), 32)));
      } catch (GeneralSecurityException everyJdkHasIt) {
        throw new IllegalStateException(everyJdkHasIt);
      } finally {
        Arrays.fill(both, (byte) 0);
      }
    }

    /** The tag by which the sender tells the receiver of a slot. */
    public Announcement announce(SlotId slot, Site sender, Site receiver) {
      String statement =
          CanonicalJson.ofStrings(
              PURPOSE, sender.name(), receiver.name(), slot.roomId(), slot.slotId());
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getEncoded(), "HmacSHA256"));
        return Announcement.of(mac.doFinal(statement.getBytes(StandardCharsets.UTF_8)));
      } catch (GeneralSecurityException everyJdkHasIt) {
        throw new IllegalStateException(everyJdkHasIt);
      }
    }
  }

  public static Announcement of(byte[] bytes) {
    return new Announcement(HexFormat.of().formatHex(bytes));
  }

  public byte[] bytes() {
    return HexFormat.of().parseHex(tag);
  }
}
