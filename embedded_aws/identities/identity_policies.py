# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the policies of the calling role say to a request, before the service looks at it.

IAM user guide, "Policy evaluation logic": a Deny that applies, or no Allow, refuses. moto lets everybody do everything, and
knows action names alone where it is told to check. Here a role with at least one policy of its own is held to its policies;
a role without any, and the roles of :mod:`credentials`, may do everything, because most tests are not about that.

EC2 asks for ec2:CreateTags, too, where a request tags what it makes (EC2 user guide, "Grant permission to tag Amazon EC2
resources during creation"). Resources count for KMS, SSM, STS; for other services an Allow must be for all resources, and a
Deny is for all. The end of the texts is from IAM user guide, "Troubleshoot access denied error messages".
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from ..api.call import Call
from .policy_decisions import Caller, as_list, conditions_met, names_action, statements

CODES = {
    "ec2": ("UnauthorizedOperation", 403),
    "iam": ("AccessDenied", 403),
    "sts": ("AccessDenied", 403),
}
OTHERS = ("AccessDeniedException", 400)
# STS API reference: no permissions are required for it.
FREE = {"sts:GetCallerIdentity"}


def refusal(call: Call) -> dict[str, Any] | None:
    """The error of a request that the caller's own policies do not allow, or None when it may pass."""
    session = _session(call)
    documents = _documents(session) if session else []
    if not documents or f"{call.service}:{call.operation}" in FREE:
        return None
    caller = Caller(call.account, frozenset({session.arn, session.role_arn}))
    refused = (action for action in _actions(call) if not _allowed(documents, caller, call, action))
    return next((_error(call, session, action) for action in refused), None)


def may(account: str, region: str, access_key: str, service: str, operation: str) -> bool:
    """Whether the caller may do what a service does for it, such as reading a parameter for a launch."""
    call = Call(service, operation, region, account, access_key, body="", json=False)
    return refusal(call) is None


def _session(call: Call) -> Any:
    partition = "aws-cn" if (call.region or "").startswith("cn-") else "aws"
    partition = "aws-us-gov" if (call.region or "").startswith("us-gov-") else partition
    return sts_backends[call.account][partition].get_assumed_role_from_access_key(call.access_key or "")


def _documents(session: Any) -> list[str]:
    partition, account = session.role_arn.split(":")[1], session.role_arn.split(":")[4]
    roles = list(iam_backends[account][partition].roles.values())
    role = next((one for one in roles if one.arn == session.role_arn), None)
    if role is None:
        return []
    managed = [version for policy in list(role.managed_policies.values()) for version in policy.versions]
    return [*list(role.policies.values()), *(one.document for one in managed if one.is_default)]


def _actions(call: Call) -> list[str]:
    tags = ["ec2:CreateTags"] if call.service == "ec2" and "TagSpecification.1" in call.body else []
    return [f"{call.service}:{call.operation}", *tags]


def _allowed(documents: list[str], caller: Caller, call: Call, action: str) -> bool:
    effects = {
        one.get("Effect")
        for document in documents
        for one in statements(document)
        if names_action(one, action) and _names_resource(one, call) and conditions_met(one, caller)
    }
    return "Allow" in effects and "Deny" not in effects


def _names_resource(statement: dict[str, Any], call: Call) -> bool:
    named = [str(one) for one in as_list(statement.get("Resource", "*"))]
    actual = _resource(call)
    if actual is None:
        return statement.get("Effect") == "Deny" or "*" in named
    return any(fnmatchcase(actual, one) for one in named)


def _resource(call: Call) -> str | None:
    """The ARN that the request is about; None where it is not looked for."""
    if call.service == "sts":
        return next(iter(parse_qs(call.body).get("RoleArn", [])), None)
    if call.service not in ("kms", "ssm"):
        return None
    try:
        body = json.loads(call.body or "{}")
    except ValueError:
        return None
    if call.service == "kms":
        key = str(body.get("KeyId") or body.get("DestinationKeyId") or "")
        return key if key.startswith("arn:") else f"arn:aws:kms:{call.region}:{call.account}:key/{key}"
    name = str(body.get("Name") or next(iter(body.get("Names") or []), "")).partition(":")[0]
    return f"arn:aws:ssm:{call.region}:{call.account}:parameter/{name.removeprefix('/')}"


def _error(call: Call, session: Any, action: str) -> dict[str, Any]:
    code, status = CODES.get(call.service or "", OTHERS)
    resource = _resource(call) or "*"
    text = (
        f"User: {session.arn} is not authorized to perform: {action} on resource: {resource} because no identity-based policy "
        f"allows the {action} action"
    )
    return {"code": code, "message": text, "status": status}
