# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoints under /embedded-aws/: plain HTTP and JSON, so that Ansible's uri module can use them too.

GET calls (also ?write=true), DELETE calls, PUT latency, PUT faults, PUT limits, PUT copies, PUT usage-reports, PUT regions,
POST reset, POST credentials/ACCOUNT, PUT images/REGION/IMAGE_ID, POST keys/REGION/KEY_ID/grants,
PUT keys/REGION/KEY_ID/policy.
The methods of EmbeddedAWS in client.py, named after them, show their bodies.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from moto.moto_api._internal.models import moto_api_backend

from ..api import limits
from ..copies import course as copy_course
from ..identities import credentials
from ..images import controls as image_controls
from ..keys import controls as key_controls
from ..organizations import reading as organizations
from ..regions import opt_in
from ..usage import report as usage_report
from .conditions import Conditions


def answer(conditions: Conditions, environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Serve one control request; 400 with a text for what it cannot do."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length) if length else b""
    path = unquote(environ["PATH_INFO"].removeprefix("/embedded-aws/")).rstrip("/")
    query = environ.get("QUERY_STRING", "")
    status = "200 OK"
    try:
        body = _route(conditions, environ["REQUEST_METHOD"], path, query, json.loads(raw or b"{}"))
    except (KeyError, ValueError, TypeError, AttributeError, LookupError) as error:
        status, body = "400 Bad Request", {"error": f"{type(error).__name__}: {error}"}
    data = json.dumps(body).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]


def _route(conditions: Conditions, method: str, path: str, query: str, body: Any) -> Any:
    simple = {
        ("GET", "calls"): lambda: _calls(conditions, query),
        ("DELETE", "calls"): lambda: _done(conditions.journal.clear),
        ("PUT", "latency"): lambda: _latency(conditions, body),
        ("PUT", "faults"): lambda: _done(conditions.faults.replace, body),
        ("PUT", "limits"): lambda: _done(limits.change, body),
        ("PUT", "copies"): lambda: _done(copy_course.change, body),
        ("PUT", "usage-reports"): lambda: _done(usage_report.change, body),
        ("PUT", "regions"): lambda: _done(opt_in.set_not_opted_in, body["not_opted_in"]),
        ("POST", "reset"): lambda: _reset(conditions),
    }
    if (method, path) in simple:
        return simple[method, path]()
    patterns = (
        ("POST", r"credentials/(\d{12})", credentials.make),
        ("PUT", r"images/([^/]+)/([^/]+)", image_controls.change),
        ("POST", r"keys/([^/]+)/(.+)/grants", key_controls.plant_grant),
        ("PUT", r"keys/([^/]+)/(.+)/policy", key_controls.disturb_policy),
    )
    for wanted, pattern, handler in patterns:
        found = re.fullmatch(pattern, path)
        if found and method == wanted:
            return handler(body, *found.groups())
    raise LookupError(f"no such control endpoint: {method} {path}")


def _done(action: Any, *arguments: Any) -> dict[str, str]:
    action(*arguments)
    return {"status": "ok"}


def _calls(conditions: Conditions, query: str) -> list[dict[str, Any]]:
    entries = list(conditions.journal.entries)
    for write in ("true", "false"):
        if f"write={write}" in query:
            return [entry for entry in entries if entry["write"] is (write == "true")]
    return entries


def _latency(conditions: Conditions, body: Any) -> dict[str, str]:
    conditions.latency = float(body["seconds"])
    return {"status": "ok"}


def _reset(conditions: Conditions) -> dict[str, str]:
    moto_api_backend.reset()
    usage_report.reset()
    opt_in.reset()
    limits.reset()
    copy_course.reset()
    organizations.reset()
    conditions.reset()
    return {"status": "ok"}
