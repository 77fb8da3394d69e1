# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that stands in the way of a run and can be known before its first write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .._base.outcome import Failure, describe, explanation
from .._base.reasons import group_reasons
from .._image.blockers import Sharing, find_blockers, unread
from .._image.model import Image
from .._image_copy.model import CopyOutcome
from .._launch_permission import model as permissions
from .._launch_permission.model import ACCOUNT, EVERYBODY, ORGANIZATIONAL_UNIT
from .._snapshot_permission.plan import no_snapshots
from .audience import Audience, some
from .copies import contradictions
from .facts import ShareFacts
from .key_plan import KeyPlan
from .plan import SharePlan
from .request import ShareRequest
from .targets import Target

# Grants on one customer managed key, those of EBS included (KMS quotas: resource quotas). It can be raised, so that a key
# with more of them has a higher one.
GRANTS_OF_A_KEY = 50_000


def refusals(request: ShareRequest, audience: Audience, facts: ShareFacts, plan: SharePlan) -> list[str]:
    """A sentence for each reason, those that are alike once; nothing is written while there is any."""
    found = [*_copies(request, facts, plan.copies), *_images(request, plan.targets), *_keys(request, facts, plan)]
    found += _unknown_paths(request, audience, plan.targets)
    found += _nobody(request, plan.targets)
    return list(dict.fromkeys(found))


def _copies(request: ShareRequest, facts: ShareFacts, copies: Sequence[CopyOutcome]) -> Iterator[str]:
    yield from group_reasons([(explanation(one.failure), describe(one.target)) for one in copies if one.failure])
    if copies:
        yield from contradictions(request, facts, copies)


def _images(request: ShareRequest, targets: Iterable[Target]) -> list[str]:
    found: list[tuple[str, str]] = []
    for target in targets:
        about = f"{target.described} in {target.region}"
        found += [(sentence, about) for sentence in _of_image(request, target)]
        found += [(explanation(failure), about) for failure in (unread(target.facts) if target.facts else ())]
    return group_reasons(found)


def _of_image(request: ShareRequest, target: Target) -> Iterator[str]:
    if target.facts is None:
        yield from _of_new_copy(request, target)
        return
    for blocker in find_blockers(target.facts, Sharing(frozenset(target.wanted), request.quota)):
        yield f"{blocker.message} Next: {blocker.cure}"
    yield from _without_snapshots(target)


def _without_snapshots(target: Target) -> Iterator[str]:
    """An instance-store AMI has nothing that accounts could copy."""
    image = target.facts.image if target.facts else None
    failure = no_snapshots(image) if target.readers and isinstance(image, Image) else None
    if failure:
        yield f"{target.described}: {explanation(failure)}"


def _of_new_copy(request: ShareRequest, target: Target) -> Iterator[str]:
    """What would be a blocker of a copy, said before it is made."""
    wanted = frozenset(target.wanted)
    if EVERYBODY in wanted and target.key_arns:
        yield (
            "the copy would be encrypted and cannot be public. Next: share it with accounts, organizations or OUs, or copy an "
            "unencrypted AMI without a key."
        )
    count = permissions.counted(wanted)
    if count > request.quota:
        yield (
            f"the copy would be shared with {count} accounts, organizations and OUs; the quota is {request.quota} for an AMI and "
            f"Region. Next: share with an organization or OU, which counts as one, or have the quota raised and set "
            f"{request.prefix}launch_permission_quota."
        )


def _keys(request: ShareRequest, facts: ShareFacts, plan: SharePlan) -> list[str]:
    found: list[tuple[str, str]] = []
    new = {(target.region, arn) for target in plan.targets if target.facts is None for arn in target.key_arns}
    for place in sorted(new):
        # What could not be read of the keys of an AMI that is there is said with the AMI.
        read = facts.keys.get(place)
        for failure in (read.key, read.grants) if read else ():
            if isinstance(failure, Failure):
                found.append((explanation(failure), place[1]))
    for key in plan.keys:
        found += [(reason, key.place[1]) for reason in _of_key(request, key, facts)]
    return group_reasons(found)


