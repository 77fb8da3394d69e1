# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read about one AMI in one consumer's account and Region, and the verdict that it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .._allowed_images.model import AllowedImages
from .._base.outcome import Failure
from .._image.model import Image
from .._image.selection import ImageSelector

# What an untried call stands for; AWS was not asked.
UNTRIED = Failure("untried", "it was not tried")


class Word(StrEnum):
    """The verdict. Only the first one is fine."""

    READY = "ready"
    NOT_SHARED = "not_shared"
    HIDDEN = "hidden_by_allowed_images"
    KEY_DENIED = "key_denied"
    LAUNCH_DENIED = "launch_denied"
    NOT_REACHABLE = "not_reachable"
    NOT_TESTED = "not_tested"


class Whose(StrEnum):
    """Who can mend it: the AMI's owner, or the account that is to launch it."""

    OWNER = "owner"
    CONSUMER = "consumer"


@dataclass(frozen=True)
class Verdict:
    """A word and, unless it is ``ready``, its reason, what to do about it, and who can.

    ``detail``: AWS's own answer that decided, if one did. ``notes``: what the reader should know all the same.
    """

    word: Word
    reason: str = ""
    cure: str = ""
    whose: Whose | None = None
    detail: Failure | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """One AMI in one account."""

    account_id: str
    selector: ImageSelector

    @property
    def region(self) -> str:
        return self.selector.region

    @property
    def image_id(self) -> str:
        return self.selector.image_id


@dataclass(frozen=True)
class KeyProbe:
    """What the consumer's role may do with a key, by KMS's dry runs.

    ``denied``: refusals by operation; ``untested``: operations for whose dry run the installed botocore is too old.
    """

    arn: str
    state: str = ""
    denied: Mapping[str, Failure] = field(default_factory=dict)
    untested: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlaceFacts:
    """What is known of one account in one Region.

    ``unread``: why nothing could be read there. ``shared``: by AMI ID what is shared with the account; ``others``: of those
    that are not, its own and the public ones. ``subnet``: to launch in, empty for the default VPC.
    """

    unread: Failure | None = None
    shared: Mapping[str, Image] = field(default_factory=dict)
    others: Mapping[str, Image] = field(default_factory=dict)
    allowed: AllowedImages | Failure | None = None
    subnet: str | Failure = ""

    def image(self, image_id: str) -> Image | None:
        return self.shared.get(image_id) or self.others.get(image_id)


@dataclass(frozen=True)
class ScalingFacts:
    """Whether Auto Scaling could launch: its role in the account, and what lets it use each key (by ARN).

    ``role``: True, False where it does not exist, a Failure where that could not be read.
    """

    role: bool | Failure
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Launch:
    """An instance that is to be started and terminated again."""

    target: Target
    instance_type: str
    subnet: str
    devices: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Launched:
    """What became of an instance. ``state``: the last one that was seen; ``refused``: why there is none.

    ``reason``: AWS's code and message for an instance that does not run; ``left``: why it could not be terminated.
    """

    instance_id: str = ""
    state: str = ""
    reason: tuple[str, str] = ("", "")
    refused: Failure | None = None
    left: Failure | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "instance_id": self.instance_id or None,
            "state": self.state or None,
            "state_reason_code": self.reason[0] or None,
            "state_reason": self.reason[1] or None,
            "terminated": self.left is None if self.instance_id else None,
        }


@dataclass(frozen=True)
class Facts:
    """Everything about one AMI in one account and Region.

    ``owned``: the AMI as the task's own credentials see it, which are the owner's as a rule. ``key_arns``: of its snapshots,
    None where the AMI is encrypted and nobody could tell under which key. ``dry_run``: EC2's answer, None when it would
    launch.
    """

    target: Target
    place: PlaceFacts
    owned: Image | Failure | None = None
    key_arns: tuple[str, ...] | None = ()
    instance_type: str = ""
    dry_run: Failure | None = UNTRIED
    keys: Mapping[str, KeyProbe | Failure] = field(default_factory=dict)
    scaling: ScalingFacts | None = None
    launched: Launched | None = None
