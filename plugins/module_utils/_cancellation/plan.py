# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Give up an AMI that another account has shared: what the account knows about the share, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from .._base.outcome import Failure, Outcome
from .._image.model import Image
from .._image.selection import ImageSelector

# CancelImageLaunchPermission's one answer to an AMI that is unknown, not shared, public, or shared with an organization.
NO_OWN_SHARE = "InvalidAMIID.NotFound"


@dataclass(frozen=True)
class ShareFacts:
    """The listings of DescribeImages that hold an AMI, seen by the account that is to give it up.

    ``shared``: with the account's ID, its organization or an OU; EC2 does not tell which. ``own`` and ``public`` as they
    say. Each is None where the AMI is not in that listing, a Failure where it could not be read.
    """

    selector: ImageSelector
    shared: Image | Failure | None = None
    own: Image | Failure | None = None
    public: Image | Failure | None = None


CancellationOutcome: TypeAlias = "Outcome[dict[str, bool | None], ImageSelector]"


def plan_cancellation(_request: None, facts: ShareFacts) -> CancellationOutcome:
    """One AMI's plan. That it is shared with an organization only shows when the plan is applied."""
    for listed in (facts.shared, facts.own, facts.public):
        if isinstance(listed, Failure):
            return _outcome(facts, None, failure=listed)
    if isinstance(facts.own, Image):
        return _outcome(facts, facts.own, failure=_owner(facts.own))
    shared, public = _present(facts.shared), _present(facts.public)
    if not shared:
        nothing = _access(False, False, public is not None)
        return _outcome(facts, public, before=nothing, after=nothing, warnings=(_not_shared(facts.selector, public),))
    return _outcome(
        facts,
        shared,
        before=_access(True, None, shared.public),
        after=_access(False, False, shared.public),
        change=facts.selector,
        changed=True,
        warnings=(_stays_public(shared),) if shared.public else (),
    )


def after_cancellation(
    plan: CancellationOutcome, refusal: Failure | None, left: Image | Failure | None
) -> CancellationOutcome:
    """What came of a plan.

    :param refusal: the failure of CancelImageLaunchPermission; None when the account's own share was cancelled.
    :param left: the AMI where it is still listed as shared, None where it is not, a Failure where that could not be read.
    """
    if refusal and not has_no_own_share(refusal):
        # An answer can be lost after the share was cancelled: what is left is not known.
        return replace(plan, after=None, changed=False, failure=refusal)
    if isinstance(left, Failure):
        return replace(plan, after=None, changed=not refusal, failure=left)
    shared = _present(left)
    if not shared:
        # Also after a refusal: somebody else ended the share, or the answer to a first try was lost.
        return plan
    after = _access(True, True, shared.public)
    if refusal:
        return replace(plan, after=after, changed=False, failure=_only_through_organization(refusal, shared))
    return replace(plan, after=after, warnings=(*plan.warnings, _still_shared(shared)))


def has_no_own_share(refusal: Failure) -> bool:
    return refusal.code == NO_OWN_SHARE


def _present(listed: Image | Failure | None) -> Image | None:
    """DescribeImages shows an AMI for a short while after it was deregistered."""
    return listed if isinstance(listed, Image) and listed.state != "deregistered" else None


def _access(shared: bool, through_organization: bool | None, public: bool | None) -> dict[str, bool | None]:
    return {"shared": shared, "through_organization": through_organization, "public": public}


def _outcome(facts: ShareFacts, image: Image | None, **given: Any) -> CancellationOutcome:
    return Outcome(facts.selector.target, extra={"owner_id": image.owner_id if image else None}, **given)


def _owner(image: Image) -> Failure:
    return Failure(
        "owner",
        f"{image.image_id} belongs to this account, {image.owner_id}, which may always launch it; there is nothing to cancel.",
        "Use the credentials of the consumer that is to give it up. The owner ends shares with golden.ami.launch_permission.",
    )


def _not_shared(selector: ImageSelector, public: Image | None) -> str:
    if public:
        return (
            f"{selector.image_id} in {selector.region} is public and not shared with this account: everybody may launch it, "
            "which a consumer cannot give up."
        )
    return (
        f"{selector.image_id} is not shared with this account in {selector.region}: there is nothing to cancel. (Where "
        "Allowed AMIs is enabled, EC2 also hides shared AMIs that it does not allow.)"
    )


def _stays_public(image: Image) -> str:
    return f"{image.image_id} in {image.region} is public too: this account may launch it without a share."


def _still_shared(image: Image) -> str:
    return (
        f"{image.image_id} in {image.region} is no longer shared with this account itself, but still through an "
        f"organization or OU that it is in. Only the owner, {image.owner_id}, can end that."
    )


def _only_through_organization(refusal: Failure, image: Image) -> Failure:
    return replace(
        refusal,
        code="shared_by_organization",
        message=f"account {image.owner_id} shares {image.image_id} through an organization or OU that this account is in, "
        f"not with the account itself (AWS says {refusal.code}), so that there is nothing that the account could cancel.",
    )
