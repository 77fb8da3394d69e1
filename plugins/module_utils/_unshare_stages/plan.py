# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decisions of the role unshare before its writes: which permissions go, who would lose what runs, what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base.delta import EXACT, REMOVE, Delta, plan_set
from .._base.outcome import Failure, explanation
from .._launch_permission import model as permissions
from .._launch_permission.model import ACCOUNT, EVERYBODY, LIST_OPTIONS, ORGANIZATION, ORGANIZATIONAL_UNIT, Principal
from .._organization.membership import Members

OF_ORGANIZATIONS = (ORGANIZATION, ORGANIZATIONAL_UNIT)


def targets(request: Mapping[str, Any], copies: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The named AMIs, and the copies of the source that exist.

    :param copies: result of image_copy in check mode, which finds copies by their source; {} without a source.
    """
    found = [copy for copy in copies.get("results", ()) if copy["image_id"]]
    return [*request["images"], *({"image_id": copy["image_id"], "region": copy["region"]} for copy in found)]


def plan_unshare(
    request: Mapping[str, Any], discovered: Mapping[str, Any], copies: Mapping[str, Any]
) -> dict[str, Any]:
    """From the request and the result of image_info to what goes.

    :return: ``refusals`` (sentences; anything in it ends the run before the first write), ``images`` with their permissions
        before and after, ``places`` (all of them) and ``removing`` (those from which something goes) as modules take AMIs,
        ``keys`` for kms_key_image_info, ``named`` (whose access ends, as the options of modules; never the owner's),
        ``usage_account_ids`` (whose use of the AMIs matters; empty for everybody's), ``notes``.
    """
    found = {(image["region"], image["image_id"]): image for image in discovered.get("results", ())}
    images = [_image(request, image) for image in found.values() if image["launch_permissions"] is not None]
    removed = frozenset().union(*(change_of(image).remove for image in images))
    accounts = sorted(principal.value for principal in removed if principal.kind == ACCOUNT)
    keys = dict.fromkeys((arn, image["region"]) for image in images for arn in image["key_arns"])
    owners = {image["owner_id"] for image in images}
    own = [account for account in request["account_ids"] if account in owners]
    return {
        "images": images,
        "places": [_place(image) for image in images],
        "removing": [_place(image) for image in images if change_of(image)],
        "keys": [{"key_id": arn, "region": region} for arn, region in keys] if request["key_access"] else [],
        "named": {
            option: [value for value in request[option] if value not in owners] for option in LIST_OPTIONS.values()
        },
        "usage_account_ids": accounts if all(one.kind == ACCOUNT for one in removed) else [],
        "notes": [
            *(f"unshare_account_ids: {account} owns the AMI and may always launch it; left out." for account in own),
            *_notes(found.values(), copies),
        ],
        "refusals": _refusals(request, discovered, copies),
    }


def _image(request: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
    before = permissions.named_principals(image["launch_permissions"])
    delta = (
        plan_set(before, frozenset(), EXACT)
        if request["everything"]
        else plan_set(before, permissions.named_principals(request), REMOVE)
    )
    return {
        "image_id": image["image_id"],
        "region": image["region"],
        "name": image["name"],
        "owner_id": image["owner_id"],
        "key_arns": [key["key_arn"] for key in image["kms_keys"]],
        "snapshot_ids": [snapshot["snapshot_id"] for snapshot in image["snapshots"]],
        "before": permissions.as_dict(before),
        "after": permissions.as_dict(delta.applied_to(before)),
    }


def _place(image: Mapping[str, Any]) -> dict[str, Any]:
    return {"image_id": image["image_id"], "region": image["region"]}


def change_of(image: Mapping[str, Any]) -> Delta[Principal]:
    """What goes from an AMI of the plan."""
    before, after = (permissions.named_principals(image[state]) for state in ("before", "after"))
    return plan_set(before, after, EXACT)


def _notes(found: Iterable[Mapping[str, Any]], copies: Mapping[str, Any]) -> list[str]:
    gone = [
        f"{image['region']}: {image['blockers'][0]['message']} Nothing to remove there, and its keys are not known."
        for image in found
        if not image["found"] and not image["error"]
    ]
    missing = [copy for copy in copies.get("results", ()) if not copy["image_id"] and not _is_unread(copy)]
    return gone + [f"{copy['region']}: there is no copy of {copy['source_image_id']}." for copy in missing]


def _is_unread(copy: Mapping[str, Any]) -> bool:
    """A copy that could not be looked for, or is not the only one; all other failures are about making a copy."""
    error = copy["error"]
    return bool(error) and (bool(error["action"]) or error["code"] == "several_copies")


def _refusals(request: Mapping[str, Any], discovered: Mapping[str, Any], copies: Mapping[str, Any]) -> list[str]:
    """What could not be read is not taken for something that nobody uses. To take access away, little has to be right."""
    unread = [copy for copy in copies.get("results", ()) if _is_unread(copy)]
    refusals = [f"{copy['region']}: {explanation(Failure(**copy['error']))}" for copy in unread]
    images = discovered.get("results", ())
    refusals += [
        f"{image['region']}: {blocker['message']} Next: {blocker['cure']}"
        for image in images
        for blocker in image["blockers"]
        if blocker["code"] == "not_owner" or (blocker["code"] == "snapshot_not_found" and request["key_access"])
    ]
    # Without its keys an AMI can be made private all the same, but nothing can be said about key access.
    if any(image["error"] and (request["key_access"] or image["launch_permissions"] is None) for image in images):
        refusals.append(discovered["msg"])
    return list(dict.fromkeys(refusals))


@dataclass(frozen=True)
class Usage:
    """One account that uses an AMI and would lose its launch permission: what it has of each kind."""

    region: str
    image_id: str
    account_id: str
    counts: tuple[tuple[str, int], ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "region": self.region,
            "image_id": self.image_id,
            "account_id": self.account_id,
            "usage": dict(self.counts),
        }

    @property
    def sentence(self) -> str:
        shown = ", ".join(f"{count} {kind.removeprefix('ec2:')}" for kind, count in self.counts)
        return f"{self.region}: {self.account_id} uses {self.image_id} ({shown})."


def judge_usage(
    plan: Mapping[str, Any], request: Mapping[str, Any], reports: Mapping[str, Any], members: Members
) -> dict[str, Any]:
    """What the usage reports say about going on.

    :param reports: result of image_usage_info; {} when it was not asked.
    :return: ``usage`` (who would lose what it uses), ``refusals``, ``notes``.
    """
    found = _find_usage(plan, reports, members)
    unread = _unread_usage(plan, request, reports)
    return {
        "usage": [one.as_dict() for one in found],
        "refusals": [] if request["force"] else _usage_refusals(found, unread),
        "notes": _usage_notes(plan, request, found, unread, reports),
    }


def _unread_usage(plan: Mapping[str, Any], request: Mapping[str, Any], reports: Mapping[str, Any]) -> str:
    """Why it is not known whether the AMIs are used; empty when it is, or when nobody wanted to know."""
    if any(one["error"] for one in reports.get("results", ())):
        return f"Whether the AMIs are used could not be found out: {reports['msg']}"
    answered = {(one["region"], one["image_id"]) for one in reports.get("results", ())}
    missing = [one for one in plan["removing"] if (one["region"], one["image_id"]) not in answered]
    if missing and request["check_usage"]:
        why = f" ({reports['msg']})" if reports.get("msg") else ""
        return f"Whether the AMIs are used could not be found out: there is no report about {_listed(missing)}{why}."
    return ""


def _listed(places: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{one['image_id']} in {one['region']}" for one in places)


def _find_usage(plan: Mapping[str, Any], usage: Mapping[str, Any], members: Members) -> list[Usage]:
    """Who uses an AMI and would lose it, by the usage reports.

    Whoever can still launch it afterwards, by its own permission or as a known member of an organization or unit that
    keeps it, loses nothing.
    """
    reports = {(one["region"], one["image_id"]): one["usage"] or () for one in usage.get("results", ())}
    found = []
    for image in plan["images"]:
        counts: dict[str, list[tuple[str, int]]] = {}
        for one in reports.get((image["region"], image["image_id"]), ()):
            counts.setdefault(one["account_id"], []).append((one["resource_type"], one["count"]))
        loses = _who_loses(image, members)
        found += [
            Usage(image["region"], image["image_id"], account, tuple(listed))
            for account, listed in counts.items()
            if account != image["owner_id"] and loses(account)
        ]
    return found


def _who_loses(image: Mapping[str, Any], members: Members) -> Callable[[str], bool]:
    """Whether an account cannot launch an AMI any more and could before, as far as that is known."""
    after, removed = permissions.named_principals(image["after"]), change_of(image).remove
    kept, gone = ([one.value for one in listed if one.kind in OF_ORGANIZATIONS] for listed in (after, removed))

    def loses(account: str) -> bool:
        own = Principal(ACCOUNT, account)
        if own in after or EVERYBODY in after or any(members.has(arn, account) for arn in kept):
            return False
        # Unknown (None) counts as a member here: what cannot be told is not called unused.
        through = any(members.has(arn, account) is not False for arn in gone)
        return through or own in removed or EVERYBODY in removed

    return loses


def _usage_refusals(found: Iterable[Usage], unread: str) -> list[str]:
    """Why nothing is removed: somebody uses it, or it could not be found out."""
    refusals = [one.sentence for one in found]
    if refusals:
        refusals.append(
            "Next: let the accounts move to another AMI, or run again with unshare_force=true. What runs goes on running; new "
            "launches and Auto Scaling would fail."
        )
    if unread:
        refusals.append(f"{unread} Or go without: unshare_check_usage=false, or unshare_force=true.")
    return refusals


def _usage_notes(
    plan: Mapping[str, Any], request: Mapping[str, Any], found: Iterable[Usage], unread: str, reports: Mapping[str, Any]
) -> list[str]:
    notes = [f"{one.sentence} Removed all the same (unshare_force)." for one in found if request["force"]]
    if request["force"] and unread:
        notes.append(unread)
    if not request["check_usage"]:
        notes.append("Whether the AMIs are used was not asked (unshare_check_usage).")
    elif request["key_access"] and plan["images"] and not plan["removing"]:
        notes.append("Whether the AMIs are used was not asked, because no launch permission goes.")
    unknown = [one for one in reports.get("results", ()) if one["usage"] is None and not one["error"]]
    if unknown:
        notes.append(
            f"Usage not known: {_listed(unknown)}. In check mode no usage report is made; a real run makes one."
        )
    return notes
