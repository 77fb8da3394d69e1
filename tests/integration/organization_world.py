# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What exists before the target organization_info runs: an organization with units in one another and their accounts."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.world import CONSUMER, OTHER, OWNER, World, fault

HOME = "us-east-1"


def make_unit(world: World, parent: str, name: str, management: str = OWNER) -> dict[str, str]:
    answer = world.client("organizations", HOME, management).create_organizational_unit(ParentId=parent, Name=name)
    unit: dict[str, str] = answer["OrganizationalUnit"]
    return unit


def make_account(world: World, name: str, root: str, parent: str = "", management: str = OWNER) -> str:
    organizations = world.client("organizations", HOME, management)
    made = organizations.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
    account_id: str = made["AccountId"]
    if parent:
        organizations.move_account(AccountId=account_id, SourceParentId=root, DestinationParentId=parent)
    return account_id


def trusting_role(world: World, name: str, trusted: str, account: str = OWNER, **condition: Any) -> str:
    """A role, of the management account unless another is said, that an account may assume."""
    allow = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole", **condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    answer = world.client("iam", HOME, account).create_role(RoleName=name, AssumeRolePolicyDocument=document)
    arn: str = answer["Role"]["Arn"]
    return arn


def organization_info(world: World) -> dict[str, Any]:
    organizations = world.client("organizations", HOME)
    own = organizations.create_organization(FeatureSet="ALL")["Organization"]
    other = world.client("organizations", HOME, OTHER).create_organization(FeatureSet="ALL")["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    web = make_unit(world, root, "web")
    live, trial = make_unit(world, web["Id"], "live"), make_unit(world, web["Id"], "trial")
    empty, denied, locked = (make_unit(world, root, name) for name in ("empty", "denied", "locked"))
    below_locked = make_unit(world, locked["Id"], "below")
    gone = make_unit(world, root, "gone")
    organizations.delete_organizational_unit(OrganizationalUnitId=gone["Id"])
    member, administrator = make_account(world, "member", root), make_account(world, "administrator", root)
    organizations.register_delegated_administrator(AccountId=administrator, ServicePrincipal="ssm.amazonaws.com")
    in_web = make_account(world, "in-web", root, web["Id"])
    in_live = [make_account(world, f"live-{number}", root, live["Id"]) for number in range(23)]
    in_trial = make_account(world, "in-trial", root, trial["Id"])
    organizations.close_account(AccountId=in_trial)
    message = "You don't have permissions to access this resource."
    world.aws.set_faults(
        [
            fault("organizations", "ListParents", denied["Id"], "AccessDeniedException", message),
            fault("organizations", "ListAccountsForParent", below_locked["Id"], "AccessDeniedException", message),
            fault("organizations", "ListAccountsForParent", web["Id"], "TooManyRequestsException", times=2),
        ]
    )
    start = f"{own['Id']}/{root}/"
    return {
        "own": own["Arn"],
        "own_id": own["Id"],
        "foreign": other["Arn"],
        "foreign_id": other["Id"],
        "foreign_unit": f"arn:aws:organizations::{OTHER}:ou/{other['Id']}/ou-abcd-exampleouid",
        "mistyped": own["Arn"].replace(OWNER, CONSUMER),
        **{
            name: unit["Arn"]
            for name, unit in {
                "web": web,
                "live": live,
                "trial": trial,
                "empty": empty,
                "denied": denied,
                "locked": locked,
                "gone": gone,
            }.items()
        },
        "paths": {
            "web": f"{start}{web['Id']}/",
            "live": f"{start}{web['Id']}/{live['Id']}/",
            "trial": f"{start}{web['Id']}/{trial['Id']}/",
            "empty": f"{start}{empty['Id']}/",
            "locked": f"{start}{locked['Id']}/",
        },
        "member": member,
        "in_web": in_web,
        "in_live": in_live,
        "in_trial": in_trial,
        "everybody": [OWNER, member, administrator, in_web, *in_live, in_trial],
        "as_member": world.aws.credentials(member),
        "as_administrator": world.aws.credentials(administrator),
        "as_stranger": world.aws.credentials(CONSUMER),
        "reader": trusting_role(world, "read-organization", member),
        "distrustful": trusting_role(world, "distrustful", administrator),
        "strict": trusting_role(
            world, "strict", member, Condition={"StringEquals": {"sts:ExternalId": "golden-ami/1"}}
        ),
    }
