#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: shared_image_info
version_added: 1.0.0
short_description: List the AMIs that other accounts share with this one, in many Regions at once
description:
  - Lists the AMIs that other accounts share with the account whose credentials are used, a consumer. It says who owns each,
    through what it is shared as far as AWS tells a consumer, and whether the account's own Allowed AMIs setting allows it.
  - AWS lists shares with the account's ID and shares with its organization or OU together (C(ExecutableUsers=self)). They can be
    told apart for an account that is in no organization. For another one RV(results[].images[].shared_through) is
    V(account_or_organization).
  - AMIs of the account itself are not listed. Public ones are listed when O(public) asks for them.
  - Where Allowed AMIs is enabled in a Region, EC2 leaves out what its criteria do not allow, even if it is shared. A warning says
    so. M(golden.ami.launch_check) tells of a given AMI whether this setting hides it.
  - One Region that cannot be read does not hide the others. The task then fails at the end.
options:
  regions:
    description:
      - The Regions to look in. They are read at once; results come in this order. Without it the module's O(region) is used.
    type: list
    elements: str
  names:
    description:
      - Only AMIs whose names match one of these patterns. C(*) stands for any characters, C(?) for one. At most 200.
    type: list
    elements: str
  owners:
    description:
      - Only AMIs of these owners. They are account IDs as strings of 12 digits in quotes, or V(amazon), V(aws-marketplace) or
        V(aws-backup-vault).
    type: list
    elements: str
  newest:
    description:
      - Of each pattern in O(names), only the newest AMI that can be launched (state V(available)), by its creation date.
    type: bool
    default: false
  public:
    description:
      - List public AMIs, too. This needs O(owners), because AWS lists tens of thousands of public AMIs in a Region.
    type: bool
extends_documentation_fragment:
  - golden.ami.attributes.info
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(ec2:DescribeImages). With C(ec2:GetAllowedImagesSettings) and C(organizations:DescribeOrganization) the
    result says more. Without them RV(results[].allowed_images) is null and shares count as V(account_or_organization)."
  - "Calls for a run: one C(DescribeImages) for each Region and 1,000 AMIs, a second with O(public); one
    C(GetAllowedImagesSettings) for each Region; one C(DescribeOrganization)."
  - The Allowed AMIs setting is read with botocore 1.35.72 or newer.
  - Amazon EC2 is eventually consistent. An AMI that was shared within the last seconds may not be listed yet.
  - Throttling and errors on AWS's side are retried with exponential back-off, six tries in all. Each try may take
    30 seconds.
seealso:
  - module: golden.ami.launch_check
  - module: golden.ami.launch_permission_cancellation
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: What is shared with me
  golden.ami.shared_image_info:
    regions: [eu-west-1, us-east-1]
  register: shared

- name: The newest golden image of the platform team, for a launch template
  golden.ami.shared_image_info:
    region: eu-west-1
    names: ["golden-web-*"]
    owners: ["123456789012"]
    newest: true
  register: golden

- name: Its ID
  ansible.builtin.debug:
    var: golden.results[0].images[0].image_id
"""

RETURN = r"""
results:
  description: One entry for each Region, in the order of O(regions). Empty when the input was refused.
  returned: always
  type: list
  elements: dict
  contains:
    region:
      description: The Region.
      type: str
      sample: eu-west-1
    allowed_images:
      description:
        - The account's Allowed AMIs setting there, V(disabled), V(audit-mode) or V(enabled); null when it could not be read.
      type: str
      sample: disabled
    images:
      description: The AMIs, the newest first; null when the Region could not be read.
      type: list
      elements: dict
      contains:
        image_id:
          description: ID of the AMI.
          type: str
          sample: ami-0123456789abcdef0
        name:
          description: Its name.
          type: str
          sample: golden-web-2026-11
        owner_id:
          description: Account that owns and shares it.
          type: str
          sample: "123456789012"
        shared_through:
          description:
            - V(account) when it is shared with this account's ID, V(account_or_organization) when it is shared with the account's
              ID, its organization or an OU, V(public) when it is only public.
          type: str
          sample: account_or_organization
        public:
          description: Whether everybody may launch it.
          type: bool
          sample: false
        state:
          description: Its state as EC2 names it.
          type: str
          sample: available
        creation_date:
          description: When it was made, in UTC.
          type: str
          sample: "2026-11-02T09:30:00.000Z"
        deprecation_time:
          description: When it is or was deprecated, in UTC; null when that is not planned.
          type: str
          sample: null
        architecture:
          description: Its architecture.
          type: str
          sample: x86_64
        encrypted:
          description: Whether one of its snapshots is encrypted. Then the owner's key must let this account use it.
          type: bool
          sample: true
        allowed:
          description: Whether Allowed AMIs allows it, or would in audit mode; null where that setting is disabled.
          type: bool
          sample: null
        tags:
          description: The tags that this account has put on it. AWS shows nobody another account's tags.
          type: dict
          sample: {}
    error:
      description: Why the Region could not be read; null when it could. Keys as for M(golden.ami.launch_permission).
      type: dict
      sample: null
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each Region that could not be read, who was calling what, AWS's error code and the next step.
  returned: on failure
  type: str
"""

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_info
from ansible_collections.golden.ami.plugins.module_utils._shared_image.read import read
from ansible_collections.golden.ami.plugins.module_utils._shared_image.report import show_region
from ansible_collections.golden.ami.plugins.module_utils._shared_image.request import parse_query


def parse(params, region):
    query = parse_query(params, region, known_regions())
    return query, query


def main():
    module = args.make_module(
        {
            "regions": {"type": "list", "elements": "str"},
            "names": {"type": "list", "elements": "str"},
            "owners": {"type": "list", "elements": "str"},
            "newest": {"type": "bool", "default": False},
            "public": {"type": "bool"},
        }
    )
    run_info(module, parse, read, show_region)


if __name__ == "__main__":
    main()
