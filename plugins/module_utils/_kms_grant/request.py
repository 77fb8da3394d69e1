# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of kms_grant as one checked request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base import identifiers
from .._base.identifiers import InputError
from . import grantors
from .model import LAUNCH_OPERATIONS, GrantRequest, GrantTerms, canonical_constraints


def parse_request(params: Mapping[str, Any], partition: str | None) -> GrantRequest:
    """Options to request.

    :param partition: the keys' partition, None when they are not of one known partition.
    :raises InputError: with all problems.
    """
    grantees = tuple(dict.fromkeys(str(grantee) for grantee in params["grantees"] or ()))
    operations = LAUNCH_OPERATIONS if params["operations"] is None else tuple(params["operations"])
    retiring = params["retiring_principal"] or ""
    grantor = params["grantor_role_arn"]
    external_id = params["grantor_external_id"] or ""
    constraints = params["constraints"] or {}
    problems = identifiers.check_each("grantees", grantees, lambda value: identifiers.check_grantee(value, partition))
    problems += identifiers.check_operations(operations)
    problems += [problem for problem in [identifiers.check_grant_name(params["name"])] if problem]
    if retiring:
        checked = identifiers.check_each(
            "retiring_principal", [retiring], lambda value: identifiers.check_grantee(value, partition)
        )
        problems += checked
    if grantor is not None:
        problems += [problem for problem in [grantors.check_pattern(grantor, partition)] if problem]
    if external_id:
        problems += identifiers.check_each("grantor_external_id", [external_id], identifiers.check_external_id)
        problems += [] if grantor else ["grantor_external_id: requires grantor_role_arn."]
    problems += _check_constraints(constraints)
    if params["purge"] and params["state"] != "present":
        problems.append("purge: requires state=present; state=absent removes the grants of the named grantees.")
    if not grantees and not (params["purge"] and params["grantees"] is not None):
        problems.append(
            f"nothing to act on: state={params['state']} needs grantees. An empty list together with purge=true removes "
            "every grant whose name begins with the given name."
        )
    if problems:
        raise InputError(problems)
    terms = GrantTerms(
        frozenset(operations),
        canonical_constraints(
            {
                "EncryptionContextEquals": constraints.get("encryption_context_equals"),
                "EncryptionContextSubset": constraints.get("encryption_context_subset"),
            }
        ),
        retiring,
    )
    return GrantRequest(params["state"], params["name"], grantees, terms, params["purge"], grantor or "", external_id)


def _check_constraints(constraints: Mapping[str, Any]) -> list[str]:
    problems = []
    for kind, pairs in constraints.items():
        for key, value in (pairs or {}).items():
            if not isinstance(value, str):
                problems.append(
                    f"constraints: {kind}: the value of '{key}' is not text; KMS compares text, write it in quotes."
                )
        if pairs is not None and not pairs:
            problems.append(
                f"constraints: {kind} is empty, which KMS takes as no constraint at all; leave it out if that is meant."
            )
    return problems
