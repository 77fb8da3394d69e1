# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KMS grants with AWS's identity rules, paging, filters and errors.

KMS API reference, CreateGrant and ListGrants: same name and same parameters give the same grant with a new token;
without a name each call adds one. moto adds one always, checks nothing and answers in one page.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from moto.core.utils import unix_time
from moto.kms.models import Grant, Key, kms_backends
from moto.moto_api._internal import mock_random

from ..api.errors import KMSError
from ..api.limits import limit
from ..identities.policy_decisions import arn_account
from ..identities.principals import shown, unique_id
from .access import KeyAccessResponse, may_grant
from .grant_requests import check_principal, check_request, check_state, page_of

_creating = threading.RLock()


class EmbeddedGrant(Grant):
    """A grant as ListGrants shows it."""

    __module__ = "moto.kms.models"  # moto's instance tracker takes the service from the module's name

    def __init__(self, key: Key, request: dict[str, Any], issuing_account: str) -> None:
        super().__init__(
            key.arn,
            request.get("Name") or "",
            request["GranteePrincipal"],
            list(request.get("Operations") or []),
            request.get("Constraints") or {},
            request.get("RetiringPrincipal") or "",
        )
        self.id = mock_random.get_random_hex(64)
        self.tokens = [new_token()]
        self.issuing_account = issuing_account
        self.creation_date = unix_time()
        self.grantee_unique_id = unique_id(self.grantee_principal)
        self.retiring_unique_id = unique_id(self.retiring_principal)

    def same_as(self, request: dict[str, Any]) -> bool:
        """Whether a request would make this grant again."""
        return (
            self.name == request.get("Name")
            and shown(self.grantee_principal, self.grantee_unique_id) == request["GranteePrincipal"]
            and self.retiring_principal == (request.get("RetiringPrincipal") or "")
            and set(self.operations) == set(request["Operations"])
            and self.constraints == (request.get("Constraints") or {})
        )

    def to_json(self) -> dict[str, Any]:
        grant = {
            "KeyId": self.key_id,
            "GrantId": self.id,
            "Name": self.name,
            "CreationDate": self.creation_date,
            "GranteePrincipal": shown(self.grantee_principal, self.grantee_unique_id),
            "RetiringPrincipal": shown(self.retiring_principal, self.retiring_unique_id),
            "IssuingAccount": self.issuing_account,
            "Operations": self.operations,
            "Constraints": self.constraints,
        }
        return {name: value for name, value in grant.items() if value not in ("", {})}


def new_token() -> str:
    """Opaque, and longer than an ID."""
    return mock_random.get_random_hex(128)


def _ours(key: Any) -> list[EmbeddedGrant]:
    return list(key.grants.values())


class GrantsResponse(KeyAccessResponse):
    """The grant actions."""

    def _key(self) -> Key:
        key_id = self._get_param("KeyId")
        if "alias/" in key_id:
            # https://github.com/boto/boto/issues/3202
            raise KMSError("InvalidArnException", f"Invalid ARN {key_id}: an alias is not a key")
        self._validate_cmk_id(key_id)
        return self.kms_backend.keys[self.kms_backend.get_key_id(key_id)]

    def create_grant(self) -> str:
        request = json.loads(self.body)
        key = self._key()
        if key.key_manager == "AWS":
            raise self.denied("CreateGrant", key.arn)
        if not may_grant(key, self.caller(), request.get("Operations") or []):
            raise self.denied("CreateGrant", key.arn)
        check_request(request, key)
        check_principal(request.get("GranteePrincipal"), self.partition)
        check_principal(request.get("RetiringPrincipal"), self.partition)
        check_state(key)
        with _creating:
            grant = self._existing(key, request)
            if grant is None and len(key.grants) >= limit("grants_per_key"):
                raise KMSError("LimitExceededException", f"The quota of grants for {key.arn} is reached")
            if request.get("DryRun"):
                text = "The request would have succeeded, but the DryRun option is set."
                raise KMSError("DryRunOperationException", text)
            if grant is None:
                root = f"arn:{self.partition}:iam::{self.current_account}:root"
                grant = EmbeddedGrant(key, request, root)
                key.grants[grant.id] = grant
            else:
                grant.tokens.append(new_token())
        return json.dumps({"GrantId": grant.id, "GrantToken": grant.tokens[-1]})

    @staticmethod
    def _existing(key: Key, request: dict[str, Any]) -> Any:
        if not request.get("Name"):
            return None
        return next((one for one in _ours(key) if one.same_as(request)), None)

    def list_grants(self) -> str:
        grants = list(self._key().grants.values())
        grant_id, grantee = self._get_param("GrantId"), self._get_param("GranteePrincipal")
        if grant_id:
            grants = [one for one in grants if one.id == grant_id]
        if grantee:
            grants = [one for one in grants if one.to_json()["GranteePrincipal"] == grantee]
        return json.dumps(page_of(grants, self._get_param("Limit"), self._get_param("Marker")))

    def list_retirable_grants(self) -> str:
        """Also on keys of other accounts in the Region (KMS API reference)."""
        principal = self._get_param("RetiringPrincipal")
        found = [one for key in self._region_keys() for one in list(key.grants.values())]
        found = [one for one in found if one.retiring_principal == principal]
        return json.dumps(page_of(found, self._get_param("Limit"), self._get_param("Marker")))

    def _region_keys(self) -> list[Key]:
        backends = [regions.get(self.region) for regions in list(kms_backends.values())]
        return [key for backend in backends if backend is not None for key in list(backend.keys.values())]

    def revoke_grant(self) -> str:
        key = self._key()
        grant_id = self._get_param("GrantId")
        if grant_id not in key.grants:
            raise KMSError("NotFoundException", f"Grant ID {grant_id} not found")
        if self._get_param("DryRun"):
            raise KMSError("DryRunOperationException", "The request would have succeeded, but DryRun is set.")
        key.grants.pop(grant_id, None)
        return "{}"

    def retire_grant(self) -> str:
        """By token or by key ARN and grant ID (KMS API reference, RetireGrant)."""
        token, grant_id = self._get_param("GrantToken"), self._get_param("GrantId")
        keys = self._region_keys() if token else [self._key()]
        for key in keys:
            for grant in _ours(key):
                if token in grant.tokens if token else grant.id == grant_id:
                    if not self._may_retire(grant):
                        raise self.denied("RetireGrant", key.arn)
                    key.grants.pop(grant.id, None)
                    return "{}"
        if token:
            raise KMSError("InvalidGrantTokenException", "The grant token is not valid.")
        raise KMSError("NotFoundException", f"Grant ID {grant_id} not found")

    def _may_retire(self, grant: Any) -> bool:
        if self.current_account in (arn_account(grant.issuing_account), arn_account(grant.retiring_principal)):
            return True
        return "RetireGrant" in grant.operations and arn_account(grant.grantee_principal) == self.current_account