def _of_key(request: ShareRequest, key: KeyPlan, facts: ShareFacts) -> Iterator[str]:
    for outcome in (key.grants, key.policy, key.auto_scaling_grants):
        if outcome and outcome.failure and not _is_read_failure(outcome.failure, facts, key):
            yield explanation(outcome.failure)
    yield from _grants_quota(request, key, facts)


def _is_read_failure(failure: Failure, facts: ShareFacts, key: KeyPlan) -> bool:
    """Grants that could not be read have been said with the AMI, or with the key."""
    return failure is facts.keys[key.place].grants


def _grants_quota(request: ShareRequest, key: KeyPlan, facts: ShareFacts) -> Iterator[str]:
    actual = facts.keys[key.place].grants
    plans = [one.change.plan for one in (key.grants, key.auto_scaling_grants) if one and one.change]
    new = sum(len(plan.create) for plan in plans)
    if isinstance(actual, tuple) and new and len(actual) <= GRANTS_OF_A_KEY < len(actual) + new:
        yield (
            f"{len(actual):,} grants are on the key and {new:,} would be made; KMS allows {GRANTS_OF_A_KEY:,} on a key. Next: "
            f"share with an organization or OU, or let the key policy name the accounts ({request.prefix}key_access=key_policy), "
            "or have the quota raised."
        )


def _unknown_paths(request: ShareRequest, audience: Audience, targets: Iterable[Target]) -> Iterator[str]:
    """OUs that no statement can name; of no matter to AMIs that need no key."""
    listed = [
        f"{target.described} in {target.region}"
        for target in targets
        if target.key_arns
        and any(one.kind == ORGANIZATIONAL_UNIT and one.value in audience.unresolved for one in target.wanted)
    ]
    if not listed:
        return
    for why in audience.unresolved.values():
        yield (
            f"Encrypted: {some(listed)}. A key policy names an OU by its path, which is not known. {why} Or give the path in "
            f"{request.option('organizational_unit_paths')}, or, when the key policies allow the OUs already, set "
            f"{request.prefix}key_policy_allows_organizations=true."
        )


def _nobody(request: ShareRequest, targets: Iterable[Target]) -> Iterator[str]:
    listed = list(targets)
    if listed and not any(target.wanted for target in listed):
        yield (
            f"Nobody to share with: {request.option('account_ids')} names only the account that owns the AMIs. Next: name "
            "the consumers."
        )


def owner_warnings(request: ShareRequest, audience: Audience, targets: Iterable[Target]) -> list[str]:
    """The owner's own account among the consumers."""
    owners = dict.fromkeys(target.owner_id for target in targets)
    named = {one.value for one in audience.everybody if one.kind == ACCOUNT}
    listed = {account for one in request.declarations for account in one.consumers.account_ids}
    return [
        f"{_naming(request, owner in listed)}: {owner} owns the AMI and may always launch it; dropped."
        for owner in owners
        if owner in named
    ]


def _naming(request: ShareRequest, listed: bool) -> str:
    """The option by which the account came to be a consumer."""
    return request.option("account_ids" if listed else "accounts_of_organizational_unit_arns")


def notes(request: ShareRequest, audience: Audience) -> list[str]:
    """What a reader should know of the request itself."""
    found = []
    if audience.left_out:
        listed = (f"{one.account.account_id} ({one.account.state})" for one in audience.left_out)
        found.append(
            f"{request.option('accounts_of_organizational_unit_arns')}: left out, because not active: {some(listed, 20)}."
        )
    if any(
        one.snapshots and (one.consumers.organization_arns or one.consumers.unit_arns) for one in request.declarations
    ):
        found.append(
            f"{request.option('snapshots')}: EC2 has no snapshot permission for organizations and OUs; their accounts can "
            f"launch the AMIs and not copy them, unless {request.option('account_ids')} names them."
        )
    return found
