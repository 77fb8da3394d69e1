# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What image_unshare is asked for: declarations (AMIs and who loses them), and what holds for the whole run."""

from __future__ import annotations

from dataclasses import dataclass

from .._image.selection import ImageSelector
from .._launch_permission.model import ACCOUNT, EVERYBODY, ORGANIZATION, ORGANIZATIONAL_UNIT, Principal
from .._share.request import OrganizationsRole


@dataclass(frozen=True)
class Leaving:
    """Who loses the AMIs, as it was asked for.

    :param everything: all who have a launch permission; then nobody is named.
    """

    account_ids: tuple[str, ...] = ()
    organization_arns: tuple[str, ...] = ()
    unit_arns: tuple[str, ...] = ()
    public: bool = False
    everything: bool = False

    @property
    def named(self) -> tuple[Principal, ...]:
        """In the order in which they were given."""
        found = [Principal(ACCOUNT, account) for account in self.account_ids]
        found += [Principal(ORGANIZATION, arn) for arn in self.organization_arns]
        found += [Principal(ORGANIZATIONAL_UNIT, arn) for arn in self.unit_arns]
        return tuple(dict.fromkeys([*found, *([EVERYBODY] if self.public else [])]))


@dataclass(frozen=True)
class Source:
    """One AMI whose copies in these Regions are meant, and itself, where its own Region is among them."""

    selector: ImageSelector
    regions: tuple[str, ...]

    @property
    def region(self) -> str:
        return self.selector.region

    @property
    def described(self) -> str:
        return self.selector.image_id or self.selector.described


@dataclass(frozen=True)
class Declaration:
    """AMIs and who loses them. ``name`` is empty where there is only one declaration.

    :param keys: pairs of Region and key (ID, ARN or alias) whose grants and statements go although no AMI names the key.
    """

    name: str
    images: tuple[ImageSelector, ...]
    source: Source | None
    keys: tuple[tuple[str, str], ...]
    leaving: Leaving
    snapshots: bool = False


@dataclass(frozen=True)
class KeyTerms:
    """How the share gave consumers access to the keys: patterns of grantee principals, names of grants, beginning of Sids."""

    patterns: tuple[str, ...] = ()
    grant_name: str = "golden-ami"
    sid: str = "GoldenAmi"


@dataclass(frozen=True)
class UsageTerms:
    """:param timeout: seconds to wait for EC2's usage reports.
    :param force: go on although somebody uses an AMI, or although that could not be determined.
    """

    check: bool = True
    timeout: int = 300
    force: bool = False


@dataclass(frozen=True)
class UnshareRequest:
    """Everything that one run is asked for.

    :param key_access: whether the access to keys goes, too, where nothing that is shared needs it.
    :param partition: the one partition of all Regions of the run.
    :param prefix: what the names of the options have in front where the caller wrote them, ``unshare_`` in the role.
    """

    declarations: tuple[Declaration, ...]
    key_access: bool
    keys: KeyTerms
    usage: UsageTerms
    organizations: OrganizationsRole
    partition: str
    prefix: str = ""
