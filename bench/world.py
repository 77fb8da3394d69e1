# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of which the worlds are made that contenders start from, and what is asked about each AMI in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from demo.world import KEY_ALIAS, OWNER, launch, make_key, register
from embedded_aws import EmbeddedAWS

__all__ = ["KEY_ALIAS", "make_key"]

# The commercial Regions that need no opt-in.
REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "sa-east-1",
)
NAME = "golden"
# What our role grants by default. The others get it as an input, and problems() compares all of them with it.
OPERATIONS = (
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)


@dataclass(frozen=True)
class World:
    images: dict[str, str]  # AMI ID by Region, as it was at the start
    keys: dict[str, str]  # ARN of the customer managed key by Region
    accounts: tuple[str, ...]  # who may launch in the end, and nobody else
    leaving: tuple[str, ...] = ()  # who could at the start


def account_ids(number: int) -> tuple[str, ...]:
    return tuple(f"{200000000000 + one:012d}" for one in range(1, number + 1))


def with_images(aws: EmbeddedAWS, regions: int, accounts: tuple[str, ...], leaving: tuple[str, ...] = ()) -> World:
    """One AMI with its own customer managed key in each Region, shared with nobody."""
    keys = {region: make_key(aws, region) for region in REGIONS[:regions]}
    return World({region: make_image(aws, region, keys) for region in keys}, keys, accounts, leaving)


def make_image(aws: EmbeddedAWS, region: str, keys: Mapping[str, str]) -> str:
    return register(aws.client("ec2", region, OWNER), region, NAME, KmsKeyId=keys[region])


def as_items(images: Mapping[str, str]) -> list[dict[str, str]]:
    """AMIs as our roles take them."""
    return [{"image_id": image_id, "region": region} for region, image_id in images.items()]


def grants_for(accounts: Iterable[str]) -> list[dict[str, Any]]:
    """Grants as amazon.aws.kms_key takes them, under names that our role knows for its own."""
    return [
        {
            "name": f"golden-ami/{account}/benchmark",
            "grantee_principal": f"arn:aws:iam::{account}:root",
            "operations": list(OPERATIONS),
        }
        for account in accounts
    ]


def problems(aws: EmbeddedAWS, world: World, images: Mapping[str, str]) -> list[str]:
    """Ask the API, not the contender.

    :return: what is wrong, unless each AMI is shared with exactly the accounts, each key has exactly one grant of the
        operations for each account, an account (another one in each Region) can launch, and one that left cannot.
    """
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda numbered: _problems(aws, world, *numbered), enumerate(images.items()))
        return [problem for listed in found for problem in listed]


def _problems(aws: EmbeddedAWS, world: World, number: int, image: tuple[str, str]) -> list[str]:
    region, image_id = image
    ec2, kms = aws.client("ec2", region, OWNER), aws.client("kms", region, OWNER)
    answer = ec2.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")
    shared = sorted(entry.get("UserId", str(entry)) for entry in answer["LaunchPermissions"])
    pages = kms.get_paginator("list_grants").paginate(KeyId=world.keys[region])
    grants = sorted(_as_compared(grant) for page in pages for grant in page["Grants"])
    wanted = sorted((f"arn:aws:iam::{account}:root", *sorted(OPERATIONS)) for account in world.accounts)
    wrong = []
    if shared != sorted(world.accounts):
        wrong.append(f"{region}: {image_id} is shared with {len(shared)} accounts, or not with the right ones")
    if grants != wanted:
        wrong.append(f"{region}: the key has {len(grants)} grants, or not the right ones")
    launching = [(world.accounts, "running"), (world.leaving, "AuthFailure")]
    for account, right in [(accounts[number % len(accounts)], right) for accounts, right in launching if accounts]:
        outcome = launch(aws, account, region, image_id)
        if outcome != right:
            wrong.append(f"{region}: {account} launches {image_id}: {outcome}")
    return wrong


def _as_compared(grant: dict[str, Any]) -> tuple[str, ...]:
    restrictions = [str(grant[member]) for member in ("Constraints", "RetiringPrincipal") if grant.get(member)]
    return (grant["GranteePrincipal"], *sorted(grant["Operations"]), *restrictions)
