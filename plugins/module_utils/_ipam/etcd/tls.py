# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS to etcd: what this host shows of itself and whom it believes, and what an error of it means."""

from __future__ import annotations

import calendar
import ssl
import time
from typing import Optional, Tuple

from .access import CERTIFICATE, EXPIRED, Access, EtcdError

#: X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL's x509_vfy.h.
_HAS_EXPIRED = 10


def context(access: Access) -> Optional[ssl.SSLContext]:
    """None where no endpoint speaks TLS. EtcdError names the file that cannot be used."""
    if not any(endpoint.startswith("https:") for endpoint in access.endpoints):
        return None
    made = ssl.create_default_context()
    if access.ca:
        try:
            made = ssl.create_default_context(cafile=access.ca)
        except (OSError, ssl.SSLError) as error:
            raise _unusable("ca", access.ca, error) from error
    if access.cert:
        try:
            made.load_cert_chain(access.cert, access.key or None)
        except (OSError, ssl.SSLError) as error:
            raise _unusable("cert and key", " and ".join(filter(None, (access.cert, access.key))), error) from error
    return made


def _unusable(word: str, path: str, error: Exception) -> EtcdError:
    reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
    text = "{0}: {1} cannot be used ({2}); they are files of this host, in PEM"
    return EtcdError(CERTIFICATE, text.format(word, path, reason))


def explained(access: Access, endpoint: str, error: ssl.SSLError) -> EtcdError:
    """Why the two sides do not come together: a refusal of the far end says little more than that it refuses."""
    if isinstance(error, ssl.SSLCertVerificationError):
        expired = error.verify_code == _HAS_EXPIRED
        text = "the certificate of {0} is not believed: {1}; see ca, and what the certificate says"
        return EtcdError(EXPIRED if expired else CERTIFICATE, text.format(endpoint, error.verify_message))
    ends = not_after(access.cert) if access.cert else None
    if ends is not None and ends < time.time():
        text = "the certificate {0} of this host has expired at {1}, and {2} refuses it; issue a new one"
        return EtcdError(EXPIRED, text.format(access.cert, _date(ends), endpoint))
    reason = (getattr(error, "reason", None) or str(error)).replace("_", " ").lower()
    text = "{0} refuses the connection ({1}); see cert and key, and whom it believes"
    return EtcdError(CERTIFICATE, text.format(endpoint, reason))


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(seconds))


def not_after(path: str) -> Optional[float]:
    """When the first certificate of a PEM file ends, in seconds since the epoch (RFC 5280, section 4.1); None where it
    cannot be told. The ``ssl`` of the standard library has no words for a certificate of one's own."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            text = file.read()
        begin, end = text.index(ssl.PEM_HEADER), text.index(ssl.PEM_FOOTER)
        der = ssl.PEM_cert_to_DER_cert(text[begin : end + len(ssl.PEM_FOOTER)] + "\n")
        certificate, _end = _inside(der, 0)
        at, _end = _inside(der, certificate)  # tbsCertificate
        for _field in ("version", "serialNumber", "signature", "issuer")[der[at] != _VERSION :]:
            _start, at = _inside(der, at)
        not_before, _end = _inside(der, at)  # validity
        _start, after_it = _inside(der, not_before)
        start, end = _inside(der, after_it)
        written = der[start:end].decode("ascii")
        return float(
            calendar.timegm(time.strptime(written, "%y%m%d%H%M%SZ" if len(written) == 13 else "%Y%m%d%H%M%SZ"))
        )
    except (OSError, ValueError, IndexError):
        return None


#: The tag of the field that may be left out.
_VERSION = 0xA0


def _inside(der: bytes, at: int) -> Tuple[int, int]:
    """Where the content of the DER element at this place begins and ends (X.690, section 8.1)."""
    length, start = der[at + 1], at + 2
    if length & 0x80:
        digits = length & 0x7F
        length, start = int.from_bytes(der[start : start + digits], "big"), start + digits
    return start, start + length
