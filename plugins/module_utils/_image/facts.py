# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read about one AMI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .._base.outcome import Failure
from .._kms_grant.model import Grant
from .._kms_key.model import Key
from .._launch_permission.model import Permissions
from .model import Image, Snapshot
from .selection import ImageSelector


@dataclass(frozen=True)
class ImageFacts:
    """Everything read about one selected AMI: None where there is none, a Failure where it could not be read."""

    selector: ImageSelector
    image: Image | Failure | None
    permissions: Permissions | Failure | None = None
    snapshots: Mapping[str, Snapshot | Failure] = field(default_factory=dict)
    keys: Mapping[str, Key | Failure] = field(default_factory=dict)
    public_access_block: str | Failure | None = None
    grants: Mapping[str, tuple[Grant, ...] | Failure] = field(default_factory=dict)
    policies: Mapping[str, str | Failure] = field(default_factory=dict)
