package io.minga.libp2p.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person may name, and what they hear if it is wrong. */
final class BootstrapAddressTest {
  private static final String ID = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ip4/192.0.2.1/tcp/4001/p2p/" + ID,
        "/dns4/example.org/tcp/4001/p2p/" + ID,
        "/dnsaddr/example.org/p2p/" + ID,
        "/dnsaddr/example.org"
      })
  void parse_ofWhatNamesAPeer_isThat(String text) {
    assertThat(BootstrapAddress.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/ip4/192.0.2.1/tcp/4001 | bootstrap address /ip4/192.0.2.1/tcp/4001 does not say which peer"
            + " is there; it should end in /p2p/ and the peer's id",
        "/dns4/example.org/tcp/1 | does not say which peer is there",
        "/p2p/" + ID + " | does not say where the peer is; it should be like /ip4/192.0.2.7",
        "example.org:4001 | it should be like /ip4/192.0.2.7/tcp/4001/p2p/12D3Koo… or",
        "/ip4/192.0.2.1/tcp/99999/p2p/" + ID + " | 99999"
      })
  void parse_ofAnythingElse_saysWhatIsWrongAndWhatWouldBeRight(String text, String words) {
    assertThatThrownBy(() -> BootstrapAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("bootstrap address")
        .hasMessageContaining(words);
  }

  @Test
  void peer_isTheOneAtTheEnd() {
    assertThat(BootstrapAddress.parse("/dnsaddr/example.org").peer()).isEmpty();
    assertThat(BootstrapAddress.parse("/dnsaddr/example.org/p2p/" + ID).peer())
        .hasValueSatisfying(peer -> assertThat(peer).hasToString(ID));
  }
}
