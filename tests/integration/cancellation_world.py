# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What exists before the target launch_permission_cancellation runs: AMIs as the member of an organization sees them."""

from __future__ import annotations

from typing import Any

from tests.integration.world import OTHER, OTHER_REGION, REGION, THIRD_REGION, World, fault


def organization_with_member(world: World) -> tuple[dict[str, Any], str]:
    """An organization that neither the owner of the AMIs nor the consumer manages, and the consumer's account in it."""
    organizations = world.client("organizations", "us-east-1", OTHER)
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
    created = organizations.create_account(AccountName="member", Email="member@example.com")
    return organization, created["CreateAccountStatus"]["AccountId"]


def launch_permission_cancellation(world: World) -> dict[str, Any]:
    organization, member = organization_with_member(world)
    to_member, to_organization = {"UserId": member}, {"OrganizationArn": organization["Arn"]}
    gone = world.image("gone", shared_with=[to_member])
    world.client("ec2").deregister_image(ImageId=gone)
    denied, deaf = (world.image(name, shared_with=[to_member]) for name in ("denied", "deaf"))
    cancel, refusal = "CancelImageLaunchPermission", "UnauthorizedOperation"
    message = "You are not authorized to perform this operation. Encoded authorization failure message: c2VjcmV0"
    world.aws.set_faults(
        [
            fault("ec2", cancel, denied, refusal, message, status=403),
            {"service": "ec2", "operation": cancel, "match": deaf, "times": 1, "drop_response": True},
            fault("ec2", "DescribeImages", "", refusal, message, status=403, region=THIRD_REGION),
        ]
    )
    everybody_else = [{"UserId": OTHER}, to_organization]
    return {
        "member": member,
        "member_credentials": world.aws.credentials(member),
        "images": [
            {"image_id": world.image("golden", shared_with=[to_member, {"UserId": OTHER}]), "region": REGION},
            {
                "image_id": world.image("golden", region=OTHER_REGION, shared_with=[to_member]),
                "region": OTHER_REGION,
            },
        ],
        "by_organization": world.image("by-organization", shared_with=everybody_else),
        "by_both": world.image("by-both", shared_with=[to_member, to_organization]),
        "organization_arn": organization["Arn"],
        "published": world.image("published", shared_with=[{"Group": "all"}]),
        "published_and_shared": world.image("published-and-shared", shared_with=[{"Group": "all"}, to_member]),
        "own": world.image("own", account=member),
        "own_shared": world.image("own-shared", account=member, shared_with=[to_organization]),
        "gone": gone,
        "never_shared": world.image("never-shared", shared_with=[{"UserId": OTHER}]),
        "denied": denied,
        "deaf": deaf,
        "unreadable_region": THIRD_REGION,
    }
