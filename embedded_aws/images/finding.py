# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding AMIs across accounts, and who may use one."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from ..api.errors import image_malformed, image_not_found, image_not_owned
from ..organizations.memberships import membership
from .image import IMAGE_ID, EmbeddedImage


def _ours(backend: Any) -> list[EmbeddedImage]:
    return list(backend.amis.values())


def images_of_region(region: str) -> list[EmbeddedImage]:
    """The images of all accounts; a copy of each dictionary, as other threads add to them."""
    found: list[EmbeddedImage] = []
    for _account, regions in list(ec2_backends.items()):
        backend = regions.get(region)
        if backend is not None:
            found.extend(_ours(backend))
    return found


def find_image(region: str, image_id: str) -> EmbeddedImage | None:
    """The image, whoever owns it."""
    for _account, regions in list(ec2_backends.items()):
        backend = regions.get(region)
        if backend is not None and image_id in backend.amis:
            found: Any = backend.amis[image_id]
            return found  # type: ignore[no-any-return]
    return None


def was_deregistered(region: str, image_id: str) -> bool:
    """Whether the ID existed once: DescribeImages then leaves it out instead of failing."""
    backends = [regions.get(region) for regions in list(ec2_backends.values())]
    return any(image_id in backend.deleted_amis for backend in backends if backend is not None)


def owned_image(region: str, image_id: str, account_id: str) -> EmbeddedImage:
    """The image for a call that only its owner may make; raises the code for malformed, unknown and foreign IDs."""
    if not IMAGE_ID.fullmatch(image_id):
        raise image_malformed(image_id)
    image = find_image(region, image_id)
    if image is None:
        raise image_not_found([image_id])
    if image.owner_id != account_id:
        raise image_not_owned(image_id)
    return image


def shared_explicitly(image: EmbeddedImage, account_id: str) -> bool:
    """Whether the account itself is in the launch permissions."""
    return {"UserId": account_id} in list(image.launch_permissions)


def shared_by_organization(image: EmbeddedImage, account_id: str) -> bool:
    """Whether the account's organization or an OU above it is (EC2 user guide, "Share an AMI with organizations")."""
    permissions = list(image.launch_permissions)
    arns = {one.get("OrganizationArn") or one.get("OrganizationalUnitArn") for one in permissions} - {None}
    return bool(arns) and bool(arns & membership(account_id).arns)


def may_launch(image: EmbeddedImage, account_id: str) -> bool:
    """Owner, public, explicit, organization or OU."""
    return (
        image.owner_id == account_id
        or image.is_public
        or shared_explicitly(image, account_id)
        or shared_by_organization(image, account_id)
    )
