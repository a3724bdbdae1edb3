# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host lacks is named together: whoever installs one piece is not stopped by the next."""

from __future__ import annotations

import socket
import sys

import pytest
import yaml

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import missing
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import (
    MissingDependencyError,
    MissingProgramError,
)
from tests.paths import ROOT

NO_NFT = MissingProgramError("nft", "for packet rules", "https://netfilter.org/")


@pytest.fixture
def host(monkeypatch):
    """A function that makes this a host with these pieces only, whose modules run with this Python."""

    def make(*pieces, python="/usr/bin/python3", of_the_distribution=True):
        monkeypatch.setattr(missing.nft, "is_there", lambda: "nft" in pieces)
        monkeypatch.setattr(missing.importlib.util, "find_spec", lambda name: name if name in pieces else None)
        monkeypatch.setattr(missing.sys, "executable", python)
        monkeypatch.setattr(missing, "serves", lambda python: of_the_distribution)

    return make


def test_a_host_without_anything_is_told_of_all_that_it_lacks_what_was_asked_for_first(host):
    host()
    told, pieces = missing.told(NO_NFT)
    assert told == (
        "{0} lacks the program nft >= 1.0.1 (package nftables), for packet rules; "
        "the Python library netaddr >= 0.8 (package python3-netaddr) for /usr/bin/python3, "
        "to choose a subnet that overlaps nothing; "
        "the Python library pyroute2 >= 0.7.2 (package python3-pyroute2) for /usr/bin/python3, "
        "for macvlan, ipvlan, traffic limits, and published ports that go or move; nothing was changed. "
        "The role topology installs what is missing with topology_install_dependencies: true"
    ).format(socket.gethostname())
    assert [(piece["kind"], piece["name"]) for piece in pieces] == [
        ("program", "nft"),
        ("library", "netaddr"),
        ("library", "pyroute2"),
    ]


def test_what_is_there_is_not_named(host):
    host("nft", "pyroute2")
    told, pieces = missing.told(MissingDependencyError("netaddr", "to choose a subnet"))
    assert "lacks the Python library netaddr >= 0.8 (package python3-netaddr) for /usr/bin/python3, to choose" in told
    assert [piece["name"] for piece in pieces] == ["netaddr"]


def test_a_python_that_the_packages_do_not_serve_is_told_so(host):
    host("nft", python="/opt/venv/bin/python", of_the_distribution=False)
    told, pieces = missing.told(MissingDependencyError("netaddr", "to choose a subnet"))
    assert told.endswith(
        "but a distribution's packages of Python libraries serve /usr/bin/python3, and this task runs with "
        "/opt/venv/bin/python: let ansible_python_interpreter be /usr/bin/python3, or install netaddr and pyroute2 "
        "into /opt/venv/bin/python with its own pip"
    )
    assert pieces[0]["python"] == "/opt/venv/bin/python"


def test_a_virtual_environment_is_no_python_of_the_distribution():
    assert missing.serves(sys.executable) is (sys.prefix == sys.base_prefix and sys.executable.startswith("/usr/bin/"))


def test_another_program_is_told_as_ever():
    told, pieces = missing.told(MissingProgramError("iptables", "to let bridges through", "https://example.org/"))
    assert told.startswith("iptables is needed to let bridges through, and ") and pieces == []


def test_the_role_installs_the_package_of_each_piece():
    defaults = yaml.safe_load((ROOT / "roles" / "topology" / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert sorted(defaults["topology_dependencies"]) == sorted(piece.package for piece in missing.PIECES)
