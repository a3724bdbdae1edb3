# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs and libraries that a host lacks, named together: what each is, for whom, and how it comes there.

A run stops at the first that it needs. Whoever installs that one should not be stopped by the next.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from typing import Any, Dict, List, Tuple, Union

from . import nft
from .data import dataclass
from .dependencies import LEAST
from .errors import MissingDependencyError, MissingProgramError

#: Whose libraries a distribution's packages are.
DISTRIBUTION_PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class Piece:
    """A program or a library that runs need. ``purpose``: "to do what"; ``package``: Debian's and its descendants'."""

    kind: str  # program | library
    name: str
    package: str
    purpose: str

    def is_there(self) -> bool:
        if self.kind == "program":
            return nft.is_there()
        return importlib.util.find_spec(self.name) is not None


PIECES = (
    Piece("program", "nft", "nftables", "for packet rules"),
    Piece("library", "netaddr", "python3-netaddr", "to choose a subnet that overlaps nothing"),
    Piece(
        "library",
        "pyroute2",
        "python3-pyroute2",
        "for macvlan, ipvlan, traffic limits, and published ports that go or move",
    ),
)

#: Needed only by who asks for it, and so not named beside others.
ASKED_FOR = (
    Piece("program", "unbound", "unbound", "for the names of containers"),
    Piece("program", "wg", "wireguard-tools", "for encrypted networks"),
    Piece("program", "openvpn", "openvpn", "for networks that OpenVPN encrypts"),
    Piece("program", "openssl", "openssl", "to make the certificate by which OpenVPN knows a host"),
    Piece("program", "wireguard-go", "wireguard-go", "for encrypted networks on a kernel without WireGuard"),
)


def told(error: Union[MissingDependencyError, MissingProgramError]) -> Tuple[str, List[Dict[str, Any]]]:
    """The message, and as data each missing piece: ``kind``, ``name``, ``package``, and for a library ``python``.

    What the run asked for comes first, with what it asked it for. No data: it is none of those that are known here.
    """
    asked = next((piece for piece in (*PIECES, *ASKED_FOR) if piece.name == error.name), None)
    if asked is None:
        return str(error), []
    others = [piece for piece in PIECES if piece is not asked and not piece.is_there()]
    lacks = ["{0}, {1}".format(_what(asked), error.reason), *(_what(each) + ", " + each.purpose for each in others)]
    message = "{0} lacks {1}; nothing was changed. {2}".format(
        socket.gethostname(), "; ".join(lacks), _cure([asked, *others])
    )
    return message, [_as_data(piece) for piece in (asked, *others)]


def _what(piece: Piece) -> str:
    if piece.kind == "program":
        least = " >= " + LEAST[piece.name] if piece.name in LEAST else ""
        return "the program {0}{1} (package {2})".format(piece.name, least, piece.package)
    text = "the Python library {0} >= {1} (package {2}) for {3}"
    return text.format(piece.name, LEAST[piece.name], piece.package, sys.executable)


def _cure(pieces: List[Piece]) -> str:
    text = "The role topology installs what is missing with topology_install_dependencies: true"
    libraries = [piece.name for piece in pieces if piece.kind == "library"]
    if not libraries or serves(sys.executable):
        return text
    text += ", but a distribution's packages of Python libraries serve {0}, and this task runs with {1}: let "
    text += "ansible_python_interpreter be {0}, or install {2} into {1} with its own pip"
    return text.format(DISTRIBUTION_PYTHON, sys.executable, " and ".join(libraries))


def serves(python: str) -> bool:
    """Whether a Python sees the libraries of the distribution's packages."""
    return os.path.realpath(python) == os.path.realpath(DISTRIBUTION_PYTHON) and sys.prefix == sys.base_prefix


def _as_data(piece: Piece) -> Dict[str, Any]:
    data = {"kind": piece.kind, "name": piece.name, "package": piece.package}
    return data if piece.kind == "program" else dict(data, python=sys.executable)
