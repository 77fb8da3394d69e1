# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world that each contender starts from, and whether it ended where it should."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from demo.world import OWNER, launch, register
from embedded_aws import EmbeddedAWS

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
KEY_ALIAS = "alias/golden"
# What our role grants when it is not told otherwise; the others are told, and check() compares all of them with it.
OPERATIONS = (
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)


class WrongEndError(Exception):
    """A contender did not do the work, so its time says nothing."""


@dataclass(frozen=True)
class World:
    images: dict[str, str]  # AMI ID by Region
    keys: dict[str, str]  # ARN of the AMI's key by Region
    accounts: tuple[str, ...]


def build(aws: EmbeddedAWS, regions: int, accounts: int) -> World:
    """One AMI with its own customer managed key in each Region, shared with nobody. Nothing of it is timed."""
    images, keys = {}, {}
    for region in REGIONS[:regions]:
        kms = aws.client("kms", region, OWNER)
        keys[region] = kms.create_key(Description="golden AMIs")["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName=KEY_ALIAS, TargetKeyId=keys[region])
        images[region] = register(aws.client("ec2", region, OWNER), region, "golden", KmsKeyId=keys[region])
    return World(images, keys, tuple(f"{200000000000 + number:012d}" for number in range(1, accounts + 1)))


def check(aws: EmbeddedAWS, world: World) -> None:
    """Ask the API, not the contender.

    :raises WrongEndError: unless each AMI is shared with exactly the accounts, each key has exactly one grant of the
        operations for each account, and an account (another one in each Region) can launch.
    """
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda numbered: _problems(aws, world, *numbered), enumerate(world.images))
        problems = [problem for listed in found for problem in listed]
    if problems:
        raise WrongEndError("\n".join(problems))


def _problems(aws: EmbeddedAWS, world: World, number: int, region: str) -> list[str]:
    image_id = world.images[region]
    ec2, kms = aws.client("ec2", region, OWNER), aws.client("kms", region, OWNER)
    answer = ec2.describe_image_attribute(ImageId=image_id, Attribute="launchPermission")
    shared = sorted(entry.get("UserId", str(entry)) for entry in answer["LaunchPermissions"])
    pages = kms.get_paginator("list_grants").paginate(KeyId=world.keys[region])
    grants = sorted(_as_compared(grant) for page in pages for grant in page["Grants"])
    wanted = sorted((f"arn:aws:iam::{account}:root", *sorted(OPERATIONS)) for account in world.accounts)
    problems = []
    if shared != sorted(world.accounts):
        problems.append(f"{region}: {image_id} is shared with {len(shared)} accounts, or not with the right ones")
    if grants != wanted:
        problems.append(f"{region}: the key has {len(grants)} grants, or not the right ones")
    consumer = world.accounts[number % len(world.accounts)]
    outcome = launch(aws, consumer, region, image_id)
    if outcome != "running":
        problems.append(f"{region}: {consumer} launches {image_id}: {outcome}")
    return problems


def _as_compared(grant: dict[str, Any]) -> tuple[str, ...]:
    restrictions = [str(grant[member]) for member in ("Constraints", "RetiringPrincipal") if grant.get(member)]
    return (grant["GranteePrincipal"], *sorted(grant["Operations"]), *restrictions)
