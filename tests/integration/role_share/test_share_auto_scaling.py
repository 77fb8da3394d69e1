# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""share_auto_scaling: whether Auto Scaling of the consumer accounts can use the keys, reported, granted or written."""

from __future__ import annotations

from typing import Any

from tests.integration.organization_world import trusting_role
from tests.integration.role_share.conftest import Share
from tests.integration.role_share.consumer import grants, launch, one_of, permissions
from tests.integration.scenario import Scenario
from tests.integration.world import (
    CONSUMER,
    LAUNCH_OPERATIONS,
    LEADING_ZERO,
    OTHER,
    OWNER,
    REGION,
    World,
    statement,
)

GRANTOR = "arn:{partition}:iam::{account}:role/golden-ami-grantor"
ACCOUNTS = [CONSUMER, LEADING_ZERO, OTHER]


def role_of(account: str) -> str:
    path = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    return f"arn:aws:iam::{account}:role/{path}"


def make_role(world: World, account: str) -> None:
    world.client("iam", "us-east-1", account).create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")


def granted_by(world: World, key: str) -> dict[str, str]:
    """The service-linked roles with a grant, as the owner of the key sees them, and the account that made it."""
    found = {}
    for grant in grants(world, key):
        if "aws-service-role" in grant["GranteePrincipal"]:
            assert set(grant["Operations"]) == {*LAUNCH_OPERATIONS, "Encrypt"}
            found[grant["GranteePrincipal"]] = grant["IssuingAccount"].split(":")[4]
    return found


def auto_scaling(run: Scenario) -> list[str]:
    return [one["auto_scaling"] for one in run.result["consumers"]]


def by(run: Scenario) -> list[str]:
    return [one["auto_scaling_by"] for one in run.result["consumers"]]


def operations(run: Scenario) -> list[tuple[str, str]]:
    return [(call["operation"], call["account"]) for call in run.calls if call["write"]]


def test_told(world: World, share: Share) -> None:
    """The default: the accounts' own key access is no access of their Auto Scaling."""
    ready = statement(role_of(OTHER), "Auto Scaling", Action="kms:*")
    make_role(world, OTHER)
    key = world.key_with_policy(ready)
    image_id, plain = world.image("golden", key), world.image("plain")
    by_hand = {"GranteePrincipal": role_of(CONSUMER), "Operations": [*LAUNCH_OPERATIONS, "Encrypt"]}
    wanted = {"share_images": f"{image_id} {REGION}, {plain} {REGION}", "share_account_ids": ACCOUNTS}

    run = share(**wanted)

    assert run.code == 0, run.message
    assert auto_scaling(run) == ["not_asked", "not_asked", "unchanged"] + ["not_needed"] * 3
    assert by(run) == ["none", "none", "key_policy"] + ["not_needed"] * 3
    note = one_of(run.result["notes"], "Auto Scaling groups of")
    assert CONSUMER in note and LEADING_ZERO in note and OTHER not in note
    assert "Set share_auto_scaling to grant or key_policy" in note
    assert note in " ".join(run.table.split())
    # An instance that a person starts runs all the same.
    assert {one["ready"] for one in run.result["consumers"]} == {True}
    assert launch(world, image_id) == "running"

    make_role(world, CONSUMER)
    world.client("kms").create_grant(KeyId=key, **by_hand)
    again = share(**wanted)

    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert by(again)[:3] == ["grant", "none", "key_policy"]
    # One page of grants and one policy tell it for all accounts.
    read = [call["operation"] for call in again.calls if call["service"] == "kms"]
    assert sorted(read) == ["DescribeKey", "GetKeyPolicy", "ListGrants"]

    # What may not be read is unknown, and stops nothing.
    world.aws.set_faults(
        [{"service": "kms", "operation": "GetKeyPolicy", "error": {"code": "AccessDeniedException", "status": 400}}]
    )
    unread = share(**wanted)
    assert (unread.code, by(unread)[:3]) == (0, ["grant", "unknown", "unknown"])
    world.aws.set_faults([])

    ignored = share(**wanted, share_auto_scaling="ignore")
    assert (ignored.code, ignored.writes, ignored.result["notes"]) == (0, [], [])
    assert by(ignored) == ["not_checked"] * 3 + ["not_needed"] * 3
    assert "GetKeyPolicy" not in [call["operation"] for call in ignored.calls]


