# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In front of moto: records every AWS request, adds latency, injects faults, closes Regions."""

from __future__ import annotations

import json
import re
import socket
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from ..api.call import Call, read_call
from ..regions import opt_in
from . import control
from .conditions import Conditions
from .faults import render_error

CODE = re.compile(r"<Code>([^<]+)</Code>")


class Front:
    """The outermost WSGI application. Sleeping holds no lock, so requests stay concurrent."""

    def __init__(self, moto: Callable[..., Iterable[bytes]]) -> None:
        self.moto = moto
        self.conditions = Conditions()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/embedded-aws/"):
            return control.answer(self.conditions, environ, start_response)
        if path.startswith("/moto-api"):
            return self.moto(environ, start_response)
        return self._aws(environ, start_response)

    def _aws(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = read_call(environ)
        # moto would search the key in every account, and take an unknown one for the default account.
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = call.account
        entry = self.conditions.journal.begin(call)
        rule = self.conditions.faults.take(call) or {}
        delay = self.conditions.latency + float(rule.get("latency", 0))
        if delay:
            time.sleep(delay)
        error = rule.get("error") or opt_in.refusal(call)
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
