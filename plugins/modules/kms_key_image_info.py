#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kms_key_image_info
version_added: 1.0.0
short_description: Read which own AMIs are encrypted with KMS keys and who may launch them, for many keys in many Regions at
  once
description:
  - Finds every AMI of the caller's account in the Region of a key that has a snapshot encrypted with this key, including
    disabled and deprecated AMIs, and reads who may launch it. As long as somebody may launch one of them, the access to the
    key is needed.
  - Reads the Sids of the statements in the key's policy as well, by which M(golden.ami.kms_key_policy_statement) finds its
    own.
  - A key whose AMIs cannot be read is a failure, never an empty list. The other keys are read, and the task fails at the
    end. A key policy that cannot be read is no failure.
extends_documentation_fragment:
  - golden.ami.targets.keys
  - golden.ami.attributes.info
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "Not included are AMIs of other accounts that are encrypted with this key; AMIs in the Recycle Bin, which can be
     restored with their snapshots; and volumes and instances that use the key directly. A pending AMI is included as soon
     as EC2 shows its snapshots."
  - An encrypted AMI with a snapshot that the caller cannot see may be encrypted with any key. It is a failure of each key
    in its Region, with the code V(snapshot_not_found), except of a key with which another snapshot of it is encrypted.
  - A snapshot counts for the key that encrypts it and for those that C(AssociateKmsKeyId) added, as far as the installed
    botocore knows them.
  - "IAM actions needed: C(kms:DescribeKey), C(kms:GetKeyPolicy), C(ec2:DescribeImages), C(ec2:DescribeSnapshots) and
    C(ec2:DescribeImageAttribute)."
  - "Calls for a run: C(DescribeImages) of all own AMIs (each 1,000) and C(DescribeSnapshots) for those that are encrypted
    (each 200 snapshots) once for each Region, however many keys it has; C(DescribeImageAttribute) for each AMI on one of
    the keys; C(DescribeKey) and C(GetKeyPolicy) for each key."
seealso:
  - module: golden.ami.kms_grant_info
  - module: golden.ami.kms_key_policy_statement
  - module: golden.ami.image_info
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: The AMIs on a key
  golden.ami.kms_key_image_info:
    key_id: alias/golden
    region: eu-west-1
  register: on_key

- name: The accounts that may launch one of them
  ansible.builtin.debug:
    msg: "{{ on_key.results[0].images | map(attribute='launch_permissions.account_ids') | flatten | unique }}"

- name: The AMIs on the keys of two Regions
  golden.ami.kms_key_image_info:
    keys:
      - key_id: alias/golden
        region: eu-west-1
      - key_id: alias/golden
        region: us-east-1
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
    images:
      description:
        - The caller's own AMIs in this Region with a snapshot that is encrypted with this key, sorted by ID. Null when one
          of them might be missing, or when the launch permissions of one of them could not be read.
      type: list
      elements: dict
      contains:
        image_id:
          description: ID of the AMI.
          type: str
          sample: ami-0123456789abcdef0
        name:
          description: Name of the AMI.
          type: str
          sample: golden-web-2026-11
        state:
          description: State of the AMI as EC2 names it.
          type: str
          sample: available
        launch_permissions:
          description: Who may launch the AMI besides its owner.
          type: dict
          contains:
            account_ids:
              description: Accounts, sorted.
              type: list
              elements: str
              sample: ["111122223333"]
            organization_arns:
              description: Organizations, sorted.
              type: list
              elements: str
              sample: []
            organizational_unit_arns:
              description: Organizational units, sorted.
              type: list
              elements: str
              sample: []
            public:
              description: Whether everybody may launch.
              type: bool
              sample: false
    statement_sids:
      description:
        - Sids of the statements in the key policy, in its order; statements without one are left out. Null when the policy
          could not be read.
      type: list
      elements: str
      sample: ["Enable IAM User Permissions", GoldenAmiLaunch]
    policy_error:
      description:
        - Why the key policy could not be read, with the keys of RV(results[].error); only the key's own account may read
          it. This alone is no failure. Null when it was read, and when the key itself could not be read.
      type: dict
      sample: null
    error:
      description: Why RV(results[].images) is null; null when it is not. Keys as for M(golden.ami.launch_permission).
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
from ansible_collections.golden.ami.plugins.module_utils._kms_key import read_images as key_images
from ansible_collections.golden.ami.plugins.module_utils._kms_key.images import show_key_images
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_info


def parse(params, region):
    keys, _partition, problems = args.parse_keys(params, region, known_regions())
    return args.unless(problems, lambda: keys), None


def main():
    module = args.make_module(args.KEYS, **args.one_of_keys())
    run_info(module, parse, key_images.read, show_key_images)


if __name__ == "__main__":
    main()
