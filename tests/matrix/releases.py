# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of what is run: releases, their roots, kernels, and the rows of docs/support.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Tuple


@dataclass(frozen=True)
class Release:
    """A release of Debian: the name that the mirror knows it by, and whether it has a security archive."""

    name: str
    suite: str
    security: bool = True


@dataclass(frozen=True)
class Root:
    """A tree of a release with these packages and what Debian calls essential; no recommended packages."""

    name: str
    release: Release
    packages: Tuple[str, ...]


@dataclass(frozen=True)
class Kernel:
    """A release's kernel package, booted with the tree of another."""

    name: str
    release: Release
    root: Root
    package: str = "linux-image-amd64"


@dataclass(frozen=True)
class Row:
    """A line of the table. ``libraries`` (from the package index) take the place of the root's own, ``nft_of`` is a
    root whose nft does; ``refused``: below what is supported, and what the refusal must name."""

    name: str
    root: Root
    kernel: Optional[Kernel] = None
    libraries: Tuple[str, ...] = ()
    nft_of: Optional[Root] = None
    refused: Tuple[str, ...] = ()


#: What README asks of a target, and mount, by which a root is entered and a step unmounts a handle.
TARGET = ("python3", "python3-pyroute2", "python3-netaddr", "nftables", "iproute2", "procps", "mount")
BOOT = ("initramfs-tools", "kmod", "zstd", "xz-utils")

DEBIAN_11 = Release("Debian 11", "bullseye")
DEBIAN_12 = Release("Debian 12", "bookworm")
DEBIAN_13 = Release("Debian 13", "trixie")
TESTING = Release("Debian testing", "testing", security=False)
#: Every suite by which a machine's own sources may be recognised as Debian's.
RELEASES = (DEBIAN_11, DEBIAN_12, DEBIAN_13, TESTING)

ROOT_11 = Root("debian-11", DEBIAN_11, (*TARGET, "netbase"))
ROOT_12 = Root("debian-12", DEBIAN_12, (*TARGET, "netbase"))
ROOT_12_MINIMAL = Root("debian-12-minimal", DEBIAN_12, TARGET)
ROOT_12_BOOT = Root("debian-12-boot", DEBIAN_12, (*TARGET, "netbase", *BOOT))
ROOT_13 = Root("debian-13", DEBIAN_13, (*TARGET, "netbase"))
ROOT_TESTING = Root("debian-testing", TESTING, (*TARGET, "netbase"))
#: A machine with what looks after links by itself: no row of the table, but a lab host that boots.
MACHINE = ("systemd-sysv", "dbus", "udev", "network-manager", "openssh-server", "iputils-ping", "netbase")
#: What the benchmarks measure beside us, as it is in a newer release than that of the machine; no row either.
ROOT_13_PEERS = Root(
    "debian-13-peers", DEBIAN_13, ("containernetworking-plugins", "netavark", "iptables", "nftables", "iproute2")
)
ROOT_13_MACHINE = Root("debian-13-machine", DEBIAN_13, (*TARGET, *MACHINE))

USERLANDS: Tuple[Row, ...] = (
    Row("Debian 12", ROOT_12),
    Row("Debian 12 minimal", ROOT_12_MINIMAL),
    Row("Debian 13", ROOT_13),
    Row("Debian testing", ROOT_TESTING),
    Row("Debian 11, newer libraries and nft", ROOT_11, libraries=("pyroute2==0.9.4", "netaddr==1.3.0"), nft_of=ROOT_12),
    Row("Debian 11 as it comes", ROOT_11, refused=("nft 0.9.8", "pyroute2 0.5.14")),
)
KERNELS: Tuple[Row, ...] = tuple(
    Row("Linux {0} under Debian 12".format(name), ROOT_12_BOOT, Kernel(name, release, ROOT_12_BOOT))
    for name, release in (("5.10", DEBIAN_11), ("6.1", DEBIAN_12), ("6.12", DEBIAN_13))
)
#: What `make test` runs: the newest userland and one old kernel.
QUICK: Tuple[Row, ...] = (USERLANDS[3], KERNELS[1])
SETS: Dict[str, Tuple[Row, ...]] = {
    "userlands": USERLANDS,
    "kernels": KERNELS,
    "quick": QUICK,
    "all": USERLANDS + KERNELS,
}
