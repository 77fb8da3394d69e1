#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_tags
version_added: 1.0.0
short_description: Carry the tags of shared AMIs into the accounts of their consumers
description:
  - AWS shows the tags of an AMI only to the account that has set them. A consumer sees a shared AMI without tags, and does not
    find it by them. This module assumes a role in each of O(account_ids) and sets there the tags that the owner has on the AMI,
    all of them or some.
  - The consumer's own tags stay. A tag that the consumer has with another value stays, too, unless O(overwrite) says otherwise.
    It is in RV(results[].kept), with one warning for all of them.
  - Nothing in AWS remembers who has set a tag. So O(state=absent) removes exactly the pairs of key and value that the owner has
    now, or that O(tags) names. A pair whose value is another one in the account stays.
  - All input is checked before the first call. One account that fails does not keep the others from being done. The task then
    fails at the end.
options:
  state:
    description:
      - V(present) sets the tags that are missing. V(absent) removes those that match in key and value.
    type: str
    choices: [present, absent]
    default: present
  tags:
    description:
      - The tags. Without it the tags are carried that the owner has on each AMI, which takes the credentials of the AMIs' owner.
        Tags that begin with C(aws:) are AWS's own and are left out.
      - Needed without O(account_ids).
    type: dict
  tag_keys:
    description:
      - Of the owner's tags, only those with these keys. A key that the owner does not have is a failure of the AMI.
    type: list
    elements: str
  overwrite:
    description: Whether a tag that the consumer has with another value is replaced.
    type: bool
    default: false
  progress_file:
    description:
      - Used by the action plugin of this module to show progress, and set by it. What a task gives is ignored.
    type: path
extends_documentation_fragment:
  - golden.ami.targets
  - golden.ami.targets.consumers
  - golden.ami.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions of the task's own credentials: C(sts:AssumeRole), C(ec2:DescribeImages)."
  - "IAM actions of the role in each account: C(ec2:DescribeImages); C(ec2:CreateTags) on the AMIs with O(state=present),
    C(ec2:DeleteTags) with O(state=absent)."
  - "Calls for a run that changes nothing: one C(AssumeRole) for each account, one C(DescribeImages) for each account and
    Region, and one of the owner for each Region. A change adds one C(CreateTags) or C(DeleteTags) for each account and Region
    and set of tags, for up to 1,000 AMIs. At most 64 calls run at once."
  - A resource has at most 50 tags in an account. An AMI that would have more is a failure, and its tags stay as they are.
  - When a tag of the owner gets a new value, the accounts keep the old one, because it could be their own. O(overwrite)
    replaces it.
  - The owner's own account is left alone, also when it is one of O(account_ids).
  - Tags are set on the AMI, not on its snapshots.
  - Progress is shown on stderr. It is not with C(async), with C(no_log), and over other connections than C(local).
seealso:
  - module: golden.ami.image_parameter
  - module: golden.ami.shared_image_info
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Let consumers find the AMI by the tags that it has here
  golden.ami.image_tags:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    account_ids: ["111122223333", "444455556666"]
    role_arn: "arn:{partition}:iam::{account}:role/golden-ami-consumer"
    external_id: golden-ami

- name: Two of them, in two Regions, with new values where they have changed
  golden.ami.image_tags:
    images:
      - {image_id: ami-0123456789abcdef0, region: eu-west-1}
      - {image_id: ami-0fedcba9876543210, region: us-east-1}
    account_ids: ["111122223333"]
    role_arn: "arn:{partition}:iam::{account}:role/golden-ami-consumer"
    tag_keys: [Name, Release]
    overwrite: true

- name: Take them away again
  golden.ami.image_tags:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    account_ids: ["111122223333"]
    role_arn: "arn:{partition}:iam::{account}:role/golden-ami-consumer"
    state: absent

- name: As a consumer, tag a shared AMI
  golden.ami.image_tags:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    tags:
      Approved: "yes"
"""

RETURN = r"""
results:
  description: One entry for each pair of account and AMI, account by account, in the order of O(account_ids) and O(images).
  returned: always
  type: list
  elements: dict
  contains:
    account_id:
      description: The account; null when the task's own credentials are not valid.
      type: str
      sample: "111122223333"
    image_id:
      description: The AMI.
      type: str
      sample: ami-0123456789abcdef0
    region:
      description: Its Region.
      type: str
      sample: eu-west-1
    status:
      description: V(unchanged), V(changed) or V(failed). In check mode, what it would be.
      type: str
      sample: changed
    before:
      description: All tags that the account had on the AMI; null when they could not be read.
      type: dict
      sample: {Team: web}
    after:
      description: All tags that it has now, in check mode would have; null after a failed call.
      type: dict
      sample: {Team: web, Release: "2026-11"}
    set:
      description: The tags that were set, in check mode would be.
      type: dict
      sample: {Release: "2026-11"}
    removed:
      description: The tags that were removed, in check mode would be.
      type: dict
      sample: {}
    kept:
      description: The account's own values of tags that stay, because they are other ones than those to be set or removed.
      type: dict
      sample: {}
    error:
      description:
        - Why it failed; null when it did not. Keys as for M(golden.ami.launch_permission). Besides AWS's codes there are
          V(not_shared) for an AMI that the account does not see, V(not_found) for one that the task's own credentials do not see,
          V(no_such_tag) for a key in O(tag_keys) that the owner does not have, and V(too_many_tags).
      type: dict
      sample: null
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each cause, the pairs that it concerns, AWS's error code and the next step.
  returned: on failure
  type: str
"""

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._consumer.read_session import Session
from ansible_collections.golden.ami.plugins.module_utils._image_tags.apply import apply
from ansible_collections.golden.ami.plugins.module_utils._image_tags.plan import plan_tags, warn_of_kept
from ansible_collections.golden.ami.plugins.module_utils._image_tags.read import read
from ansible_collections.golden.ami.plugins.module_utils._image_tags.request import parse_request
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.progress import ProgressFile
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_setter


class Tagging:
    """The steps of one run, which share a session."""

    def __init__(self, tell):
        self.tell = tell

    def parse(self, params, region):
        images, partition, problems = args.parse_images(params, region, known_regions())
        request = args.unless(problems, lambda: parse_request(params, images, partition))
        return request, request

    def read(self, aws, request):
        self.session = Session(aws, request.consumers, request.images[0].region, self.tell)
        return read(self.session, request)

    def apply(self, _aws, plans):
        return apply(self.session, plans)


def main():
    module = args.make_module(
        {
            **args.IMAGES,
            **args.CONSUMERS,
            **args.PROGRESS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "tags": {"type": "dict"},
            "tag_keys": {"type": "list", "elements": "str", "no_log": False},
            "overwrite": {"type": "bool", "default": False},
        },
        mutually_exclusive=[("images", "image_id"), ("tags", "tag_keys")],
        required_one_of=[("images", "image_id")],
    )
    tagging = Tagging(ProgressFile(module.params["progress_file"]).tell)
    run_setter(module, tagging.parse, tagging.read, plan_tags, tagging.apply, warn_of_kept)


if __name__ == "__main__":
    main()
