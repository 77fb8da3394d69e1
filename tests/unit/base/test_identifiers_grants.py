# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys, grantees, operations and the names of grants."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base import identifiers
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import model as grants
from tests.unit.builders import KEY_ARN, KEY_ID, ROLE_ARN, UNIQUE_ID

MULTI_REGION = "mrk-1234abcd12ab34cd56ef1234567890ab"


@pytest.mark.parametrize(
    ("value", "region"),
    [
        pytest.param(KEY_ID, "eu-west-1", id="key ID"),
        pytest.param(MULTI_REGION, "eu-west-1", id="multi-Region key ID"),
        pytest.param(KEY_ARN, "eu-west-1", id="key ARN"),
        pytest.param(KEY_ARN, None, id="key ARN says the Region"),
        pytest.param(f"arn:aws:kms:us-east-1:123456789012:key/{MULTI_REGION}", "us-east-1", id="multi-Region ARN"),
        pytest.param("alias/golden", "eu-west-1", id="alias"),
        pytest.param("alias/team/golden_1", "eu-west-1", id="alias with a path"),
        pytest.param("alias/aws/ebs", "eu-west-1", id="alias of the AWS managed key"),
        pytest.param("arn:aws:kms:eu-west-1:123456789012:alias/golden", "eu-west-1", id="alias ARN"),
        pytest.param(f"arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/{KEY_ID}", "us-gov-west-1", id="GovCloud"),
        pytest.param(f"arn:aws-cn:kms:cn-north-1:123456789012:key/{KEY_ID}", "cn-north-1", id="China"),
        pytest.param("arn:aws-iso:kms:us-iso-east-1:123456789012:alias/golden", "us-iso-east-1", id="iso"),
    ],
)
def test_check_key__every_form(value, region):
    assert identifiers.check_key(value, region) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("golden", id="alias without alias/"),
        pytest.param("alias/", id="empty alias"),
        pytest.param("alias/gol den", id="alias with a blank"),
        pytest.param("1234abcd-12ab-34cd-56ef-1234567890a", id="a digit short"),
        pytest.param("1234abcd12ab34cd56ef1234567890ab", id="no hyphens"),
        pytest.param(f"{KEY_ID} ", id="blank"),
        pytest.param(f"key/{KEY_ID}", id="resource without ARN"),
        pytest.param("mrk-1234", id="multi-Region ID too short"),
        pytest.param(f"arn:aws:kms:eu-west-1:12345678901:key/{KEY_ID}", id="11 digits"),
        pytest.param(f"arn:aws:kms::123456789012:key/{KEY_ID}", id="no Region"),
        pytest.param("arn:aws:kms:eu-west-1:123456789012:key/garbage", id="ARN with garbage"),
        pytest.param(f"arn:aws:kms:eu-west-1:123456789012:{KEY_ID}", id="ARN without key/"),
        pytest.param(f"arn:aws:kms:eu-west-1:123456789012:grant/{KEY_ID}", id="ARN of something else"),
        pytest.param("arn:aws:iam::123456789012:root", id="no key at all"),
        pytest.param("RSA_2048", id="a key spec"),
        pytest.param("-----BEGIN PUBLIC KEY-----", id="a public key"),
        pytest.param("", id="empty"),
    ],
)
def test_check_key__refused(value):
    assert "is not a KMS key" in (identifiers.check_key(value, "eu-west-1") or "")


@pytest.mark.parametrize("value", [KEY_ARN, "arn:aws:kms:eu-west-1:123456789012:alias/golden"])
def test_check_key__an_arn_of_another_region(value):
    problem = identifiers.check_key(value, "us-east-1")

    assert "is a key in eu-west-1, but region says us-east-1" in problem


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("111122223333", id="account ID"),
        pytest.param("012345670123", id="account ID with a leading zero"),
        pytest.param("arn:aws:iam::111122223333:root", id="account root"),
        pytest.param(ROLE_ARN, id="role"),
        pytest.param("arn:aws:iam::111122223333:user/team/jane.doe+x=y@example.com", id="user"),
        pytest.param(
            "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
            id="service-linked role",
        ),
        pytest.param("arn:aws:sts::111122223333:assumed-role/consumer/session@example", id="session"),
        pytest.param("arn:aws:sts::111122223333:federated-user/jane", id="federated user"),
    ],
)
def test_check_grantee__accepted(value):
    assert identifiers.check_grantee(value, "aws") is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("autoscaling.amazonaws.com", "service principal", id="service"),
        pytest.param("ec2.amazonaws.com.cn", "service principal", id="service in China"),
        pytest.param("arn:aws:iam::111122223333:group/team", "groups cannot have grants", id="group"),
        pytest.param("*", "cannot be a grantee", id="everybody"),
        pytest.param("o-exampleorgid", "organizations need the key policy", id="organization ID"),
        pytest.param("ou-abcd-exampleouid", "organizations need the key policy", id="OU ID"),
        pytest.param("arn:aws:organizations::111122223333:organization/o-exampleorgid", "key policy", id="org ARN"),
        pytest.param(UNIQUE_ID, "unique ID", id="AROA"),
        pytest.param("AIDAEXAMPLE0123456789", "unique ID", id="AIDA"),
        pytest.param("1402433619", "012345670123", id="octal"),
        pytest.param("1111222233334444", "16 digits", id="16 digits"),
        pytest.param("111122223333 ", "blanks", id="blank at the end"),
        pytest.param("arn:aws:iam::1111222233:root", "not a grantee principal", id="ARN with 10 digits"),
        pytest.param("arn:aws:iam::111122223333:role/", "not a grantee principal", id="no role name"),
        pytest.param("arn:aws:iam::111122223333:*", "not a grantee principal", id="wildcard in an ARN"),
        pytest.param("arn:aws:iam::111122223333:role/con*", "not a grantee principal", id="wildcard in a name"),
        pytest.param("consumer", "not a grantee principal", id="a name"),
        pytest.param("", "not a grantee principal", id="empty"),
    ],
)
def test_check_grantee__refused(value, said):
    assert said in (identifiers.check_grantee(value, "aws") or "")


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b"])
def test_check_grantee__partitions(partition):
    arn = f"arn:{partition}:iam::111122223333:role/consumer"

    assert identifiers.check_grantee(arn, partition) is None
    assert identifiers.check_grantee(arn, None) is None
    assert f"belongs to the partition '{partition}', the key to 'aws'" in identifiers.check_grantee(arn, "aws")


