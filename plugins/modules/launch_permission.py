#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: launch_permission
version_added: 1.0.0
short_description: Manage who may launch AMIs, for many AMIs in many Regions at once
description:
  - Adds accounts, organizations, organizational units or everybody to the launch permissions of AMIs, removes them, or
    makes the permissions exact.
  - Permissions that are not named are not changed. With O(state=present) and O(state=absent) every other permission stays
    as it is; O(purge=true) makes those kinds exact that are given, and only those.
  - All input is checked before the first call. If one value is wrong, nothing is changed in any Region, and the message
    names every wrong value.
  - A failure of one AMI does not stop the others. The task fails at the end, and RV(results) has the outcome of each.
  - The consumers of an AMI with encrypted snapshots also need access to its KMS keys B(before) they can launch it; see
    M(golden.ami.kms_grant). The role P(golden.ami.share#role) does both in this order.
  - Launch permissions do not carry over to copies of the AMI, and disabling an AMI (C(ec2:DisableImage)) removes all of
    them for good. Keep the wanted list in the playbook.
options:
  state:
    description:
      - V(present) adds those that are named.
      - V(absent) removes those that are named. An AMI that does not exist any more has no permissions, which is a warning
        and no failure.
      - V(private) removes all explicit and public permissions, so only the owner can launch the AMI. It cannot be combined
        with named principals.
    type: str
    choices: [present, absent, private]
    default: present
  purge:
    description:
      - With O(state=present), make each kind that is given exact, that is remove entries of that kind that are not named.
        The kinds are O(account_ids), O(organization_arns), O(organizational_unit_arns) and O(public).
      - An option that is not given is not managed. An empty list together with O(purge=true) means nobody, and
        O(public=false) with O(purge=true) means not public.
    type: bool
    default: false
extends_documentation_fragment:
  - golden.ami.targets
  - golden.ami.targets.principals
  - golden.ami.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(ec2:DescribeImages), C(ec2:DescribeImageAttribute) and C(ec2:ModifyImageAttribute), and
    C(ec2:ResetImageAttribute) for O(state=private). To add somebody to an encrypted AMI: C(ec2:DescribeSnapshots) and
    C(kms:DescribeKey). To make an AMI public: C(ec2:GetImageBlockPublicAccessState)."
  - "What AWS would reject is refused before any call that changes something, and in check mode: to share an AMI that is
     encrypted with the AWS managed key (C(aws/ebs)), and to make public an AMI that is encrypted or has product codes, or
     any AMI while block public access is on. Whether an account or an organization exists, and whether a quota of public
     AMIs is reached, cannot be determined before."
  - "Calls for a run: one C(DescribeImages) for each Region and up to 200 AMIs (one more where an ID is unknown), one
     C(DescribeImageAttribute) for each AMI, where somebody is added to encrypted AMIs one C(DescribeSnapshots) for each
     Region and one C(DescribeKey) for each key, where something becomes public one C(GetImageBlockPublicAccessState) for
     each Region, and one C(ModifyImageAttribute) for each AMI that changes, whatever the number of principals (EC2 takes
     10,000 in one request). Where the entries to remove and to add would together exceed the quota, the removals are sent
     first, in a request of their own. O(state=private) uses C(ResetImageAttribute) and reads back, because AWS does not say
     whether it covers organizations; what is left is then removed."
  - Throttling and errors on AWS's side are retried with exponential back-off, six tries in all. Each try may take
    30 seconds.
  - "In each Region no faster than the default quotas of EC2: 100 calls of C(DescribeImageAttribute) at once and 20 a
    second after that, and as many of C(ModifyImageAttribute) at once and 5 a second after that."
  - Whether AWS refuses a well-formed account ID that does not exist is not documented.
seealso:
  - module: golden.ami.launch_permission_info
  - module: golden.ami.launch_permission_cancellation
  - module: golden.ami.kms_grant
  - module: golden.ami.image_info
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Allow two accounts to launch an AMI in two Regions
  golden.ami.launch_permission:
    images:
      - image_id: ami-0123456789abcdef0
        region: eu-west-1
      - image_id: ami-0fedcba9876543210
        region: us-east-1
    account_ids:
      - "111122223333"
      - "012345670123"

- name: Share with an organization and an organizational unit
  golden.ami.launch_permission:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    organization_arns:
      - arn:aws:organizations::111122223333:organization/o-exampleorgid
    organizational_unit_arns:
      - arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid

- name: Remove one account, everybody else keeps access
  golden.ami.launch_permission:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    account_ids: ["111122223333"]
    state: absent

- name: Exactly these accounts; organizations and OUs stay as they are
  golden.ami.launch_permission:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    account_ids: ["111122223333"]
    purge: true

- name: Nobody but the owner
  golden.ami.launch_permission:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    state: private
"""

RETURN = r"""
results:
  description: What happened to each AMI, in the order of O(images). Empty when the input was refused.
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
    status:
      description: V(unchanged), V(changed) (in check mode, would be) or V(failed).
      type: str
      sample: changed
    before:
      description: The launch permissions that were read; null when they could not be.
      type: dict
      contains: &permissions
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
    after:
      description:
        - The launch permissions after the change; in check mode, those that would be. Null after a failed call, whose answer
          may have been lost after the change was made.
      type: dict
      contains: *permissions
    added:
      description: What was (or would be) added.
      type: dict
      contains: *permissions
    removed:
      description: What was (or would be) removed.
      type: dict
      contains: *permissions
    error: &error
      description: Why the target failed; null when it did not.
      type: dict
      contains:
        code:
          description:
            - AWS's error code, such as V(InvalidAMIID.Unavailable), or, when no call was made, one in lower case such as
              V(not_found), V(not_owner), V(pending), V(failed), V(disabled), V(aws_managed_key), V(public_encrypted),
              V(public_product_codes), V(public_access_blocked), V(quota), or V(only_the_owner) for O(purge) with a list that
              names only the AMI's owner.
          type: str
          sample: UnauthorizedOperation
        message:
          description: AWS's message, or what was found.
          type: str
          sample: You are not authorized to perform this operation.
        action:
          description: The IAM action of the call that failed; empty when none was made.
          type: str
          sample: ec2:ModifyImageAttribute
        caller:
          description: ARN of the caller; the access key when AWS does not recognise it.
          type: str
          sample: arn:aws:iam::123456789012:user/images
        next_step:
          description: What to do about it.
          type: str
          sample: Allow ec2:ModifyImageAttribute in the caller's IAM policy; check service control policies too.
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
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import apply as launch_permissions
from ansible_collections.golden.ami.plugins.module_utils._launch_permission import read_for_change
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.plan import plan_image
from ansible_collections.golden.ami.plugins.module_utils._launch_permission.request import parse_request
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_setter


def parse(params, region):
    selectors, partition, problems = args.parse_images(params, region, known_regions())
    request = args.unless(problems, lambda: parse_request(params, partition))
    # Reading needs the request too: snapshots, keys and block public access matter only where somebody is to be added.
    return (selectors, request), request


def main():
    module = args.make_module(
        {
            **args.IMAGES,
            **args.PRINCIPALS,
            "state": {"type": "str", "choices": ["present", "absent", "private"], "default": "present"},
            "purge": {"type": "bool", "default": False},
        },
        **args.one_of_images(),
    )
    apply = functools.partial(launch_permissions.apply, reset=module.params["state"] == "private")
    run_setter(module, parse, read_for_change.read, plan_image, apply)


if __name__ == "__main__":
    main()
