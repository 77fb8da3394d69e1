#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kms_grant_info
version_added: 1.0.0
short_description: Read the grants on KMS keys, for many keys in many Regions at once
description:
  - Reads all grants on keys, those of M(golden.ami.kms_grant) and those of others, with or without a name.
  - A key whose grants cannot be read is a failure, never an empty list. The other keys are read, and the task fails at the
    end.
options:
  grantee:
    description:
      - Only grants to this grantee, an account ID (in quotes) or an ARN. Grants whose grantee KMS shows as a unique ID
        are found when M(golden.ami.kms_grant) made them for this grantee under O(name).
    type: str
  name:
    description:
      - Beginning of the names of M(golden.ami.kms_grant)'s grants, by which RV(results[].grants[].ours) is decided.
    type: str
    default: golden-ami
  only_ours:
    description: Only grants of M(golden.ami.kms_grant) under O(name).
    type: bool
    default: false
extends_documentation_fragment:
  - golden.ami.targets.keys
  - golden.ami.attributes.info
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(kms:DescribeKey) and C(kms:ListGrants)."
  - A grant that was created or revoked seconds ago may still be missing or shown.
seealso:
  - module: golden.ami.kms_grant
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: All grants on a key
  golden.ami.kms_grant_info:
    key_id: alias/golden
    region: eu-west-1

- name: What one account may do with the keys of two Regions
  golden.ami.kms_grant_info:
    keys:
      - key_id: alias/golden
        region: eu-west-1
      - key_id: alias/golden
        region: us-east-1
    grantee: "111122223333"
"""

RETURN = r"""
results:
  description: One entry for each key, in the order of O(keys). Empty when the input was refused.
  returned: always
  type: list
  elements: dict
  contains:
    key_id:
      description: The key as it was given.
      type: str
      sample: alias/golden
    region:
      description: Region of the key.
      type: str
      sample: eu-west-1
    key_arn:
      description: ARN of the key; null when it could not be read.
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    key_manager:
      description: V(CUSTOMER) or V(AWS); null when it could not be read.
      type: str
      sample: CUSTOMER
    key_state:
      description: State of the key as KMS names it; null when it could not be read.
      type: str
      sample: Enabled
    grants:
      description: The grants that match; null when they could not be read.
      type: list
      elements: dict
      contains:
        grant_id:
          description: ID of the grant.
          type: str
          sample: 0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60
        name:
          description: Name of the grant; empty when it has none.
          type: str
          sample: golden-ami/111122223333/a87bc44d8f-0c13e5a1b2
        ours:
          description: Whether the name is one that M(golden.ami.kms_grant) gives under O(name), which is C(NAME/ACCOUNT/…).
          type: bool
          sample: true
        grantee_principal:
          description: ARN of the grantee, or a unique ID where KMS cannot resolve it.
          type: str
          sample: arn:aws:iam::111122223333:root
        operations:
          description: What the grantee may do, sorted.
          type: list
          elements: str
          sample: [CreateGrant, Decrypt, DescribeKey]
        constraints:
          description: Limits of the grant; empty when there are none.
          type: dict
          sample: {}
        retiring_principal:
          description: Who may retire the grant; null when nobody is named.
          type: str
          sample: null
        issuing_account:
          description: Account that made the grant, as KMS shows it.
          type: str
          sample: arn:aws:iam::123456789012:root
    error:
      description: Why the key could not be read; null when it could. Keys as for M(golden.ami.launch_permission).
      type: dict
      sample: null
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each failed key, who was calling what, AWS's error code and the next step.
  returned: on failure
  type: str
"""

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import read as read_kms_grant
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.report import parse_query, show_grants
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_info


def parse(params, region):
    keys, partition, problems = args.parse_keys(params, region, known_regions())
    return keys, args.unless(problems, lambda: parse_query(params, partition))


def main():
    module = args.make_module(
        {
            **args.KEYS,
            "grantee": {"type": "str"},
            "name": {"type": "str", "default": "golden-ami"},
            "only_ours": {"type": "bool", "default": False},
        },
        **args.one_of_keys(),
    )
    run_info(module, parse, read_kms_grant.read, show_grants)


if __name__ == "__main__":
    main()
