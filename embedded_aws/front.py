# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In front of moto: records every AWS request, adds latency, injects faults, closes Regions."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from . import control, regions
from .call import Call, read_call
from .faults import Faults, render_error

CODE = re.compile(r"<Code>([^<]+)</Code>")


@dataclass
class Journal:
    """The AWS requests in order of arrival."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, call: Call) -> dict[str, Any]:
        """Note a request that has arrived; its status and error follow when it is answered."""
        entry = {
            "service": call.service,
            "operation": call.operation,
            "region": call.region,
            "account": call.account,
            "access_key": call.access_key,
            "status": None,
            "error": None,
            "write": call.write,
        }
        with self.lock:
            self.entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.entries = []


class Front:
    """The outermost WSGI application. Sleeping holds no lock, so requests stay concurrent."""

    def __init__(self, moto: Callable[..., Iterable[bytes]]) -> None:
        self.moto = moto
        self.journal = Journal()
        self.faults = Faults()
        self.latency = 0.0

    def reset(self) -> None:
        """As after the start."""
        self.journal.clear()
        self.faults.replace([])
        self.latency = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/embedded-aws/"):
            return control.answer(self, environ, start_response)
        if path.startswith("/moto-api"):
            return self.moto(environ, start_response)
        return self._aws(environ, start_response)

    def _aws(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = read_call(environ)
        # moto would search the key in every account, and take an unknown one for the default account.
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = call.account
        entry = self.journal.begin(call)
        rule = self.faults.take(call) or {}
        delay = self.latency + float(rule.get("latency", 0))
        if delay:
            time.sleep(delay)
        error = rule.get("error") or regions.refusal(call)
        if error:
            code = error["code"]
            answer = render_error(call, code, error.get("message", code), int(error.get("status", 400)))
        else:
            answer = self._through_moto(environ, call)
        status, headers, body = answer
        entry["status"] = status
        entry["error"] = _error_code(status, headers, body)
        if rule.get("drop_response"):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError("fault rule: drop_response")
        start_response(f"{status} {'OK' if status < 400 else 'Error'}", headers)
        return [body]

    def _through_moto(self, environ: dict[str, Any], call: Call) -> tuple[int, list[tuple[str, str]], bytes]:
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_exc_info: Any) -> None:
            started[:] = [int(status.split(" ", 1)[0]), headers]

        body: Any = ()
        try:
            body = self.moto(environ, start)
            data = b"".join(body)
        except Exception as error:
            # moto answers what it does not know with a page of HTML, on which botocore stumbles and which it retries.
            traceback.print_exc()
            text = f"{type(error).__name__}: {error}"
            return render_error(call, "EmbeddedAWSFailure", text, 501)
        finally:
            if hasattr(body, "close"):
                body.close()
        return started[0], started[1], data


def _error_code(status: int, headers: list[tuple[str, str]], body: bytes) -> str | None:
    if status < 400:
        return None
    text = body.decode("utf-8", "replace")
    found = CODE.search(text)
    if found:
        return found[1]
    try:
        return json.loads(text)["__type"].rsplit("#", 1)[-1]
    except (ValueError, KeyError, TypeError, AttributeError):
        by_header = {name.lower(): value for name, value in headers}
        return by_header.get("x-amzn-errortype", str(status))
