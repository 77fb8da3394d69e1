# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""KMS grants: which of a key's grants are ours, which are missing, which have to go.

KMS has no update and no unique names: a grant is identified by its ID, two grants may carry one name, and a name says
nothing about the rest. So ours are found by the prefix of their name, compared by everything they allow, and named
after all of it. That makes a repeated CreateGrant (a lost answer, two runs at once) return the grant that exists.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base import identifiers
from . import grantors

# Why each one is needed to launch from an AMI whose snapshots are encrypted under the owner's key:
# EC2 reads the key (DescribeKey), decrypts the snapshot's data key (Decrypt), re-encrypts it for the new volume
# (ReEncryptFrom, ReEncryptTo) or makes a new one (GenerateDataKey, GenerateDataKeyWithoutPlaintext), and creates a grant
# of its own for as long as the volume is attached (CreateGrant). EBS User Guide, "Share the KMS key used to encrypt a
# shared Amazon EBS snapshot".
LAUNCH_OPERATIONS = (
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)


@dataclass(frozen=True)
class GrantTerms:
    """Everything that a grant allows to its grantee; two grants with equal terms are duplicates."""

    operations: frozenset[str]
    constraints: str
    retiring_principal: str


@dataclass(frozen=True)
class Grant:
    """A grant as KMS lists it. ``grantee`` is an ARN, or a unique ID (AROA…, AIDA…) when KMS cannot resolve it."""

    grant_id: str
    name: str
    grantee: str
    terms: GrantTerms
    issuing_account: str = ""


@dataclass(frozen=True)
class WantedGrant:
    """A grant that should exist; its name follows from the prefix, the grantee and the terms."""

    name: str
    grantee: str
    terms: GrantTerms


@dataclass(frozen=True)
class Creation:
    """A grant to make, and ours that it replaces: those are revoked only after it exists.

    ``grantor`` is the ARN of the role that makes it, empty for the task's own credentials; ``external_id`` is what the
    role's trust policy asks for, if anything.
    """

    wanted: WantedGrant
    replaces: tuple[Grant, ...] = ()
    grantor: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class GrantPlan:
    """``unresolved``: ours, kept, but KMS shows a unique ID for the grantee; ``foreign``: made by others, never touched."""

    create: tuple[Creation, ...]
    revoke: tuple[Grant, ...]
    keep: tuple[Grant, ...]
    unresolved: tuple[Grant, ...]
    foreign: tuple[Grant, ...]

    def __bool__(self) -> bool:
        return bool(self.create or self.revoke)


@dataclass(frozen=True)
class GrantRequest:
    """What a task asks for, the same for all its keys. ``grantees``: account IDs or ARNs as given, without duplicates.

    ``grantor`` is the pattern of the roles that make the grants, empty for the task's own credentials; ``external_id``
    is what their trust policies ask for, if anything.
    """

    state: str
    prefix: str
    grantees: tuple[str, ...]
    terms: GrantTerms
    purge: bool
    grantor: str = ""
    external_id: str = ""


def principal_arn(principal: str, partition: str) -> str:
    """An account ID as the ARN of its root, which is how CreateGrant names an account; an ARN as it is."""
    return f"arn:{partition}:iam::{principal}:root" if identifiers.ACCOUNT_ID.fullmatch(principal) else principal


def canonical_constraints(constraints: Mapping[str, Any] | None) -> str:
    """Constraints as one comparable text; none, ``{}`` and empty members are the same to KMS."""
    given = {kind: value for kind, value in (constraints or {}).items() if value}
    return json.dumps(given, sort_keys=True) if given else ""


def constraints_as_dict(canonical: str) -> dict[str, Any]:
    """Constraints as the options and results name them; the context's own keys are data and stay as they are."""
    names = {
        "EncryptionContextEquals": "encryption_context_equals",
        "EncryptionContextSubset": "encryption_context_subset",
    }
    given = json.loads(canonical) if canonical else {}
    return {names.get(kind, kind): value for kind, value in given.items()}


def grant_name(prefix: str, grantee: str, terms: GrantTerms) -> str:
    """A name that says whose grant it is and changes with every part of it; only characters that KMS allows."""
    return f"{name_stem(prefix, grantee)}-{_digest(_terms_as_text(terms))}"


