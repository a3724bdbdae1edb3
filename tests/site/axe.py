# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""axe-core, the accessibility checker, at the version of package-lock.json: installed under build/ by npm, once."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from docs.site.browser import Browser

HERE = Path(__file__).parent
_NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=30000")
_RUN = """axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.flatMap(each =>
    each.nodes.map(node => each.id + " (" + each.impact + "): " + node.html.slice(0, 120))))"""


class NotInstalled(Exception):
    """There is no npm here, or it could not fetch axe-core; says why."""


@dataclass(frozen=True)
class Axe:
    script: str

    def complaints(self, browser: Browser) -> list[str]:
        """What axe finds wrong with the page that is open, by all its rules."""
        browser.evaluate(self.script + ";0")
        return browser.evaluate(_RUN)


def installed(directory: Path) -> Axe:
    """axe-core in a directory, where it is put unless it is there already. Raises NotInstalled."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstalled("there is no npm on this machine, which axe-core comes from")
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _pinned(HERE) != _pinned(directory):
            _install(npm, directory)
    return Axe((directory / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))


def _install(npm: str, directory: Path) -> None:
    shutil.copy(HERE / "package.json", directory)
    (directory / "package-lock.json").write_text(_pinned(HERE), encoding="utf-8")
    done = subprocess.run([npm, *_NPM], cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        (directory / "package-lock.json").unlink()  # the next one tries again
        raise NotInstalled("npm cannot install axe-core here: " + " ".join(done.stdout.split())[:300])


def _pinned(directory: Path) -> str:
    lock = directory / "package-lock.json"
    return lock.read_text(encoding="utf-8") if lock.exists() else ""
