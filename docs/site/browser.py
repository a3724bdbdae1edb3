# -*- coding: utf-8 -*-
# Copyright (c) 2026, linuxnet.fabric contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium, told what to do over a pipe by the DevTools protocol: no driver, and no library.

The protocol is https://chromedevtools.github.io/devtools-protocol/; a message is JSON, ended by a zero byte.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
#: Seconds without a word from Chromium after which it is taken for dead. Nothing here is measured by it.
SILENCE = 300.0
_OPTIONS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # in a container, root has no user namespaces for it; only our own pages are opened
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
)


def program() -> Optional[str]:
    """The path of a Chromium; None where there is none."""
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


class BrowserError(Exception):
    """Chromium is gone, or refused a command."""


@dataclass(frozen=True)
class Screen:
    """A screen to look at a page on. Sizes in CSS pixels."""

    name: str
    width: int
    height: int
    mobile: bool = False


PHONE = Screen("phone", 390, 844, mobile=True)
DESKTOP = Screen("desktop", 1280, 900)
COLOURS = ("light", "dark")


class Browser:
    """One Chromium with one page. A context manager; the process ends with it.

    Raises BrowserError where there is none, or where it does not start.
    """

    def __init__(self) -> None:
        found = program()
        if found is None:
            raise BrowserError("there is no Chromium on this machine")
        self._home = tempfile.TemporaryDirectory(prefix="fabric-browser-", ignore_cleanup_errors=True)
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        # The pipe's ends are Chromium's descriptors 3 and 4 by definition: out of the way of these two first.
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs_in, theirs_out)]
        options = [*_OPTIONS, "--user-data-dir=" + self._home.name, "about:blank"]
        redirect = f'exec "$@" 3<&{theirs[0]} 4>&{theirs[1]}'
        self._process = subprocess.Popen(
            ["bash", "-c", redirect, "bash", found, *options],
            pass_fds=theirs,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self._home.name},
        )
        for end in (theirs_in, theirs_out, *theirs):
            os.close(end)
        self._unread = b""
        self._last = 0
        self._session: Optional[str] = None
        #: What scripts of the page complained of since it was opened.
        self.complaints: list[str] = []
        self._loaded = False

    def __enter__(self) -> Browser:
        try:
            self._attach()
        except BrowserError:
            self.__exit__()
            raise
        return self

    def _attach(self) -> None:
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(domain + ".enable")

    def __exit__(self, *_exc: object) -> None:
        os.close(self._out)  # Chromium ends when nobody is at the other end of its pipe
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        self._home.cleanup()

    def open(self, address: str, screen: Screen = DESKTOP, colours: str = "light") -> None:
        """Load a page and wait until it has everything. ``colours`` is what the person's system prefers."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=screen.width,
            height=screen.height,
            deviceScaleFactor=1,
            mobile=screen.mobile,
        )
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colours}])
        self._loaded = False
        answer = self._call("Page.navigate", url=address)
        if "errorText" in answer:
            raise BrowserError(f"{address}: {answer['errorText']}")
        if "loaderId" not in answer:  # another place on the page that is open: nothing was loaded
            self._call("Page.reload")
        while not self._loaded:
            self._take(self._next())

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, as JSON has it; a promise is waited for."""
        answer = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(_exception(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """The first value of an expression that is true, looked at whenever the page has drawn a frame.

        A page where it never becomes true is an error: BrowserError after the page's own 60 s.
        """
        poll = (
            "new Promise((done, fail) => { const end = performance.now() + 60000; const look = () => {"
            f" const value = ({expression}); if (value) done(value);"
            " else if (performance.now() > end) fail(new Error('never true')); else setTimeout(look, 20); }; look(); })"
        )
        return self.evaluate(poll)

    def picture(self, path: Path) -> None:
        """What the screen shows now, as PNG."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    # --- the protocol

    def _call(self, method: str, **params: Any) -> Mapping[str, Any]:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        try:
            while data:
                data = data[os.write(self._out, data) :]
        except BrokenPipeError:
            raise BrowserError(f"{method}: Chromium has ended") from None
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._take(answer)

    def _next(self) -> Mapping[str, Any]:
        while b"\0" not in self._unread:
            if not select.select([self._in], [], [], SILENCE)[0]:
                raise BrowserError("Chromium says nothing any more")
            read = os.read(self._in, 1 << 20)
            if not read:
                raise BrowserError("Chromium has ended")
            self._unread += read
        message, self._unread = self._unread.split(b"\0", 1)
        return json.loads(message)

    def _take(self, event: Mapping[str, Any]) -> None:
        method, params = event.get("method"), event.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        if method == "Page.frameNavigated" and "parentId" not in params["frame"]:
            self.complaints = []  # those of the page before
        self.complaints.extend(_complaints(method, params))


def _complaints(method: Optional[str], params: Mapping[str, Any]) -> Iterator[str]:
    if method == "Runtime.exceptionThrown":
        yield _exception(params["exceptionDetails"])
    elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
        yield " ".join(str(value.get("value", value.get("description"))) for value in params["args"])
    elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
        yield f"{params['entry']['text']} {params['entry'].get('url', '')}".rstrip()


def _exception(details: Mapping[str, Any]) -> str:
    return str(details.get("exception", {}).get("description") or details["text"])


def wider_than_screen(browser: Browser, screen: Screen) -> Sequence[str]:
    """What makes the page scroll sideways: tags with their classes; nothing where it does not."""
    return browser.evaluate(
        """(width => document.documentElement.scrollWidth <= width ? [] :
            [...document.querySelectorAll("body *")]
                .filter(each => each.getBoundingClientRect().right > width + 0.5)
                .slice(0, 10).map(each => each.tagName + "." + each.className))(%d)"""
        % screen.width
    )
