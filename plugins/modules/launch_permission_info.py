#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: launch_permission_info
version_added: 1.0.0
short_description: Read who may launch AMIs, for many AMIs in many Regions at once
description:
  - Reads the launch permissions of AMIs. Only the owner of an AMI may do that.
  - An AMI whose permissions cannot be read is a failure, never an empty list. The other AMIs are read, and the task fails
    at the end.
extends_documentation_fragment:
  - golden.ami.targets
  - golden.ami.attributes.info
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(ec2:DescribeImages) and C(ec2:DescribeImageAttribute)."
seealso:
  - module: golden.ami.launch_permission
  - module: golden.ami.image_info
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Who may launch these AMIs
  golden.ami.launch_permission_info:
    images:
      - image_id: ami-0123456789abcdef0
        region: eu-west-1
      - image_id: ami-0fedcba9876543210
        region: us-east-1
  register: shared

- name: Show the AMIs that everybody may launch
  ansible.builtin.debug:
    msg: "{{ shared.results | selectattr('launch_permissions.public') | map(attribute='image_id') }}"
"""

RETURN = r"""
results:
  description: One entry for each AMI, in the order of O(images). Empty when the input was refused.
  returned: always
  type: list
  elements: dict
  contains:
    image_id:
      description: ID of the AMI.
      type: str
      sample: ami-0123456789abcdef0
    region:
      description: Region of the AMI.
      type: str
      sample: eu-west-1
    owner_id:
      description: Account that owns the AMI; null when the AMI could not be read.
      type: str
      sample: "123456789012"
    state:
      description: State of the AMI; null when the AMI could not be read.
      type: str
      sample: available
    launch_permissions:
      description: Who may launch the AMI besides its owner; null when that could not be read.
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
    error:
      description: Why the AMI could not be read; null when it could. Keys as for M(golden.ami.launch_permission).
      type: dict
      sample: null
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each failed AMI, who was calling what, AWS's error code and the next step.
  returned: on failure
  type: str
"""

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import read as read_launch_permission
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import show_permissions
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_info


def parse(params, region):
    selectors, _partition, problems = args.parse_images(params, region, known_regions())
    return args.unless(problems, lambda: selectors), None


def main():
    module = args.make_module(args.IMAGES, **args.one_of_images())
    run_info(module, parse, read_launch_permission.read, show_permissions)


if __name__ == "__main__":
    main()