def name_stem(prefix: str, grantee: str) -> str:
    """The part of our names that depends on the grantee (an ARN) alone."""
    return f"{prefix}/{grantee.split(':')[4]}/{_digest(grantee)}"


def _terms_as_text(terms: GrantTerms) -> str:
    return json.dumps([sorted(terms.operations), terms.constraints, terms.retiring_principal])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def is_ours(grant: Grant, prefix: str) -> bool:
    """By the shape behind the prefix, not the prefix alone: "golden" must claim neither "golden-ami/…" nor "golden/web/…"."""
    return bool(re.fullmatch(re.escape(prefix) + r"/\d{12}/[^/]+", grant.name, re.ASCII))


def wanted_grants(request: GrantRequest, partition: str) -> tuple[WantedGrant, ...]:
    """The grants that a key of this partition should have; duplicates (an account ID and its root ARN) become one."""
    terms = GrantTerms(
        request.terms.operations,
        request.terms.constraints,
        request.terms.retiring_principal and principal_arn(request.terms.retiring_principal, partition),
    )
    arns = dict.fromkeys(principal_arn(grantee, partition) for grantee in request.grantees)
    return tuple(WantedGrant(grant_name(request.prefix, arn, terms), arn, terms) for arn in arns)


def plan_grants(request: GrantRequest, actual: Iterable[Grant], partition: str) -> GrantPlan:
    """What has to happen to the grants of one key.

    ``present`` keeps one equal grant for each grantee, makes it when there is none and replaces those of other terms;
    with purge it revokes ours of every other grantee too. ``absent`` revokes ours of the grantees, whatever they allow.
    """
    grants = tuple(actual)
    foreign = tuple(grant for grant in grants if not is_ours(grant, request.prefix))
    left = _by_grantee(grant for grant in grants if is_ours(grant, request.prefix))
    create: list[Creation] = []
    revoke: list[Grant] = []
    keep: list[Grant] = []
    for wanted in wanted_grants(request, partition):
        theirs = [*left.pop(wanted.grantee, ()), *left.pop(name_stem(request.prefix, wanted.grantee), ())]
        if request.state == "absent":
            revoke += theirs
            continue
        equal = sorted((grant for grant in theirs if _is_equal(grant, wanted)), key=lambda grant: _rank(grant, wanted))
        others = [grant for grant in theirs if grant not in equal]
        if equal:
            keep.append(equal[0])
            revoke += equal[1:] + others
        else:
            grantor = grantors.grantor_arn(request.grantor, wanted.grantee, partition)
            create.append(Creation(wanted, tuple(others), grantor, request.external_id))
    unresolved = tuple(grant for grant in keep if _is_unresolved(grant))
    unnamed = [grant for listed in left.values() for grant in listed]
    if request.purge:
        revoke += unnamed
    else:
        keep += unnamed
    return GrantPlan(tuple(create), tuple(revoke), tuple(keep), unresolved, foreign)


def _by_grantee(listed: Iterable[Grant]) -> dict[str, list[Grant]]:
    """Our grants by whom they are for: the grantee, or for a unique ID the part of our name that stands for it."""
    found: dict[str, list[Grant]] = {}
    for grant in listed:
        whom = grant.name.rpartition("-")[0] if _is_unresolved(grant) else grant.grantee
        found.setdefault(whom, []).append(grant)
    return found


def belongs_to(grant: Grant, grantee: str, prefix: str) -> bool:
    """Whether a grant is for this grantee (an ARN), also when KMS shows a unique ID in its place."""
    return grant.grantee == grantee or (
        _is_unresolved(grant) and grant.name.rpartition("-")[0] == name_stem(prefix, grantee)
    )


def _is_unresolved(grant: Grant) -> bool:
    return bool(identifiers.UNIQUE_ID.fullmatch(grant.grantee))


def _is_equal(grant: Grant, wanted: WantedGrant) -> bool:
    """Terms, not names, decide; the retiring principal, too, may be shown as a unique ID, where our name vouches for it."""
    if grant.terms == wanted.terms:
        return True
    return grant.name == wanted.name and bool(identifiers.UNIQUE_ID.fullmatch(grant.terms.retiring_principal))


def _rank(grant: Grant, wanted: WantedGrant) -> tuple[bool, bool, str]:
    """Among duplicates keep one that works (a resolved grantee), by our own name, then the lowest ID: always the same."""
    return (_is_unresolved(grant), grant.name != wanted.name, grant.grant_id)
