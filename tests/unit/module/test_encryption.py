# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host lacks for encrypted networks is told with the reason."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._expansion.drivers.registry import parse_declaration
from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.join import join
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import programs, systemd, wireguard
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import (
    DeclarationError,
    FabricError,
    MissingProgramError,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.encryption import (
    needs_program,
    refuse_another_key,
)
from tests.integration.overlay.peer import told

SECRET = {"shop": {"driver": "overlay", "encrypted": True, "ipam": {"config": [{"subnet": "10.88.0.0/16"}]}}}
WEB: Dict[str, Any] = {"web": {"networks": ["shop"]}}


@pytest.fixture
def topology() -> Any:
    fleet = told(SECRET, {"node1": "192.0.2.11"}, WEB)
    return join(parse_declaration("default", SECRET, WEB, None, None), fleet)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A host with the tool and without WireGuard in its kernel."""
    monkeypatch.setattr(wireguard, "require_tool", lambda: None)
    monkeypatch.setattr(wireguard, "is_in_kernel", lambda host: False)
    monkeypatch.setattr(wireguard, "require_program", lambda: None)
    monkeypatch.setattr(systemd, "why_not", lambda: "")
    return monkeypatch


def test_a_program_is_wanted_where_the_kernel_has_no_wireguard(topology: Any, bare: pytest.MonkeyPatch) -> None:
    assert needs_program(None, topology)  # type: ignore[arg-type]

    bare.setattr(wireguard, "is_in_kernel", lambda host: True)
    assert not needs_program(None, topology)  # type: ignore[arg-type]


def test_without_systemd_nobody_would_keep_it_running(topology: Any, bare: pytest.MonkeyPatch) -> None:
    bare.setattr(systemd, "why_not", lambda: "systemd is not process 1 here")

    with pytest.raises(DeclarationError) as error:
        needs_program(None, topology)  # type: ignore[arg-type]

    assert str(error.value) == (
        "topology_networks.shop.encrypted: this kernel has no WireGuard, and the program wireguard-go is to be kept "
        "running by systemd: systemd is not process 1 here; load or install the kernel's module wireguard, or boot "
        "this host with systemd"
    )


def test_the_tool_has_to_be_there(topology: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find", lambda name: None)

    with pytest.raises(MissingProgramError, match="wg is needed for encrypted networks"):
        needs_program(None, topology)  # type: ignore[arg-type]


@pytest.mark.parametrize("own", [None, "another"])
def test_a_key_that_the_fleet_was_not_told_of_is_refused(
    own: Any, topology: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wireguard, "own_public_key", lambda name: own)

    with pytest.raises(FabricError, match="linuxnet.fabric.site"):
        refuse_another_key(topology, check_mode=False)
