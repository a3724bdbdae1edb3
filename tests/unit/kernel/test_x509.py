# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a certificate says, read without a library; ``openssl`` is asked what it thinks of the same."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import x509
from tests.unit.kernel.certificates import certificate


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")
@pytest.mark.parametrize("days", [1, 3652, 20000])
def test_it_reads_what_openssl_made_as_openssl_does(days: int, tmp_path: Path) -> None:
    path, name = str(tmp_path / "made.pem"), "fabric-0123456789abcdef"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path + ".key"]
    subject = ["-subj", "/O=somebody/CN=" + name, "-days", str(days), "-out", path]
    subprocess.run(["openssl", "req", "-x509", *curve, *subject], check=True, capture_output=True)
    shown = subprocess.run(
        ["openssl", "x509", "-in", path, "-noout", "-fingerprint", "-sha256", "-enddate"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()

    found = x509.read(x509.of_pem(Path(path).read_text(encoding="ascii")))

    ends = datetime.strptime(shown[1], "notAfter=%b %d %H:%M:%S %Y GMT").replace(tzinfo=timezone.utc)
    assert found == x509.Certificate(name, shown[0].split("=")[1], int(ends.timestamp()))


@pytest.mark.parametrize(
    ("ends", "year"), [("491231235959Z", 2049), ("500101000000Z", 1950), ("20760101000000Z", 2076)]
)
def test_the_year_of_its_end_has_two_digits_or_four(ends: str, year: int) -> None:
    found = x509.read(certificate("web", "key", ends))

    assert datetime.fromtimestamp(found.ends, timezone.utc).year == year


@pytest.mark.parametrize("text", ["", "no base64", "AAAA", "MIIB", certificate("web", "key")[:-8], "MAMwAQA="])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        x509.read(text)


def test_a_file_without_one_is_refused() -> None:
    with pytest.raises(ValueError, match="no certificate"):
        x509.of_pem("-----BEGIN PRIVATE KEY-----\nMAMwAQA=\n-----END PRIVATE KEY-----\n")
