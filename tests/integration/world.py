# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What exists before a target runs: one function per target, which returns the target's variables.

States that only AWS itself can bring about, and calls that fail, come from the control endpoints of the embedded AWS.
A fault names the AMI or key that it is about, so that the other tasks of a target do not meet it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from embedded_aws import EmbeddedAWS

OWNER = "123456789012"
CONSUMER = "111122223333"
OTHER = "444455556666"
# Unquoted, YAML reads it as the octal of 1402433619.
LEADING_ZERO = "012345670123"
ORGANIZATION = "arn:aws:organizations::123456789012:organization/o-exampleorgid"
UNIT = "arn:aws:organizations::123456789012:ou/o-exampleorgid/ou-abcd-exampleouid"
REGION = "eu-west-1"
OTHER_REGION = "us-east-1"
THIRD_REGION = "eu-central-1"
# For AMIs that are older than those that a world makes without saying when.
LONG_AGO, NOT_SO_LONG_AGO = "2020-01-01T00:00:00.000Z", "2020-02-01T00:00:00.000Z"
UNKNOWN_IMAGE = "ami-0123456789abcdef0"
CALLER = f"arn:aws:sts::{OWNER}:assumed-role/embedded-aws/embedded-aws"
LAUNCH_OPERATIONS = [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
]
EVERY_KIND = [
    {"UserId": CONSUMER},
    {"UserId": OTHER},
    {"OrganizationArn": ORGANIZATION},
    {"OrganizationalUnitArn": UNIT},
    {"Group": "all"},
]
# Variables that every target has.
NAMES = {
    "owner": OWNER,
    "consumer": CONSUMER,
    "other": OTHER,
    "leading_zero": LEADING_ZERO,
    "organization": ORGANIZATION,
    "unit": UNIT,
    "home": REGION,
    "abroad": OTHER_REGION,
    "caller": CALLER,
    "unknown_image": UNKNOWN_IMAGE,
    "launch_operations": LAUNCH_OPERATIONS,
}


