# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What consumers that lose an AMI still have at a key where the run was not asked to take anything."""

from __future__ import annotations

from .._base.layers import NOT_ASKED, NOT_NEEDED, UNCHANGED, Layer, State
from .._key_policy import document as policies
from .._kms_grant.model import Grant, is_ours, name_stem
from .._launch_permission.model import ACCOUNT, PUBLIC, Principal
from .._share.key_plan import ACCOUNTS, AUTO_SCALING
from .facts import KeyRead, Place
from .key_plan import KINDS, Names, auto_scaling_role, sids_of
from .request import UnshareRequest


class StayingKey:
    """By the grants and statements that are named as ours are."""

    def __init__(self, request: UnshareRequest, place: Place, read: KeyRead) -> None:
        self._request, self._place = request, place
        self._names = Names(request, read)
        grants = read.grants if isinstance(read.grants, tuple) else ()
        ours = [(self._account_of(one), one) for one in grants if is_ours(one, request.keys.grant_name)]
        self._scaling = {account for account, grant in ours if self._is_of_auto_scaling(account, grant)}
        self._granted = {account for account, grant in ours if not self._is_of_auto_scaling(account, grant)}
        document = policies.read_document(read.policy) if isinstance(read.policy, str) else None
        self._is_read = document is not None
        self._named = {kind: self._named_in(kind, document) for kind in KINDS}

    def _account_of(self, grant: Grant) -> str:
        return grant.name.removeprefix(f"{self._request.keys.grant_name}/").partition("/")[0]

    def _is_of_auto_scaling(self, account: str, grant: Grant) -> bool:
        role = auto_scaling_role(self._request, account)
        return grant.grantee == role or grant.name.startswith(f"{name_stem(self._request.keys.grant_name, role)}-")

    def _named_in(self, kind: str, document: policies.Document | None) -> frozenset[str]:
        listed = [
            policies.named_by(one, self._request.partition)
            for one in (policies.statements(document) if document else ())
            if one.get("Sid") in sids_of(self._request, kind)
        ]
        return frozenset[str]().union(*listed)

    def key(self, principal: Principal) -> Layer:
        if self._needs_nothing(principal):
            return NOT_NEEDED
        scaling = auto_scaling_role(self._request, principal.value)
        named = any(
            name in self._named[kind] and name != scaling for kind in KINDS for name in self._names.of(kind, principal)
        )
        return self._layer(named or (principal.kind == ACCOUNT and principal.value in self._granted))

    def auto_scaling(self, principal: Principal) -> Layer:
        if principal.kind != ACCOUNT or self._needs_nothing(principal):
            return NOT_NEEDED
        role = auto_scaling_role(self._request, principal.value)
        named = any(role in self._named[kind] for kind in (ACCOUNTS, AUTO_SCALING))
        return self._layer(named or principal.value in self._scaling)

    def _needs_nothing(self, principal: Principal) -> bool:
        return principal.kind == PUBLIC or principal.value == self._place[1].split(":")[4]

    def _layer(self, stays: bool) -> Layer:
        if stays:
            return Layer(State.KEPT, f"{self._request.prefix}key_access is off", self._place[1])
        return UNCHANGED if self._is_read else NOT_ASKED
