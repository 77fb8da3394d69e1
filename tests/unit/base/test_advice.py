# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.advice import is_about_credentials, next_step

MODIFY = "ec2:ModifyImageAttribute"
CREATE = "kms:CreateGrant"
PUT = "kms:PutKeyPolicy"


@pytest.mark.parametrize(
    ("action", "code", "said"),
    [
        pytest.param(MODIFY, "UnauthorizedOperation", f"Allow {MODIFY}", id="denied"),
        pytest.param(CREATE, "AccessDeniedException", "key policy", id="denied by KMS"),
        pytest.param("ec2:DescribeImageAttribute", "AuthFailure", "owner", id="not the owner"),
        pytest.param("ec2:DescribeImages", "AuthFailure", "Region is enabled", id="AuthFailure elsewhere"),
        pytest.param(MODIFY, "InvalidParameter", "customer managed key", id="AWS managed key"),
        pytest.param(MODIFY, "InvalidAMIAttributeItemValue", "one of the accounts or ARNs", id="bad item"),
        pytest.param(MODIFY, "OperationNotPermitted", "block public access", id="block public access"),
        pytest.param(MODIFY, "UnsupportedOperation", "encrypted AMI cannot be public", id="public and encrypted"),
        pytest.param(MODIFY, "ResourceLimitExceeded", "organization", id="quota of shares"),
        pytest.param(MODIFY, "InvalidAMIID.Unavailable", "pending", id="pending"),
        pytest.param(MODIFY, "InvalidAMIID.NotFound", "Region", id="gone"),
        pytest.param(
            "ec2:CancelImageLaunchPermission", "InvalidAMIID.NotFound", "Only the AMI's owner", id="no own share"
        ),
        pytest.param(
            "ec2:CancelImageLaunchPermission", "UnauthorizedOperation", "Allow ec2:Cancel", id="may not cancel"
        ),
        pytest.param(
            "ec2:ModifySnapshotAttribute", "OperationNotPermitted", "customer managed key", id="snapshot's key"
        ),
        pytest.param("ec2:CopyImage", "InvalidAMIName.Duplicate", "another one", id="a name that is taken"),
        pytest.param("ec2:ModifySnapshotAttribute", "AuthFailure", "owner", id="not the snapshot's owner"),
        pytest.param("ec2:DescribeSnapshotAttribute", "AuthFailure", "owner", id="not the owner who reads"),
        pytest.param("ec2:ModifySnapshotAttribute", "InvalidSnapshot.NotFound", "Region", id="snapshot gone"),
        pytest.param("sts:AssumeRole", "AccessDenied", "trust policy", id="role that cannot be assumed"),
        pytest.param(CREATE, "LimitExceededException", "Not retried", id="quota of grants"),
        pytest.param(CREATE, "DisabledException", "kms:EnableKey", id="disabled"),
        pytest.param(CREATE, "KMSInvalidStateException", "never changed here", id="state"),
        pytest.param(CREATE, "InvalidArnException", "must exist", id="unknown grantee"),
        pytest.param(PUT, "MalformedPolicyDocumentException", "does not exist", id="unknown principal"),
        pytest.param(PUT, "LimitExceededException", "use grants", id="policy too large"),
        pytest.param(PUT, "UnsupportedOperationException", "customer managed key", id="policy of AWS"),
        pytest.param(PUT, "AccessDeniedException", f"Allow {PUT}", id="policy denied"),
        pytest.param("kms:DescribeKey", "NotFoundException", "regional", id="key in another Region"),
        pytest.param("organizations:ListParents", "AccessDeniedException", "delegated administrators", id="a member"),
        pytest.param(
            "organizations:DescribeOrganization",
            "AccessDeniedException",
            "Allow organizations:DescribeOrganization",
            id="what every member may ask",
        ),
        pytest.param(
            "organizations:ListParents",
            "ChildNotFoundException",
            "Check the ID of the organizational unit",
            id="no unit",
        ),
        pytest.param(
            "organizations:ListAccountsForParent", "ParentNotFoundException", "or no longer", id="a unit that is gone"
        ),
        pytest.param(
            "organizations:DescribeOrganization",
            "AWSOrganizationsNotInUseException",
            "account_ids",
            id="no organization",
        ),
        pytest.param("organizations:ListAccounts", "TooManyRequestsException", "throttled", id="throttled listing"),
        pytest.param("sts:AssumeRole", "AccessDenied", "trust policy", id="a role that trusts somebody else"),
        pytest.param(MODIFY, "RequestLimitExceeded", "throttled", id="throttled by EC2"),
        pytest.param(CREATE, "ThrottlingException", "throttled", id="throttled by KMS"),
        pytest.param(MODIFY, "NoCredentialsError", "access_key", id="no credentials"),
        pytest.param(MODIFY, "ExpiredToken", "expired", id="expired"),
        pytest.param(MODIFY, "EndpointConnectionError", "network", id="network"),
        pytest.param(MODIFY, "OptInRequired", "Enable the Region", id="Region not enabled"),
    ],
)
def test_next_step__by_action_and_code(action, code, said):
    assert said in next_step(action, code, "any text of AWS's, which changes")


@pytest.mark.parametrize("code", ["InvalidParameter", "OperationNotPermitted", "UnsupportedOperation"])
def test_next_step__a_code_with_several_causes_does_not_claim_one(code):
    assert next_step(MODIFY, code).startswith("Often: ")


@pytest.mark.parametrize("code", ["InvalidAMIAttributeItemValue", "OperationNotPermitted"])
def test_next_step__does_not_say_what_was_applied(code):
    """Whether a request is applied in part is not documented."""
    assert "nothing" not in next_step(MODIFY, code)


def test_next_step__ec2_has_no_key_policy():
    assert "key policy" not in next_step(MODIFY, "UnauthorizedOperation")


def test_next_step__nothing_rather_than_something_general():
    assert next_step(MODIFY, "SomethingNew", "message") == ""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("NoCredentialsError", True),
        ("AuthFailure", True),
        ("UnrecognizedClientException", True),
        ("InvalidClientTokenId", True),
        ("ExpiredToken", True),
        ("UnauthorizedOperation", False),
        ("AccessDeniedException", False),
        ("RequestLimitExceeded", False),
        ("", False),
    ],
)
def test_is_about_credentials__not_about_permissions(code, expected):
    assert is_about_credentials(code) is expected
