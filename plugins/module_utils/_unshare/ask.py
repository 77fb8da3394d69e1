# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""About which organizations and OUs AWS Organizations has to be asked: who belongs to them decides who needs what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .._kms_key.images import KeyImages
from .._launch_permission.model import ORGANIZATION, ORGANIZATIONAL_UNIT, Principal
from .._organization.membership import Membership
from .plan import UnsharePlan
from .request import UnshareRequest

OF_ORGANIZATIONS = (ORGANIZATION, ORGANIZATIONAL_UNIT)


def before_the_first_write(request: UnshareRequest, plan: UnsharePlan) -> list[str]:
    """Those that share AMIs of the run, and those that are to lose a key, as far as usage or keys matter."""
    listed: list[Principal] = []
    if request.usage.check:
        listed += [one for target in plan.removing for one in target.before]
    if request.key_access:
        listed += [one for target in plan.targets if target.key_arns for one in target.before]
        listed += [one for leaving in plan.leaving.values() for one in leaving]
    return sorted({one.value for one in listed if one.kind in OF_ORGANIZATIONS})


def before_keys_are_taken(on_keys: Iterable[KeyImages], members: Membership) -> list[str]:
    """Those that share other AMIs on the keys and about which nobody has been asked yet."""
    listed = {one.value for on_key in on_keys for one in _sharing(on_key) if one.kind in OF_ORGANIZATIONS}
    return sorted(arn for arn in listed if not members.was_asked(arn))


def _sharing(on_key: KeyImages) -> Iterator[Principal]:
    for read in on_key.permissions.values():
        yield from read if isinstance(read, frozenset) else ()
