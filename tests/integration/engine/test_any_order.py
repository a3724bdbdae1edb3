# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The digest of a plan: of random topologies the same in whatever order they are declared, and another one of others.

On a fresh host and on one that has another topology. ``FABRIC_EXAMPLES`` says how many.
"""

from __future__ import annotations

import copy
import json
import os
import random
from typing import Any, Dict, List, Optional, Set

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given
from hypothesis import strategies as st
from labhost import LabHost
from mutations import shell
from random_topologies import examples, topologies
from scenarios import Declaration, run
from walking import _FOREIGN_BRIDGE

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._drift_report.report import report_of
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.by_owner import Chosen
from ansible_collections.linuxnet.fabric.plugins.plugin_utils._rollout.plan import plan_of

#: Of a container and of a network, the lists in which no order counts.
_LISTS = ("ports", "expose", "links", "aliases")


def shuffled(declared: Declaration, by: random.Random) -> Declaration:
    """The same in another order, but for a container's networks, by which its interfaces are numbered."""
    found = dict(declared)
    for kind in ("networks", "containers"):
        items = [(name, _shuffled(words, by)) for name, words in declared[kind].items()]
        by.shuffle(items)
        found[kind] = dict(items)
    return found


def _shuffled(words: Dict[str, Any], by: random.Random) -> Dict[str, Any]:
    found = {key: by.sample(value, len(value)) if key in _LISTS else value for key, value in words.items()}
    return {key: found[key] for key in by.sample(list(found), len(found))}


def others(declared: Declaration) -> List[Declaration]:
    """Declarations of something else, each in one way."""
    more = {
        "networks": declared["networks"],
        "containers": {**declared["containers"], "extra": {"network_mode": "none"}},
    }
    found = [{**declared, **more}]
    plain = [name for name, words in declared["containers"].items() if "network_mode" not in words]
    if plain:
        found.append(copy.deepcopy(declared))
        found[-1]["containers"][plain[0]].update(hostname="other")
        found.append(copy.deepcopy(declared))
        found[-1]["containers"]["renamed"] = found[-1]["containers"].pop(plain[0])
    if len(plain) > 1:
        one, other = plain[:2]
        if declared["containers"][one] != declared["containers"][other]:
            swapped = {one: declared["containers"][other], other: declared["containers"][one]}
            found.append({**declared, "containers": {**declared["containers"], **swapped}})
    return found


def planned(declared: Declaration) -> Dict[str, Any]:
    """On this host. Empty where a declaration is refused."""
    try:
        result = run(declared, check=True)
    except FabricError:
        return {}
    answer = {"changes": result.as_data(), **result.facts}
    return plan_of([report_of(answer, "node1", "default")])


def lines(plan: Dict[str, Any]) -> Set[str]:
    """As the digest has them."""
    chosen = Chosen(plan["chosen"].get("node1", {}).get("default", {}))
    changes = plan["hosts"]["node1"]["default"]
    return {json.dumps(each, sort_keys=True) for change in changes for each in chosen.by_owner(change)}


def odd(before: Optional[Declaration], declared: Declaration, seed: int) -> List[str]:
    """In the lab host: what is wrong with the digests."""
    shell(_FOREIGN_BRIDGE)
    by = random.Random(seed)
    try:
        run(before)
    except FabricError:
        pass
    first = planned(declared)
    if not first:
        return []
    for _each in range(2):
        again = planned(shuffled(declared, by))
        if not again or again["digest"] != first["digest"]:
            return ["another order, another digest:", *sorted(lines(first) ^ lines(again))] if again else ["refused"]
    plans = [(other, planned(other)) for other in others(declared)]
    return [str(other) for other, plan in plans if plan and plan["digest"] == first["digest"]]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces of its own")
@examples(8)
@given(before=st.one_of(st.none(), topologies()), declared=topologies(), seed=st.integers(0, 10**6))
def test_the_digest_of_a_plan_is_that_of_what_is_declared(
    before: Optional[Declaration], declared: Declaration, seed: int
) -> None:
    host = LabHost()
    try:
        found = host.run(odd, before, declared, seed)
    finally:
        host.close()
    assert not found, "\n".join(found)
