# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style of a page and of the drawings in it, for a light and a dark screen and for paper."""

from __future__ import annotations

#: The colours, by name.
COLOURS = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --page: #f5f6f8; --card: #fff; --edge: #d5dae1;
  --net: #eef2f7; --wire: #768496; --drift: #b3261e; --drift-fill: #fdeceb; --intended: #1558b0;
  --intended-fill: #e8f1fd; --clean: #1c7242; --clean-fill: #e6f4ec; --unknown: #6a4a00; --unknown-fill: #fff3d6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #a2adbb; --page: #12161c; --card: #1a2028;
  --edge: #37414e; --net: #232b36; --wire: #6f7c8d; --drift: #ff8a80; --drift-fill: #3a1d1c; --intended: #8ab8ff;
  --intended-fill: #17294a; --clean: #7fd6a2; --clean-fill: #15301f; --unknown: #ffd479; --unknown-fill: #3a2f14; } }
"""

#: Of a drawing, in a page or by itself.
DRAWING = """
svg text { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12px; fill: var(--ink); }
svg .host-name { font: 700 16px system-ui, "DejaVu Sans", sans-serif; }
svg .name { font-weight: 700; font-size: 13px; } svg .small { font-size: 11px; fill: var(--soft); }
svg .note { font-size: 11px; fill: var(--soft); } svg .end { text-anchor: end; }
svg rect { stroke-width: 1.2; stroke: var(--edge); }
svg .host { fill: var(--card); stroke: var(--wire); stroke-width: 1.5; }
svg .bridge { fill: var(--net); stroke: var(--wire); } svg .container { fill: var(--card); stroke: var(--wire); }
svg .chip, svg .port { fill: var(--net); } svg .gone { fill: none; stroke-dasharray: 5 4; }
svg line, svg path { stroke: var(--wire); stroke-width: 1.6; }
svg path { fill: none; } svg .link { stroke-dasharray: 5 4; } svg .tunnel { stroke-dasharray: 12 5; }
svg .bus { stroke-width: 4; stroke-linecap: round; }
svg .under { stroke: var(--card); stroke-width: 7; } svg .dot, svg .arrow { fill: var(--wire); }
svg rect.drift { stroke: var(--drift); stroke-width: 2.2; fill: var(--drift-fill); }
svg rect.intended { stroke: var(--intended); stroke-width: 2.2; fill: var(--intended-fill); }
svg rect.missing { fill: none; stroke-dasharray: 5 4; } svg line.missing { stroke-dasharray: 5 4; }
svg text.missing { font-style: italic; } svg .dot.missing { fill: var(--card); stroke: currentColor; }
svg line.drift, svg path.drift { stroke: var(--drift); }
svg .dot.drift, svg .arrow.drift, svg text.drift { fill: var(--drift); }
svg line.intended, svg path.intended { stroke: var(--intended); }
svg .dot.intended, svg .arrow.intended, svg text.intended { fill: var(--intended); }
svg text.drift, svg text.intended { font-weight: 700; } svg .small.drift, svg .small.intended { font-weight: 400; }
"""

STYLE = (
    COLOURS
    + """
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1400px; padding: 28px 24px 60px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 20px; margin: 0; } .hosts > h2 { margin-top: 30px; }
h3, h4 { font-size: 15px; margin: 20px 0 6px; } h3.host { font-size: 20px; margin: 0; overflow-wrap: anywhere; }
[hidden] { display: none !important; }
p { margin: 4px 0; } .soft { color: var(--soft); } a { color: inherit; }
code, .mono, td { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
.badge { display: inline-block; border-radius: 11px; padding: 1px 11px; font-weight: 600; font-size: 13px;
  border: 1px solid; white-space: nowrap; }
.badge.drifted { color: var(--drift); background: var(--drift-fill); }
.badge.pending { color: var(--intended); background: var(--intended-fill); }
.badge.clean { color: var(--clean); background: var(--clean-fill); }
.badge.unknown { color: var(--unknown); background: var(--unknown-fill); border-style: dashed; }
.counts { margin: 14px 0 4px; display: flex; flex-wrap: wrap; gap: 8px; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 12px; padding: 16px 20px;
  margin-top: 18px; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--soft); }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--edge); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td { font-size: 13px; overflow-wrap: anywhere; white-space: pre-wrap; } .fleet td { white-space: normal; }
