# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be asked of launch_check."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._launch_check.request import CheckRequest, parse_request
from tests.unit.builders import ALICE, KEY_ARN, OTHER_KEY_ARN, OTHER_REGION, REGION
from tests.unit.launch_check.check_builders import PATTERN, SELECTOR, request

DEFAULTS = {
    "account_ids": [ALICE],
    "role_arn": PATTERN,
    "external_id": None,
    "instance_type": None,
    "subnet_tags": None,
    "kms_key_arns": None,
    "auto_scaling": False,
    "launch": False,
    "launch_timeout": 300,
    "instance_tags": None,
    "report_only": False,
}


def parse(**given):
    return parse_request({**DEFAULTS, **given}, (SELECTOR,), "aws")


def test_parse_request__defaults():
    asked = parse()

    assert asked == request(key_arns={})
    assert asked.regions == (REGION,)


def test_parse_request__everything():
    asked = parse(
        instance_type="m7i.large",
        subnet_tags={"b": "2", "a": "1"},
        kms_key_arns=[OTHER_KEY_ARN, KEY_ARN, KEY_ARN],
        auto_scaling=True,
        launch=True,
        launch_timeout=60,
        instance_tags={"CostCenter": "0815"},
        report_only=True,
    )

    assert asked == CheckRequest(
        asked.consumers,
        (SELECTOR,),
        "m7i.large",
        (("a", "1"), ("b", "2")),
        {OTHER_REGION: (OTHER_KEY_ARN,), REGION: (KEY_ARN,)},
        True,
        True,
        60,
        (("CostCenter", "0815"),),
        True,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"account_ids": ["x"]}, "account_ids: 'x'"),
        ({"instance_type": "t3"}, "instance_type: 't3'"),
        ({"subnet_tags": {}}, "subnet_tags: is empty"),
        ({"subnet_tags": {"a": 1}}, "the value of 'a' is a number"),
        ({"instance_tags": {"a": None}}, "the value of 'a' is null"),
        ({"instance_tags": {"AWS:x": "1"}}, "'AWS:x' begins with aws:"),
        ({"instance_tags": {"golden.ami": "1"}}, "'golden.ami' marks"),
        ({"instance_tags": {f"k{number}": "" for number in range(50)}}, "50 tags"),
        ({"kms_key_arns": ["alias/golden"]}, "kms_key_arns: 'alias/golden' is not the ARN of a key"),
        ({"kms_key_arns": [KEY_ARN.replace(":key/", ":alias/")]}, "is not the ARN of a key"),
        ({"kms_key_arns": ["arn:aws:kms:eu-west-1:123456789012:key/1"]}, "is not a KMS key"),
        ({"launch_timeout": 0}, "launch_timeout: 0"),
    ],
)
def test_parse_request__refused(given, said):
    with pytest.raises(InputError) as refused:
        parse(**given)

    assert len(refused.value.problems) == 1
    assert said in refused.value.problems[0]
