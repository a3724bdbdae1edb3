# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For random topologies the matrix that is predicted is the one that is probed, every cell, both families.

``FABRIC_EXAMPLES`` says how many. A failure prints the declaration and each cell that is otherwise.
"""

from __future__ import annotations

import os
from typing import Any, Dict, List

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given
from labhost import LabHost
from mutations import shell
from random_topologies import examples, topologies
from scenarios import Declaration, run
from walking import _FOREIGN_BRIDGE

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.topology_verify import perform_topology_verify

#: Somebody who is known to be there, and answers to nothing: who is played has to stand for all that is behind.
_WIRE = """
ip addr add 2001:db8:1::2/64 dev up0 nodad
ip route add default via 2001:db8:1::1
ip neigh add 198.51.100.1 lladdr 02:00:00:00:00:99 dev up0 nud permanent
ip neigh add 2001:db8:1::1 lladdr 02:00:00:00:00:99 dev up0 nud permanent
"""


def verified(declared: Declaration) -> Dict[str, Any]:
    """In the lab host: what became of each promise. Empty where the declaration is refused."""
    shell(_FOREIGN_BRIDGE + _WIRE)
    try:
        run(declared)
    except FabricError:
        return {}
    params = {"name": "default", "probes": 0, "lock_timeout": 5, **declared}
    return dict(perform_topology_verify(params, False).facts)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for namespaces of its own")
@examples(5)
@given(declared=topologies())
def test_what_is_predicted_is_what_packets_do(declared: Declaration) -> None:
    host = LabHost()
    try:
        facts = host.run(verified, declared)
    finally:
        host.close()
    assert not odd(facts)


def odd(facts: Dict[str, Any]) -> List[str]:
    cells = facts.get("cells", ())
    return ["{text}: {said}".format(**cell) for cell in cells if cell["result"] != "held"]
