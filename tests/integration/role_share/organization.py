# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations as consumers: a unit with a unit in it, accounts in each, one beside them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.integration.organization_world import HOME, make_account, make_unit
from tests.integration.world import OWNER, World


@dataclass(frozen=True)
class Organization:
    """``unit`` and ``nested``, which is in it, are ARNs; ``path`` is that of the unit, as a key policy names it."""

    id: str
    arn: str
    unit: str
    nested: str
    path: str
    in_unit: str
    in_nested: str
    beside: str


def make_organization(world: World, management: str = OWNER) -> Organization:
    organizations = world.client("organizations", HOME, management)
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = make_unit(world, root, "unit", management)
    nested = make_unit(world, unit["Id"], "nested", management)
    return Organization(
        id=made["Id"],
        arn=made["Arn"],
        unit=unit["Arn"],
        nested=nested["Arn"],
        path=f"{made['Id']}/{root}/{unit['Id']}/*",
        in_unit=make_account(world, "in-unit", root, unit["Id"], management),
        in_nested=make_account(world, "in-nested", root, nested["Id"], management),
        beside=make_account(world, "beside", root, "", management),
    )
