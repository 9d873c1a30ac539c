package io.minga.libp2p.gate;

import static io.minga.libp2p.connections.Direction.INBOUND;
import static io.minga.libp2p.peers.NumberedPeers.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import org.junit.jupiter.api.Test;

final class AllowDenyTest {
  private static final PeerId PEER = peer(1);
  private static final PeerId OTHER = peer(2);
  private static final Multiaddr TEN = Multiaddr.parse("/ip4/10.1.2.3/tcp/4001");
  private static final Multiaddr ELEVEN = Multiaddr.parse("/ip4/11.1.2.3/tcp/4001");
  private static final Multiaddr NAME = Multiaddr.parse("/dns4/example.org/tcp/4001");
  private static final AllowDeny NONE = AllowDeny.NOTHING_LISTED;

  private static void assertDenied(Verdict verdict, String reason) {
    assertThat(verdict).isEqualTo(new Verdict.Denied(reason));
  }

  @Test
  void intercept_nothingListed_isAllowed() {
    assertThat(ConnectionGater.ALLOW_ALL.interceptDial(PEER, TEN)).isEqualTo(Verdict.ALLOWED);
    assertThat(NONE.interceptAccept(TEN)).isEqualTo(Verdict.ALLOWED);
    assertThat(NONE.interceptSecured(INBOUND, PEER, NAME)).isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void intercept_deniedPeer_isDenied() {
    AllowDeny lists = NONE.deny(PEER);
    assertDenied(lists.interceptDial(PEER, TEN), "peer " + PEER + " is denied");
    assertDenied(lists.interceptSecured(INBOUND, PEER, TEN), "peer " + PEER + " is denied");
    assertThat(lists.interceptAccept(TEN)).isEqualTo(Verdict.ALLOWED);
    assertThat(lists.interceptDial(OTHER, TEN)).isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void intercept_notOnTheAllowList_isDenied() {
    AllowDeny lists = NONE.allow(PEER);
    assertThat(lists.interceptDial(PEER, TEN)).isEqualTo(Verdict.ALLOWED);
    assertDenied(
        lists.interceptSecured(INBOUND, OTHER, TEN),
        "peer " + OTHER + " is not on the list of allowed peers");
  }

  @Test
  void intercept_allowedAndDenied_denyWins() {
    assertDenied(
        NONE.allow(PEER).deny(PEER).interceptDial(PEER, TEN), "peer " + PEER + " is denied");
    AllowDeny subnets = NONE.allow(Subnet.parse("10.1.0.0/16")).deny(Subnet.parse("10.0.0.0/8"));
    assertDenied(subnets.interceptAccept(TEN), "subnet 10.0.0.0/8 is denied");
  }

  @Test
  void intercept_outsideTheAllowedSubnets_isDenied() {
    AllowDeny lists = NONE.allow(Subnet.parse("10.0.0.0/8")).allow(Subnet.parse("fd00::/8"));
    assertThat(lists.interceptAccept(TEN)).isEqualTo(Verdict.ALLOWED);
    assertThat(lists.interceptAccept(Multiaddr.parse("/ip6/fd12::1/tcp/1")))
        .isEqualTo(Verdict.ALLOWED);
    assertDenied(
        lists.interceptAccept(ELEVEN), "address 11.1.2.3 is in none of the allowed subnets");
  }

  @Test
  void intercept_bothAllowLists_needBoth() {
    AllowDeny lists = NONE.allow(PEER).allow(Subnet.parse("10.0.0.0/8"));
    assertThat(lists.interceptDial(PEER, TEN)).isEqualTo(Verdict.ALLOWED);
    assertThat(lists.interceptDial(PEER, ELEVEN)).isInstanceOf(Verdict.Denied.class);
    assertThat(lists.interceptDial(OTHER, TEN)).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void intercept_addressMappedIntoIpv6_isJudgedAsIpv4() {
    AllowDeny lists = NONE.deny(Subnet.parse("10.0.0.0/8"));
    assertDenied(
        lists.interceptAccept(Multiaddr.parse("/ip6/::ffff:10.1.2.3/tcp/1")),
        "subnet 10.0.0.0/8 is denied");
  }

  @Test
  void intercept_name_isLeftToTheResolvedAddress() {
    AllowDeny lists = NONE.allow(Subnet.parse("10.0.0.0/8"));
    assertThat(lists.interceptDial(PEER, NAME)).isEqualTo(Verdict.ALLOWED);
    assertThat(lists.interceptSecured(INBOUND, PEER, ELEVEN)).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void deny_onASnapshot_leavesItAsItWas() {
    NONE.deny(PEER);
    assertThat(NONE.interceptDial(PEER, TEN)).isEqualTo(Verdict.ALLOWED);
    assertThat(NONE.deny(PEER).deny(PEER)).isEqualTo(NONE.deny(PEER));
  }

  @Test
  void parse_subnet_isStrictInWords() {
    assertThat(Subnet.parse("10.0.0.0/8")).hasToString("10.0.0.0/8");
    assertThat(Subnet.parse("10.1.2.3")).hasToString("10.1.2.3/32");
    assertThat(Subnet.parse("0.0.0.0/0").contains(Subnet.parse("8.8.8.8").network())).isTrue();
    assertThat(Subnet.parse("0.0.0.0/0").contains(Subnet.parse("::1").network())).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subnet.parse("10.0.0.1/8"))
        .withMessage("subnet 10.0.0.1/8 has bits beyond its length; 10.0.0.0/8 has not");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subnet.parse("10.0.0.0/33"))
        .withMessage("subnet 10.0.0.0/33: its length is 0 to 32 bits");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subnet.parse("10.0.0.0/x"))
        .withMessage("subnet '10.0.0.0/x': after the slash comes a number of bits from 0 to 32");
    assertThatIllegalArgumentException().isThrownBy(() -> Subnet.parse("10.0.0.0/"));
    assertThatIllegalArgumentException().isThrownBy(() -> Subnet.parse("/8"));
    assertThatIllegalArgumentException().isThrownBy(() -> Subnet.parse("example.org/8"));
  }
}
