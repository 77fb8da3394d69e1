# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read for image_unshare: copies, AMIs, keys and snapshots, each once for all declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .._base.outcome import Failure
from .._image.facts import ImageFacts
from .._image.selection import ImageSelector
from .._image_copy.model import CopyFacts
from .._kms_grant.model import Grant
from .._kms_key.model import Key
from .._launch_permission.model import Permissions

# Region, and ID or ARN.
Place = tuple[str, str]


@dataclass(frozen=True)
class KeyRead:
    """One key with its grants and its policy; a Failure where it could not be read."""

    key: Key
    grants: tuple[Grant, ...] | Failure
    policy: str | Failure


@dataclass(frozen=True)
class UnshareFacts:
    """:param copies: for each declaration, what was read about the copies of its source in each Region.
    :param images: the named AMIs and the copies that are there, by how they are asked for.
    :param named: what KMS says about each key that was named, by Region and name.
    :param keys: by Region and ARN; where key access is not asked for, those whose AMIs lose a permission, as far as they
        could be read.
    :param snapshots: who may create volumes from a snapshot, by Region and ID; the same holds.
    """

    copies: tuple[tuple[CopyFacts, ...], ...] = ()
    images: Mapping[ImageSelector, ImageFacts] = field(default_factory=dict)
    named: Mapping[Place, Key | Failure] = field(default_factory=dict)
    keys: Mapping[Place, KeyRead] = field(default_factory=dict)
    snapshots: Mapping[Place, Permissions | Failure] = field(default_factory=dict)