class World:
    """The steps of which worlds are made."""

    def __init__(self, aws: EmbeddedAWS, clients: dict[tuple[str, str, str], Any] | None = None) -> None:
        """``clients``: those of an earlier world on the same server, which this one uses and adds to."""
        self.aws = aws
        self._clients = {} if clients is None else clients

    def client(self, service: str, region: str = REGION, account: str = OWNER) -> Any:
        if (service, region, account) not in self._clients:
            self._clients[service, region, account] = self.aws.client(service, region, account)
        return self._clients[service, region, account]

    def key(self, *aliases: str, region: str = REGION, account: str = OWNER, **options: Any) -> str:
        kms = self.client("kms", region, account)
        arn: str = kms.create_key(**options)["KeyMetadata"]["Arn"]
        for alias in aliases:
            kms.create_alias(AliasName=alias, TargetKeyId=arn)
        return arn

    def grant(self, key: str, name: str, grantee: str, region: str = REGION, **options: Any) -> str:
        """A grant that the owner made with CreateGrant."""
        request = {"KeyId": key, "Name": name, "GranteePrincipal": grantee, "Operations": LAUNCH_OPERATIONS, **options}
        grant_id: str = self.client("kms", region).create_grant(**request)["GrantId"]
        return grant_id

    def plant(self, key: str, grantee: str, region: str = REGION, **options: Any) -> None:
        """Grants as they come into being without CreateGrant of ours; see EmbeddedAWS.plant_grant."""
        grant = {"account": OWNER, "grantee_principal": grantee, "operations": LAUNCH_OPERATIONS, **options}
        self.aws.plant_grant(region, key.rsplit("/", 1)[-1], **grant)

    def snapshot(self, key: str = "", region: str = REGION, account: str = OWNER) -> str:
        """``key``: none for an unencrypted one."""
        ec2 = self.client("ec2", region, account)
        encryption = {"Encrypted": True, "KmsKeyId": key} if key else {}
        volume = ec2.create_volume(Size=8, AvailabilityZone=f"{region}a", **encryption)
        snapshot_id: str = ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
        return snapshot_id

    def image(
        self,
        name: str,
        key: str = "",
        region: str = REGION,
        account: str = OWNER,
        shared_with: list[dict[str, str]] | None = None,
        tags: dict[str, str] | None = None,
        blank_volume: bool = False,
        **state: Any,
    ) -> str:
        """An AMI without a description; ``state`` goes to EmbeddedAWS.set_image.

        ``blank_volume``: an encrypted one that has no snapshot.
        """
        ec2 = self.client("ec2", region, account)
        disks: list[dict[str, Any]] = [
            {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": self.snapshot(key, region, account)}}
        ]
        if blank_volume:
            disks.append({"DeviceName": "/dev/xvdb", "Ebs": {"VolumeSize": 8, "Encrypted": True}})
        made = ec2.register_image(
            Name=name, Architecture="x86_64", RootDeviceName="/dev/xvda", BlockDeviceMappings=disks
        )
        image_id: str = made["ImageId"]
        if tags:
            listed = [{"Key": tag, "Value": value} for tag, value in tags.items()]
            ec2.create_tags(Resources=[image_id], Tags=listed)
        if shared_with:
            ec2.modify_image_attribute(ImageId=image_id, LaunchPermission={"Add": shared_with})
        if state:
            self.aws.set_image(region, image_id, **state)
        return image_id

    def gone_image(self) -> str:
        """One that was deregistered."""
        image_id = self.image("gone")
        self.client("ec2").deregister_image(ImageId=image_id)
        return image_id

    def role(self, name: str, account: str = CONSUMER, path: str = "/", region: str = "us-east-1") -> str:
        iam = self.client("iam", region, account)
        arn: str = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        return arn

    def key_with_policy(self, *statements: dict[str, Any], region: str = REGION, account: str = OWNER) -> str:
        """A key whose policy has these statements behind the usual first one."""
        key = self.key(region=region, account=account)
        self.client("kms", region, account).put_key_policy(KeyId=key, Policy=policy(*statements, account=account))
        return key


def policy(*statements: dict[str, Any], account: str = OWNER) -> str:
    """A key policy as the console makes it, with these statements of others."""
    first = statement(account, "Enable IAM User Permissions", Action="kms:*")
    return json.dumps({"Version": "2012-10-17", "Id": "key-consolepolicy-3", "Statement": [first, *statements]})


def statement(principals: Any, sid: str, **elements: Any) -> dict[str, Any]:
    usual = {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principals}, "Action": "kms:Decrypt", "Resource": "*"}
    return {**usual, **elements}


def fault(service: str, operation: str, match: str, code: str, message: str = "", **options: Any) -> dict[str, Any]:
    """Calls with ``match`` in their request fail; ``times`` in the options says how often."""
    error = {"code": code, "message": message or code, "status": options.pop("status", 400)}
    return {"service": service, "operation": operation, "match": match, "error": error, **options}


