# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an HTTP request asks of AWS: service, operation, Region, account."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from moto.iam.models import get_account_id_from

READ_ONLY = re.compile(r"^(Describe|List|Get|Search|BatchGet|Head|GET |HEAD )")
READ_ONLY_OTHERS = {"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "DecodeAuthorizationMessage"}
CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d+/(?P<region>[^/]*)/(?P<service>[^/]*)/")
# An access key ID holds its account ID in base 32; moto makes its own in the same way.
# https://awsteele.com/blog/2020/09/26/aws-access-key-format.html
ACCOUNT_OFFSET = 549755813888
LOW_HALF = "ABCDEFGHIJKLMNOP"


@dataclass(frozen=True)
class Call:
    """One AWS request."""

    service: str | None
    operation: str | None
    region: str | None
    account: str
    access_key: str | None
    body: str
    json: bool

    @property
    def write(self) -> bool:
        """Whether the operation changes anything."""
        operation = self.operation or ""
        return not READ_ONLY.match(operation) and operation not in READ_ONLY_OTHERS


def read_call(environ: dict[str, Any]) -> Call:
    """Read the request and leave its body in place for moto."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(raw)
    body = raw.decode("utf-8", "replace")
    scope = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    access_key = scope["key"] if scope else None
    target = environ.get("HTTP_X_AMZ_TARGET")
    return Call(
        service=scope["service"] if scope else None,
        operation=_operation(environ, target, body),
        region=scope["region"] if scope else None,
        account=environ.get("HTTP_X_MOTO_ACCOUNT_ID") or account_of(access_key),
        access_key=access_key,
        body=body,
        json=target is not None,
    )


def _operation(environ: dict[str, Any], target: str | None, body: str) -> str:
    if target:
        return target.rsplit(".", 1)[-1]
    action = parse_qs(environ.get("QUERY_STRING", "")).get("Action")
    if not action and environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(body).get("Action")
    return action[0] if action else f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"


def account_of(access_key: str | None) -> str:
    """The account of an access key; keys of assumed roles tell it themselves, also after a reset forgot them."""
    if access_key and access_key.startswith("ASIA") and len(access_key) == 20:
        try:
            number = (int.from_bytes(base64.b32decode(access_key[4:12]), "big") - ACCOUNT_OFFSET) * 2
        except ValueError:
            number = -1
        if 0 <= number < 10**12:
            return f"{number + (access_key[12] not in LOW_HALF):012d}"
    return get_account_id_from(access_key or "")
