# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 -m tests.matrix SET [--record] [ROW...]

SET is all, kernels, userlands or quick; ROW is a part of a row's name. With --record the
results go into docs/support.md. Variables: FABRIC_ROOTS (where roots are kept), FRESH=1 (make them anew), NFT_BIN (an
nft that takes the place of every root's own) and NFT_ROOT (the tree in which NFT_BIN is a path; default: /).
"""

from __future__ import annotations

import datetime
import sys
from dataclasses import replace
from typing import List, Tuple

from tests.lab.ansible import ROOT

from . import nft, support
from .releases import SETS, Row
from .result import Result
from .run import run


def chosen(rows: Tuple[Row, ...], words: List[str]) -> List[Row]:
    """Rows whose name has one of the words; a given nft makes rows of their own out of those that are not refused."""
    found = [row for row in rows if not words or any(word.lower() in row.name.lower() for word in words)]
    given = nft.given()
    if not given:
        return found
    version = nft.version(*given)
    return [replace(row, name="{0}, nft {1}".format(row.name, version)) for row in found if not row.refused]


def main(args: List[str]) -> int:
    record = "--record" in args
    words = [arg for arg in args if arg != "--record"]
    if not words or words[0] not in SETS:
        print(__doc__, file=sys.stderr)
        return 2
    logs = ROOT / "build" / "matrix"
    logs.mkdir(parents=True, exist_ok=True)
    results: List[Result] = []
    for row in chosen(SETS[words[0]], words[1:]):
        results.append(run(row, logs))
        print("\n".join(support.summary(results[-1:])), flush=True)
    if record:
        order = [row.name for row in SETS["all"]]
        support.record(ROOT / "docs" / "support.md", order, results, datetime.date.today())
    bad, skipped = (sum(map(bool, each)) for each in ([r.failed for r in results], [r.skipped for r in results]))
    print("matrix: {0} passed, {1} failed, {2} skipped".format(len(results) - bad - skipped, bad, skipped))
    return 1 if bad or not results else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
