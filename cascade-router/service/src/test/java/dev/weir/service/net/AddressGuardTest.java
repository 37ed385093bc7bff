package dev.weir.service.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private final AddressGuard guard = AddressGuard.allowing("127.0.71.0/28, fd12::/16");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1"
      })
  void refusesAddressesThatAreNotPublic(String address) throws Exception {
    assertThat(guard.permits(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.1.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101"})
  void permitsPublicAddresses(String address) throws Exception {
    assertThat(guard.permits(InetAddress.getByName(address))).isTrue();
  }

  @Test
  void permitsWhatTheAdminAllowsAndNotItsNeighbour() throws Exception {
    assertThat(guard.permits(InetAddress.getByName("127.0.71.15"))).isTrue();
    assertThat(guard.permits(InetAddress.getByName("127.0.71.16"))).isFalse();
    assertThat(guard.permits(InetAddress.getByName("fd12::5"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/x", "::1/129"})
  void namesARangeThatIsNone(String text) {
    assertThatThrownBy(() -> AddressGuard.allowing(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
