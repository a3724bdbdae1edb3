# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OCI runtime of Docker, run as Docker runs it, with a runc that only tells what it was given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Optional

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import docker, names, oci_runtime

ID = "0123456789abcdef" * 4


class Bundle:
    """A container of Docker's that is about to be started, on a host on which web is declared."""

    def __init__(self, place: Path) -> None:
        self.place, self.log = place, place / "log.json"
        self.own = place / "containers" / ID
        for directory in ("bin", "netns", "marks", "files/web"):
            (place / directory).mkdir(parents=True)
        self.own.mkdir(parents=True)
        (place / "bin" / "runc").write_text('#!/bin/sh\necho "$@"\n')
        (place / "bin" / "runc").chmod(0o755)
        for file in ("hosts", "resolv.conf", "hostname"):
            (place / "files" / "web" / file).write_text("web\n")
        self.config: Dict[str, Any] = {
            "process": {"env": ["PATH=/bin"]},
            "hostname": ID[:12],
            "linux": {"namespaces": [{"type": "mount"}, {"type": "network"}]},
            "mounts": [
                {"destination": "/etc/" + each, "source": str(self.own / each), "options": ["rbind"]}
                for each in ("hosts", "resolv.conf", "hostname")
            ],
        }
        text = docker.runtime_program().replace("-IS", "-S", 1)
        for constant, directory in (("HANDLES", "netns"), ("MARKS", "marks"), ("FILES", "files")):
            text = text.replace(json.dumps(getattr(oci_runtime, constant)), json.dumps(str(place / directory)))
        self.program = place / "runtime"
        self.program.write_text(text)

    def declare(self, name: str, attach: Optional[str] = None, inode: int = 0) -> None:
        (self.place / "netns" / name).symlink_to("/proc/{0}/ns/net".format(os.getpid()))
        mark = {"topology": "default", "inode": inode, "attach": attach}
        (self.place / "marks" / name).write_text(json.dumps(mark))

    def create(self, *command: str, path: str = "/bin:/usr/bin") -> "subprocess.CompletedProcess[str]":
        (self.place / "config.json").write_text(json.dumps(self.config))
        words = command or ("create", "--bundle", str(self.place), "--pid-file", "/x", ID)
        return subprocess.run(
            [sys.executable, "-S", str(self.program), "--root", "/run/x", "--log", str(self.log), *words],
            env={"PATH": "{0}/bin:{1}".format(self.place, path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    @property
    def written(self) -> Dict[str, Any]:
        found: Dict[str, Any] = json.loads((self.place / "config.json").read_text())
        return found


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return Bundle(tmp_path)


def test_its_paths_are_those_of_the_collection() -> None:
    assert oci_runtime.HANDLES == names.NETNS_DIRECTORY
    assert oci_runtime.MARKS == names.HANDLE_MARK_DIRECTORY
    assert oci_runtime.FILES == names.NETNS_ETC_DIRECTORY


def test_a_container_without_the_variable_is_runcs_alone_whatever_it_is(bundle: Bundle) -> None:
    for config in (bundle.config, {}, {"process": None}):
        bundle.config = config
        done = bundle.create()
        assert done.returncode == 0 and done.stdout.split()[4:] == [
            "create",
            "--bundle",
            str(bundle.place),
            "--pid-file",
            "/x",
            ID,
        ]
        assert bundle.written == config
    (bundle.place / "config.json").unlink()
    assert bundle.create("create", "-b", "/nowhere", ID).returncode == 0
    bundle.config = {"process": {"env": ["FABRIC_NETNS=web"]}}
    assert bundle.create("delete", "--force", ID).stdout.split()[4:] == ["delete", "--force", ID]


@pytest.mark.parametrize(
    "name, why",
    [
        ("../../etc", "expected the name of a container"),
        ("..", "expected the name of a container"),
        ("/proc/1/ns/net", "expected the name of a container"),
        ("", "expected the name of a container"),
        ("nobody", "no container nobody is declared on this host"),
        ("theirs", "is not a namespace that linuxnet.fabric made"),
        ("agent", "is the host's own network: start it with --network host"),
    ],
)
def test_what_is_no_namespace_of_ours_is_refused_where_docker_looks(bundle: Bundle, name: str, why: str) -> None:
    (bundle.place / "netns" / "theirs").symlink_to("/proc/self/ns/net")
    bundle.declare("agent", "host", os.stat("/proc/self/ns/net").st_ino)
    bundle.config["process"]["env"].append("FABRIC_NETNS=" + name)

    done = bundle.create()

    assert done.returncode == 1 and why in done.stderr and not done.stdout
    told = json.loads(bundle.log.read_text())
    assert told["level"] == "error" and why in told["msg"]
    assert bundle.written == bundle.config


@pytest.mark.parametrize(
    "spaces", [[{"type": "mount"}], [{"type": "network", "path": "/proc/7/ns/net"}]], ids=["the host's", "another's"]
)
def test_one_that_has_another_network_is_refused(bundle: Bundle, spaces: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle.config["linux"]["namespaces"] = spaces
    monkeypatch.setattr(oci_runtime, "_handle_of_ours", lambda name: "/run/netns/" + name)
    with pytest.raises(oci_runtime.Refused, match="--network none"):
        oci_runtime.join(bundle.config, "web", ID)


def test_one_on_a_network_of_dockers_is_refused(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    (bundle.own / "hostconfig.json").write_text(json.dumps({"NetworkMode": "bridge"}))
    monkeypatch.setattr(oci_runtime, "_handle_of_ours", lambda name: "/run/netns/" + name)
    with pytest.raises(oci_runtime.Refused, match="--network none"):
        oci_runtime.join(bundle.config, "web", ID)


def test_the_names_of_ours_are_in_the_place_of_dockers_and_mounts_of_the_owner_stay(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oci_runtime, "_handle_of_ours", lambda name: "/run/netns/" + name)
    monkeypatch.setattr(oci_runtime, "FILES", str(bundle.place / "files"))
    bundle.config["mounts"][1] = dict(bundle.config["mounts"][1], source="/home/resolv.conf")

    oci_runtime.join(bundle.config, "web", ID)

    assert bundle.config["linux"]["namespaces"] == [{"type": "mount"}, {"type": "network", "path": "/run/netns/web"}]
    assert [os.path.relpath(each["source"], bundle.place) for each in bundle.config["mounts"][::2]] == [
        "files/web/hosts",
        "files/web/hostname",
    ]
    assert bundle.config["mounts"][0]["options"] == ["rbind", "rprivate", "ro"]
    assert bundle.config["mounts"][1]["source"] == "/home/resolv.conf"
    assert bundle.config["hostname"] == "web"


def test_without_runc_it_says_so(bundle: Bundle) -> None:
    (bundle.place / "bin" / "runc").unlink()
    bundle.program.write_text(bundle.program.read_text().replace(":/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", ""))
    done = bundle.create(path=str(bundle.place / "bin"))
    assert done.returncode == 1
    assert "runc, which starts the containers of this runtime, is not installed" in done.stderr
