# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decisions of the role share before its writes: what is refused, who lacks what on which key.

The role hands results of modules in and passes what comes out to the next module, so these are plain dictionaries.
Every index is built once: a run over 1,000 accounts and 17 Regions has 17,000 consumers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._base.old_table import NEW
from .._base.outcome import Failure, explanation
from .._kms_grant.patterns import auto_scaling_roles
from .._launch_permission import model as permissions
from .._launch_permission.model import EVERYBODY, Permissions
from .copies import must_copy, not_looked_at
from .request import BY_GRANT, GRANTS
from .statements import wanted_statements


def plan_share(
    request: Mapping[str, Any],
    discovered: Mapping[str, Any],
    copies: Mapping[str, Any],
    new_copies: Mapping[str, Any],
) -> dict[str, Any]:
    """From the request and the results of image_info and image_copy to what the next stages do.

    :param discovered: result of image_info; {} when there was no AMI to look at.
    :param copies: result of image_copy, in check mode or of the real run; {} when nothing is to be copied.
    :param new_copies: result of image_info for copies that this run made; {} before it has made any.
    :return: ``refusals`` (sentences; anything in it ends the run before the first write), ``copying`` (whether image_copy
        has work), ``images`` (image_info's results, each AMI once, and copies that are not there yet), ``account_ids``
        without the owners' own, ``keys`` (those that lack grants) and ``grantees`` for kms_grant, ``account_grantees``
        (account to its grantees' ARNs), ``statements`` for kms_key_policy_statement, each with the ``keys`` that lack it,
        ``auto_scaling`` (keys and grantees that the consumer accounts grant themselves), ``warnings``, ``notes``.
    """
    read = [*discovered.get("results", ()), *new_copies.get("results", ())]
    seen = {(image["region"], image["image_id"]): image for image in read}
    images = [*seen.values(), *not_looked_at(copies, seen)]
    owners = {image["owner_id"] for image in images if image["owner_id"]}
    accounts = [account for account in request["account_ids"] if account not in owners]
    account_grantees = {account: request["grantees"][account] for account in accounts}
    grantees = list(dict.fromkeys(arn for listed in account_grantees.values() for arn in listed))
    by_grant = request["key_access"] == GRANTS
    plan = {
        "images": images,
        "copying": must_copy(copies),
        "account_ids": accounts,
        "keys": _keys(images, lambda key: _lacks_grants(key, grantees)) if by_grant else [],
        "grantees": grantees if by_grant else [],
        "account_grantees": account_grantees,
        "statements": _statements(request, images, accounts),
        "auto_scaling": _auto_scaling(request, images, accounts),
        "warnings": [
            f"share_account_ids: {account} owns the AMI and may always launch it; dropped."
            for account in request["account_ids"]
            if account in owners
        ],
        "notes": _notes(request),
    }
    return {**plan, "refusals": _refusals(plan, request, discovered, copies)}


def _keys(images: Iterable[Mapping[str, Any]], lacks: Any) -> list[dict[str, str]]:
    """The keys that lack something, each once."""
    found = dict.fromkeys(
        (key["key_arn"], image["region"])
        for image in images
        if not image["error"]
        for key in image["kms_keys"]
        if lacks(key)
    )
    return [{"key_id": arn, "region": region} for arn, region in found]


def _lacks_grants(key: Mapping[str, Any], grantees: Iterable[str]) -> bool:
    """Whether kms_grant has to look at a key: something that is wanted is missing, or ours is there twice."""
    missing = key["missing_grantees"]
    if missing is None:
        return bool(grantees)
    wanted = frozenset(grantees)
    return any(grantee in wanted for grantee in missing) or (not missing and not key["grants_complete"])


def _statements(
    request: Mapping[str, Any], images: Iterable[Mapping[str, Any]], accounts: Iterable[str]
) -> list[dict[str, Any]]:
    """The wanted statements without the owners' accounts, each with all the options and the keys that lack it."""

    def lacks(sid: str) -> Any:
        return lambda key: not any(one["sid"] == sid and one["complete"] for one in key["statements"])

    listed = list(images)
    return [
        {**statement, "keys": _keys(listed, lacks(statement["sid"]))}
        for statement in wanted_statements(request, accounts)
    ]


