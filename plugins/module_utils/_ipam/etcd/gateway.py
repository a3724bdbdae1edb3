# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to etcd's JSON gateway, over several endpoints: who does not answer in time is passed over for the next.

The gateway speaks HTTP beside etcd's own gRPC: a POST of JSON to ``/v3/…``, bytes in base64, whole numbers of 64 bits
as strings (https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/). One connection is kept for all that a run asks.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from typing import Any, Dict, List, Mapping, Optional

from . import tls
from .access import FULL, LOGIN, NO_QUORUM, PERMISSION, REFUSED, UNREACHABLE, Access, EtcdError
from .connection import Connection

_TRANSACTION, _LOGIN = "kv/txn", "auth/authenticate"
#: Seconds, from the begin of who asks to the end of a request, over all endpoints together: a new lease that cannot be
#: had is refused within 5.
PATIENCE = 4.0
#: At least, for a request, however late it begins: members choose another leader within it.
AT_LEAST = 2.5
#: At least, for the request after one that failed.
AFTERWARDS = 0.4
#: How long members may be without a leader, which they are for a second or two after they lost theirs
#: (--election-timeout), and between two times that they are asked.
_CHOOSING, _PAUSE = 2.5, 0.1

#: What etcd says in an error (server/etcdserver/api/v3rpc/rpctypes/error.go) → what it means.
_MEANINGS = (
    ("CommonName of client sending a request against gateway", LOGIN),
    ("authentication failed", LOGIN),
    ("user name is empty", LOGIN),
    ("permission denied", PERMISSION),
    ("database space exceeded", FULL),
    ("no leader", NO_QUORUM),
    ("leader changed", NO_QUORUM),
    ("timed out", NO_QUORUM),
    ("deadline exceeded", NO_QUORUM),
    ("not capable", NO_QUORUM),
    ("stopped", NO_QUORUM),
    ("too many requests", NO_QUORUM),
)
_ADVICE = {
    LOGIN: "{said}; see user and password",
    PERMISSION: "the user {user} may not read and write below {prefix}: {said}; etcdctl role grant-permission does it",
    FULL: "its database is full ({said}); compact and defragment it, or raise its quota, then etcdctl alarm disarm",
    NO_QUORUM: "it cannot decide, for most of its members are not there ({said})",
    REFUSED: "{said}",
}
_NO_COMMON_NAME = (
    "with passwords on, it refuses whoever shows a certificate that has a CommonName; issue the certificate {cert} of "
    "this host without one"
)


