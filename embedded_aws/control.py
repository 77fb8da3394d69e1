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

from moto.kms.models import kms_backends
from moto.moto_api import state_manager
from moto.moto_api._internal.models import moto_api_backend
from moto.sts.models import sts_backends

from . import copy_course, image_usage, limits, organizations, regions
from .conditions import Conditions
from .grants import EmbeddedGrant
from .images import MODEL, find_image

STATES = ("pending", "available", "failed", "disabled", "error", "invalid", "transient", "deregistered")


def answer(conditions: Conditions, environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Serve one control request; 400 with a text for what it cannot do."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length) if length else b""
    path = unquote(environ["PATH_INFO"].removeprefix("/embedded-aws/")).rstrip("/")
    status = "200 OK"
    try:
        body = _route(
            conditions, environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), json.loads(raw or b"{}")
        )
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
        ("PUT", "usage-reports"): lambda: _done(image_usage.change, body),
        ("PUT", "regions"): lambda: _done(regions.set_not_opted_in, body["not_opted_in"]),
        ("POST", "reset"): lambda: _reset(conditions),
    }
    if (method, path) in simple:
        return simple[method, path]()
    patterns = (
        ("POST", r"credentials/(\d{12})", _credentials),
        ("PUT", r"images/([^/]+)/([^/]+)", _image),
        ("POST", r"keys/([^/]+)/(.+)/grants", _grant),
        ("PUT", r"keys/([^/]+)/(.+)/policy", _key_policy),
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
    state_manager.unset_transition(MODEL)
    image_usage.reset()
    regions.reset()
    limits.reset()
    copy_course.reset()
    organizations.reset()
    conditions.reset()
    return {"status": "ok"}


def _credentials(_body: Any, account: str) -> dict[str, str]:
    role = sts_backends[account]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name="embedded-aws",
        role_arn=f"arn:aws:iam::{account}:role/embedded-aws",
        policy="",
        duration=3600,
        external_id="",
    )
    return {
        "access_key": role.access_key_id,
        "secret_key": role.secret_access_key,
        "session_token": role.session_token,
    }


def _image(body: Any, region: str, image_id: str) -> dict[str, str]:
    """States that no API call reaches, and product codes, which only AWS Marketplace sets."""
    image = find_image(region, image_id)
    if image is None or body.get("account", image.owner_id) != image.owner_id:
        raise LookupError(f"no image {image_id} in {region}")
    if "state" in body:
        if body["state"] not in STATES:
            raise ValueError(f"no such state: {body['state']}")
        image.state = body["state"]
    if body.get("state_reason"):
        image.state_reason = {"Code": "Client.InternalError", "Message": body["state_reason"]}
    elif "state" in body:
        image.state_reason = None
    if "product_codes" in body:
        image.product_codes = set(body["product_codes"])
    return {"status": "ok"}


def _grant(body: Any, region: str, key_id: str) -> dict[str, Any]:
    """Verbatim, as EBS and other services make them: no name or a UUID, an AROA… grantee, any operations."""
    account = body["account"]
    key = kms_backends[account][region].keys[key_id.rsplit("/", 1)[-1]]
    request = {
        "Name": body.get("name"),
        "GranteePrincipal": body["grantee_principal"],
        "RetiringPrincipal": body.get("retiring_principal"),
        "Operations": body["operations"],
        "Constraints": body.get("constraints"),
    }
    issuer = body.get("issuing_account", account)
    root = issuer if issuer.startswith("arn:") else f"arn:aws:iam::{issuer}:root"
    made = [EmbeddedGrant(key, request, root) for _one in range(int(body.get("count", 1)))]
    key.grants.update({grant.id: grant for grant in made})
    return {"grant_id": made[0].id, "grant_ids": [grant.id for grant in made]}


def _key_policy(body: Any, region: str, key_id: str) -> dict[str, str]:
    """What goes wrong around a PutKeyPolicy, which has neither a lock nor a version.

    ``policy``: put in place verbatim, now. ``rival``: somebody else's PutKeyPolicy right after the next one.
    ``stale_reads``: so many GetKeyPolicy after the next PutKeyPolicy show the policy before it (KMS developer guide,
    "AWS KMS eventual consistency").
    """
    unknown = set(body) - {"account", "policy", "rival", "stale_reads"}
    if unknown:
        raise ValueError(f"unknown words: {sorted(unknown)}")
    key = kms_backends[body["account"]][region].keys[key_id.rsplit("/", 1)[-1]]
    if "policy" in body:
        key.policy = body["policy"]
    key.disturbance = (body.get("rival"), int(body.get("stale_reads", 0)))
    return {"status": "ok"}
