#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_parameter
version_added: 1.0.0
short_description: Publish an AMI's ID as an SSM parameter in many Regions and accounts, and roll it back
description:
  - Keeps the ID of an AMI in a parameter of AWS Systems Manager Parameter Store, with the data type C(aws:ec2:image). Launch
    templates and C(RunInstances) take it as C(resolve:ssm:NAME), so that a new AMI needs no new launch template.
  - Writes it in the account of the task's own credentials and, when asked, in the accounts of consumers, each in the Region of
    the AMI.
  - AWS validates such a parameter after the call has succeeded, and drops a value that it does not accept without telling
    anybody. So this module first looks whether the AMI is available in the account and Region, and refuses it if not. Then it
    writes the value, reads it back until it is there, and fails with V(not_validated) if it does not come.
  - A parameter that holds the AMI already is not written.
  - O(state=rollback) writes the value of the version before, as a new version. What the parameter has held is in
    RV(results[].history).
  - All input is checked before the first call. One account or Region that fails does not keep the others from being done. The
    task then fails at the end.
options:
  name:
    description:
      - Name of the parameter, the same in all accounts and Regions, such as C(/golden/web/latest). It must not begin with C(aws)
        or C(ssm).
    type: str
    required: true
  state:
    description:
      - V(present) makes the parameter hold the AMI of O(images) in each of their Regions.
      - V(rollback) makes it hold again what it held before, or in O(version). Run again without O(version), it goes back to what
        was rolled back.
      - V(absent) deletes it with its history. Launch templates that resolve it fail then.
    type: str
    choices: [present, absent, rollback]
    default: present
  regions:
    description:
      - The Regions of the parameter, for O(state=rollback) and O(state=absent). Without it the module's O(region) is used.
    type: list
    elements: str
  version:
    description:
      - The version whose value O(state=rollback) writes. Without it the newest one that held another AMI than now is taken.
    type: int
  own_account:
    description:
      - Whether the parameter is meant in the account of the task's own credentials, too, when O(account_ids) names others.
    type: bool
    default: true
  description:
    description: Description of versions that are written.
    type: str
  tags:
    description: Tags of a parameter that is made. One that exists keeps its tags.
    type: dict
  validation_timeout:
    description: How many seconds to wait until AWS has validated and stored a value.
    type: int
    default: 60
  history:
    description: How many versions RV(results[].history) shows. AWS keeps 100.
    type: int
    default: 10
  progress_file:
    description:
      - Used by the action plugin of this module to show progress, and set by it. What a task gives is ignored.
    type: path
  images:
    description:
      - The AMIs, one for each Region, with O(state=present). They are worked on at once.
    type: list
    elements: dict
    suboptions:
      image_id:
        description: ID of the AMI.
        type: str
        required: true
      region:
        description: Region of the AMI. Without it the module's O(region) is used.
        type: str
  image_id:
    description:
      - Short form for a single AMI, in the module's O(region).
    type: str
extends_documentation_fragment:
  - golden.ami.targets.consumers
  - golden.ami.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions, of the task's own credentials and of the role in each account: C(ssm:GetParameterHistory), C(ssm:GetParameter),
    C(ssm:PutParameter) or C(ssm:DeleteParameter) on the parameter, C(ssm:AddTagsToResource) with O(tags), and
    C(ec2:DescribeImages). Without the last one AWS drops every value. The task's own credentials need C(sts:AssumeRole) on the
    roles."
  - "Calls for a run that changes nothing: one C(AssumeRole) for each account; one C(GetParameterHistory) (two beyond 50 versions)
    and one C(DescribeImages) for each account and Region. A change adds one C(PutParameter), and C(GetParameter) every 2 seconds
    until the value is there; or one C(DeleteParameter). At most 64 calls run at once."
  - A parameter keeps its data type. One that exists with another one is refused with V(wrong_data_type) and left as it is.
  - Parameter Store answers 40 calls a second for an account and Region by default, and keeps 10,000 standard parameters. Standard
    parameters cost nothing.
  - To promote an AMI only when its consumers can launch it, run M(golden.ami.launch_check) before this module.
  - A parameter can also be shared with accounts through AWS Resource Access Manager, instead of one in each account. This module
    does not do that.
  - Progress is shown on stderr. It is not with C(async), with C(no_log), and over other connections than C(local).
seealso:
  - module: golden.ami.launch_check
  - module: golden.ami.image_tags
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Publish the AMIs of this release, here and in the accounts of the consumers
  golden.ami.image_parameter:
    name: /golden/web/latest
    images:
      - {image_id: ami-0123456789abcdef0, region: eu-west-1}
      - {image_id: ami-0fedcba9876543210, region: us-east-1}
    account_ids: ["111122223333", "444455556666"]
    role_arn: "arn:{partition}:iam::{account}:role/golden-ami-consumer"
    external_id: golden-ami
    description: Release 2026-11

