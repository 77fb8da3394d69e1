#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: launch_check
version_added: 1.0.0
short_description: Tell whether each consumer account can launch each AMI, from inside the account
description:
  - Assumes a role in each of O(account_ids) and tries, in every Region of O(images), what a launch needs. It looks whether the
    AMI is visible there, whether the account's Allowed AMIs setting hides it, what a dry run of C(RunInstances) says, and what
    KMS's dry runs say about the keys of its snapshots.
  - With O(launch) it starts an instance of each AMI in each account, waits until it runs, reads AWS's reason if it does not, and
    terminates it. Only this proves that EC2 can use the key.
  - Each pair of account and AMI gets one verdict with its reason, the cure and whose job that is. Only V(ready) is fine. An
    account that cannot be reached, and what could not be tested, never counts as fine. The task fails unless all pairs are
    ready; see O(report_only).
  - What the account lacks for the test itself, such as a default VPC or room for an instance, is V(not_tested) and no verdict
    about the AMI.
  - The task's own credentials should be those of the AMIs' owner, because only the owner can tell which keys the snapshots are
    on. With other credentials name the keys (O(kms_key_arns)).
  - All input is checked before the first call. One account that fails does not keep the others from being tested.
options:
  instance_type:
    description:
      - The instance type to try. Without it V(t3.micro), V(t4g.micro) or V(t2.micro) is taken, whatever fits the AMI's
        architecture (C(x86_64), C(arm64), C(i386)). AMIs of other architectures are V(not_tested) then.
    type: str
  subnet_tags:
    description:
      - Tags of the subnet to launch in. In each account and Region the first available subnet with all of them is taken, by its
        ID. Without it EC2 takes the default VPC.
    type: dict
  kms_key_arns:
    description:
      - ARNs of the keys that encrypted AMIs are on, for AMIs whose snapshots the task's own credentials cannot read. All keys of
        a Region are tried for each such AMI in it.
    type: list
    elements: str
  auto_scaling:
    description:
      - Whether Amazon EC2 Auto Scaling must be able to launch, too. Its service-linked role must exist in the account, and a
        grant or the key policy must let that role use each key. To read these takes the key owner's credentials.
    type: bool
    default: false
  launch:
    description:
      - Start an instance for each pair of account and AMI that passes the dry run, and terminate it. This costs a minute of each
        instance. Instances that run are visible to the account's monitoring and rules.
    type: bool
    default: false
  launch_timeout:
    description: How many seconds an instance may be pending before it counts as V(not_tested) and is terminated.
    type: int
    default: 300
  instance_tags:
    description:
      - Tags for the instances that are started and their volumes, where policies of the account ask for some. All of them have
        the tag C(golden.ami=launch_check) as well.
    type: dict
  report_only:
    description: Only report. The task does not fail for what is not ready.
    type: bool
    default: false
  progress_file:
    description:
      - Used by the action plugin of this module to show progress, and set by it. What a task gives is ignored.
    type: path
extends_documentation_fragment:
  - golden.ami.targets
  - golden.ami.targets.consumers
  - golden.ami.attributes.check
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions of the task's own credentials: C(sts:AssumeRole), C(ec2:DescribeImages), C(ec2:DescribeSnapshots); with
    O(auto_scaling) C(kms:ListGrants) and C(kms:GetKeyPolicy)."
  - "IAM actions of the role in each account: C(ec2:DescribeImages), C(ec2:GetAllowedImagesSettings), C(ec2:RunInstances) for
    the AMIs, subnets and instances; for encrypted AMIs C(kms:DescribeKey), C(kms:Decrypt), C(kms:ReEncryptFrom),
    C(kms:ReEncryptTo), C(kms:GenerateDataKeyWithoutPlaintext) and C(kms:CreateGrant) on the keys' ARNs; C(ec2:DescribeSubnets)
    with O(subnet_tags); C(iam:GetRole) with O(auto_scaling); C(ec2:CreateTags), C(ec2:DescribeInstances) and
    C(ec2:TerminateInstances) with O(launch)."
  - "Calls for a run: one C(AssumeRole) for each account; for each account and Region one C(DescribeImages) for all AMIs (two, and
    C(GetAllowedImagesSettings), where one is not shared); one C(RunInstances) dry run for each pair of account and AMI; five of
    KMS for each account and key. A launch adds C(RunInstances), C(TerminateInstances) and C(DescribeInstances) every
    5 seconds. At most 64 calls run at once."
  - A dry run of C(RunInstances) shows what IAM and the share allow. It does not touch keys, quotas of volumes and capacity.
  - "KMS's dry runs can say no although a launch works. This is so where the key policy lets the account in through EC2 alone
    (C(kms:ViaService)), which gives V(key_denied), and where only AWS services may make grants (C(kms:GrantIsForAWSResource)),
    which gives V(not_tested). O(launch) tells, and its answer counts."
  - KMS's dry runs of C(Decrypt) and C(ReEncrypt) need a botocore that knows their parameter C(DryRunModifiers). With an older one
    RV(results[].kms_keys[].untested) names them. The Allowed AMIs setting is read with botocore 1.35.72 or newer.
  - An instance is terminated even when the task is interrupted or fails. Only a process that is killed leaves one behind, which
    its tag C(golden.ami=launch_check) finds. One that could not be terminated fails the task with V(not_terminated).
  - Amazon EC2 and KMS are eventually consistent. What was shared within the last minutes may not be ready yet; run again.
  - Progress is shown on stderr. It is not with C(async), with C(no_log), and over other connections than C(local).
