# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host lacks is told in one line that names what was found and what is needed."""

from __future__ import annotations

import re

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import dependencies, nft
from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import (
    FabricError,
    MissingDependencyError,
)

#: What nft 0.9.8 says of two lines of a script, and what nft says for a kernel that lacks something.
OLD_NFT = """/dev/stdin:88:48-71: Error: datatype mismatch, expected concatenation of (a, b), expression has type (a)
\t\ttype ipv4_addr . inet_proto : ipv4_addr
\t\t                              ^^^^^^^^^
/dev/stdin:99:48-71: Error: datatype mismatch, expected concatenation of (a, b), expression has type (a)
\t\ttype ipv6_addr . inet_proto : ipv6_addr
\t\t                              ^^^^^^^^^
"""
NO_BRIDGES = """/dev/stdin:370:1-2: Error: Could not process rule: Operation not supported
table bridge fabric-default {
^^
"""


@pytest.fixture
def host(monkeypatch):
    """A function that makes this a host with these versions; what it does not name is new enough."""

    def make(**versions):
        new = {"nft": "1.0.6", "pyroute2": "0.7.2", "netaddr": "0.8.0", **versions}
        monkeypatch.setattr(dependencies, "library_version", new.get)
        monkeypatch.setattr(nft, "version", lambda: new["nft"])
        monkeypatch.setattr(nft, "require", lambda: None)

    return make


@pytest.mark.parametrize(
    "versions",
    [
        {},
        {"pyroute2": None, "netaddr": None},
        {"pyroute2": "0.7.2.post1", "netaddr": "1.3.0", "nft": "1.1.7"},
        {"pyroute2": "0.10.0"},
    ],
    ids=["the least", "no libraries", "newer ones", "two digits"],
)
def test_a_host_that_has_what_is_needed_or_lacks_what_is_not_is_fine(host, versions):
    host(**versions)
    dependencies.require_all()


def test_all_that_is_too_old_is_told_in_one_line(host):
    host(nft="0.9.8", pyroute2="0.5.14", netaddr="0.7.19")
    with pytest.raises(FabricError) as refused:
        dependencies.require_all()
    told = str(refused.value)
    assert "has nft 0.9.8, pyroute2 0.5.14, netaddr 0.7.19; linuxnet.fabric needs nft >= 1.0.1, " in told
    assert "nothing was changed" in told and "\n" not in told


def test_rules_that_an_old_nft_cannot_read_are_told_by_its_version(host):
    host(nft="0.9.8")
    told = str(dependencies.refused_rules(nft.RefusedError(OLD_NFT)))
    assert "has nft 0.9.8; linuxnet.fabric needs nft >= 1.0.1; nothing was changed" in told


def test_rules_that_a_kernel_cannot_do_are_told_by_what_it_says_of_which_line(host):
    host()
    told = str(dependencies.refused_rules(nft.RefusedError(NO_BRIDGES)))
    assert re.match(
        r"nft 1\.0\.6 on Linux \S+ does not load the packet rules that \S+ needs: Could not process rule: "
        r"Operation not supported for table bridge fabric-default \{; nothing was changed\Z",
        told,
    )


@pytest.mark.parametrize(
    "beside", ["pyroute2-0.5.14.egg-info", "pyroute2-0.5.14.dist-info", "pyroute2-0.5.14-py3.9.egg-info"]
)
def test_the_version_of_a_library_stands_beside_it(tmp_path, monkeypatch, beside):
    (tmp_path / "pyroute2").mkdir()
    (tmp_path / "pyroute2" / "__init__.py").write_text("raise AssertionError('imported')")
    (tmp_path / "pyroute2.core-9.dist-info").mkdir()
    (tmp_path / beside).mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(dependencies.sys.modules, "pyroute2", raising=False)
    assert dependencies.library_version("pyroute2") == "0.5.14"


def test_a_library_is_asked_for_by_the_run_that_uses_it(monkeypatch):
    monkeypatch.setattr(dependencies.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match="pyroute2 is needed to end connections"):
        dependencies.require_library("pyroute2", "to end connections")


def test_a_python_that_is_too_old_is_named(monkeypatch):
    monkeypatch.setattr(dependencies.sys, "version_info", (3, 8, 10))
    with pytest.raises(FabricError, match=r"has Python 3\.8\.10 \(.*\); linuxnet\.fabric needs Python >= 3\.9"):
        dependencies.require_python()
