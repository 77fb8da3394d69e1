# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What image_share is asked for: declarations (AMIs and their consumers), and what holds for the whole run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .._image.selection import ImageSelector
from .._image_copy.request import CopyRequest, Destination
from .._organization.guard import Guard


class KeyAccess(StrEnum):
    """How accounts get access to keys; organizations and OUs always get it by the key policy."""

    GRANTS = "grants"
    KEY_POLICY = "key_policy"


class AutoScalingMode(StrEnum):
    """What happens about Auto Scaling in the consumers' accounts; the first is the default."""

    REPORT = "report"
    IGNORE = "ignore"
    GRANT = "grant"
    KEY_POLICY = "key_policy"


@dataclass(frozen=True)
class Consumers:
    """Who may launch, as it was asked for.

    :param accounts_of_units: ARNs of OUs whose active accounts, as of now, are consumers one by one.
    :param unit_paths: the paths of ``unit_arns`` that were given; the others are read from AWS Organizations.
    """

    account_ids: tuple[str, ...] = ()
    accounts_of_units: tuple[str, ...] = ()
    organization_arns: tuple[str, ...] = ()
    unit_arns: tuple[str, ...] = ()
    unit_paths: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True)
class CopyWish:
    """Copies of one AMI: to which Regions, under which keys, and what they are to look like.

    :param with_source: whether the source itself is shared, too, in its own Region.
    """

    request: CopyRequest
    destinations: tuple[Destination, ...]
    with_source: bool = False


@dataclass(frozen=True)
class Declaration:
    """AMIs and their consumers. ``name`` is empty where there is only one declaration."""

    name: str
    images: tuple[ImageSelector, ...]
    copies: CopyWish | None
    consumers: Consumers
    snapshots: bool = False


@dataclass(frozen=True)
class KeyTerms:
    """How consumers get access to the keys.

    :param patterns: ARNs of further grantee principals of each account, with ``{account}`` and ``{partition}``.
    :param operations: of the grants, and actions of the statements; empty for what launching needs.
    :param sid: what the Sids of the statements begin with.
    :param vouched: somebody else keeps the key policies open for the organizations and OUs.
    """

    access: KeyAccess = KeyAccess.GRANTS
    patterns: tuple[str, ...] = ()
    grant_name: str = "golden-ami"
    operations: tuple[str, ...] = ()
    sid: str = "GoldenAmi"
    vouched: bool = False


@dataclass(frozen=True)
class AutoScaling:
    """:param role_arn: for ``grant``, the role in each account that makes the grant there, with ``{account}`` in it.
    :param timeout: seconds to try again what KMS denies an account whose own grant was made a moment ago.
    """

    mode: AutoScalingMode = AutoScalingMode.REPORT
    role_arn: str = ""
    external_id: str = ""
    timeout: int = 300


@dataclass(frozen=True)
class OrganizationsRole:
    """The role that is assumed for questions to AWS Organizations; an empty ARN for the caller's own credentials."""

    arn: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class ShareRequest:
    """Everything that one run is asked for.

    :param quota: accounts, organizations and OUs together that may share one AMI in one Region.
    :param copy_timeout: seconds to wait for all copies together.
    :param partition: the one partition of all Regions of the run.
    :param prefix: what the names of the options have in front where the caller wrote them, ``share_`` in the role.
    """

    declarations: tuple[Declaration, ...]
    keys: KeyTerms
    auto_scaling: AutoScaling
    guard: Guard
    organizations: OrganizationsRole
    quota: int
    copy_timeout: int
    partition: str
    prefix: str = ""

    def option(self, name: str) -> str:
        """An option of a declaration as it is called where the caller wrote it."""
        return f"{self.prefix}{self.place(name)}"

    def place(self, name: str) -> str:
        """The same without the prefix."""
        return f"declarations ({name})" if any(one.name for one in self.declarations) else name
