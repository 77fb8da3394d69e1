# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Allowed AMIs: a setting of an account and Region that hides other accounts' AMIs, public and shared ones.

EC2 API reference, EnableAllowedImagesSettings, ReplaceImageCriteriaInAllowedImagesSettings (at most 10 criteria of 200
providers), GetAllowedImagesSettings; EC2 user guide, "Control the discovery and use of AMIs in Amazon EC2 with Allowed
AMIs": one criterion must match, in all that it says; an account's own AMIs are always allowed; in audit mode nothing is
hidden, and ImageAllowed says what would be. What RunInstances says to a hidden AMI is unconfirmed; here it is what it says
to one that is not shared. Watermarks and findings of Amazon Inspector are refused. moto has none of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.ec2.responses.amis import AmisResponse

from ..api.errors import EC2Error
from ..api.filters import matches
from .finding import may_launch
from .image import EmbeddedImage

MOST_CRITERIA, MOST_PROVIDERS = 10, 200
KNOWN = {
    "ImageProviders",
    "MarketplaceProductCodes",
    "ImageNames",
    "CreationDateCondition",
    "DeprecationTimeCondition",
}


@dataclass
class AllowedImages:
    """The setting of one account in one Region; off in every new account."""

    state: str = "disabled"
    criteria: list[dict[str, Any]] = field(default_factory=list)

    def matches(self, image: EmbeddedImage) -> bool:
        """Whether one of the criteria does."""
        return any(_matches(criterion, image) for criterion in self.criteria)


def _setting(image: EmbeddedImage, account_id: str) -> AllowedImages:
    found: Any = ec2_backends[account_id][image.region]
    return found.allowed_images  # type: ignore[no-any-return]


def image_allowed(image: EmbeddedImage, account_id: str) -> bool:
    """ImageAllowed of DescribeImages."""
    setting = _setting(image, account_id)
    return setting.state == "disabled" or image.owner_id == account_id or setting.matches(image)


def may_use(image: EmbeddedImage, account_id: str) -> bool:
    """Whether the account sees and may launch the image: it is shared with it, and not hidden by its own setting."""
    if not may_launch(image, account_id):
        return False
    return _setting(image, account_id).state != "enabled" or image_allowed(image, account_id)


def _matches(criterion: dict[str, Any], image: EmbeddedImage) -> bool:
    now = utcnow()
    created = criterion.get("CreationDateCondition", {}).get("MaximumDaysSinceCreated")
    deprecated = criterion.get("DeprecationTimeCondition", {}).get("MaximumDaysSinceDeprecated")
    answers = [
        _provided_by(criterion.get("ImageProviders"), image),
        _one_of(criterion.get("MarketplaceProductCodes"), image.product_codes),
        _one_of(criterion.get("ImageNames"), [image.name]),
        created is None or (now - image.creation_date).days <= created,
    ]
    if deprecated is not None and image.deprecation_time is not None:
        answers.append((now - image.deprecation_time.replace(tzinfo=None)).days <= deprecated)
    return all(answers)


def _provided_by(providers: list[str] | None, image: EmbeddedImage) -> bool:
    """``none`` is nobody but the account itself, which is always allowed."""
    return not providers or bool({image.owner_id, image.owner_alias} & set(providers))


def _one_of(patterns: list[str] | None, values: Any) -> bool:
    return not patterns or matches(values, {"one": patterns}, {"one": lambda all_of_them: all_of_them})


class AllowedImagesResponse(AmisResponse):
    """The actions on the setting."""

    def get_allowed_images_settings(self) -> ActionResult:
        self.error_on_dryrun()
        setting = self.ec2_backend.allowed_images
        return ActionResult(
            {"State": setting.state, "ImageCriteria": list(setting.criteria), "ManagedBy": "account"},
        )

    def enable_allowed_images_settings(self) -> ActionResult:
        self.error_on_dryrun()
        state = self._get_param("AllowedImagesSettingsState")
        if state not in ("enabled", "audit-mode"):
            raise EC2Error("InvalidParameterValue", f"Invalid value '{state}' for AllowedImagesSettingsState.")
        self.ec2_backend.allowed_images.state = state
        return ActionResult({"AllowedImagesSettingsState": state})

    def disable_allowed_images_settings(self) -> ActionResult:
        self.error_on_dryrun()
        self.ec2_backend.allowed_images.state = "disabled"
        return ActionResult({"AllowedImagesSettingsState": "disabled"})

    def replace_image_criteria_in_allowed_images_settings(self) -> ActionResult:
        criteria = [dict(one) for one in self._get_param("ImageCriteria", [])]
        _check(criteria)
        self.error_on_dryrun()
        self.ec2_backend.allowed_images.criteria = criteria
        return ActionResult({"ReturnValue": True})


def _check(criteria: list[dict[str, Any]]) -> None:
    providers = [one.get("ImageProviders", []) for one in criteria]
    if len(criteria) > MOST_CRITERIA or any(len(one) > MOST_PROVIDERS for one in providers):
        raise EC2Error("InvalidParameterValue", "Too many image criteria or providers")
    if any("none" in one and len(one) > 1 for one in providers):
        raise EC2Error("InvalidParameterValue", "The provider none excludes all others")
    unknown = {key for one in criteria for key in one} - KNOWN
    if unknown:
        raise EC2Error("InvalidParameterValue", f"Not imitated: {', '.join(sorted(unknown))}")
