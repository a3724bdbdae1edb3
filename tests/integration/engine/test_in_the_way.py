# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way, or is refused by the kernel, is told by a check as by a run, before anything is changed."""

from __future__ import annotations

import os
from typing import Any, Dict, NamedTuple, Optional, Tuple

import pytest
from labhost import LabHost
from mutations import shell
from scenarios import NOTHING, Declaration, run
from world import difference, world

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel.errors import FabricError

SMALL: Declaration = {
    "networks": {"front": {}},
    "containers": {"web": {"networks": ["front"]}, "batch": {"network_mode": "none"}},
}


class Way(NamedTuple):
    """``script`` is what somebody did; ``made``: to a host on which SMALL had been made."""

    script: str
    told: str
    made: bool = False


_ALTNAME = "ip {0} link add odd type veth peer name oddp; ip {0} link property add dev odd altname {1}"
IN_THE_WAY: Dict[str, Way] = {
    "a directory": Way("mkdir -p /run/netns/batch", "/run/netns/batch is a directory, and so not ours"),
    "a directory, later": Way(
        "ip netns delete batch; mkdir /run/netns/batch", "/run/netns/batch is a directory", made=True
    ),
    "a mounted directory": Way(
        "mkdir -p /run/netns/batch; mount -t tmpfs none /run/netns/batch", "/run/netns/batch is a directory"
    ),
    "a mounted file": Way(
        "umount /run/netns/batch; mount --bind /etc/passwd /run/netns/batch",
        "/run/netns/batch is a mount of something else",
        made=True,
    ),
    "a FIFO": Way("mkdir -p /run/netns; mkfifo /run/netns/batch", "/run/netns/batch is a FIFO"),
    "a link": Way("mkdir -p /run/netns; ln -s /etc/passwd /run/netns/batch", "/run/netns/batch is a symbolic link"),
    "a file": Way("mkdir -p /run/netns; echo text > /run/netns/batch", "is a file with something in it"),
    "a bridge's name as an altname": Way(
        _ALTNAME.format("", "br-front"),
        "interface br-front cannot be made: odd has that as a second name, which is not ours",
    ),
    "a renamed pair's name as an altname": Way(
        "pair=$(ip -br link show type veth | grep -o '^veth[^@ ]*' | head -1); ip link set $pair name stray; "
        + _ALTNAME.format("", "$pair"),
        "cannot be made: odd has that as a second name",
        made=True,
    ),
    "an altname in a container": Way(
        "ip -n web link set eth0 name stray; " + _ALTNAME.format("-n web", "eth0"),
        "interface eth0 in namespace web cannot be made: odd has that as a second name",
        made=True,
    ),
}


@pytest.mark.parametrize("what", IN_THE_WAY)
def test_what_stands_in_the_way_is_told_by_the_check_too(fresh_host: LabHost, what: str) -> None:
    way = IN_THE_WAY[what]
    check, apply, odd = fresh_host.run(_both, way, SMALL)
    assert way.told in check
    assert apply == check
    assert odd == {}, "and nothing was changed"


def test_what_somebody_put_in_the_place_of_a_handle_outlives_the_topology(fresh_host: LabHost) -> None:
    assert fresh_host.run(_removed_around_a_directory) == ["batch"]


def _removed_around_a_directory() -> Any:

    run(SMALL)
    shell("ip netns delete batch; mkdir /run/netns/batch")
    run(NOTHING)
    return sorted(os.listdir("/run/netns"))


#: A setting, and what is told of it.
REFUSED: Dict[str, Tuple[str, str, str]] = {
    "a value out of range": ("net.ipv4.ip_unprivileged_port_start", "99999", "the kernel refuses it"),
    "a word": ("net.ipv4.ip_forward", "yes", "the kernel refuses it"),
    "an unknown setting": ("net.ipv4.no_such", "1", "this kernel has no such setting in a namespace of its own"),
    "an unknown setting of an interface": ("net.ipv4.conf.eth0.no_such", "1", "this kernel has no such setting"),
    "another way to write a number": ("net.ipv4.tcp_syn_retries", "0x3", "the kernel makes 3 of it; write that"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("container", ["late", "web"])
def test_a_setting_that_the_kernel_refuses_is_told_by_the_check_too(
    fresh_host: LabHost, what: str, container: str
) -> None:
    key, value, told = REFUSED[what]
    words = {"networks": ["front"], "sysctls": {key: value}}
    declared = dict(SMALL, containers={**SMALL["containers"], container: words})
    check, apply, odd = fresh_host.run(_both, Way("true", told, made=True), declared)
    assert check.startswith('topology_containers.{0}.sysctls.{1}: "{2}": {3}'.format(container, key, value, told))
    assert apply == check
    assert odd == {}


def test_a_timer_that_is_over_before_it_begins_is_refused(fresh_host: LabHost) -> None:
    assert fresh_host.run(_told, SMALL, False, confirm_timeout=-1) == (
        "confirm_timeout: -1: must be 0, for no timer, or the seconds within which the run is to be confirmed"
    )


def _both(way: Way, declared: Declaration) -> Tuple[Optional[str], Optional[str], Dict[str, Any]]:
    if way.made:
        run(SMALL)
    shell(way.script)
    before = world()
    return _told(declared, True), _told(declared, False), difference(before, world())


def _told(declared: Declaration, check: bool, **more: Any) -> Optional[str]:
    try:
        run(declared, check=check, **more)
    except FabricError as error:
        return str(error)
    return None
