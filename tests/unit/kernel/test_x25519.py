# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of tunnels: their public half is as RFC 7748 has it."""

from __future__ import annotations

import base64

import pytest

from ansible_collections.linuxnet.fabric.plugins.module_utils._kernel import x25519

#: Section 6.1, Bob's.
PRIVATE = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
PUBLIC = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"


def _key(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode("ascii")


def test_the_public_half_is_that_of_the_rfc() -> None:
    assert x25519.public_key(_key(PRIVATE)) == _key(PUBLIC)


def test_two_keys_agree_on_a_secret() -> None:
    secrets = [int.from_bytes(base64.b64decode(x25519.private_key()), "little") for _each in range(2)]
    halves = [x25519.multiplied(secret, 9) for secret in secrets]

    assert x25519.multiplied(secrets[0], halves[1]) == x25519.multiplied(secrets[1], halves[0])


@pytest.mark.parametrize("text", ["", "short", _key(PRIVATE)[:-4], "*" * 44])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        x25519.public_key(text)
