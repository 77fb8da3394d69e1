# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who can use which key after the stages of the role share, and which AMIs may be shared now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._base.delta import ADD, plan_set
from .._kms_grant.model import name_stem
from .._kms_grant.patterns import auto_scaling_roles
from .._launch_permission import model as permissions
from .._launch_permission.model import ACCOUNT, PUBLIC, Principal
from .plan import wanted_principals
from .request import BY_GRANT, BY_KEY_POLICY, GRANTS, IGNORE
from .statements import ACCOUNTS, AUTO_SCALING, ORGANIZATIONS, UNITS, sid_of

# Key access of one consumer, worst first; then the ways in which Auto Scaling has it.
FAILED, NONE, UNKNOWN, ADDED, UNCHANGED = "failed", "none", "unknown", "added", "unchanged"
KEY_POLICY, GRANT, NOT_NEEDED, NOT_CHECKED = "key_policy", "grant", "not_needed", "not_checked"
NOT_USABLE = (FAILED, NONE, UNKNOWN)
_WORST_FIRST = (FAILED, NONE, UNKNOWN, ADDED, UNCHANGED, GRANT, KEY_POLICY)

# Key ARN to consumer (account ID, or ARN of an organization or unit) to state.
Access = Mapping[str, Mapping[str, str]]
Stages = Mapping[str, Any]


def images_ready(plan: Mapping[str, Any]) -> list[dict[str, str]]:
    """The AMIs that are there and have nothing against them."""
    return [_place(image) for image in plan["images"] if _is_ready(image)]


def _is_ready(image: Mapping[str, Any]) -> bool:
    return bool(image["image_id"]) and not (image.get("predicted") or image["error"] or image["blockers"])


def _place(image: Mapping[str, Any]) -> dict[str, str]:
    return {"image_id": image["image_id"], "region": image["region"]}


def images_to_share(plan: Mapping[str, Any], request: Mapping[str, Any], stages: Stages) -> list[dict[str, str]]:
    """The AMIs for launch_permission: those that lack a permission and whose keys let all the consumers in.

    A launch permission without key access would show consumers an AMI that they cannot start. A grant that could not be
    revoked is no reason to hold back: the consumers have what they need.
    """
    wanted = wanted_principals(plan, request)
    access = key_access(plan, request, stages)
    shut = {arn for arn, states in access.items() if not frozenset(states.values()).isdisjoint(NOT_USABLE)}
    return [
        _place(image)
        for image in plan["images"]
        if _is_ready(image)
        and plan_set(permissions.named_principals(image["launch_permissions"]), wanted, ADD)
        and shut.isdisjoint(key_arns(image))
    ]


def key_arns(image: Mapping[str, Any]) -> list[str]:
    return [key["key_arn"] for key in image["kms_keys"]]


def key_access(plan: Mapping[str, Any], request: Mapping[str, Any], stages: Stages) -> Access:
    """For each key, what each consumer has there now: all of an account's grantees count, the patterns' too."""
    arns = dict.fromkeys(arn for image in plan["images"] for arn in key_arns(image))
    # Nobody has looked at the key of an AMI that could not be read or copied, unless another AMI is on it.
    known = {arn for image in plan["images"] if not image["error"] for arn in key_arns(image)}
    grants = _by_key(stages["grants"])
    lacking = {key["key_id"] for key in plan["keys"]}
    written = _statement_states(plan, stages)
    access = {}
    for arn in arns:
        states = _accounts(plan, request, arn, lacking, grants, written) | _organizations(request, arn, written)
        access[arn] = states if arn in known else dict.fromkeys(states, UNKNOWN)
    return access


def _by_key(result: Mapping[str, Any]) -> dict[str, Any]:
    return {key["key_id"]: key for key in result.get("results", ())}


def _accounts(
    plan: Mapping[str, Any],
    request: Mapping[str, Any],
    arn: str,
    lacking: set[str],
    grants: Mapping[str, Any],
    written: Access,
) -> dict[str, str]:
    owner = arn.split(":")[4]
    accounts: Mapping[str, Iterable[str]] = plan["account_grantees"]
    if request["key_access"] != GRANTS:
        states = dict.fromkeys(accounts, written.get(sid_of(request, ACCOUNTS), {}).get(arn, UNCHANGED))
    elif arn not in lacking:
        # A key that kms_grant did not look at has everything in place: discovery saw it.
        states = dict.fromkeys(accounts, UNCHANGED)
    elif arn not in grants:
        states = dict.fromkeys(accounts, FAILED)
    else:
        return _granted(grants[arn], accounts, request["grant_name"], frozenset(request["operations"]))
    # The owner's root needs nothing; a role of the owner's that a pattern names does.
    alone = {account for account, listed in plan["account_grantees"].items() if account == owner and len(listed) == 1}
    return {account: NOT_NEEDED if account in alone else state for account, state in states.items()}


def _organizations(request: Mapping[str, Any], arn: str, written: Access) -> dict[str, str]:
    """Organizations have key access by statements of ours, or by key policies that somebody else vouches for."""
    found: dict[str, str] = {}
    for kind, option in ((ORGANIZATIONS, "organization_arns"), (UNITS, "organizational_unit_arns")):
        state = written.get(sid_of(request, kind), {}).get(arn, UNCHANGED)
        vouched = request["key_policy_allows_organizations"]
        found |= dict.fromkeys(request[option], KEY_POLICY if vouched else state)
    # No statement can name a unit whose path is not known.
    return found | dict.fromkeys(request["unresolved_paths"], FAILED)