def test_granted_by_the_accounts_themselves(world: World, share: Share) -> None:
    """One account is ready, one has no service-linked role, one does not let the owner in."""
    key = world.key()
    image_id = world.image("golden", key)
    for account in (CONSUMER, LEADING_ZERO):
        trusting_role(world, "golden-ami-grantor", OWNER, account=account)
    for account in (CONSUMER, OTHER):
        make_role(world, account)
    wanted: dict[str, Any] = {
        "share_images": f"{image_id} {REGION}",
        "share_account_ids": ACCOUNTS,
        "share_auto_scaling": "grant",
        "share_auto_scaling_role_arn": GRANTOR,
    }

    run = share(
        **wanted
        | {
            "share_auto_scaling_role_arn": f"arn:aws:iam::{CONSUMER}:role/grantor",
            "share_grant_operations": LAUNCH_OPERATIONS,
        }
    )

    assert (run.code, run.calls) == (2, [])
    one_of(run.refusals, "share_auto_scaling_role_arn", "must have {account} where an ARN has the account")
    one_of(run.refusals, "share_grant_operations: without Encrypt the accounts could not grant it")
    run = share(**wanted | {"share_auto_scaling_role_arn": ""})
    assert (run.code, run.calls) == (2, [])
    one_of(run.refusals, "share_auto_scaling_role_arn: is for share_auto_scaling=grant, which requires it")

    preview = share(check=True, **wanted)

    assert (preview.code, preview.writes) == (0, []), preview.message
    assert auto_scaling(preview) == ["added"] * 3

    run = share(**wanted)

    assert run.code == 2
    # Shared with all of them all the same: an instance that a person starts does not need the role.
    assert permissions(world, image_id) == [{"UserId": account} for account in sorted(ACCOUNTS)]
    assert [launch(world, image_id, account=account) for account in ACCOUNTS] == ["running"] * 3
    assert operations(run)[:3] == [("CreateGrant", OWNER)] * 3
    assert ("CreateGrant", CONSUMER) in operations(run)
    assert operations(run)[-1] == ("ModifyImageAttribute", OWNER)
    assert granted_by(world, key) == {role_of(CONSUMER): CONSUMER}
    assert auto_scaling(run) == ["added", "failed", "failed"]
    assert {one["ready"] for one in run.result["consumers"]} == {True}
    for parts in (
        (
            role_of(LEADING_ZERO),
            "InvalidArnException",
            "iam:CreateServiceLinkedRole",
            f"This concerns {LEADING_ZERO} on",
        ),
        ("sts:AssumeRole", "AccessDenied", f"This concerns {OTHER} on"),
    ):
        one_of(run.result["failures"], *parts)
    note = one_of(run.result["notes"], "Auto Scaling groups of")
    assert LEADING_ZERO in note and OTHER in note and CONSUMER not in note and "The failures say why." in note

    # What was missing is there: only that is made up for.
    make_role(world, LEADING_ZERO)
    trusting_role(world, "golden-ami-grantor", OWNER, account=OTHER)
    run = share(**wanted)

    assert run.code == 0, run.message
    assert sorted(operations(run)) == [("CreateGrant", LEADING_ZERO), ("CreateGrant", OTHER)]
    assert auto_scaling(run) == ["unchanged", "added", "added"]
    assert granted_by(world, key) == {role_of(account): account for account in ACCOUNTS}

    again = share(**wanted)

    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert (by(again), again.result["notes"]) == (["grant"] * 3, [])


def test_written_into_the_key_policy(world: World, share: Share) -> None:
    """KMS takes no policy with a role that does not exist, so that it fails for all; the AMI is shared all the same."""
    key = world.key()
    image_id = world.image("golden", key)
    make_role(world, CONSUMER)
    wanted = {
        "share_images": f"{image_id} {REGION}",
        "share_account_ids": [CONSUMER, LEADING_ZERO],
        "share_auto_scaling": "key_policy",
    }

    run = share(**wanted)

    assert run.code == 2
    assert [operation for operation, _account in operations(run)][-1] == "ModifyImageAttribute"
    assert launch(world, image_id) == launch(world, image_id, account=LEADING_ZERO) == "running"
    assert auto_scaling(run) == ["failed", "failed"]
    [failure] = run.result["failures"]
    assert key in failure and "MalformedPolicyDocumentException" in failure
    assert [image["status"] for image in run.result["results"]] == ["changed"]
    before = world.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    assert "GoldenAmiAutoScaling" not in before

    make_role(world, LEADING_ZERO)
    run = share(**wanted)

    assert run.code == 0, run.message
    assert operations(run) == [("PutKeyPolicy", OWNER)]
    assert auto_scaling(run) == ["added", "added"]
    written = world.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    for part in ("GoldenAmiAutoScaling", role_of(CONSUMER), role_of(LEADING_ZERO), "kms:Encrypt"):
        assert part in written

    again = share(**wanted)

    assert (again.code, again.changed, again.writes) == (0, False, [])
    assert (auto_scaling(again), again.result["notes"]) == (["unchanged"] * 2, [])