- name: Back to the AMI before, everywhere
  golden.ami.image_parameter:
    name: /golden/web/latest
    state: rollback
    regions: [eu-west-1, us-east-1]
    account_ids: ["111122223333", "444455556666"]
    role_arn: "arn:{partition}:iam::{account}:role/golden-ami-consumer"
    external_id: golden-ami
  register: back

- name: What it has held
  ansible.builtin.debug:
    var: back.results[0].history

- name: Back to what version 7 held, in this account
  golden.ami.image_parameter:
    name: /golden/web/latest
    state: rollback
    version: 7
    region: eu-west-1

- name: Delete it in one account
  golden.ami.image_parameter:
    name: /golden/web/latest
    state: absent
    regions: [eu-west-1]
    own_account: false
    account_ids: ["111122223333"]
    role_arn: "arn:{partition}:iam::{account}:role/golden-ami-consumer"
"""

RETURN = r"""
results:
  description:
    - One entry for each account and Region, account by account, the task's own one first. Empty when the input was refused.
  returned: always
  type: list
  elements: dict
  contains:
    account_id:
      description: The account; null when the task's own credentials are not valid.
      type: str
      sample: "111122223333"
    name:
      description: Name of the parameter.
      type: str
      sample: /golden/web/latest
    region:
      description: Its Region.
      type: str
      sample: eu-west-1
    status:
      description: V(unchanged), V(changed) or V(failed). In check mode, what it would be.
      type: str
      sample: changed
    before:
      description: What it held; null when there was none.
      type: dict
      contains: &version
        image_id:
          description: The AMI.
          type: str
          sample: ami-0123456789abcdef0
        version:
          description: The version of the parameter.
          type: int
          sample: 7
    after:
      description:
        - What it holds now, as it was read back; in check mode, would hold. Null when there is none, and where that is not known
          after a failed call.
      type: dict
      contains: *version
    history:
      description: What it held before this run, the newest first, at most O(history) versions.
      type: list
      elements: dict
      contains:
        image_id:
          description: The AMI.
          type: str
          sample: ami-0123456789abcdef0
        version:
          description: The version of the parameter.
          type: int
          sample: 7
        modified:
          description: When it was written, in UTC.
          type: str
          sample: "2026-11-02T09:30:00Z"
    error:
      description:
        - Why it failed; null when it did not. Keys as for M(golden.ami.launch_permission). Besides AWS's codes there are
          V(not_shared) for an AMI that the account does not see, its state for one that is not available, V(wrong_data_type),
          V(not_validated) for a value that AWS has not stored, V(overtaken) when somebody else has written meanwhile; and for
          O(state=rollback) V(not_found), V(no_earlier_version) and V(no_such_version).
      type: dict
      sample: null
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each cause, the accounts and Regions that it concerns, AWS's error code and the next step.
  returned: on failure
  type: str
"""

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._consumer.read_session import Session
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.apply import apply
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.plan import plan_parameter
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.read import read
from ansible_collections.golden.ami.plugins.module_utils._image_parameter.request import parse_request
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.progress import ProgressFile
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_setter


class Publishing:
    """The steps of one run, which share a session."""

    def __init__(self, tell):
        self.tell = tell

    def parse(self, params, region):
        images, problems = args.parse_images_if_given(params, region, known_regions())
        request = args.unless(problems, lambda: parse_request(params, images, region, known_regions()))
        return request, request

    def read(self, aws, request):
        self.request = request
        self.session = Session(aws, request.consumers, request.regions[0], self.tell)
        return read(self.session, request)

    def apply(self, _aws, plans):
        return apply(self.session, plans, self.request)


def main():
    module = args.make_module(
        {
            **args.IMAGES,
            **args.CONSUMERS,
            **args.PROGRESS,
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent", "rollback"], "default": "present"},
            "regions": {"type": "list", "elements": "str"},
            "version": {"type": "int"},
            "own_account": {"type": "bool", "default": True},
            "description": {"type": "str"},
            "tags": {"type": "dict"},
            "validation_timeout": {"type": "int", "default": 60},
            "history": {"type": "int", "default": 10},
        },
        mutually_exclusive=[("images", "image_id")],
    )
    publishing = Publishing(ProgressFile(module.params["progress_file"]).tell)
    run_setter(module, publishing.parse, publishing.read, plan_parameter, publishing.apply)


if __name__ == "__main__":
    main()
