# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict about one AMI in one account and Region, from what was read: the first check that fails counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .._allowed_images.model import ENABLED, AllowedImages, allows
from .._base.outcome import Failure
from .._image.model import Image
from .key_verdict import judge_keys
from .model import UNTRIED, Facts, Launched, Verdict, Whose, Word
from .refusals import not_assumed, not_launched, not_read
from .request import CheckRequest

READY = Verdict(Word.READY)


def judge(request: CheckRequest, facts: Facts) -> Verdict:
    """The verdict without what a real launch says; see :func:`judge_launch`."""
    notes = tuple(_notes(facts))
    found = next((one for one in _checks(request, facts) if one), READY)
    return replace(found, notes=(*found.notes, *notes))


def _checks(request: CheckRequest, facts: Facts) -> Iterator[Verdict | None]:
    yield judge_before_launch(facts)
    yield judge_keys(facts)
    if request.auto_scaling:
        yield _scaling(facts)


def judge_before_launch(facts: Facts) -> Verdict | None:
    """What keeps an instance from being started at all."""
    unread = facts.place.unread
    if unread:
        return not_assumed(unread) if unread.action == "sts:AssumeRole" else not_read(unread)
    image = facts.place.image(facts.target.image_id)
    if not image:
        return _invisible(facts)
    if image.state != "available":
        cure = "Wait if it is pending; else share one that is available."
        return Verdict(Word.LAUNCH_DENIED, f"The AMI is in state {image.state}", cure, Whose.OWNER)
    if isinstance(facts.place.subnet, Failure):
        return not_read(facts.place.subnet) if facts.place.subnet.action else _no_subnet(facts.place.subnet)
    if not facts.instance_type:
        cure = "Give instance_type; macOS needs a Dedicated Host, which a check does not allocate."
        return Verdict(Word.NOT_TESTED, f"No instance type is known for {image.architecture}", cure, None)
    return not_launched(facts.dry_run, tagged=False) if facts.dry_run else None


def _no_subnet(failure: Failure) -> Verdict:
    return Verdict(Word.NOT_TESTED, failure.message, failure.next_step, Whose.CONSUMER)


def _invisible(facts: Facts) -> Verdict:
    """Not shared, or hidden by the account's own setting; EC2 shows the same for both."""
    setting = facts.place.allowed
    enabled = isinstance(setting, AllowedImages) and setting.state == ENABLED
    allowed = (
        allows(setting, facts.owned) if isinstance(setting, AllowedImages) and isinstance(facts.owned, Image) else None
    )
    if isinstance(setting, AllowedImages) and enabled and allowed is False:
        return _hidden(setting)
    doubt = ""
    if isinstance(setting, Failure):
        doubt = f" Whether Allowed AMIs hides it could not be read ({setting.code})."
    elif enabled and allowed is None:
        doubt = " Allowed AMIs is enabled, and whether its criteria allow the AMI cannot be told from outside."
    if facts.owned is None:
        doubt += " The task's own credentials do not see it either."
    cure = (
        "Share it with the account, its organization or OU (golden.ami.image_share). Check the AMI ID and the Region."
        + doubt
    )
    return Verdict(Word.NOT_SHARED, "The AMI is not shared with the account", cure, Whose.OWNER)


def _hidden(setting: AllowedImages) -> Verdict:
    if setting.managed_by == "declarative-policy":
        where = "in the organization's declarative policy, which sets them"
    else:
        where = "there (ec2:ReplaceImageCriteriaInAllowedImagesSettings)"
    cure = f"Add the AMI's owner to the image providers of the criteria {where}. Whether the AMI is shared, too, shows then."
    return Verdict(
        Word.HIDDEN,
        "Allowed AMIs is enabled in the account and Region, and its criteria do not allow it",
        cure,
        Whose.CONSUMER,
    )


def _scaling(facts: Facts) -> Verdict | None:
    """Whether Auto Scaling of the account could launch; it has a role and key access of its own."""
    scaling = facts.scaling
    if scaling is None:
        return None
    if isinstance(scaling.role, Failure):
        return replace(not_read(scaling.role), word=Word.NOT_TESTED)
    if not scaling.role:
        cure = "Make it (aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com)."
        return Verdict(
            Word.LAUNCH_DENIED, "The account has no service-linked role for Auto Scaling", cure, Whose.CONSUMER
        )
    ways = set(scaling.keys.values())
    if "none" in ways:
        cure = "Let the role use it: golden.ami.image_share with auto_scaling, or a grant that its own account makes."
        return Verdict(Word.KEY_DENIED, "Auto Scaling's role has no access to the AMI's key", cure, Whose.OWNER)
    if "unknown" in ways:
        cure = "Use the key owner's credentials, with kms:ListGrants and kms:GetKeyPolicy."
        return Verdict(
            Word.NOT_TESTED, "Whether Auto Scaling's role may use the AMI's key could not be read", cure, Whose.OWNER
        )
    return None


def judge_launch(before: Verdict, facts: Facts, launched: Launched, timeout: int) -> Verdict:
    """The verdict with what a real launch has shown, which is the last word about the key and the launch.

    :param before: the verdict without it.
    """
    if launched.refused:
        found = not_read(launched.refused) if launched.instance_id else not_launched(launched.refused, tagged=True)
        return replace(found, notes=before.notes)
    if launched.state == "running":
        return _ran(before)
    if launched.state in ("", "pending"):
        cure = f"Raise launch_timeout; see {launched.instance_id} in EC2, which was terminated."
        return Verdict(
            Word.NOT_TESTED,
            f"An instance was still pending after {timeout} s",
            cure,
            Whose.CONSUMER,
            notes=before.notes,
        )
    return replace(_ended(facts, launched), notes=before.notes)


def _ran(before: Verdict) -> Verdict:
    """The key could be used, whatever the dry runs of KMS have said. What Auto Scaling may do was not launched."""
    if before.word == Word.READY or before.detail is None or not before.detail.action.startswith("kms:"):
        return before
    said = f"{before.reason[0].lower()}{before.reason[1:]}"
    note = f"KMS's dry runs say no ({said}), and an instance ran all the same: EC2 may use the key."
    return replace(READY, notes=(*before.notes, note))


def _ended(facts: Facts, launched: Launched) -> Verdict:
    code, message = launched.reason
    encrypted = facts.key_arns is None or bool(facts.key_arns)
    told = Failure(
        code or launched.state, message or launched.state, action="ec2:RunInstances", region=facts.target.region
    )
    if code == "Client.InvalidKMSKey.InvalidState":
        return Verdict(Word.KEY_DENIED, "The key is in no state to be used", "Enable the key.", Whose.OWNER, told)
    if code == "Client.InternalError" and encrypted:
        cure = "Let the account use the key: golden.ami.image_share, or golden.ami.kms_grant."
        return Verdict(
            Word.KEY_DENIED, "An instance could not start: it may not use the AMI's key", cure, Whose.OWNER, told
        )
    cure = "See AWS's reason; EC2 User Guide, Troubleshoot instance termination issues, explains them."
    return Verdict(
        Word.LAUNCH_DENIED,
        f"An instance ended as {launched.state}: {code or 'AWS gives no reason'}",
        cure,
        Whose.CONSUMER,
        told,
    )


def _notes(facts: Facts) -> Iterator[str]:
    image = facts.place.image(facts.target.image_id)
    if image and image.allowed is False:
        yield "Allowed AMIs is in audit mode and does not allow the AMI: it will be hidden once the setting is enabled."
    if facts.dry_run is UNTRIED or not image:
        return
    if image.deprecation_time:
        yield f"The AMI is or will be deprecated: {image.deprecation_time}."
