#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_usage_info
version_added: 1.0.0
short_description: Read which accounts use AMIs, for many AMIs in many Regions at once
description:
  - Creates EC2 image usage reports, waits for them, reads them and deletes them. A report counts, for each account, the
    instances and launch templates that refer to an AMI. Only the owner of an AMI can create one.
  - An AMI whose usage cannot be determined is a failure, never an empty list. The other AMIs are read, and the task fails
    at the end. A report that ends in state error, or is not available in time, is such a failure.
  - A report that could not be deleted is a warning; EC2 deletes it after 30 days.
  - In check mode no report is created. A report of the last 24 hours is read if it covers all of O(account_ids) and
    O(resource_types), whoever in the account created it. Without one, RV(results[].usage) is null, with a warning.
options:
  account_ids:
    description:
      - Only these accounts, as strings of 12 digits; without it all accounts. Quote them, because YAML reads an unquoted ID
        with a leading zero as an octal number. Such a value is refused, never padded.
      - A report takes 200 accounts. For more accounts, more reports are created.
    type: list
    elements: str
  resource_types:
    description:
      - What to count, instances or launch templates. Of a launch template the newest 20 versions are included, which is
        EC2's default.
    type: list
    elements: str
    choices: ["ec2:Instance", "ec2:LaunchTemplate"]
    default: ["ec2:Instance", "ec2:LaunchTemplate"]
  wait_timeout:
    description: Seconds to wait for all reports together.
    type: int
    default: 300
extends_documentation_fragment:
  - golden.ami.targets
  - golden.ami.attributes.report
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "A report does not prove that nobody uses an AMI. It may lack instances that were launched in the last 24 hours and
     launch templates of the last days. It does not count copies of the AMI in other accounts, what was launched from them,
     and launch configurations of Auto Scaling."
  - A report does not list accounts that do not use the AMI. It lists the owner's own account if that uses the AMI.
  - "IAM actions needed: C(ec2:DescribeImages), C(ec2:DescribeImageAttribute), C(ec2:DescribeImageUsageReports),
    C(ec2:DescribeImageUsageReportEntries) and, except in check mode, C(ec2:CreateImageUsageReport) and
    C(ec2:DeleteImageUsageReport)."
  - Needs botocore 1.40.18 or later, the first release with these reports.
seealso:
  - module: golden.ami.launch_permission_info
  - module: golden.ami.kms_key_image_info
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Who uses an AMI
  golden.ami.image_usage_info:
    image_id: ami-0123456789abcdef0
    region: eu-west-1

- name: Does one account still run instances of these AMIs
  golden.ami.image_usage_info:
    images:
      - image_id: ami-0123456789abcdef0
        region: eu-west-1
      - image_id: ami-0fedcba9876543210
        region: us-east-1
    account_ids: ["111122223333"]
    resource_types: ["ec2:Instance"]
  register: used

- name: Stop if it does
  ansible.builtin.assert:
    that: used.results | map(attribute='usage') | flatten | length == 0
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
      description: Account that owns the AMI; null when not found.
      type: str
      sample: "123456789012"
    usage:
      description:
        - Who uses the AMI, sorted by account and resource type. Null when it is not known, which is no failure in check
          mode.
      type: list
      elements: dict
      contains:
        account_id:
          description: The account.
          type: str
          sample: "111122223333"
        resource_type:
          description: V(ec2:Instance) or V(ec2:LaunchTemplate).
          type: str
          sample: ec2:Instance
        count:
          description: How many of these resources of the account refer to the AMI.
          type: int
          sample: 3
    report_time:
      description: When the report was created (the oldest, if there are several), ISO 8601 in UTC; null without one.
      type: str
      sample: "2026-11-02T09:30:00Z"
    error:
      description:
        - Why the usage is not known; null when it is, and in check mode without a report. Keys as for
          M(golden.ami.launch_permission). Besides AWS's own codes there are V(not_found), V(not_owner),
          V(usage_report_error) and V(wait_timeout).
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

import functools

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._image_usage import read as image_usage
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import (
    RESOURCE_TYPES,
    UsageTargets,
    parse_query,
    show_usage,
)
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_info


def parse(params, region):
    selectors, _partition, problems = args.parse_images(params, region, known_regions())
    query = args.unless(problems, lambda: parse_query(params))
    return UsageTargets(selectors, query), query


def main():
    kinds = list(RESOURCE_TYPES)
    module = args.make_module(
        {
            **args.IMAGES,
            "account_ids": {"type": "list", "elements": "str"},
            "resource_types": {"type": "list", "elements": "str", "choices": kinds, "default": kinds},
            "wait_timeout": {"type": "int", "default": 300},
        },
        **args.one_of_images(),
    )
    module.require_botocore_at_least("1.40.18", reason="for image usage reports")
    read = functools.partial(image_usage.read, waiting=image_usage.Waiting(module.params["wait_timeout"]))
    run_info(module, parse, read, show_usage, read_in_check_mode=image_usage.read_existing)


if __name__ == "__main__":
    main()
