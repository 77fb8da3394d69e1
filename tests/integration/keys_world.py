# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What exists before the targets run that are about who may use keys, besides those in world.py."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.world import (
    CONSUMER,
    LAUNCH_OPERATIONS,
    OTHER,
    OTHER_REGION,
    OWNER,
    World,
    fault,
    statement,
)

THIRD = "777788889999"
AUTO_SCALING_OPERATIONS = sorted([*LAUNCH_OPERATIONS, "Encrypt"])
AUTO_SCALING_ACTIONS = [f"kms:{operation}" for operation in AUTO_SCALING_OPERATIONS]


def service_linked_role(world: World, account: str) -> str:
    """The role of Auto Scaling in an account."""
    iam = world.client("iam", "us-east-1", account)
    arn: str = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")["Role"]["Arn"]
    return arn


def grantor(world: World, account: str, name: str = "golden-ami-grantor", external_id: str = "") -> str:
    """A role that the owner's account may assume, with that external ID if there is one."""
    asked = {"Condition": {"StringEquals": {"sts:ExternalId": external_id}}} if external_id else {}
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [{**trusted, **asked}]}
    iam = world.client("iam", "us-east-1", account)
    request = {"RoleName": name, "AssumeRolePolicyDocument": json.dumps(trust)}
    arn: str = iam.create_role(**request)["Role"]["Arn"]
    return arn


def kms_grant_grantor(world: World) -> dict[str, Any]:
    root = f"arn:aws:iam::{CONSUMER}:root"
    lets_grant = statement([CONSUMER, OTHER], "Consumers grant", Action="kms:CreateGrant")
    found = {
        "golden": world.key_with_policy(lets_grant),
        # Here the account may grant because of a grant, and no more than that allows.
        "abroad_key": world.key(region=OTHER_REGION),
        "narrow_key": world.key(),
        "consumers_key": world.key_with_policy(statement(OTHER, "Other")),
        "autoscaling": service_linked_role(world, CONSUMER),
        "other_autoscaling": service_linked_role(world, OTHER),
        "role": grantor(world, CONSUMER),
        "other_role": grantor(world, OTHER),
        "strict_role": grantor(world, CONSUMER, "golden-ami-strict", "golden-ami/1"),
        "strict_key": world.key_with_policy(lets_grant),
        "operations": AUTO_SCALING_OPERATIONS,
        "credentials": world.aws.credentials(CONSUMER),
    }
    world.client("kms").create_alias(AliasName="alias/golden", TargetKeyId=found["golden"])
    world.grant(found["abroad_key"], "by-hand", root, region=OTHER_REGION, Operations=AUTO_SCALING_OPERATIONS)
    world.grant(found["narrow_key"], "by-hand", root)
    world.aws.set_faults([fault("sts", "AssumeRole", OTHER, "AccessDenied", "Not for you", status=403)])
    return found


def kms_key_policy_statement_keep_others(world: World) -> dict[str, Any]:
    sid, role = "GoldenAmi", world.role("MadeAgain")
    foreign = statement(OTHER, "Allow use of the key", Action=["kms:Decrypt", "kms:Encrypt"])
    admitted = statement([OTHER, CONSUMER], sid, Action=["kms:Decrypt", "kms:Encrypt"])
    found = {
        "golden": world.key_with_policy(foreign, admitted),
        "golden_abroad": world.key(region=OTHER_REGION),
        "organized": world.key_with_policy(
            statement("*", sid, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}})
        ),
        "conditional": world.key_with_policy(
            statement(OTHER, sid, Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}})
        ),
        "administrated": world.key_with_policy(statement([OWNER, OTHER], sid, Action="kms:*")),
        "with_dead_role": world.key_with_policy(statement([OTHER, role], sid)),
        "fine": world.key(),
        "foreign": foreign,
    }
    world.client("kms").create_alias(AliasName="alias/golden", TargetKeyId=found["golden"])
    world.client("iam", "us-east-1", CONSUMER).delete_role(RoleName="MadeAgain")
    return found


def image_info_key_access(world: World) -> dict[str, Any]:
    roles = {account: service_linked_role(world, account) for account in (OWNER, CONSUMER, OTHER, THIRD)}
    sid = "GoldenAmi"
    use = [f"kms:{operation}" for operation in LAUNCH_OPERATIONS if operation != "CreateGrant"]
    for_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    golden = world.key_with_policy(
        statement([OTHER, CONSUMER], sid, Action=use),
        statement([OTHER, CONSUMER], f"{sid}Grants", Action="kms:CreateGrant", Condition=for_services),
        statement(roles[OTHER], "Auto Scaling", Action=AUTO_SCALING_ACTIONS),
    )
    taken = world.key_with_policy(
        statement("*", sid, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}),
        statement(THIRD, "All of the account", Action="kms:*"),
    )
    unreadable, without_grants = world.key(), world.key()
    # Made by somebody else under another name; the one for `other` lacks Encrypt.
    world.grant(golden, "by-hand", roles[CONSUMER], Operations=AUTO_SCALING_OPERATIONS)
    world.grant(unreadable, "by-hand", roles[CONSUMER], Operations=AUTO_SCALING_OPERATIONS)
    world.grant(taken, "by-hand", roles[OTHER])
    world.aws.set_faults(
        [
            fault("kms", "GetKeyPolicy", unreadable, "AccessDeniedException", "Not for you"),
            fault("kms", "ListGrants", without_grants, "AccessDeniedException", "Not for you"),
        ]
    )
    images = {
        "on_golden": world.image("golden", key=golden),
        "on_golden_too": world.image("golden-too", key=golden),
        "on_taken": world.image("taken", key=taken),
        "on_unreadable": world.image("unreadable", key=unreadable),
        "on_without_grants": world.image("without-grants", key=without_grants),
    }
    return {**images, "golden_key": golden, "third": THIRD}
