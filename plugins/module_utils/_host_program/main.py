# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``linuxnet-fabric`` on a host: one command, its answer as a table or as JSON, and what it exits with."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import List, Optional

from .._kernel import dependencies, printable
from .._kernel.errors import FabricError
from .answer import CLEAN, FAILED
from .commands import Words, parser
from .completing import complete


def main(arguments: Optional[List[str]] = None) -> int:
    """The exit status: 0, of ``check`` also 2, and 1 for every failure, a wrong word included."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["_complete"]:
        return _complete(os.environ.get("COMP_LINE", ""))
    words = parser().parse_args(arguments)
    try:
        _require_root()
        dependencies.require_python()
        return _show(words)
    except FabricError as error:
        return _fail(str(error))
    except BrokenPipeError:  # whoever reads has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return _fail(str(error))


def _complete(line: str) -> int:
    with contextlib.suppress(OSError):  # not root's: then the names on the host are nobody's business
        sys.stdout.write("\n".join(complete(line)) + "\n")
    return CLEAN


def _show(words: Words) -> int:
    answer = words.command(words)
    if words.json:
        sys.stdout.write(json.dumps(printable.data(answer.data), indent=2) + "\n")
    else:
        for line in answer.lines:
            sys.stdout.write(printable.text(line) + "\n")
    sys.stdout.flush()
    for warning in answer.warnings:
        sys.stderr.write("linuxnet-fabric: {0}\n".format(printable.text(warning)))
    return answer.status


def _require_root() -> None:
    if os.geteuid() != 0:
        raise FabricError("linuxnet-fabric needs root; run it with sudo")


def _fail(text: str) -> int:
    sys.stderr.write("linuxnet-fabric: {0}\n".format(printable.text(text)))
    return FAILED


if __name__ == "__main__":
    raise SystemExit(main())
