# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny servers that tell who asked, and the way to ask them. A program of its own: it runs inside namespaces.

serve tcp|udp|http ADDRESS PORT NAME    prints "listening" once it does ("" is every address, both families)
ask tcp|udp|http ADDRESS PORT TEXT TIMEOUT SOURCE    prints {"server", "peer", "heard"}; rc 1: nothing answered
"""

from __future__ import annotations

import http.server
import json
import socket
import sys
import urllib.request


def answer(name, peer, heard):
    address = peer[0][7:] if peer[0].startswith("::ffff:") else peer[0]
    return json.dumps({"server": name, "peer": address, "heard": heard}).encode()


def bound(kind, address, port):
    family = socket.AF_INET if "." in address else socket.AF_INET6
    made = socket.socket(family, kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if not address else 1)
    made.bind((address or "::", port))
    return made


def serve_tcp(address, port, name):
    server = bound(socket.SOCK_STREAM, address, port)
    server.listen(64)
    print("listening", flush=True)
    while True:
        connection, peer = server.accept()
        with connection:
            try:
                connection.settimeout(5)
                connection.sendall(answer(name, peer, connection.recv(4096).decode("utf-8", "replace")))
            except OSError:
                pass


def serve_udp(address, port, name):
    server = bound(socket.SOCK_DGRAM, address, port)
    print("listening", flush=True)
    while True:
        heard, peer = server.recvfrom(4096)
        server.sendto(answer(name, peer, heard.decode("utf-8", "replace")), peer)


def serve_http(address, port, name):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = answer(name, self.client_address, self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def __init__(self):
            super().__init__(("", 0), Page, bind_and_activate=False)
            self.socket.close()
            self.socket = bound(socket.SOCK_STREAM, address, port)
            self.server_activate()

    server = Server()
    print("listening", flush=True)
    server.serve_forever()


def ask(kind, address, port, text, timeout, source):
    if kind == "http":
        host = "[{0}]".format(address) if ":" in address else address
        with urllib.request.urlopen("http://{0}:{1}/{2}".format(host, port, text), timeout=timeout) as page:
            return page.read()
    stream = socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM
    family, _kind, _protocol, _name, target = socket.getaddrinfo(address, port, type=stream)[0]
    with socket.socket(family, stream) as asking:
        asking.settimeout(timeout)
        if source:
            asking.bind((source, 0))
        asking.connect(target)
        asking.sendall(text.encode())
        return asking.recv(4096)


def main():
    action, kind, address, port = sys.argv[1:5]
    if action == "serve":
        {"tcp": serve_tcp, "udp": serve_udp, "http": serve_http}[kind](address, int(port), sys.argv[5])
        return 0
    text, timeout, source = sys.argv[5:8]
    try:
        print(ask(kind, address, int(port), text, float(timeout), source).decode())
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
