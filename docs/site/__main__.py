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
        pages.stage(Path(directory), reference)
        sphinx = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "--jobs", "auto"]
        doctrees, configuration = Path(directory, ".doctrees"), Path(__file__).parent
        subprocess.run([*sphinx, "-c", configuration, "-d", doctrees, directory, site], check=True)
    accessible.mend(site)
    examples.write(site / "examples")


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