class Gateway:
    """To etcd; close it. ``ask`` raises EtcdError. ``begun``: when who asks began (``time.monotonic``), where what it
    did before counts too."""

    def __init__(self, access: Access, patience: float = PATIENCE, begun: Optional[float] = None) -> None:
        self._access, self._patience, self._begun = access, patience, begun
        self._context = tls.context(access)
        self._endpoints: List[str] = list(access.endpoints)  # who answered last comes first
        self._connection: Optional[Connection] = None
        self._connected_to = ""
        self._token = ""
        self._failed_by: Optional[float] = None  # until when a request had to be done that failed

    def __enter__(self) -> "Gateway":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._hang_up()

    def transact(self, words: Mapping[str, Any], writes: bool) -> Dict[str, Any]:
        """One transaction: ``compare``, ``success``, ``failure``. Logs in before, and again where the login is over.

        One that ``writes`` is not sent again where its reply was lost: ``EtcdError.lost_reply`` then.
        """
        self._failed_by = deadline = self._deadline(time.monotonic())
        if self._access.user and not self._token:
            self._login(deadline)
        try:
            found = self._anywhere(_TRANSACTION, words, deadline, writes)
        except _LoginOver:
            self._login(deadline)
            found = self._anywhere(_TRANSACTION, words, deadline, writes)
        self._failed_by = None
        return found

    def _deadline(self, now: float) -> float:
        """What is asked because a request failed, whether it was done after all, has what is left of its time."""
        if self._failed_by is not None:
            return max(self._failed_by, now + AFTERWARDS)
        if self._begun is None:
            return now + self._patience
        return max(self._begun + self._patience, now + AT_LEAST)

    def _login(self, deadline: float) -> None:
        self._token = ""
        try:
            words = {"name": self._access.user, "password": self._access.password}
            self._token = str(self._anywhere(_LOGIN, words, deadline, writes=False).get("token", ""))
        except _NoPasswords:
            self._token = ""  # as etcdctl has it: it asks nobody who he is

    def _anywhere(self, method: str, words: Mapping[str, Any], deadline: float, writes: bool) -> Dict[str, Any]:
        """From the first endpoint that answers; again, while members may be choosing a leader."""
        until = 0.0
        while True:
            try:
                return self._in_turn(method, words, deadline, writes)
            except EtcdError as error:
                now = time.monotonic()
                until = until or min(deadline, now + _CHOOSING)
                if error.kind != NO_QUORUM or (error.lost_reply and writes) or now + _PAUSE >= until:
                    raise
            time.sleep(_PAUSE)

    def _in_turn(self, method: str, words: Mapping[str, Any], deadline: float, writes: bool) -> Dict[str, Any]:
        """What is left of the time is shared by those that are left."""
        errors: List[EtcdError] = []
        for left in range(len(self._endpoints), 0, -1):
            share = max(0.05, (deadline - time.monotonic()) / left)
            try:
                return self._at(self._endpoints[0], method, words, share)
            except EtcdError as error:
                if error.kind not in (UNREACHABLE, NO_QUORUM):
                    raise
                errors.append(error)
                self._endpoints.append(self._endpoints.pop(0))
                if error.lost_reply and writes:
                    raise  # it may be done: who asked looks, before it is tried again
        raise _worst(errors)

    def _at(self, endpoint: str, method: str, words: Mapping[str, Any], seconds: float) -> Dict[str, Any]:
        deadline = time.monotonic() + seconds
        # Without a leader a member waits for one; asked so, it says that there is none.
        headers = {"Content-Type": "application/json", "Grpc-Metadata-hasleader": "true"}
        if self._token:
            headers["Authorization"] = self._token
        sent = False
        try:
            connection = self._connected(endpoint, deadline)
            sent = True
            status, text = connection.ask("/v3/" + method, json.dumps(words), headers, deadline)
        except ssl.SSLError as error:
            self._hang_up()
            raise tls.explained(self._access, endpoint, error) from error
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            raise EtcdError(UNREACHABLE, "{0}: {1}".format(endpoint, _why(error, seconds)), lost_reply=sent) from error
        try:
            found = json.loads(text)
        except ValueError:
            found = {}
        if status == http.client.OK and isinstance(found, dict):
            return found
        self._hang_up()
        raise self._meaning(endpoint, status, _said(found) or text[:200].decode("utf-8", "replace"))

    def _meaning(self, endpoint: str, status: int, said: str) -> EtcdError:
        if "authentication is not enabled" in said:
            return _NoPasswords(REFUSED, said)
        if "invalid auth token" in said or ("revision" in said and "auth" in said):
            return _LoginOver(LOGIN, said)
        kind = next((kind for sign, kind in _MEANINGS if sign in said), REFUSED)
        advice = _NO_COMMON_NAME if "CommonName" in said else _ADVICE[kind]
        shown = {"said": said or "HTTP status {0}".format(status), "cert": self._access.cert}
        text = advice.format(user=self._access.user or "nobody", prefix=self._access.prefix, **shown)
        # A member that gives up may have handed the request on.
        lost = kind in (NO_QUORUM, REFUSED)
        return EtcdError(kind, "{0}: {1}".format(endpoint, text), lost_reply=lost)

    def _connected(self, endpoint: str, deadline: float) -> Connection:
        connection = self._connection
        if connection is not None and self._connected_to == endpoint and connection.is_open():
            return connection
        self._hang_up()
        self._connection, self._connected_to = Connection(endpoint, self._context, deadline), endpoint
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _NoPasswords(EtcdError):
    """Passwords are not asked for."""


class _LoginOver(EtcdError):
    """The login has expired, or what users may do has changed since."""


def _worst(errors: List[EtcdError]) -> EtcdError:
    """Of those of all endpoints. Members that cannot decide say more than those that are not there."""
    told = next((error for error in errors if error.kind == NO_QUORUM), errors[0])
    prefix = "topology_lease_store: etcd: "
    lines = [str(error)[len(prefix) :] for error in errors]
    lost = any(error.lost_reply for error in errors)
    return EtcdError(told.kind, "; ".join(lines), lost_reply=lost)


def _said(answer: Any) -> str:
    """The words of an error: etcd 3.4 has them as ``error`` and ``message``, 3.5 as ``message`` alone."""
    words = answer if isinstance(answer, dict) else {}
    return str(words.get("error") or words.get("message") or "")


def _why(error: Exception, seconds: float) -> str:
    if isinstance(error, (socket.timeout, TimeoutError)):
        return "no answer within {0:.1f} s".format(seconds)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