def _statement_states(plan: Mapping[str, Any], stages: Stages) -> dict[str, dict[str, str]]:
    """By sid and key, for the keys that lacked the statement."""
    words = {"changed": ADDED, "unchanged": UNCHANGED}
    written = {
        item[item["ansible_loop_var"]]["sid"]: {
            key["key_id"]: words.get(key["status"], FAILED) for key in item.get("results", ())
        }
        for item in stages["statements"].get("results", ())
    }
    return {
        statement["sid"]: {
            key["key_id"]: written.get(statement["sid"], {}).get(key["key_id"], FAILED) for key in statement["keys"]
        }
        for statement in plan["statements"]
    }


def _granted(
    key: Mapping[str, Any], grantees: Mapping[str, Iterable[str]], prefix: str, operations: frozenset[str]
) -> dict[str, str]:
    """What each account's grantees have on a key, by the result of kms_grant."""
    before, after = (_ids_by_grantee(key[state], operations) for state in ("before", "after"))
    owner = key["key_id"].split(":")[4]

    def state(grantee: str) -> str:
        # A grantee that KMS shows as a unique ID is found by the name that the grant was given for it.
        names = (grantee, name_stem(prefix, grantee))
        had, has = (next((ids[name] for name in names if name in ids), set()) for ids in (before, after))
        return FAILED if not has else UNCHANGED if had & has else ADDED

    access = {}
    for account, listed in grantees.items():
        # The account that owns a key uses it by the key policy; kms_grant makes no grant for it.
        states = {state(grantee) for grantee in listed if grantee.split(":")[4:] != [owner, "root"]}
        access[account] = next((each for each in (FAILED, ADDED, UNCHANGED) if each in states), NOT_NEEDED)
    return access


def _ids_by_grantee(listed: Iterable[Mapping[str, Any]] | None, operations: frozenset[str]) -> dict[str, set[Any]]:
    """IDs of the grants that allow enough, by grantee and by the stem of the name.

    In check mode a grant that would be made has the ID None. An older grant that allows less, and whose successor could
    not be made, is no access.
    """
    found: dict[str, set[Any]] = {}
    for grant in listed or ():
        if operations.issubset(grant["operations"]) and not grant["constraints"]:
            for name in (grant["grantee_principal"], grant["name"].rpartition("-")[0]):
                found.setdefault(name, set()).add(grant["grant_id"])
    return found


def _dead_grants(key: Mapping[str, Any] | None, prefix: str) -> frozenset[str]:
    """The stems of the names of grants whose grantee KMS does not know by its ARN any more, or not yet."""
    unresolved = key["unresolved_grants"] if key else ()
    return frozenset(grant["name"].rpartition("-")[0] for grant in unresolved if grant["name"].startswith(prefix))


def auto_scaling_access(plan: Mapping[str, Any], request: Mapping[str, Any], stages: Stages) -> Access:
    """For each key, whether each account's Auto Scaling can use it, as far as the key's grants and policy tell."""
    if request["auto_scaling"] == IGNORE:
        return {}
    keys = [key for image in plan["images"] for key in image["kms_keys"]]
    # Of a key that one AMI is on and a copy will be on, what was read counts.
    shown = dict.fromkeys(key["key_arn"] for key in keys)
    shown |= {key["key_arn"]: key["auto_scaling"] for key in keys if key["auto_scaling"] is not None}
    roles = auto_scaling_roles(plan["account_ids"], request["partition"])
    results = _by_key(stages["auto_scaling"])
    lacking = {key["key_id"] for key in plan["auto_scaling"]["keys"]}
    written = _statement_states(plan, stages).get(sid_of(request, AUTO_SCALING), {})
    operations = frozenset((*request["operations"], "Encrypt"))
    access = {}
    for arn, found in shown.items():
        states = dict.fromkeys(roles, UNKNOWN)
        states |= {account: way for way, accounts in (found or {}).items() for account in accounts if account in roles}
        asked = {account for account, state in states.items() if state in (NONE, UNKNOWN)}
        if request["auto_scaling"] == BY_GRANT and arn in lacking:
            grantees = {account: [roles[account]] for account in roles if account in asked}
            made = _granted(results[arn], grantees, request["grant_name"], operations) if arn in results else {}
            states |= {account: made.get(account, FAILED) for account in grantees}
            # A role that was made again does not get the grant of the one before it, which KMS shows as a unique ID.
            dead = _dead_grants(results.get(arn), request["grant_name"])
            states |= {
                account: NONE for account in grantees if name_stem(request["grant_name"], roles[account]) in dead
            }
        elif request["auto_scaling"] == BY_KEY_POLICY and arn in written:
            states |= dict.fromkeys(asked, written[arn])
        access[arn] = states
    return access


def worst(principal: Principal, arns: Iterable[str], access: Access) -> str:
    """A consumer's state on all the keys of an AMI."""
    if principal.kind == PUBLIC:
        return NOT_NEEDED
    states = {access[arn].get(principal.value, UNKNOWN) for arn in arns}
    return next((state for state in _WORST_FIRST if state in states), NOT_NEEDED)


def auto_scaling_of(principal: Principal, arns: Iterable[str], access: Access) -> str:
    """Only of accounts it can be told: which accounts an organization has is not asked."""
    listed = list(arns)
    if principal.kind != ACCOUNT or not access:
        return NOT_CHECKED if listed else NOT_NEEDED
    return worst(principal, listed, access)
