# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian on which nothing was ever installed, nor a list of packages fetched: the role makes it a host.

The tree is made and kept as those of `make matrix` are. Packages come from where this machine has its own.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.lab import ansible
from tests.matrix import releases, roots, sources

BARE = releases.Root(
    "debian-12-bare", releases.DEBIAN_12, ("apt", "python3", "mount", "procps", "iproute2", "ca-certificates")
)
WORDS = {
    "topology_networks": {"front": {}},
    "topology_containers": {"web": {"networks": ["front"], "ports": ["8080:80"]}},
    "topology_install_dependencies": True,
}
#: Mounts the tree, writable, and runs the rest there where this machine's programs and its network are.
INSIDE = """
set -e
tree=$1 upper=$2 shared=$3; shift 3
mount -t tmpfs tmpfs /mnt
mkdir /mnt/root
mount -t overlay -o "lowerdir=$tree,upperdir=$upper/upper,workdir=$upper/work" overlay /mnt/root
mount -t proc proc /mnt/root/proc
mount -t sysfs sysfs /mnt/root/sys
mount --rbind /dev /mnt/root/dev
mount -t tmpfs tmpfs /mnt/root/run
mkdir -p "/mnt/root$shared"
mount --bind "$shared" "/mnt/root$shared"
cp /etc/resolv.conf /mnt/root/etc/resolv.conf
exec "$@"
"""


class Fresh:
    """A host whose only program of ours is Python: its modules run in the tree, Ansible beside it."""

    def __init__(self, tree: Path, directory: Path) -> None:
        self.tree, self.directory = tree, directory
        self.shared = directory / "remote"
        for path in (self.shared, directory / "upper", directory / "work"):
            path.mkdir()
        self.python = self.shared / "python3"
        self.python.write_text('#!/bin/sh\nexec chroot /mnt/root /usr/bin/python3 "$@"\n')
        self.python.chmod(0o755)

    def site(self, *args: str, apart: bool = True) -> "tuple[str, int]":
        """What the playbook says, and how it ends. ``apart``: in a network namespace of its own."""
        words = {
            **WORDS,
            "ansible_connection": "local",
            "ansible_python_interpreter": str(self.python),
            "ansible_remote_tmp": str(self.shared),
        }
        enter = [
            "unshare",
            "--mount",
            "--propagation",
            "private",
            *(["--net"] if apart else []),
            "--",
            "sh",
            "-c",
            INSIDE,
        ]
        inside = ["sh", str(self.tree), str(self.directory), str(self.shared)]
        play = [
            ansible.program("ansible-playbook"),
            "-i",
            "node1,",
            "playbooks/site.yml",
            "-e",
            json.dumps(words),
            *args,
        ]
        done = subprocess.run(
            [*enter, *inside, *play],
            env={**ansible.environment(), "ANSIBLE_STDOUT_CALLBACK": "default"},
            cwd=str(ansible.ROOT),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        return " ".join(done.stdout.split()), done.returncode


@pytest.fixture
def fresh(tmp_path):
    try:
        tree = roots.unpacked(BARE)
    except sources.Unavailable as reason:
        pytest.skip(str(reason))
    return Fresh(tree, tmp_path)


def test_a_debian_where_nothing_was_ever_fetched_becomes_a_host(fresh):
    told, status = fresh.site("--check")
    assert status == 0, told
    assert "lacks the program nft >= 1.0.1 (package nftables), for packet rules; the Python library netaddr" in told
    assert not (fresh.directory / "upper" / "usr" / "sbin" / "nft").exists()

    told, status = fresh.site("--tags", "topology_install", apart=False)
    assert status == 0, told
    assert "TASK [linuxnet.fabric.topology : Fetch the lists of packages]" in told
    assert (fresh.directory / "upper" / "usr" / "sbin" / "nft").exists()

    told, status = fresh.site("--check", "--skip-tags", "topology_install")
    assert status == 0 and "+ create namespace web" in told, told
    told, status = fresh.site("--skip-tags", "topology_install")
    assert status == 0 and "+ create namespace web" in told, told


def test_unbound_is_installed_for_names_without_a_service_of_its_own(fresh):
    told, status = fresh.site("--tags", "topology_install", "-e", "topology_dns=unbound", apart=False)
    assert status == 0, told
    upper = fresh.directory / "upper"
    assert (upper / "usr/sbin/unbound").exists() and (upper / "usr/lib/systemd/system/unbound.service").exists()
    administrators = upper / "etc/systemd/system"
    assert not [path for path in administrators.rglob("unbound.service") if path.is_symlink()]