def expired_account(world: World) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Credentials that AWS calls expired, and the faults that do it."""
    account = "999988887777"
    ec2 = fault("ec2", "*", "", "RequestExpired", "Request has expired.", account=account)
    others = fault("*", "*", "", "ExpiredTokenException", "The security token is expired", account=account)
    return world.aws.credentials(account), [ec2, others]


def launch_permission(world: World) -> dict[str, Any]:
    throttled, denied = world.image("throttled"), world.image("denied")
    credentials, expired = expired_account(world)
    message = "You are not authorized to perform this operation. Encoded authorization failure message: c2VjcmV0"
    world.aws.set_faults(
        [
            fault("ec2", "ModifyImageAttribute", throttled, "RequestLimitExceeded", status=503, times=3),
            fault("ec2", "ModifyImageAttribute", denied, "UnauthorizedOperation", message, status=403),
            *expired,
        ]
    )
    world.client("ec2", "us-west-2").enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    ebs_key = world.client("kms").describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    return {
        "images": [
            {"image_id": world.image("golden"), "region": REGION},
            {"image_id": world.image("golden", region=OTHER_REGION), "region": OTHER_REGION},
        ],
        "shared": world.image("shared", shared_with=EVERY_KIND[:4]),
        "published": world.image("published", shared_with=EVERY_KIND),
        "private": world.image("private"),
        "fine": world.image("fine"),
        "hidden": world.image("hidden", account=OTHER),
        "foreign": world.image("foreign", account=OTHER, shared_with=[{"UserId": OWNER}]),
        "pending": world.image("pending", state="pending"),
        "failed": world.image("failed", state="failed", state_reason="The snapshot is broken"),
        "disabled": world.image("disabled", state="disabled"),
        "gone": world.gone_image(),
        "on_ebs_key": world.image("on-ebs-key", key=ebs_key),
        "blocked": world.image("blocked", region="us-west-2"),
        "encrypted": world.image("encrypted", key=world.key()),
        "product": world.image("product", product_codes=["abcdefghijklmnopqrstuvwxy"]),
        "in_govcloud": world.image("in-govcloud", region="us-gov-west-1"),
        "throttled": throttled,
        "denied": denied,
        "expired_credentials": credentials,
    }


def launch_permission_info(world: World) -> dict[str, Any]:
    denied = world.image("denied")
    world.aws.set_faults([fault("ec2", "DescribeImageAttribute", denied, "UnauthorizedOperation", status=403)])
    return {
        "shared": world.image("shared", shared_with=EVERY_KIND),
        "private": world.image("private", region=OTHER_REGION),
        "foreign": world.image("foreign", account=OTHER, shared_with=[{"Group": "all"}]),
        "pending": world.image("pending", state="pending"),
        "gone": world.gone_image(),
        "denied": denied,
    }


def image_copy(world: World) -> dict[str, Any]:
    keys = {region: world.key("alias/golden", region=region) for region in (REGION, OTHER_REGION, THIRD_REGION)}
    disabled = world.key(region=OTHER_REGION)
    world.client("kms", OTHER_REGION).disable_key(KeyId=disabled)
    for region, default in (("us-west-1", ""), ("us-west-2", world.key(region="us-west-2"))):
        ec2 = world.client("ec2", region)
        ec2.enable_ebs_encryption_by_default()
        if default:
            ec2.modify_ebs_default_kms_key_id(KmsKeyId=default)
    tags = {"Release": "stable", "Owner": "images"}
    names = ("golden", "newer", "failing", "impatient", "queued", "doubled")
    images = {name: world.image(f"{name}-web", key=keys[REGION], tags=tags) for name in names}
    denied = world.image("denied")
    for name in ("one", "two"):
        request = {"Name": name, "SourceImageId": images["doubled"], "SourceRegion": REGION}
        key = {"Encrypted": True, "KmsKeyId": keys[OTHER_REGION]}
        world.client("ec2", OTHER_REGION).copy_image(**request, **key)
    message = "You are not authorized to perform this operation. Encoded authorization failure message: c2VjcmV0"
    world.aws.set_faults([fault("ec2", "CopyImage", denied, "UnauthorizedOperation", message, status=403)])
    at_home = world.key()
    world.client("kms").disable_key(KeyId=at_home)
    return {
        **images,
        "denied": denied,
        "managed": world.image("managed-web", key="alias/aws/ebs", tags=tags),
        "blank": world.image("blank", blank_volume=True),
        "foreign": world.image("foreign", account=OTHER, shared_with=[{"UserId": OWNER}]),
        "undecryptable": world.image("undecryptable", key=at_home),
        "other_key_at_home": world.key(),
        "plain": world.image("plain"),
        "pending": world.image("pending", state="pending"),
        "gone": world.gone_image(),
        "third": THIRD_REGION,
        "keys": keys,
        "other_key": world.key(region=OTHER_REGION),
        "disabled_key": disabled,
        "default_key": default,
    }


def image_info(world: World) -> dict[str, Any]:
    kms = world.client("kms")
    customer_key = world.key()
    disabled, dying, unreadable = world.key(), world.key(), world.key()
    ebs_key = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    tags = {"Release": "stable"}
    older = world.image("golden-web-1", tags=tags, creation_date=LONG_AGO)
    found = {
        "encrypted": world.image(
            "golden-web-2", customer_key, tags=tags, shared_with=EVERY_KIND[:4], creation_date=NOT_SO_LONG_AGO
        ),
        "abroad_newest": world.image("golden-web-2", region=OTHER_REGION, tags=tags, creation_date=NOT_SO_LONG_AGO),
        "blocked": [
            {"image_id": image_id}
            for image_id in (
                world.image("on-ebs-key", key=ebs_key),
                world.image("failed", state="failed", state_reason="The snapshot is broken"),
                world.image("disabled", state="disabled"),
                world.image("key-disabled", key=disabled),
                world.image("key-pending-deletion", key=dying),
                world.image("not-available", state="error"),
                world.gone_image(),
                world.image("foreign", account=OTHER, shared_with=[{"UserId": OWNER}]),
                world.image("pending", state="pending"),
            )
        ],
        "product": world.image("product", product_codes=["abcdefghijklmnopqrstuvwxy"]),
        "on_unreadable_key": world.image("on-unreadable-key", key=unreadable),
    }
    # Newer, of the same name and public, but another account's; newer with other tags; newer but failed.
    world.image("golden-web-2", account=OTHER, tags=tags, shared_with=[{"Group": "all"}])
    world.image("golden-web-3", tags={"Release": "testing"})
    world.image("golden-web-4", tags=tags, state="failed")
    world.client("ec2").enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    kms.disable_key(KeyId=disabled)
    kms.schedule_key_deletion(KeyId=dying)
    world.aws.set_faults([fault("kms", "DescribeKey", unreadable, "AccessDeniedException", "Not for you")])
    return {**found, "older": older, "customer_key": customer_key, "unreadable_key": unreadable}


def kms_grant(world: World) -> dict[str, Any]:
    kms = world.client("kms")
    account = f"arn:aws:iam::{CONSUMER}:root"
    golden = world.key("alias/golden")
    role, again = world.role("Launch"), world.role("MadeAgain")
    keys = {
        "golden": golden,
        "golden_abroad": world.key("alias/golden", region=OTHER_REGION),
        "crowded": world.key(),
        "doubled": world.key(),
        "with_dead_grant": world.key(),
        "constrained": world.key(),
        "disabled": world.key(),
        "disabled_granted": world.key(),
        "dying": world.key(),
        "limited": world.key(),
        "full": world.key(),
        "denied": world.key(),
        "throttled": world.key(),
        "deaf": world.key(),
        "fine": world.key(),
    }
    # Others' grants: of EBS, of somebody without a name, of a role that is gone, of another purpose of ours.
    ebs, autoscaling = "1f3870be-274f-46c4-9e3a-2c1e3d4b5a69", f"golden-ami-autoscaling/{CONSUMER}/all"
    for name in (ebs, None, autoscaling, "golden-ami", f"golden-ami/web/{CONSUMER}/all"):
        world.plant(golden, account, name=name)
    world.plant(golden, "AROAEXAMPLEEXAMPLEID1", name=None)
    # More than one page of them, and ours behind.
    world.plant(keys["crowded"], f"arn:aws:iam::{OTHER}:root", name=None, count=120)
    world.grant(keys["crowded"], f"golden-ami/{CONSUMER}/by-hand", account)
    world.plant(keys["doubled"], account, name=f"golden-ami/{CONSUMER}/twice", count=2)
    world.grant(keys["full"], f"golden-ami/{CONSUMER}/narrow", account, Operations=["Decrypt"])
    world.grant(keys["disabled_granted"], f"golden-ami/{CONSUMER}/before", account)
    # A grant of ours to a role that was deleted. The name tells for whom it was; how must not change between releases.
    digest = hashlib.sha256(again.encode()).hexdigest()[:10]
    name = f"golden-ami/{CONSUMER}/{digest}-0123456789"
    world.plant(keys["with_dead_grant"], "AROAEXAMPLEEXAMPLEID2", name=name)
    for state in ("disabled", "disabled_granted"):
        kms.disable_key(KeyId=keys[state])
    kms.schedule_key_deletion(KeyId=keys["dying"])
    world.aws.set_faults(
        [
            fault("kms", "CreateGrant", keys["limited"], "LimitExceededException"),
            fault("kms", "CreateGrant", keys["full"], "LimitExceededException"),
            fault("kms", "CreateGrant", keys["denied"], "AccessDeniedException", "Not for you"),
            fault("kms", "CreateGrant", keys["throttled"], "ThrottlingException", "Rate exceeded", times=2),
            {"service": "kms", "operation": "CreateGrant", "match": keys["deaf"], "times": 1, "drop_response": True},
        ]
    )
    return {**keys, "account_root": account, "role": role, "role_again": again}


def kms_grant_info(world: World) -> dict[str, Any]:
    account = f"arn:aws:iam::{CONSUMER}:root"
    golden, denied = world.key("alias/golden"), world.key()
    world.grant(golden, f"golden-ami/{CONSUMER}/one", account)
    world.grant(golden, f"golden-ami/{OTHER}/other", f"arn:aws:iam::{OTHER}:root")
    world.grant(golden, f"golden/{CONSUMER}/one", account)
    world.plant(golden, account, name=None, count=120)
    world.aws.set_faults([fault("kms", "ListGrants", denied, "AccessDeniedException", "Not for you")])
    return {"golden": golden, "denied": denied, "account_root": account, "empty": world.key(region=OTHER_REGION)}


def kms_key_policy_statement(world: World) -> dict[str, Any]:
    kms = world.client("kms")
    role, gone, ours_gone = world.role("Launch"), world.role("Gone"), world.role("MadeAgain")
    autoscaling = world.role("AWSServiceRoleForAutoScaling", path="/aws-service-role/autoscaling.amazonaws.com/")
    grants_for_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    foreign = [
        statement([role, f"arn:aws:iam::{OTHER}:root"], "Allow use of the key", Action=["kms:Decrypt", "kms:Encrypt"]),
        statement("*", "Nobody from elsewhere", Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        statement(OTHER, "", Action="kms:CreateGrant", Condition=grants_for_services),
    ]
    del foreign[2]["Sid"]
    sid, large = "GoldenAmi", [f"arn:aws:iam::{number}:root" for number in range(200_000_000_000, 200_000_000_980)]
    keys = {
        "golden": world.key_with_policy(*foreign),
        "golden_abroad": world.key("alias/golden", region=OTHER_REGION),
        "in_govcloud": world.key(region="us-gov-west-1"),
        "respelled": world.key(),
        "renewed": world.key_with_policy(statement([CONSUMER, ours_gone], sid)),
        "late": world.key(),
        "throttled": world.key(),
        "deaf": world.key(),
        "doubled": world.key_with_policy(statement(OTHER, sid), foreign[0], statement(CONSUMER, sid)),
        "denying": world.key_with_policy(statement(OTHER, sid, Effect="Deny")),
        "with_dead_role": world.key_with_policy(statement([gone, OTHER], "Team")),
        "full": world.key(),
        "foreign_key": world.key_with_policy(statement(OWNER, "Other", Action="kms:*"), account=OTHER),
        "overtaken": world.key(),
        "denied": world.key(),
        "disabled": world.key(),
        "dying": world.key(),
        "fine": world.key(),
    }
    kms.create_alias(AliasName="alias/golden", TargetKeyId=keys["golden"])
    for name in ("Gone", "MadeAgain"):
        world.client("iam", "us-east-1", CONSUMER).delete_role(RoleName=name)
    world.role("MadeAgain")
    spelling = statement(
        [f"arn:aws:iam::{CONSUMER}:root", CONSUMER],
        sid,
        Action=[f"kms:{operation}".upper() for operation in reversed(LAUNCH_OPERATIONS)],
        Resource=["*"],
        Condition={},
    )
    world.aws.disturb_key_policy(REGION, keys["respelled"], account=OWNER, policy=policy(spelling))
    world.aws.disturb_key_policy(REGION, keys["full"], account=OWNER, policy=policy(statement(large, "Large")))
    world.aws.disturb_key_policy(REGION, keys["late"], account=OWNER, stale_reads=1)
    world.aws.disturb_key_policy(REGION, keys["overtaken"], account=OWNER, rival=policy(statement(OTHER, "Rival")))
    kms.disable_key(KeyId=keys["disabled"])
    kms.schedule_key_deletion(KeyId=keys["dying"])
    world.aws.set_faults(
        [
            fault("kms", "PutKeyPolicy", keys["denied"], "AccessDeniedException", "Not for you"),
            fault("kms", "PutKeyPolicy", keys["throttled"], "ThrottlingException", "Rate exceeded", times=2),
            {"service": "kms", "operation": "PutKeyPolicy", "match": keys["deaf"], "times": 1, "drop_response": True},
        ]
    )
    return {**keys, "role": role, "autoscaling": autoscaling, "role_again": ours_gone, "foreign": foreign}
