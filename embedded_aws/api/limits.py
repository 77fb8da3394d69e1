# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quotas, at AWS's documented defaults; a test may lower them instead of making 50,000 grants."""

from __future__ import annotations

DEFAULTS = {
    # KMS developer guide, "Resource quotas": grants per customer managed key.
    "grants_per_key": 50_000,
    # EC2 user guide, "Quotas for AMIs": accounts, organizations and OUs that one AMI is shared with.
    "entities_per_image": 1_000,
    # Same page: public AMIs per Region.
    "public_images": 5,
    # KMS developer guide, "Resource quotas": key policy document size in bytes.
    "key_policy_bytes": 32_768,
    # EC2 API reference, ModifySnapshotAttribute: up to 500 modifications in one call.
    "snapshot_modifications": 500,
    # EBS user guide, "Quotas": concurrent snapshot copies per destination Region.
    "snapshot_copies": 20,
}
_current = dict(DEFAULTS)


def limit(name: str) -> int:
    """The value in force."""
    return _current[name]


def change(values: dict[str, int]) -> None:
    """Set some quotas; raises KeyError for an unknown name."""
    for name, value in values.items():
        if name not in DEFAULTS:
            raise KeyError(name)
        _current[name] = int(value)


def reset() -> None:
    """Back to the defaults."""
    _current.update(DEFAULTS)
