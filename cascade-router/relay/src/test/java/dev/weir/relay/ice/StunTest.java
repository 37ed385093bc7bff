package dev.weir.relay.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StunTest {
  /** The request and the IPv4 response of RFC 5769, 2.1 and 2.2. */
  private static final byte[] REQUEST =
      HexFormat.of()
          .parseHex(
              "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
                  + "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020"
                  + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf");

  private static final byte[] RESPONSE =
      HexFormat.of()
          .parseHex(
              "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
                  + "002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
                  + "80280004c07d4c96");

  private static final String PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";

  @Test
  void verifiesTheVectorsOfTheStandard() {
    assertThat(Stun.isStun(REQUEST, 0, REQUEST.length)).isTrue();
    assertThat(Stun.username(REQUEST, 0, REQUEST.length)).isEqualTo("evtj:h6vY");
    assertThat(Stun.isAuthentic(REQUEST, 0, REQUEST.length, PASSWORD)).isTrue();
    assertThat(Stun.isAuthentic(RESPONSE, 0, RESPONSE.length, PASSWORD)).isTrue();
  }

  @Test
  void refusesAnotherPasswordAndAnyChangedByte() {
    assertThat(Stun.isAuthentic(REQUEST, 0, REQUEST.length, "wrong")).isFalse();
    for (int i = 0; i < REQUEST.length; i++) {
      byte[] changed = REQUEST.clone();
      changed[i] ^= 0x10;
      boolean accepted =
          Stun.isStun(changed, 0, changed.length)
              && Stun.isAuthentic(changed, 0, changed.length, PASSWORD)
              // An unknown attribute in place of the fingerprint only takes the checksum away.
              && i < REQUEST.length - 8;
      assertThat(accepted).as("byte %d", i).isFalse();
    }
  }

  @Test
  void answersWithTheAddressThatItSaw() throws Exception {
    byte[] transaction = HexFormat.of().parseHex("b7e7a701bc34d686fa87dfae");
    InetSocketAddress seen = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 32_853);

    byte[] success = Stun.success(transaction, seen, PASSWORD);

    assertThat(HexFormat.of().formatHex(success)).contains("002000080001a147e112a643");
    assertThat(Stun.isAuthentic(success, 0, success.length, PASSWORD)).isTrue();
  }

  @Test
  void writesIpv6AddressesUnderTheTransaction() throws Exception {
    byte[] transaction = HexFormat.of().parseHex("b7e7a701bc34d686fa87dfae");
    InetSocketAddress seen =
        new InetSocketAddress(
            InetAddress.getByName("2001:db8:1234:5678:11:2233:4455:6677"), 32_853);

    // RFC 5769, 2.3.
    assertThat(HexFormat.of().formatHex(Stun.success(transaction, seen, PASSWORD)))
        .contains("002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9");
  }

  @Test
  void survivesRandomMessages() {
    Random random = new Random(11);
    for (int i = 0; i < 100_000; i++) {
      byte[] message = REQUEST.clone();
      for (int change = random.nextInt(6); change >= 0; change--) {
        message[20 + random.nextInt(message.length - 20)] = (byte) random.nextInt();
      }
      Stun.username(message, 0, message.length);
      Stun.errorCode(message, 0, message.length);
      Stun.isAuthentic(message, 0, message.length, PASSWORD);
    }
    assertThat(Stun.isStun(new byte[0], 0, 0)).isFalse();
  }
}
