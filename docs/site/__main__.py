# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the site: ``python -m docs.site REFERENCE SITE``, from antsibull-docs' pages in REFERENCE to HTML in SITE.

Whatever Sphinx warns of, such as a link that leads nowhere, is an error.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docs.site import accessible, examples, pages


def build(reference: Path, site: Path) -> None:
    """Make the site anew. Raises CalledProcessError after Sphinx has told what is wrong."""
    shutil.rmtree(site, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="fabric-site-") as directory:
        made, doctrees, tree = (Path(directory, name) for name in ("examples", "doctrees", "tree"))
        pages.stage(tree, reference, pictured=examples.write(made))
        sphinx = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "--jobs", "auto"]
        subprocess.run([*sphinx, "-c", Path(__file__).parent, "-d", doctrees, tree, site], check=True)
        accessible.mend(site)
        shutil.copytree(made, site / "examples")


def main(arguments: list[str]) -> int:
    reference, site = map(Path, arguments)
    try:
        build(reference, site)
    except subprocess.CalledProcessError as error:
        return error.returncode
    print(f"written: {site}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