def _auto_scaling(
    request: Mapping[str, Any], images: Iterable[Mapping[str, Any]], accounts: Iterable[str]
) -> dict[str, Any]:
    """What the consumer accounts are to grant their service-linked roles: nothing, unless share_auto_scaling says so."""
    if request["auto_scaling"] != BY_GRANT:
        return {"keys": [], "grantees": []}
    roles = auto_scaling_roles(accounts, request["partition"])
    lacking: set[str] = set()

    def lacks(key: Mapping[str, Any]) -> bool:
        shown = key["auto_scaling"]
        without = roles if shown is None else [one for one in (*shown["none"], *shown["unknown"]) if one in roles]
        lacking.update(without)
        return bool(without)

    keys = _keys(images, lacks)
    return {"keys": keys, "grantees": [arn for account, arn in roles.items() if account in lacking]}


def _refusals(
    plan: Mapping[str, Any], request: Mapping[str, Any], discovered: Mapping[str, Any], copies: Mapping[str, Any]
) -> list[str]:
    """Everything that stands in the way, for all AMIs; the modules' messages already name each failed read."""
    refusals = [copies["msg"]] if any(copy["error"] for copy in copies.get("results", ())) else []
    wanted = wanted_principals(plan, request)
    for image in plan["images"]:
        refusals += [
            f"{image['region']}: {blocker['message']} Next: {blocker['cure']}" for blocker in image["blockers"]
        ]
        refusals += _of_key_policies(image)
        refusals += _of_new_copy(image, request, wanted)
    refusals += _of_unknown_paths(plan["images"], request)
    if any(image["error"] for image in discovered.get("results", ())):
        refusals.append(discovered["msg"])
    if not wanted:
        refusals.append(
            "Nobody to share with: share_account_ids names only the account that owns the AMIs. Next: name the consumers."
        )
    return list(dict.fromkeys(refusals))


def _of_key_policies(image: Mapping[str, Any]) -> list[str]:
    """Statements that could not be written."""
    return [
        f"{image['region']}: statement {statement['sid']} in the policy of {key['key_arn']}: "
        f"{explanation(Failure(**statement['error']))}"
        for key in image["kms_keys"]
        for statement in key["statements"] or ()
        if statement["error"]
    ]


def _of_unknown_paths(images: Iterable[Mapping[str, Any]], request: Mapping[str, Any]) -> list[str]:
    """Units that no statement can name; of no matter to AMIs that need no key."""
    encrypted = [f"{image['image_id'] or NEW} in {image['region']}" for image in images if image["kms_keys"]]
    if not encrypted:
        return []
    listed = ", ".join(encrypted[:3]) + (f" and {len(encrypted) - 3} more" if len(encrypted) > 3 else "")
    return [
        f"Encrypted: {listed}. A key policy lets a unit in by its path, which is not known. {why} Or give the path in "
        "share_organizational_unit_paths, or, when the key policies let the units in already, set "
        "share_key_policy_allows_organizations=true."
        for why in request["unresolved_paths"].values()
    ]


def _of_new_copy(image: Mapping[str, Any], request: Mapping[str, Any], wanted: Permissions) -> list[str]:
    """What image_info will say of a copy, said before it is made."""
    if not image.get("predicted"):
        return []
    found = []
    if EVERYBODY in wanted and image["kms_keys"]:
        found.append(
            f"{image['region']}: the copy would be encrypted and cannot be public. Next: share it with accounts, organizations "
            "or organizational units, or copy an unencrypted AMI without a key."
        )
    count, quota = permissions.counted(wanted), request["launch_permission_quota"]
    if count > quota:
        found.append(
            f"{image['region']}: the copy would be shared with {count} accounts, organizations and OUs; the quota is {quota} for "
            "an AMI and Region. Next: share with an organization or OU, which counts as one, or have the quota raised and set "
            "share_launch_permission_quota."
        )
    return found


def _notes(request: Mapping[str, Any]) -> list[str]:
    notes = []
    if request["left_out"]:
        listed = ", ".join(f"{account['account_id']} ({account['state']})" for account in request["left_out"])
        notes.append(f"share_accounts_of_organizational_unit_arns: left out, because not active: {listed}.")
    if request["snapshots"] and (request["organization_arns"] or request["organizational_unit_arns"]):
        notes.append(
            "share_snapshots: EC2 knows no snapshot permission for organizations and units; their accounts can launch the AMIs "
            "and not copy them, unless share_account_ids names them."
        )
    return notes


def wanted_principals(plan: Mapping[str, Any], request: Mapping[str, Any]) -> Permissions:
    return permissions.named_principals({**request, "account_ids": plan["account_ids"]})