seealso:
  - module: golden.ami.image_info
  - module: golden.ami.shared_image_info
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Can every consumer launch the AMIs of this release
  golden.ami.launch_check:
    images:
      - {image_id: ami-0123456789abcdef0, region: eu-west-1}
      - {image_id: ami-0fedcba9876543210, region: us-east-1}
    account_ids: ["111122223333", "444455556666"]
    role_arn: "arn:{partition}:iam::{account}:role/golden-ami-consumer"
    external_id: golden-ami
  register: check

- name: Prove it with an instance in each account, in a subnet of its own
  golden.ami.launch_check:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    account_ids: ["111122223333"]
    role_arn: "arn:{partition}:iam::{account}:role/golden-ami-consumer"
    launch: true
    subnet_tags:
      Purpose: image-tests

- name: See what is missing, without failing
  golden.ami.launch_check:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    account_ids: ["111122223333", "444455556666"]
    role_arn: "arn:{partition}:iam::{account}:role/golden-ami-consumer"
    auto_scaling: true
    report_only: true
  register: check

- name: Whose job it is
  ansible.builtin.debug:
    msg: "{{ item.account_id }}: {{ item.reason }}. {{ item.job_of }}: {{ item.cure }}"
  loop: "{{ check.results | rejectattr('verdict', 'equalto', 'ready') }}"

