# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AssumeRole asks whether the role exists and whether its trust policy lets the caller in.

STS API reference, AssumeRole: the trusting account's trust policy says who may assume the role. IAM user guide, "Cross
account access": a principal there is an account or an ARN in it, sts:ExternalId a condition. A role that does not exist
is an AccessDenied, too (https://github.com/getmoto/moto/pull/6793); its text is that of
https://github.com/aws-containers/ecsworkshop/issues/66. What the caller's own policies say is not looked at. moto assumes
any role.
"""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts import urls
from moto.sts.exceptions import STSClientError
from moto.sts.models import sts_backends
from moto.sts.responses import TokenResponse

from .policy_decisions import Caller, allows, arn_account


class AccessDeniedError(STSClientError):
    """With the HTTP status that STS gives it; moto's are 400."""

    http_status = 403

    def __init__(self, caller_arn: str, role_arn: str) -> None:
        text = f"User: {caller_arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        super().__init__("AccessDenied", text)


class EmbeddedTokenResponse(TokenResponse):
    """All actions."""

    def assume_role(self) -> ActionResult:
        role_arn = self._get_param("RoleArn")
        caller_arn, caller = self._caller()
        trust = _trust_policy(role_arn)
        if trust is None or not allows(trust, caller, "sts:AssumeRole"):
            raise AccessDeniedError(caller_arn, role_arn)
        return super().assume_role()

    def _caller(self) -> tuple[str, Caller]:
        """The session that calls, which a trust policy may name by its role, too."""
        access_key = self.get_access_key()
        arn = self.backend.get_caller_identity(access_key, self.region)[1]
        session = sts_backends[self.current_account][self.partition].get_assumed_role_from_access_key(access_key)
        arns = {arn, session.role_arn} if session else {arn}
        return arn, Caller(self.current_account, frozenset(arns), external_id=self._get_param("ExternalId"))

    def serialized(self, action_result: ActionResult) -> tuple[int, dict[str, str], str]:
        """Most errors are 400; ours may say otherwise."""
        status, headers, body = super().serialized(action_result)
        return getattr(action_result.result, "http_status", status), headers, body


def _trust_policy(role_arn: str) -> str | None:
    """None when there is no such role."""
    partition = role_arn.split(":")[1]
    roles = iam_backends[arn_account(role_arn) or ""][partition].roles
    return next((role.assume_role_policy_document for role in list(roles.values()) if role.arn == role_arn), None)


def install() -> None:
    """Let moto use this class; before the first request."""
    urls.url_paths["{0}/$"] = EmbeddedTokenResponse.dispatch