summary { cursor: pointer; }
summary:has(h3, h2), .line { display: flex; gap: 12px; align-items: baseline; flex-wrap: wrap; }
details.card, .card.host { content-visibility: auto; contain-intrinsic-size: auto 62px; }
.many .card.of { margin-top: 6px; padding: 8px 20px; } .many h3.host { font-size: 16px; }
.search { display: flex; flex-wrap: wrap; gap: 10px 16px; align-items: end; margin-top: 16px; }
.search label { display: grid; gap: 2px; font-size: 13px; color: var(--soft); }
.search input, .search select, .search button { font: inherit; font-size: 16px; color: var(--ink);
  background: var(--card); border: 1px solid var(--wire); border-radius: 8px; padding: 6px 10px; min-width: 0;
  height: 40px; }
.search output { color: var(--soft); padding: 8px 0; } .names span { display: inline-block; margin-right: 10px; }
.folds details { margin: 4px 0; } .folds details > div.mono { margin-top: 6px; } .folds > p { margin-top: 0; }
ul { margin: 4px 0; padding: 0; list-style: none; }
li { font-size: 13px; padding: 6px 10px; margin: 5px 0; border-left: 4px solid; overflow-wrap: anywhere; }
li.drift { border-color: var(--drift); background: var(--drift-fill); }
li.intended { border-color: var(--intended); background: var(--intended-fill); }
li.missing { border-left-style: dotted; background: none; outline: 1px dashed var(--edge); }
.state { font: 12px/1.5 system-ui, "DejaVu Sans", sans-serif; color: var(--soft); white-space: nowrap; }
.sides { margin-top: 4px; }
.row { display: grid; grid-template-columns: minmax(90px, 22%) 1fr auto 1fr; gap: 2px 10px; }
.word { color: var(--soft); } .cell { white-space: pre-wrap; font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
.before { text-decoration: line-through; text-decoration-color: var(--soft); } .to { color: var(--soft); }
.missing .before, .missing .to, .surplus .after, .surplus .to { display: none; }
.missing .row, .surplus .row { grid-template-columns: minmax(90px, 22%) 1fr; }
.warning { border-left: 4px solid var(--unknown); background: var(--unknown-fill); padding: 6px 10px; }
.switch { position: absolute; opacity: 0; pointer-events: none; } label.badge { cursor: pointer; }
.badge.everything { color: var(--ink); background: var(--net); }
#show-drifted:checked ~ .hosts .of:not(.drifted), #show-unknown:checked ~ .hosts .of:not(.unknown),
#show-pending:checked ~ .hosts .of:not(.pending), #show-clean:checked ~ .hosts .of:not(.clean) { display: none; }
#show-drifted:checked ~ header .badge.drifted, #show-unknown:checked ~ header .badge.unknown,
#show-pending:checked ~ header .badge.pending, #show-clean:checked ~ header .badge.clean { outline: 2px solid; }
.switch:focus-visible ~ header .counts { outline: 2px dashed var(--wire); }
.drift-ink { color: var(--drift); } .intended-ink { color: var(--intended); }
.drawing td { overflow-wrap: normal; white-space: nowrap; }
.drawing { overflow-x: auto; margin: 14px 0 4px; } .drawing svg { max-width: 100%; height: auto; }
"""
    + DRAWING
    + """
@media (max-width: 600px) {
  body { padding: 14px 10px 40px; font-size: 14px; } .card { padding: 12px; } h1 { font-size: 21px; }
  .counts { display: grid; grid-template-columns: auto 1fr; align-items: center; }
  .badge.everything { grid-column: 1 / 3; } .hosts > h2 { margin-top: 22px; }
  .search { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 10px; }
  .search input, .search select { width: 100%; }
  .fleet tr:first-child { display: none; }
  .fleet tr { display: block; padding: 8px 0; border-bottom: 1px solid var(--edge); }
  .fleet td { display: inline; border: 0; padding: 0 8px 0 0; }
  .fleet td:last-child { display: block; padding-top: 2px; }
  .row { grid-template-columns: 1fr; gap: 0; margin-bottom: 4px; } .to { display: none; }
  .missing .row, .surplus .row { grid-template-columns: 38% 1fr; gap: 0 8px; }
}
@media print { body { background: none; } .card { break-inside: avoid; } }
"""
)
