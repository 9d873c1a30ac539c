package io.minga.simulations.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class HtmlReportTest {
  private static final double UNKNOWN = Double.NaN;

  private static Course course(String name, int peers, double makespan, boolean hasBytes) {
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i <= 20; i++) {
      double seconds = makespan * i / 20;
      List<Double> finish = new ArrayList<>();
      for (int peer = 0; peer < peers; peer++) {
        finish.add(peer == 1 && i > 10 ? UNKNOWN : Math.max(0, makespan - seconds - 0.01 * peer));
      }
      moments.add(new Moment(seconds, finish, i * 5L, i, hasBytes ? i * 10_000L : -1));
    }
    List<Fact> facts = hasBytes ? List.of(new Fact("lost", "0")) : List.of();
    double bytes = hasBytes ? 1234 : UNKNOWN;
    return new Course(name, "does <this>", makespan, makespan / 10, 0.25, bytes, facts, moments);
  }

  private static Page page(int peers) {
    return new Page(
        "S1",
        "a burst & <no more>",
        "makespan / oracle",
        1.02,
        9,
        10,
        "minga sim S1 --seed 7",
        List.of(new Fact("peers", Integer.toString(peers)), new Fact("seed", "7")),
        List.of(course("minga", peers, 10.1, true), course("p2pqueue", peers, 40, false)));
  }

  private static List<Document> drawings(String html) throws Exception {
    List<Document> drawings = new ArrayList<>();
    for (MatchResult it :
        Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(html).results().toList()) {
      drawings.add(
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(it.group()))));
    }
    return drawings;
  }

  private static int thinLines(Document drawing) {
    NodeList paths = drawing.getElementsByTagName("path");
    int count = 0;
    for (int i = 0; i < paths.getLength(); i++) {
      String style = paths.item(i).getAttributes().getNamedItem("class").getNodeValue();
      count += style.contains("thin") ? 1 : 0;
    }
    return count;
  }

  @Test
  void page_saysWhatWasGiven() {
    String html = HtmlReport.of(page(10));
    assertThat(html)
        .contains("S1: a burst &amp; &lt;no more&gt;")
        .contains("minga sim S1 --seed 7")
        .contains("met, the goal is ≤ 1.02")
        .contains("<td>1.010</td><td>4.000</td>")
        .contains("<tr><th>lost</th><td>0</td><td>–</td></tr>")
        .contains("prefers-color-scheme: dark");
  }

  @Test
  void page_needsNothingElse() {
    assertThat(HtmlReport.of(page(10)))
        .doesNotContain("http")
        .doesNotContain("<script")
        .doesNotContain("<link")
        .doesNotContain("@import")
        .doesNotContain("NaN")
        .doesNotContain("Infinity");
  }

  @Test
  void fewPeers_haveALineEach() throws Exception {
    Document finish = drawings(HtmlReport.of(page(10))).get(1);
    assertThat(thinLines(finish)).isEqualTo(10);
  }

  @Test
  void manyPeers_areBands() throws Exception {
    String html = HtmlReport.of(page(1000));
    assertThat(thinLines(drawings(html).get(1))).isZero();
    assertThat(html).contains("class=\"band b2 f0\"");
    assertThat(html.length()).isLessThan(100_000);
  }

  @Test
  void drawings_areWellFormed() throws Exception {
    // Makespans, finish times, the same of both, done, moves, bytes.
    assertThat(drawings(HtmlReport.of(page(100)))).hasSize(7);
  }

  @Test
  void axis_endsAtARoundValue() {
    assertThat(Axis.to(24.6).max()).isEqualTo(25);
    assertThat(Axis.to(0).max()).isEqualTo(1);
    assertThat(Axis.to(1e6).ticks()).endsWith(1e6);
    assertThat(Axis.to(0.7).text(0.2)).isEqualTo("0.2");
    assertThat(Axis.to(24.6).text(5)).isEqualTo("5");
  }
}
