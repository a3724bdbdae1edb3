# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An etcd gateway that does what a test wants: transactions in memory, faults by order. It speaks HTTP."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Etcd:
    """What all members have. ``values``: key → (value, revision of its last change)."""

    def __init__(self):
        self.values, self.revision, self.requests = {}, 1, []
        self.lock = threading.Lock()

    def put(self, key, value):
        self.revision += 1
        self.values[key.encode()] = (value.encode(), self.revision)

    def texts(self):
        return {key.decode(): value.decode() for key, (value, _revision) in sorted(self.values.items())}

    def answer(self, words):
        with self.lock:
            self.requests.append(words)
            holds = all(self._holds(each) for each in words.get("compare", ()))
            operations = words.get("success" if holds else "failure") or ()
            if any("request_range" not in each for each in operations):
                self.revision += 1
            responses = [self._do(each) for each in operations]
            header = {"cluster_id": "7", "revision": str(self.revision)}
            # As the real one, which leaves out what is false.
            return {"header": header, "responses": responses, **({"succeeded": True} if holds else {})}

    def _of(self, words):
        key, end = base64.b64decode(words["key"]), base64.b64decode(words.get("range_end", ""))
        return [each for each in sorted(self.values) if (key <= each < end if end else each == key)]

    def _holds(self, words):
        revisions = [self.values[key][1] for key in self._of(words)] or [0]
        seen = int(words["mod_revision"])
        return all(each < seen if words["result"] == "LESS" else each == seen for each in revisions)

    def _do(self, operation):
        ((kind, words),) = operation.items()
        if kind == "request_range":
            found = [(key, *self.values[key]) for key in self._of(words)]
            return {
                "response_range": {
                    "kvs": [{"key": _b64(k), "value": _b64(v), "mod_revision": str(r)} for k, v, r in found]
                }
            }
        if kind == "request_put":
            self.values[base64.b64decode(words["key"])] = (base64.b64decode(words["value"]), self.revision)
        else:
            for key in self._of(words):
                del self.values[key]
        return {}


def _b64(data):
    return base64.b64encode(data).decode()


class Member:
    """One endpoint. ``faults``: what happens to the next requests, in order: ``lose`` does it and hangs up, ``hang``
    answers when the test lets go, ``drip`` says a byte now and then, (status, text) refuses, None does it."""

    def __init__(self, etcd, passwords=None):
        self.etcd, self.passwords, self.faults, self.asked = etcd, passwords, [], []
        self.released = threading.Event()
        self.token = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"member": self}))
        self._server.daemon_threads = True
        self.endpoint = "http://127.0.0.1:{0}".format(self._server.server_port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def stop(self):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path, words, token):
        """(status, data)."""
        self.asked.append(path)
        if path == "/v3/auth/authenticate":
            if self.passwords is None:
                return 400, {"error": "etcdserver: authentication is not enabled"}
            if self.passwords.get(words["name"]) != words["password"]:
                return 400, {"error": "etcdserver: authentication failed, invalid user ID or password"}
            self.token += 1
            return 200, {"token": "token-{0}".format(self.token)}
        if self.passwords is not None and token != "token-{0}".format(self.token):
            return 401, {"error": "etcdserver: invalid auth token"}
        return 200, self.etcd.answer(words)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    member = None

    def do_POST(self):
        member = self.member
        words = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = member.faults.pop(0) if member.faults and "authenticate" not in self.path else None
        if isinstance(fault, tuple):
            return self._say(fault[0], {"error": fault[1]} if isinstance(fault[1], str) else fault[1])
        status, data = member.answer(self.path, words, self.headers.get("Authorization"))
        if fault is None:
            return self._say(status, data)
        self.close_connection = True
        if fault == "hang":
            member.released.wait()
        if fault == "drip":
            self._drip()
        return None

    def _drip(self):
        for _byte in range(200):
            if self.member.released.wait(0.02):
                return
            try:
                self.wfile.write(b"H")
            except OSError:
                return

    def _say(self, status, data):
        text = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_arguments):
        pass


@contextmanager
def members(count=1, passwords=None):
    etcd = Etcd()
    made = [Member(etcd, passwords) for _each in range(count)]
    try:
        yield etcd, made
    finally:
        for member in made:
            member.stop()
