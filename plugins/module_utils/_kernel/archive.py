# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the host: this very code as one file that Python runs (zipapp), with its bytecode.

It is made of what is running: of the checkout, or of what Ansible sent. The same code makes the same file, so whether
the one on a host is this one is told by the table of contents of both: name and CRC-32 of each source. Bytecode is of
one release of Python; another one reads the sources, which are there too.
"""

from __future__ import annotations

import importlib.util
import io
import marshal
import os
import pkgutil
import sys
import zipfile
import zlib
from typing import Dict, Iterator, Mapping, Tuple

from . import files, gate

#: The package that the code is in there.
_PACKAGE = "linuxnet_fabric"
_MAIN = "import sys\nfrom {0}._host_program.main import main\nsys.exit(main())\n".format(_PACKAGE)
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can tell
#: What only a module of Ansible needs, and what imports Ansible.
LEFT_OUT = ("_module.engine", "_module.frame", "_module.handing_over")


def is_current(path: str) -> bool:
    """Whether the file is what ``install`` would make of it."""
    try:
        with open(path, "rb") as file:
            if file.readline() != _first_line() or not os.access(path, os.X_OK):
                return False
            with zipfile.ZipFile(file) as archive:
                found = {each.filename: each.CRC for each in archive.infolist() if each.filename.endswith(".py")}
    except (OSError, zipfile.BadZipFile):
        return False
    return found == {name: zlib.crc32(source) for name, source in _sources().items()}


def install(path: str) -> None:
    """Make it, or make it anew, in one step: a program that runs goes on with the file that it had."""
    gate.writing("file " + path)
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    temporary = path + ".new"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o755)
    with os.fdopen(descriptor, "wb") as file:
        file.write(archive())
        os.fchmod(file.fileno(), 0o755)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def remove(path: str) -> None:
    gate.writing("file " + path)
    files.unlink(path)


def archive() -> bytes:
    """The whole file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, source in sorted(_sources().items()):
            _add(made, name, source)
            _add(made, name + "c", _bytecode(name, source))
    return _first_line() + content.getvalue()


def _first_line() -> bytes:
    """By the Python that applied, without what somebody's environment says: a boot has none."""
    return "#!{0} -E\n".format(sys.executable).encode("utf-8")


def _add(made: zipfile.ZipFile, name: str, data: bytes) -> None:
    made.writestr(zipfile.ZipInfo(name, _TIME), data, zipfile.ZIP_DEFLATED)


def _bytecode(name: str, source: bytes) -> bytes:
    """As a file of its own would hold it, never compared with a source (PEP 552)."""
    code = compile(source, name, "exec", dont_inherit=True)
    return (
        importlib.util.MAGIC_NUMBER
        + (1).to_bytes(4, "little")
        + importlib.util.source_hash(source)
        + marshal.dumps(code)
    )


def _sources() -> Mapping[str, bytes]:
    """Name in the archive → text, of every file of the engine."""
    found: Dict[str, bytes] = {"__main__.py": _MAIN.encode("utf-8"), _PACKAGE + "/__init__.py": b""}
    for name, source in _modules():
        found["{0}/{1}".format(_PACKAGE, name)] = source
    return found


def _modules() -> Iterator[Tuple[str, bytes]]:
    prefix = __name__.rpartition("._kernel.")[0] + "."
    top = sys.modules[__package__ or ""].__path__
    root = [os.path.dirname(each) for each in top]
    for module in pkgutil.walk_packages(root, prefix):
        short = module.name[len(prefix) :]
        if not short.startswith("_") or short in LEFT_OUT:
            continue
        spec = module.module_finder.find_spec(module.name, None)  # type: ignore[call-arg]
        source = spec.loader.get_source(module.name) if spec is not None and spec.loader is not None else None  # type: ignore[attr-defined]
        path = short.replace(".", "/") + ("/__init__.py" if module.ispkg else ".py")
        yield path, (source or "").encode("utf-8")
