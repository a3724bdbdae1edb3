# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where packages come from: this machine's own apt configuration, read for the releases of the matrix."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Tuple

from .releases import RELEASES, Release

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_SUITES = {release.suite for release in RELEASES} | {"stable", "oldstable", "oldoldstable", "forky", "sid"}


class Unavailable(Exception):
    """This machine cannot run a row; the message says why."""


def entries(name: str, text: str) -> Iterator[Tuple[str, str]]:
    """(URI, suite) of a file of sources.list(5), in the one-line format or, named \\*.sources, as deb822."""
    if name.endswith(".sources"):
        for paragraph in text.split("\n\n"):
            words = _fields(paragraph)
            if "deb" in words.get("types", []) and words.get("enabled", ["yes"]) != ["no"]:
                yield from ((uri, suite) for uri in words.get("uris", []) for suite in words.get("suites", []))
        return
    for line in text.splitlines():
        words_of_line = line.split("#")[0].split()
        if words_of_line[:1] == ["deb"]:
            rest = words_of_line[1:]
            while rest and not rest[0].endswith("]") and rest[0].startswith("["):
                rest = rest[:1] + rest[2:] if not rest[1].endswith("]") else rest[1:]
            rest = rest[1:] if rest and rest[0].endswith("]") else rest
            if len(rest) >= 2:
                yield rest[0], rest[1]


def _fields(paragraph: str) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    key = ""
    for line in paragraph.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] not in (" ", "\t") and ":" in line:
            key, line = line.split(":", 1)
            key = key.strip().lower()
        found.setdefault(key, []).extend(line.split())
    return found


def lines(release: Release, known: Sequence[Tuple[str, str]]) -> List[str]:
    """The sources of a release, in the one-line format, at the places from which this machine has Debian."""
    main = [uri for uri, suite in known if suite in _SUITES]
    security = [uri for uri, suite in known if suite.endswith("-security") and suite[:-9] in _SUITES]
    if not main:
        raise Unavailable("no source of Debian's packages in /etc/apt")
    options = " [signed-by={0}]".format(KEYRING) if os.path.exists(KEYRING) else ""
    found = ["deb{0} {1} {2} main".format(options, main[0], release.suite)]
    if release.security and security:
        found.append("deb{0} {1} {2}-security main".format(options, security[0], release.suite))
    return found


def of_machine(release: Release) -> List[str]:
    """As ``lines``, from /etc/apt. Unavailable when the mirror does not answer."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    known = [entry for path in files if path.is_file() for entry in entries(path.name, path.read_text())]
    found = lines(release, known)
    for line in found:
        uri, suite = line.split()[-3:-1]
        place = "{0}/dists/{1}/InRelease".format(uri.rstrip("/"), suite)
        if not _answers(place):
            raise Unavailable("the mirror does not answer for {0}".format(suite))
    return found


def _answers(place: str) -> bool:
    with tempfile.TemporaryDirectory() as directory:
        helper = ["/usr/lib/apt/apt-helper", "-o", "APT::Sandbox::User=root", "download-file", place]
        return not subprocess.run([*helper, directory + "/file"], capture_output=True).returncode


def options() -> List[str]:
    """This machine's proxies, as apt options, and what a mirror that stands still needs: signatures are checked as
    ever, but that a list is past its date is no reason to refuse it."""
    dump = subprocess.run(["apt-config", "dump"], stdout=subprocess.PIPE, text=True, check=True).stdout
    proxies = [line.rstrip(";") for line in dump.splitlines() if "::Proxy" in line and line.startswith("Acquire::")]
    return [*proxies, 'Acquire::Check-Valid-Until "false"', 'APT::Install-Recommends "false"']