- name: As a consumer, can I launch it
  golden.ami.launch_check:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    kms_key_arns: ["arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
"""

RETURN = r"""
ready:
  description: Whether all pairs are ready.
  returned: when the input was accepted
  type: bool
  sample: false
counts:
  description: How many pairs have each verdict, for every verdict that there is.
  returned: when the input was accepted
  type: dict
  sample:
    ready: 33
    not_shared: 1
    hidden_by_allowed_images: 0
    key_denied: 0
    launch_denied: 0
    not_reachable: 0
    not_tested: 0
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
    verdict:
      description:
        - V(ready), or the first thing that stands in the way.
        - V(not_shared), the account does not see the AMI, or EC2 does not let it launch it. V(hidden_by_allowed_images), its own
          Allowed AMIs setting hides it. V(key_denied), it cannot use a key of the AMI. V(launch_denied), IAM, an organization's
          policy, AWS Marketplace or the AMI's state keeps it from launching, or an instance ended with another reason.
        - V(not_reachable), the role cannot be assumed, the Region is not enabled, or AWS does not answer. V(not_tested),
          something that the test itself needs is missing. Neither says anything about the AMI.
      type: str
      sample: key_denied
    reason:
      description: Why, in a sentence; null when it is ready.
      type: str
      sample: The account may not use the AMI's key (DescribeKey)
    cure:
      description: What to do about it; null when it is ready.
      type: str
      sample: "Let the account use the key: golden.ami.image_share, or golden.ami.kms_grant."
    job_of:
      description: Who can do that, V(owner) or V(consumer); null when it is ready, and when it is neither's.
      type: str
      sample: owner
    notes:
      description: What to know all the same, such as a deprecation, or that Allowed AMIs would hide the AMI once it is enabled.
      type: list
      elements: str
      sample: []
    answer:
      description: AWS's own answer that decided; null when none did.
      type: dict
      contains:
        action:
          description: The IAM action.
          type: str
          sample: kms:DescribeKey
        code:
          description: AWS's error code, or the code of the state reason of an instance.
          type: str
          sample: AccessDeniedException
        message:
          description: AWS's message.
          type: str
          sample: "User arn:aws:sts::111122223333:assumed-role/golden-ami-consumer/golden.ami is not authorized to perform this"
    visible:
      description:
        - Through what the account sees the AMI, V(shared), V(public) or V(own), else V(no); V(unknown) when it could not be read.
      type: str
      sample: shared
    allowed_images:
      description:
        - The Allowed AMIs setting, V(disabled), V(audit-mode) or V(enabled). It is read only where an AMI is not visible, and is
          null elsewhere.
      type: str
      sample: null
    dry_run:
      description: V(passed), EC2's error code, or V(untried).
      type: str
      sample: passed
    instance_type:
      description: The instance type that was tried; null when none is known.
      type: str
      sample: t3.micro
    kms_keys:
      description: The keys of the AMI, as far as they are known.
      type: list
      elements: dict
      contains:
        key_arn:
          description: The key.
          type: str
          sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
        state:
          description: Its state, such as V(Enabled); null when it could not be read.
          type: str
          sample: null
        denied:
          description: The operations that KMS denies the role; null when they were not tried.
          type: list
          elements: str
          sample: [DescribeKey]
        untested:
          description: Operations for whose dry run the installed botocore is too old; null when none was tried.
          type: list
          elements: str
          sample: []
    auto_scaling:
      description: Whether Auto Scaling could launch; null unless O(auto_scaling) asks for it.
      type: dict
      contains:
        role:
          description: Whether its service-linked role exists; null when that could not be read.
          type: bool
          sample: true
        key_access:
          description: What lets the role use each key, by the key's ARN, V(grant), V(key_policy), V(none) or V(unknown).
          type: dict
          sample: {}
    launch:
      description: The instance that was started; null when none was.
      type: dict
      contains:
        instance_id:
          description: Its ID; null when EC2 refused to start one.
          type: str
          sample: i-0123456789abcdef0
        state:
          description: The last state that was seen before it was terminated.
          type: str
          sample: running
        state_reason_code:
          description: AWS's code for the reason of the state; null when there is none.
          type: str
          sample: null
        state_reason:
          description: AWS's message for it; null when there is none.
          type: str
          sample: null
        terminated:
          description: Whether EC2 has accepted its termination; null when there was no instance.
          type: bool
          sample: true
    error:
      description:
        - The verdict as an error, with the keys of M(golden.ami.launch_permission); null when the pair is ready, and with
          O(report_only). Its code is the verdict, or V(not_terminated) for an instance that may still run.
      type: dict
      sample: null
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each reason, the pairs that it concerns, and the cure.
  returned: on failure
  type: str
"""

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._consumer.read_session import Session
from ansible_collections.golden.ami.plugins.module_utils._launch_check.apply import apply
from ansible_collections.golden.ami.plugins.module_utils._launch_check.read import read
from ansible_collections.golden.ami.plugins.module_utils._launch_check.report import (
    lines,
    plan_check,
    show,
    summary,
)
from ansible_collections.golden.ami.plugins.module_utils._launch_check.request import parse_request
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.progress import ProgressFile
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_setter


class Check:
    """The steps of one run, which share a session."""

    def __init__(self, tell):
        self.tell = tell

    def parse(self, params, region):
        images, partition, problems = args.parse_images(params, region, known_regions())
        request = args.unless(problems, lambda: parse_request(params, images, partition))
        return request, request

    def read(self, aws, request):
        self.request = request
        self.session = Session(aws, request.consumers, request.regions[0], self.tell)
        return read(self.session, request)

    def apply(self, _aws, plans):
        return apply(self.session, plans, self.request)

    def summary(self, outcomes):
        for line in lines(outcomes):
            self.tell(line)
        return summary(outcomes)


def main():
    module = args.make_module(
        {
            **args.IMAGES,
            **args.CONSUMERS,
            "instance_type": {"type": "str"},
            "subnet_tags": {"type": "dict"},
            "kms_key_arns": {"type": "list", "elements": "str", "no_log": False},
            "auto_scaling": {"type": "bool", "default": False},
            "launch": {"type": "bool", "default": False},
            "launch_timeout": {"type": "int", "default": 300},
            "instance_tags": {"type": "dict"},
            "report_only": {"type": "bool", "default": False},
            "progress_file": {"type": "path"},
        },
        **args.one_of_images(),
    )
    if module.check_mode and module.params["launch"]:
        module.warn("Check mode starts no instance: the verdicts rest on dry runs.")
    check = Check(ProgressFile(module.params["progress_file"]).tell)
    run_setter(module, check.parse, check.read, plan_check, check.apply, show=show, summary=check.summary)


if __name__ == "__main__":
    main()
