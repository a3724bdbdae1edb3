# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real etcd in a lab: members on lab hosts, with TLS and passwords if a test wants, each of which a test can stop.

It is the one of PATH: another release's etcd and etcdctl, in a directory that comes first there, are tried as well.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from .place import Host
from .waiting import wait_for

USER, PASSWORD = "fabric", "a-secret-of-the-test"
PREFIX = "/linuxnet-fabric"
_FIRST_PORT = 2379


def missing() -> Optional[str]:
    return next((name for name in ("etcd", "etcdctl", "openssl") if shutil.which(name) is None), None)


class Cluster:
    """One member on each of these hosts; the same host may have several. They stop with their places."""

    def __init__(self, hosts: Sequence[Host], directory: Path, secure: bool = True, quota: int = 0) -> None:
        self.hosts, self.directory, self.secure, self.quota = list(hosts), directory, secure, quota
        self.running: Dict[int, "subprocess.Popen[str]"] = {}
        directory.mkdir(parents=True, exist_ok=True)
        if secure:
            self._make_authority()
            self.certificate("server")
            self.certificate("client")
        for number in range(len(self.hosts)):
            self.start(number, wait=False)
        self.wait_until_healthy()
        if secure:
            self._ask_for_passwords()

    def endpoint(self, number: int) -> str:
        scheme = "https" if self.secure else "http"
        return "{0}://{1}:{2}".format(scheme, self.hosts[number].ipv4, self._port(number))

    def store(self, **words: Any) -> Dict[str, Any]:
        """``topology_lease_store``."""
        etcd: Dict[str, Any] = {"endpoints": [self.endpoint(number) for number in range(len(self.hosts))]}
        if self.secure:
            paths = {word: str(self.directory / name) for word, name in (("ca", "ca.pem"), ("cert", "client.pem"))}
            etcd.update(paths, key=str(self.directory / "client.key"), user=USER, password=PASSWORD)
        return {"etcd": {**etcd, **words}}

    # -- members

    def start(self, number: int, wait: bool = True) -> None:
        """Where it stood; ready when it returns, if there is a quorum."""
        own, peer = self.endpoint(number), self._peer_url(number)
        words = [
            *("--name", "m%d" % number, "--data-dir", str(self.directory / ("data%d" % number))),
            *("--listen-client-urls", own, "--advertise-client-urls", own),
            *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
            *("--initial-cluster", self._members()),
            *("--bcrypt-cost", "4", "--log-level", "error"),
        ]
        if self.quota:
            words += ["--quota-backend-bytes", str(self.quota)]
        if self.secure:
            words += ["--client-cert-auth"]
            for word, name in (("cert", "server.pem"), ("key", "server.key"), ("trusted-ca", "ca.pem")):
                words += ["--%s-file" % word, str(self.directory / name)]
        log = open(self.directory / ("log%d" % number), "a")
        self.running[number] = self.hosts[number].popen(["etcd", *words], stdout=log, stderr=log)
        log.close()
        if wait:
            self.wait_until_healthy()

    def kill(self, number: int) -> None:
        process = self.running.pop(number)
        process.kill()
        process.wait()

    def leader(self) -> int:
        """A member that has just been started may not answer yet, and one of them may have to be chosen first."""

        def found() -> Optional[List[int]]:
            for number in self.running:
                ran = self._run(["endpoint", "status", "-w", "json"], self.endpoint(number), check=False)
                (status,) = json.loads(ran.stdout) if ran.returncode == 0 else ({},)
                if status and status["Status"]["leader"] == status["Status"]["header"]["member_id"]:
                    return [number]
            return None

        leaders = wait_for(found, 60, "a member is the leader")
        assert leaders is not None
        return leaders[0]

    def wait_until_healthy(self) -> None:
        number = next(iter(self.running))
        health = ["endpoint", "health"]

        def healthy() -> bool:
            return self._run(health, self.endpoint(number), check=False).returncode == 0

        wait_for(healthy, 60, "etcd is healthy: see " + str(self.directory))

    # -- what an administrator does

    def etcdctl(self, *args: str, one: bool = False) -> str:
        """``one``: of one member alone, as a snapshot wants it."""
        endpoints = [self.endpoint(number) for number in self.running]
        return self._run(args, ",".join(endpoints[:1] if one else endpoints)).stdout

    def restore(self, backup: str) -> None:
        """All members anew, from a snapshot."""
        for number in list(self.running):
            self.kill(number)
        for number, host in enumerate(self.hosts):
            data = str(self.directory / ("data%d" % number))
            words = ["--data-dir", data, "--name", "m%d" % number, "--initial-cluster", self._members()]
            peers = ["--initial-advertise-peer-urls", self._peer_url(number)]
            host.run(["rm", "-rf", data])
            host.run(["env", "ETCDCTL_API=3", "etcdctl", "snapshot", "restore", backup, *words, *peers])
        for number in range(len(self.hosts)):
            self.start(number, wait=False)
        self.wait_until_healthy()

    def keys(self) -> Dict[str, str]:
        """All that is there, below the prefix."""
        lines = self.etcdctl("get", "--prefix", PREFIX + "/").splitlines()
        return {key[len(PREFIX) + 1 :]: value for key, value in zip(lines[::2], lines[1::2])}

    def certificate(self, name: str, days: int = 30, subject: str = "/O=fabric") -> None:
        """Without a CommonName: with passwords on, etcd's gateway takes no other."""
        addresses = sorted({host.ipv4 for host in self.hosts})
        extension = self.directory / "extension"
        extension.write_text("subjectAltName=" + ",".join("IP:" + each for each in addresses))
        self._openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {0}.key -out {0}.csr", name, subject
        )
        sign = "x509 -req -in {0}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile extension -out {0}.pem -days %d"
        self._openssl(sign % days, name)

    # --

    def _port(self, number: int) -> int:
        return _FIRST_PORT + 2 * number

    def _members(self) -> str:
        return ",".join("m%d=%s" % (number, self._peer_url(number)) for number in range(len(self.hosts)))

    def _peer_url(self, number: int) -> str:
        return "http://{0}:{1}".format(self.hosts[number].ipv4, self._port(number) + 1)

    def _make_authority(self) -> None:
        words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {0}.key -out {0}.pem -days 30"
        self._openssl(words, "ca", "/O=authority")

    def _openssl(self, words: str, name: str, subject: str = "") -> None:
        command = ["openssl", *words.format(name).split(), *(["-subj", subject] if subject else [])]
        subprocess.run(command, cwd=self.directory, check=True, capture_output=True)

    def _ask_for_passwords(self) -> None:
        for words in (
            "user add root:root-secret",
            "user grant-role root root",
            "role add fabric",
            "role grant-permission fabric --prefix=true readwrite " + PREFIX + "/",
            "user add {0}:{1}".format(USER, PASSWORD),
            "user grant-role {0} fabric".format(USER),
            "auth enable",
        ):
            self.etcdctl(*words.split())
        self._root = ["--user", "root:root-secret"]

    _root: List[str] = []

    def _run(self, args: Sequence[str], endpoints: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        tls = []
        if self.secure:
            files = (("--cacert", "ca.pem"), ("--cert", "client.pem"), ("--key", "client.key"))
            tls = [each for word, name in files for each in (word, str(self.directory / name))]
        command = ["env", "ETCDCTL_API=3", "etcdctl", "--endpoints", endpoints, *tls, *self._root, *args]
        return self.hosts[0].run(command, check=check)
