# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cached trees of releases and images of kernels: made once, by one recipe each, and never half."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, List, Optional, Set

from . import sources
from .releases import Kernel, Root
from .sources import Unavailable

HERE = Path(__file__).resolve().parent
_HOOK = "/usr/share/mmdebstrap/hooks/maybe-merged-usr"
#: What this process has made, which FRESH=1 makes once.
_MADE: Set[Path] = set()
#: Read by nobody here: half of a tree's size.
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")


def cache() -> Path:
    """FABRIC_ROOTS, or linuxnet-fabric/roots in the user's cache directory."""
    usual = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    directory = Path(os.environ.get("FABRIC_ROOTS") or os.path.join(usual, "linuxnet-fabric", "roots"))
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def need(*programs: str) -> None:
    if os.geteuid() != 0:
        raise Unavailable("root is needed")
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        raise Unavailable("no " + ", ".join(missing))


def tree(root: Root) -> Path:
    """A root as a tar.zst."""
    need("mmdebstrap", "zstd", "apt-get")

    def make(target: Path) -> None:
        command = ["mmdebstrap", "--mode=root", "--variant=essential", "--format=tar", "--hook-dir=" + _HOOK]
        command += ["--include=" + ",".join(root.packages)]
        command += ["--aptopt=" + option for option in sources.options()]
        command += ["--dpkgopt=path-exclude=" + path for path in _LEFT_OUT]
        lines = sources.of_machine(root.release)
        _run([*command, root.release.suite, str(target) + ".tar", "-"], text="\n".join(lines) + "\n")
        _run(["zstd", "-q", "-3", "-T0", "--rm", "-o", str(target), str(target) + ".tar"])

    return cached(root.name, ".tar.zst", repr(root) + repr(_LEFT_OUT), make)


def unpacked(root: Root) -> Path:
    """A root as a directory, which is read only: an overlay's lower half."""
    packed = tree(root)

    def make(target: Path) -> None:
        target.mkdir()
        _run(["tar", "--extract", "--numeric-owner", "--xattrs", "--file", str(packed), "--directory", str(target)])

    return cached(root.name + "-unpacked", "", packed.name, make)


def found(root: Root) -> Optional[Path]:
    """A root as a directory, where one was made before, by this recipe or an older one; it is not made for this."""
    made = sorted(cache().glob(root.name + "-unpacked-*"), key=lambda path: path.stat().st_mtime)
    return made[-1] if made else None


def image(kernel: Kernel) -> Path:
    """A directory with vmlinuz, initrd and root.ext4."""
    need("mmdebstrap", "zstd", "apt-get", "mke2fs", "qemu-system-x86_64")
    if os.uname().machine != "x86_64":
        raise Unavailable("kernels are Debian's for amd64, and this machine is of another kind")
    packed = tree(kernel.root)
    script = HERE / "make-image"

    def make(target: Path) -> None:
        with tempfile.TemporaryDirectory(dir=str(target.parent)) as directory:
            package = _kernel_package(kernel, Path(directory))
            _run(
                ["unshare", "--mount", "--propagation", "private", str(script), str(packed), str(package), str(target)]
            )

    recipe = repr(kernel) + script.read_text() + (HERE / "init").read_text() + packed.name
    return cached("linux-" + kernel.name, "", recipe, make)


def _kernel_package(kernel: Kernel, directory: Path) -> Path:
    """Download the package that the release's kernel depends on now."""
    for name in ("lists/partial", "archives/partial"):
        (directory / name).mkdir(parents=True)
    (directory / "sources.list").write_text("\n".join(sources.of_machine(kernel.release)) + "\n")
    (directory / "status").touch()
    words = [
        "Dir::State::Lists={0}/lists",
        "Dir::State::Status={0}/status",
        "Dir::Cache={0}",
        "Dir::Etc::SourceList={0}/sources.list",
        "Dir::Etc::SourceParts=/dev/null",
        "Dir::Etc::PreferencesParts=/dev/null",
        "APT::Sandbox::User=root",
        "APT::Architecture=amd64",
    ]
    given = [word.format(directory) for word in words] + [each.replace(" ", "=", 1) for each in sources.options()]
    options = [word for each in given for word in ("-o", each.replace('"', ""))]
    _run(["apt-get", *options, "-q", "update"])
    depends = _run(["apt-cache", *options, "depends", "--important", kernel.package])
    package = next(line.split()[1] for line in depends.splitlines() if line.strip().startswith("Depends: linux-image-"))
    _run(["apt-get", *options, "-q", "download", package], cwd=str(directory))
    return next(directory.glob("linux-image-*.deb"))


def cached(name: str, suffix: str, recipe: str, make: Callable[[Path], None]) -> Path:
    """What ``make`` makes of a recipe; made beside and moved into its place, by one process at a time."""
    place = cache() / "{0}-{1}{2}".format(name, hashlib.sha256(recipe.encode()).hexdigest()[:12], suffix)
    with _locked(cache() / (name + ".lock")):
        if place.exists() and (os.environ.get("FRESH") != "1" or place in _MADE):
            return place
        print("making {0} (once)".format(place.name), file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="making-", dir=str(cache())) as directory:
            made = Path(directory) / place.name
            make(made)
            if place.is_dir():
                place.rename(Path(directory) / "old")
            made.rename(place)
        _MADE.add(place)
        return place


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with open(str(path), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command: List[str], text: str = "", **how: str) -> str:
    done = subprocess.run(
        ["nice", *command],
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C"),
        **how,  # type: ignore[call-overload]
    )
    if done.returncode:
        raise RuntimeError("{0}: {1}".format(command[0], (done.stdout + done.stderr)[-3000:]))
    return str(done.stdout)
