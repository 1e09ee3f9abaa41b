/** How the report looks. One text, whose hash the page's own security policy names. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfcfa; --card: #ffffff; --ink: #1b1d21; --soft: #5d636c; --faint: #8b9098; --rule: #e6e3dc;
  --accent: #0d5c63; --accent-soft: #dcebec; --bar: #3d8288; --bar-2: #b98b45;
  --good: #1d6b45; --good-soft: #e2f0e8; --calm: #3a5a8c; --calm-soft: #e5ecf6;
  --warn: #8a5a00; --warn-soft: #f7edd9; --bad: #a3261d; --bad-soft: #f9e3e1; --none-soft: #efede8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b; --card: #1c1f24; --ink: #e9e7e2; --soft: #a4a9b1; --faint: #7d838c; --rule: #2f333a;
    --accent: #7cc4c9; --accent-soft: #1f3639; --bar: #5fa8ae; --bar-2: #cfa768;
    --good: #7fcf9f; --good-soft: #1c3527; --calm: #9dbdec; --calm-soft: #202f45;
    --warn: #e0b468; --warn-soft: #3a2e17; --bad: #f0958d; --bad-soft: #431f1d; --none-soft: #282b31;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  font-feature-settings: "tnum" 1;
}
main { max-width: 940px; margin: 0 auto; padding: 72px 28px 96px; }
h1, h2, .lead, .answer strong {
  font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Georgia, serif;
}
h1 { font-size: clamp(2.2rem, 6vw, 3.3rem); line-height: 1.12; letter-spacing: -0.015em; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.65rem; line-height: 1.25; letter-spacing: -0.01em; font-weight: 600; margin: 0 0 6px; }
h3 { font-size: 0.78rem; letter-spacing: 0.08em; text-transform: uppercase; color: var(--soft); margin: 0 0 10px; font-weight: 600; }
p { margin: 0 0 12px; text-wrap: pretty; }
h1, h2 { text-wrap: balance; }
a { color: var(--accent); }
code, .hex { font-family: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.86em; }
.hex { overflow-wrap: anywhere; }
.kicker { font-size: 0.78rem; letter-spacing: 0.14em; text-transform: uppercase; color: var(--accent); font-weight: 600; margin: 0 0 14px; }
.lead { font-size: 1.3rem; line-height: 1.5; margin: 18px 0 0; max-width: 36em; }
.intro { color: var(--soft); max-width: 44em; margin-bottom: 22px; }
.note { color: var(--soft); font-size: 0.88rem; }
section { margin-top: 68px; }
.seal { display: flex; gap: 18px; align-items: center; margin-top: 30px; padding: 18px 22px; background: var(--good-soft); border-radius: 12px; }
.seal svg { flex: none; width: 40px; height: 40px; }
.seal .disc { fill: var(--good); } .seal .mark { fill: none; stroke: var(--card); stroke-width: 3.5; stroke-linecap: round; stroke-linejoin: round; }
.seal b { display: block; font-size: 1.08rem; color: var(--good); }
.seal span { color: var(--soft); font-size: 0.93rem; }
.seal.warned { background: var(--bad-soft); } .seal.warned .disc { fill: var(--bad); } .seal.warned b { color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; margin: 22px 0 0; background: var(--rule); border: 1px solid var(--rule); border-radius: 12px; overflow: hidden; }
.facts div { background: var(--card); padding: 14px 18px; }
.facts dt { color: var(--soft); font-size: 0.8rem; } .facts dd { margin: 2px 0 0; font-weight: 600; font-size: 1.12rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-size: 0.78rem; font-weight: 600; color: var(--soft); padding: 0 14px 8px 0; border-bottom: 1px solid var(--rule); vertical-align: bottom; }
td { padding: 12px 14px 12px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td p { margin: 2px 0 0; color: var(--soft); font-size: 0.91rem; }
.verdicts td:first-child { width: 132px; }
.badge { display: inline-block; min-width: 108px; text-align: center; font-size: 0.72rem; font-weight: 700; letter-spacing: 0.06em; text-transform: uppercase; padding: 4px 8px; border-radius: 999px; white-space: nowrap; }
.badge.proven { background: var(--good-soft); color: var(--good); } .badge.repeatable { background: var(--calm-soft); color: var(--calm); }
.badge.stated { background: var(--warn-soft); color: var(--warn); } .badge.open { background: var(--none-soft); color: var(--soft); }
.badge.danger { background: var(--bad-soft); color: var(--bad); }
.legend { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 8px 24px; margin-top: 18px; color: var(--soft); font-size: 0.85rem; }
.legend b { color: var(--ink); }
.answer { display: flex; gap: 36px; align-items: flex-start; flex-wrap: wrap; }
.answer figure { margin: 0; flex: none; }
.answer img { display: block; width: 236px; height: auto; border-radius: 10px; border: 1px solid var(--rule); image-rendering: pixelated; background: var(--card); }
figcaption { color: var(--soft); font-size: 0.82rem; margin-top: 8px; max-width: 236px; }
.answer .scores { flex: 1 1 360px; min-width: 0; }
.answer strong { display: block; font-size: 1.9rem; font-weight: 600; line-height: 1.2; margin-bottom: 2px; overflow-wrap: anywhere; }
.scores + .scores, .answer + .answer { margin-top: 30px; }
.scores td { padding-top: 5px; padding-bottom: 5px; border: 0; vertical-align: middle; }
.scores td:nth-child(2) { width: 46%; } .scores .first td { font-weight: 600; }
.bar { display: block; width: 100%; height: 10px; } .bar rect { fill: var(--bar); } .bar .ground { fill: var(--none-soft); }
.bar .second { fill: var(--bar-2); } .bar .need { fill: var(--bad); } .scores tr:not(.first) .bar .value { opacity: 0.45; }
.bar .zero { fill: var(--faint); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); gap: 18px; }
.card { background: var(--card); border: 1px solid var(--rule); border-top: 3px solid var(--faint); border-radius: 10px; padding: 18px 20px 8px; min-width: 0; }
.card.shown { border-top-color: var(--good); } .card.bound { border-top-color: var(--calm); } .card.hidden { border-top-color: var(--ink); }
.card > p { color: var(--soft); font-size: 0.88rem; } .card ul { list-style: none; margin: 0; padding: 0; }
.card li { border-top: 1px solid var(--rule); padding: 9px 0; overflow-wrap: anywhere; } .card li span { display: block; color: var(--soft); font-size: 0.85rem; }
.steps { margin-top: 8px; }
.steps .row { display: grid; grid-template-columns: auto minmax(0, 1.3fr) minmax(0, 0.8fr) minmax(0, 1fr) minmax(0, 1fr); align-items: center; height: 48px; }
.steps .row + .row > :not(.rail) { border-top: 1px solid var(--rule); }
.steps .row > :not(.rail) { height: 48px; display: flex; flex-direction: column; justify-content: center; min-width: 0; padding: 0 22px 0 0; }
.steps .row > :last-child { padding-right: 0; } .rail { margin-right: 12px; }
.steps .head { height: auto; align-items: end; } .steps .head > * { font-size: 0.78rem !important; font-weight: 600; color: var(--soft); } .steps .head > :not(.rail) { height: auto; padding-bottom: 6px; }
.steps .name { font-weight: 600; line-height: 1.25; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; display: block; }
.steps .op { color: var(--soft); font-size: 0.8rem; line-height: 1.3; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; display: block; }
.steps .size { font-size: 0.88rem; color: var(--soft); white-space: nowrap; }
.steps .cost { font-size: 0.8rem; line-height: 1.3; color: var(--soft); } .steps .bar { height: 7px; margin-top: 3px; }
.rail { display: block; height: 48px; } .rail path { fill: none; stroke-width: 2; } .rail .main { stroke: var(--accent); } .rail .side { stroke: var(--bar-2); }
.rail .dot { fill: var(--paper); stroke: var(--accent); stroke-width: 2.5; }
.plot td { padding-top: 7px; padding-bottom: 7px; vertical-align: middle; }
.plot td p { margin: 0; font-size: 0.84rem; line-height: 1.4; }
table + .note, .steps + .note { margin-top: 14px; } .plot td:nth-child(2) { width: 34%; }
.sum td { border-bottom: 0; border-top: 2px solid var(--rule); font-weight: 600; }
.names td:first-child { width: 200px; color: var(--soft); }
.timeline { list-style: none; margin: 0 0 24px 6px; padding: 0 0 0 18px; border-left: 2px solid var(--rule); }
.timeline li { position: relative; padding: 0 0 16px 8px; } .timeline li::before { content: ""; position: absolute; left: -24px; top: 8px; width: 10px; height: 10px; border-radius: 50%; background: var(--paper); border: 2px solid var(--accent); }
.timeline time { color: var(--soft); font-size: 0.85rem; display: block; }
pre { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 16px 18px; overflow-x: auto; line-height: 1.7; margin: 0 0 14px; }
ol.how { padding-left: 1.3em; max-width: 46em; } ol.how li { margin-bottom: 10px; }
ul.plain { padding-left: 1.2em; max-width: 46em; } ul.plain li { margin-bottom: 8px; }
footer { margin-top: 72px; padding-top: 18px; border-top: 1px solid var(--rule); color: var(--soft); font-size: 0.85rem; }
@media (max-width: 640px) {
  main { padding: 40px 18px 64px; } section { margin-top: 52px; } .lead { font-size: 1.15rem; }
  .verdicts, .verdicts tbody, .verdicts tr, .verdicts td, .names, .names tbody, .names tr, .names td { display: block; width: auto !important; }
  .verdicts td:first-child, .names td:first-child { border: 0; padding-bottom: 4px; } .verdicts td, .names td { padding-top: 8px; }
  .names td:last-child { padding-top: 0; }
  .steps .row { grid-template-columns: auto minmax(0, 1.1fr) minmax(0, 1fr); } .steps .row > :not(.rail) { padding-right: 12px; } .steps .size, .steps .second { display: none !important; }
  .plot td:nth-child(2), .plot th:nth-child(2) { width: 26%; } .wide { display: none; } .answer img { width: 100%; min-width: 200px; }
  td { padding-right: 10px; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  html { font-size: 12px; }
  main { max-width: none; padding: 0; } section { margin-top: 30px; }
  h2, h3, .intro, .steps .head { break-after: avoid; } thead { break-after: avoid; }
  tr, .row, .card, .seal, .answer, .facts, .legend, li, pre { break-inside: avoid; } pre { white-space: pre-wrap; }
  .lead { margin-top: 10px; } .seal { margin-top: 18px; padding: 12px 16px; } .seal svg { width: 30px; height: 30px; }
  .facts { margin-top: 14px; grid-template-columns: repeat(4, 1fr); } .facts div { padding: 8px 14px; }
  .cards { grid-template-columns: repeat(3, 1fr); gap: 12px; } .legend { grid-template-columns: repeat(4, 1fr); }
  .answer img { width: 170px; } .answer { gap: 24px; } td { padding-top: 7px; padding-bottom: 7px; }
  .steps .row, .steps .row > :not(.rail) { height: 48px; } footer { margin-top: 30px; }
}
@page { margin: 18mm 16mm; }
`;
