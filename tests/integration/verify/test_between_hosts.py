# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is promised between two hosts: that it holds, and, where it does not, the place on the other host by its name.

Three hosts, both kinds of overlay and every fault that we know of: tests/long/verify.
"""

from __future__ import annotations

from pathlib import Path

from tests.integration.verify.between import pair_of_hosts, told_of, wrong
from tests.integration.verify.far_faults import APART

CONTAINERS = {
    "node1": {"web": {"networks": ["shop"]}},
    "node2": {
        **{name: {"networks": ["shop"]} for name in ("db0", "db1", "db6", "db10")},
        "door": {"networks": ["front"], "ports": ["8080:80"]},
    },
}


def test_what_breaks_calls_on_the_other_host_is_named_and_all_else_holds(tmp_path: Path) -> None:
    with pair_of_hosts(tmp_path, "routed", CONTAINERS) as pair:
        before = pair.left()
        listening = [pair.hosts.verify("node2", "listen")["listening"] for _run in ("killed then", "the next one")]
        assert not any(each["service"] for each in listening[-1]), "ears of the first are none of the second's services"
        faults = [each for each in APART if each.who in CONTAINERS["node2"]]
        told = told_of(pair, faults, tmp_path)
        assert wrong(pair.words, faults, told) == {}
        page = (tmp_path / "verify.html").read_text() + (tmp_path / "verify.txt").read_text()
        assert (
            page.count("on node2: the host drops it: inet other forward: ip daddr {db0} drop".format(**pair.words)) > 1
        )
        for table in ("inet other", "ip front"):
            pair.fleet.host("node2").run(["nft", "delete", "table", *table.split()])
        assert pair.left() == before, "no listener, and no table of ours"
