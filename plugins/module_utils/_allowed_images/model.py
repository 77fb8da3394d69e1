# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Allowed AMIs: the setting of an account and Region that hides other accounts' AMIs, and whether it hides a given one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from .._image.model import Image

ENABLED = "enabled"
AUDIT_MODE = "audit-mode"
# Amazon and verified providers: words that stand for accounts, which their names do not tell.
_GROUPS = frozenset(("amazon", "aws-marketplace", "aws-backup-vault"))


@dataclass(frozen=True)
class AllowedImages:
    """What GetAllowedImagesSettings says. ``state``: ``disabled``, ``audit-mode`` or ``enabled``.

    ``managed_by``: ``account``, or ``declarative-policy`` where the account itself cannot change it.
    """

    state: str
    managed_by: str = "account"
    criteria: tuple[Mapping[str, Any], ...] = ()


def allows(setting: AllowedImages, image: Image) -> bool | None:
    """Whether the criteria match an AMI of another account; None where that cannot be told from outside.

    One criterion must match, in all that it says (EC2 User Guide, "Allowed AMIs").
    """
    answers = [_matches(criterion, image) for criterion in setting.criteria]
    if True in answers:
        return True
    return None if None in answers else False


def _matches(criterion: Mapping[str, Any], image: Image) -> bool | None:
    answers: list[bool | None] = []
    for name, wanted in criterion.items():
        if not wanted:
            continue
        if name == "ImageProviders":
            answers.append(_provided(wanted, image))
        elif name == "ImageNames":
            # fnmatch knows [ ] as a set of characters, EC2 as themselves.
            answers.append(any(fnmatchcase(image.name, pattern.replace("[", "[[]")) for pattern in wanted))
        elif name == "MarketplaceProductCodes":
            answers.append(not set(wanted).isdisjoint(image.product_codes))
        else:
            # Ages, which depend on the moment; watermarks and findings of Amazon Inspector, which only EC2 knows.
            answers.append(None)
    if False in answers:
        return False
    return None if None in answers else True


def _provided(providers: Sequence[str], image: Image) -> bool | None:
    if image.owner_id in providers:
        return True
    return None if _GROUPS.intersection(providers) else False
