# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts, faults on the second of them, and what the first one's report says of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence

from tests.integration.overlay.fleet import Fleet
from tests.integration.overlay.test_reach import Made, verified
from tests.integration.verify.far_faults import Fault, filled

#: What is left of us on a host: tables, and who listens.
LEFT = "nft list tables; ss -Hlnaptux"


class Pair(NamedTuple):
    made: Made
    mode: str
    words: Dict[str, str]

    @property
    def fleet(self) -> Fleet:
        return self.made.fleet

    def left(self) -> List[str]:
        return [self.fleet.host(name).run(["sh", "-c", LEFT]).stdout for name in ("node1", "node2")]


def declared(fleet: Fleet, mode: str, containers: Dict[str, Dict[str, Any]], **more: Any) -> Pair:
    subnet = {"config": [{"subnet": "10.88.0.0/16"}]}
    shop = {"driver": "overlay", "overlay_mode": mode, "ipam": subnet, **more}
    fleet.declare({"shop": shop, "front": {}}, containers)
    made = Made(fleet, fleet.run())
    words = {name: made.address("node2/" + name, 4) for name in containers["node2"]}
    words["web"] = made.address("node1/web", 4)
    words["bridge"] = fleet.result(made.ran, "node2")["networks"]["shop"]["bridge"]
    words["vxlan"] = "vxlanaaed7988b4"
    words["block1"] = fleet.result(made.ran, "node1")["networks"]["shop"]["block"][0]
    return Pair(made, mode, words)


def told_of(pair: Pair, faults: Sequence[Fault], directory: Path) -> Dict[str, str]:
    """Fault → what node1 is told of the call that it breaks; nothing is changed by asking."""
    node2 = pair.fleet.host("node2")
    for fault in faults:
        node2.run(["sh", "-ec", filled(fault.command, pair.words)])
    ran, reports = verified(pair.made, directory, fail=True)
    assert ran.changed == 0
    cells = reports["node1"]["cells"]
    return {fault.name: _told(fault, [cell for cell in cells if _is_of(fault, cell)]) for fault in faults}


def _is_of(fault: Fault, cell: Dict[str, Any]) -> bool:
    of = (cell["target"]["names"], cell["target"]["host"], cell["protocol"], cell["family"])
    return of == ([fault.who], "node2", fault.protocol, fault.family) and cell["result"] == "broken"


def _told(fault: Fault, cells: List[Dict[str, Any]]) -> str:
    if not cells:
        return "nothing is broken"
    place = cells[0]["place"]
    return "{0}: on {1}: {2}".format(place["kind"], place.get("host", "node1"), place["text"])


def wrong(pair: Pair, faults: Sequence[Fault], told: Dict[str, str]) -> Dict[str, str]:
    """Those faults whose place is another, with what was told."""
    return {
        fault.name: told[fault.name]
        for fault in faults
        if not told[fault.name].startswith(filled(fault.place, pair.words))
        or any(word not in told[fault.name] for word in fault.words)
    }
