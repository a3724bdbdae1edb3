# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host lacks for networks that OpenVPN encrypts is told with the reason, and that its certificate ends."""

from __future__ import annotations

import subprocess
import time
from typing import Any

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._fleet.openvpn import common_name
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import openvpn, programs, systemd
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import (
    DeclarationError,
    FabricError,
    MissingProgramError,
)
from ansible_collections.linuxnet.fabric.plugins.module_utils._module.encryption import (
    ending_soon,
    needs_program,
    refuse_another_key,
)
from tests.unit.kernel.certificates import certificate
from tests.unit.resources.test_openvpn import _topology as topology_of

DAY = 86400


@pytest.fixture
def topology() -> Any:
    return topology_of("node1")


@pytest.mark.parametrize(
    ("version", "is_refused"), [("2.5.9", True), ("2.6_git", False), ("2.6.14", False), ("3.0", False)]
)
def test_a_version_that_knows_no_fingerprints_is_refused(
    version: str, is_refused: bool, topology: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = subprocess.CompletedProcess([], 0, "OpenVPN {0} x86_64-pc-linux-gnu [SSL (OpenSSL)]\n".format(version), "")
    monkeypatch.setattr(programs, "find", lambda name: "/usr/sbin/" + name)
    monkeypatch.setattr(programs, "run", lambda *words: said)
    monkeypatch.setattr(systemd, "why_not", lambda: "")

    if not is_refused:
        assert needs_program(None, topology)  # type: ignore[arg-type]
        return
    with pytest.raises(FabricError, match="this host has OpenVPN 2.5.9, and the hosts know each other by fingerprint"):
        needs_program(None, topology)  # type: ignore[arg-type]


def test_the_program_has_to_be_there(topology: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find", lambda name: None)

    with pytest.raises(MissingProgramError, match="openvpn is needed for encrypted networks"):
        needs_program(None, topology)  # type: ignore[arg-type]
    with pytest.raises(MissingProgramError, match="openssl is needed to make the certificate of this host"):
        openvpn.make_certificate("default", "fabric-0")


def test_without_systemd_nobody_would_keep_it_running(topology: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvpn, "require_program", lambda: None)
    monkeypatch.setattr(systemd, "why_not", lambda: "systemd is not process 1 here")

    with pytest.raises(DeclarationError) as error:
        needs_program(None, topology)  # type: ignore[arg-type]

    assert str(error.value) == (
        "topology_networks.shop.encrypted: OpenVPN is to be kept running by systemd: systemd is not process 1 here; "
        "boot this host with systemd, or write wireguard"
    )


@pytest.mark.parametrize(("left", "told"), [(31 * DAY, ""), (29.5 * DAY, "ends in 29 days"), (-DAY, "has ended")])
def test_a_certificate_that_ends_is_told_thirty_days_ahead(
    left: float, told: str, topology: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + left))
    monkeypatch.setattr(openvpn, "own_certificate", lambda name: certificate("fabric-0", "key", ends))

    found = list(ending_soon(topology))

    assert len(found) == bool(told)
    assert all(told in each and "/var/lib/linuxnet-fabric/openvpn/default.pem" in each for each in found)


@pytest.mark.parametrize("own", [None, certificate(common_name("default", "id-of-node1"), "another")])
def test_a_certificate_that_the_fleet_was_not_told_of_is_refused(
    own: Any, topology: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvpn, "own_certificate", lambda name: own)

    with pytest.raises(FabricError, match="openvpn/default.pem: .*linuxnet.fabric.site"):
        refuse_another_key(topology, check_mode=False)
