# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is declared, the answer is a plan or an error of ours: in time, and of a length that a person can read.

``FABRIC_EXAMPLES`` says how many declarations are tried, ``FABRIC_SECONDS`` how long one may take;
``declaration(number)`` makes one of them again.
"""

from __future__ import annotations

import gc
import os
import time
import traceback
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

import pytest
from fuzzed import declaration

from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.addressing import HostDefaults
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.describe import (
    describe_containers,
    describe_networks,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.expand import expand
from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.lease_requests import lease_requests
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.join import join
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.allocate import allocate
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.requests import HostFacts
from ansible_collections.linuxnet.fabric.plugins.module_utils._ipam.store import open_store
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import LONGEST, FabricError
from ansible_collections.linuxnet.fabric.plugins.module_utils._resources.ruleset.text import render

EXAMPLES = int(os.environ.get("FABRIC_EXAMPLES", "1500"))
#: Processor seconds, and as much again where more than all ports of one family are published. The bar is one
#: (tests/long); a machine that does much else beside may take some times as long for the same.
LONGEST_TIME = float(os.environ.get("FABRIC_SECONDS", "5"))
_ALL_PORTS = 65535
_PORTIONS = 10


#: Found among 20,000 (tests/long): digits in a rate and in a burst, in a driver option, and values within values there.
FOUND = (2400, 4396, 6799, 10096, 11749, 16493)


@pytest.mark.parametrize("number", FOUND)
def test_what_once_was_no_error_of_ours_is_one(number: int, tmp_path: Any) -> None:
    assert _tried(declaration(number), str(tmp_path / "leases.db")).trouble is None


@pytest.fixture
def no_garbage_is_looked_for() -> Iterator[None]:
    """As in a run of a module."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage_is_looked_for")
@pytest.mark.parametrize("portion", range(_PORTIONS))
def test_whatever_is_declared_the_only_error_is_ours_and_short_and_soon(portion: int, tmp_path: Any) -> None:
    problems = []
    for number in range(portion, EXAMPLES, _PORTIONS):
        declared = declaration(number)
        begun = time.process_time()
        trouble, ports = _tried(declared, str(tmp_path / "leases.db"))
        took = time.process_time() - begun
        if trouble is None and took > LONGEST_TIME * max(1, ports / _ALL_PORTS):
            trouble = "took {0:.1f} s".format(took)
        if trouble is not None:
            problems.append("declaration({0}): {1}".format(number, trouble))
    assert not problems, "{0} problems:\n{1}".format(len(problems), "\n".join(problems[:5]))


class Tried(NamedTuple):
    trouble: Optional[str]
    ports: int  # that it publishes, in each family by itself


def _tried(declared: Dict[str, Any], store: str) -> Tried:
    try:
        return Tried(None, _everything_before_the_kernel(declared, store))
    except FabricError as error:
        return Tried(_too_long(error), 0)
    except Exception:
        return Tried(traceback.format_exc(limit=-4)[-1500:], 0)


def _too_long(error: FabricError) -> Optional[str]:
    lengths: List[int] = [len(str(error).encode("utf-8")), len(repr(error.details))]
    return "an error of {0} bytes".format(max(lengths)) if max(lengths) > LONGEST else None


def _everything_before_the_kernel(declared: Dict[str, Any], where: str) -> int:
    topology = parse_declaration(
        declared.get("topology_name", "default"),
        declared.get("topology_networks"),
        declared.get("topology_containers"),
        declared.get("topology_default_address_pools"),
        declared.get("topology_port_range"),
    )
    topology = join(topology, None)
    with open_store(check_mode=True, where=where) as store:
        store.begin()
        allocation = allocate(store, lease_requests(topology), HostFacts(machine_id="a host"), probe=_nobody_listens)
        desired = expand(topology, allocation, HostDefaults())
    if desired.ruleset is not None:
        render(desired.ruleset)
    describe_networks(topology, allocation)
    describe_containers(topology, allocation)
    return len(desired.ruleset.publications) if desired.ruleset is not None else 0


def _nobody_listens(_protocol: str, _host_ip: str, _port: int) -> None:
    return None
