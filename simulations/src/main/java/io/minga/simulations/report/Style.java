package io.minga.simulations.report;

/** How a page looks, by day and by night. */
final class Style {
  /** Colours that stay apart for those who see few. */
  static final String CSS =
      """
      :root {
        color-scheme: light dark;
        --paper: #ffffff; --ink: #1c2024; --dim: #60646c; --rule: #e3e5e8; --soft: #f5f6f7;
        --s0: #0b6bcb; --s1: #c4600a; --s2: #12835c; --s3: #8b52c7; --neutral: #9a9fa7;
        --good: #12835c; --bad: #c22f2f;
      }
      @media (prefers-color-scheme: dark) {
        :root {
          --paper: #15181c; --ink: #e7e9ec; --dim: #9ba1aa; --rule: #2c3137; --soft: #1d2126;
          --s0: #5aa9f8; --s1: #f0964a; --s2: #45c796; --s3: #b78cf0; --neutral: #6f767f;
          --good: #45c796; --bad: #f47c7c;
        }
      }
      * { box-sizing: border-box; }
      body {
        margin: 0; background: var(--paper); color: var(--ink);
        font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      }
      main { max-width: 964px; margin: 0 auto; padding: 32px 32px 64px; }
      h1 { font-size: 26px; line-height: 1.25; margin: 2px 0 8px; }
      h2 { font-size: 18px; margin: 0 0 2px; }
      h3 { font-size: 14px; margin: 0; }
      p { margin: 0; }
      .over { color: var(--dim); font-size: 13px; }
      .lead { color: var(--dim); }
      .lead b { color: var(--ink); font-weight: 600; }
      .lead span { margin: 0 4px; }
      .dim { color: var(--dim); font-size: 13px; max-width: 76ch; }
      pre {
        margin: 14px 0 0; padding: 9px 12px; background: var(--soft); border-radius: 6px;
        font: 13px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
        white-space: pre-wrap; overflow-wrap: anywhere;
      }
      section { margin-top: 38px; }
      svg { display: block; width: 100%; height: auto; margin-top: 12px; overflow: visible; }
      svg text { fill: var(--dim); font-size: 12px; font-variant-numeric: tabular-nums; }
      svg .name, svg .value { fill: var(--ink); font-size: 13px; }
      svg .value .dim { fill: var(--dim); }
      svg .title { font-size: 11.5px; }
      svg .label { font-weight: 600; }
      .rule { stroke: var(--rule); stroke-width: 1; }
      .base { stroke: var(--neutral); stroke-width: 1; }
      .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
      .line.thin { stroke-width: 1.25; opacity: .75; }
      .mark { stroke: var(--neutral); stroke-width: 1.25; stroke-dasharray: 4 4; }
      .c0 { stroke: var(--s0); } .c1 { stroke: var(--s1); }
      .c2 { stroke: var(--s2); } .c3 { stroke: var(--s3); }
      .f0 { fill: var(--s0); } .f1 { fill: var(--s1); }
      .f2 { fill: var(--s2); } .f3 { fill: var(--s3); }
      svg .t0 { fill: var(--s0); } svg .t1 { fill: var(--s1); }
      svg .t2 { fill: var(--s2); } svg .t3 { fill: var(--s3); }
      .k0 { background: var(--s0); } .k1 { background: var(--s1); }
      .k2 { background: var(--s2); } .k3 { background: var(--s3); }
      .bar.n { fill: var(--neutral); }
      .band { stroke: none; }
      .b0 { opacity: .14; } .b1 { opacity: .2; } .b2 { opacity: .3; }
      h3 i { display: inline-block; width: 10px; height: 10px; border-radius: 2px;
        margin-right: 6px; }
      .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr));
        gap: 12px; margin-top: 24px; }
      .tile { border: 1px solid var(--rule); border-radius: 8px; padding: 12px 14px; }
      .tile p:first-child { font-size: 13px; color: var(--dim); }
      .tile strong { display: block; font-size: 26px; line-height: 1.3; font-weight: 600;
        font-variant-numeric: tabular-nums; }
      .tile.good strong { color: var(--good); }
      .tile.bad strong { color: var(--bad); }
      div.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr));
        gap: 24px 20px; margin-top: 14px; }
      figure { margin: 0; }
      .scroll { overflow-x: auto; margin-top: 10px; }
      table { border-collapse: collapse; width: 100%; font-size: 14px;
        font-variant-numeric: tabular-nums; }
      th, td { padding: 6px 10px; border-bottom: 1px solid var(--rule); text-align: right;
        white-space: nowrap; }
      thead th { color: var(--dim); font-weight: 600; }
      tbody th { text-align: left; font-weight: 400; color: var(--dim); padding-left: 0; }
      @media print { section { break-inside: avoid; } }
      """;

  private Style() {}
}
