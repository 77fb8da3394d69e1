# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault rules: which requests fail, how late, and in which envelope.

A rule is a dictionary: ``service`` and ``operation`` (or ``*``), optional ``region``, ``account``, ``match`` (a
substring of the raw request body) and ``times`` (absent: always); and what happens: ``error`` {code, message,
status}, ``latency`` in seconds, ``drop_response`` (the call is applied, its answer is lost). The first matching rule
counts.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from ..api.call import Call

KEYS = {"service", "operation", "region", "account", "times", "match", "error", "latency", "drop_response"}


@dataclass
class Faults:
    """The rules in force. Only choosing one holds the lock, never its effect."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def replace(self, rules: list[dict[str, Any]]) -> None:
        """Raises ValueError for a rule with an unknown word: a typo must not make a fault test pass."""
        for rule in rules:
            unknown = set(rule) - KEYS
            if unknown:
                raise ValueError(f"unknown words in a fault rule: {sorted(unknown)}")
        with self.lock:
            self.rules = [dict(rule) for rule in rules]

    def take(self, call: Call) -> dict[str, Any] | None:
        """The first rule that applies to the call, counted down when it is limited."""
        with self.lock:
            for rule in self.rules:
                if rule.get("times", 1) > 0 and _matches(rule, call):
                    if "times" in rule:
                        rule["times"] -= 1
                    return rule
        return None


def _matches(rule: dict[str, Any], call: Call) -> bool:
    for key, actual in (("service", call.service), ("operation", call.operation)):
        if rule.get(key, "*") not in ("*", actual):
            return False
    for key, actual in (("region", call.region), ("account", call.account)):
        if key in rule and str(rule[key]) != actual:
            return False
    return rule.get("match", "") in call.body


def render_error(call: Call, code: str, message: str, status: int) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of an error as the service's protocol has it (EC2 query, AWS query or AWS JSON)."""
    request_id = str(uuid4())
    if call.json:
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
        body = json.dumps({"__type": code, "message": message})
    elif call.service == "ec2":
        headers = [("Content-Type", "text/xml;charset=UTF-8")]
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
            f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    else:
        headers = [("Content-Type", "text/xml")]
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
            f"<Message>{escape(message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    encoded = body.encode()
    return status, [*headers, ("x-amzn-RequestId", request_id), ("Content-Length", str(len(encoded)))], encoded