def test_check_operations__the_default_is_accepted():
    assert identifiers.check_operations(grants.LAUNCH_OPERATIONS) == []


@pytest.mark.parametrize(
    ("operations", "said"),
    [
        pytest.param(["kms:Decrypt"], "Did you mean 'Decrypt'?", id="kms: prefix"),
        pytest.param(["kms:ReEncrypt*"], "Did you mean 'ReEncrypt", id="wildcard"),
        pytest.param(["decrypt"], "Did you mean 'Decrypt'?", id="small letter"),
        pytest.param(["GenerateDataKeyWithoutPlainText"], "'GenerateDataKeyWithoutPlaintext'?", id="typo"),
        pytest.param(["RevokeGrant"], "'RevokeGrant' is not a grant operation", id="an IAM action"),
        pytest.param(["*"], "'*' is not a grant operation", id="everything"),
        pytest.param(["CreateGrant"], "CreateGrant alone", id="CreateGrant only"),
        pytest.param(["CreateGrant", "CreateGrant"], "CreateGrant alone", id="CreateGrant only, twice"),
        pytest.param([], "is empty", id="empty"),
    ],
)
def test_check_operations__refused(operations, said):
    problems = identifiers.check_operations(operations)

    assert len(problems) == 1
    assert problems[0].startswith("operations: ")
    assert said in problems[0]


def test_check_operations__are_those_of_the_service_model():
    loader = pytest.importorskip("botocore.loaders").Loader()
    shapes = loader.load_service_model("kms", "service-2")["shapes"]

    assert sorted(identifiers.GRANT_OPERATIONS) == sorted(shapes["GrantOperation"]["enum"])


@pytest.mark.parametrize("value", ["golden-ami", "a", "team:golden/web_1", "x" * 200])
def test_check_grant_name__accepted(value):
    assert identifiers.check_grant_name(value) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("golden.ami", "'.'", id="dot"),
        pytest.param("golden ami", "' '", id="blank"),
        pytest.param("golden@ami!", "'!@'", id="several"),
        pytest.param("gölden", "'ö'", id="not ASCII"),
        pytest.param("golden\n", "'\\n'", id="newline"),
        pytest.param("", "has 0 characters", id="empty"),
        pytest.param("x" * 201, "has 201 characters", id="too long"),
    ],
)
def test_check_grant_name__refused(value, said):
    assert said in (identifiers.check_grant_name(value) or "")


@pytest.mark.parametrize(
    "value",
    [
        "arn:aws:iam::111122223333:role/golden-ami",
        "arn:aws-cn:iam::111122223333:role/golden-ami",
        "arn:aws:iam::111122223333:role/a/path/golden_ami+=,.@-",
    ],
)
def test_check_role_arn(value):
    assert identifiers.check_role_arn(value) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("golden-ami", id="a name"),
        pytest.param("arn:aws:iam::111122223333:root", id="an account"),
        pytest.param("arn:aws:iam::111122223333:user/golden-ami", id="a user"),
        pytest.param("arn:aws:sts::111122223333:assumed-role/golden-ami/session", id="a session"),
        pytest.param("arn:aws:iam::11112222333:role/golden-ami", id="11 digits"),
        pytest.param("arn:aws:iam::111122223333:role/", id="no name"),
        pytest.param("arn:aws:iam::111122223333:role/golden ami", id="blank"),
        pytest.param("arn:aws:iam::111122223333:role/" + "a" * 65, id="too long"),
        pytest.param("arn:aws:iam::111122223333:role/*", id="wildcard"),
        pytest.param("", id="empty"),
    ],
)
def test_check_role_arn__refused(value):
    assert f"'{value}' is not the ARN of a role" in identifiers.check_role_arn(value)


@pytest.mark.parametrize("value", ["ab", "golden-ami/1", "a+=,.@:/-_1", "x" * 1224])
def test_check_external_id__accepts(value):
    assert identifiers.check_external_id(value) is None


@pytest.mark.parametrize("value", ["a", "x" * 1225, "has a space", "ümlaut", "line\n", "{{ undefined }}"])
def test_check_external_id__refuses(value):
    assert value in (identifiers.check_external_id(value) or "")
