#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: launch_permission_cancellation
version_added: 1.0.0
short_description: Cancel the sharing of AMIs with the caller's account, in many Regions at once
description:
  - Removes the account whose credentials are used, a consumer, from the launch permissions of AMIs that other accounts own.
  - The consumer cannot undo this. Only the owner can share the AMI with it again. The owner's next run of the role
    P(golden.ami.share#role), or of M(golden.ami.launch_permission), does so if the account is still in its list; ask the
    owner to remove it there.
  - Only a share with the account's own ID can be cancelled. Only the owner can stop sharing an AMI with an organization or
    an organizational unit (OU), or make a public AMI private.
  - AWS does not show a consumer whether an AMI is shared with its account or through an organization or OU, until it tries
    to cancel. Check mode only reads, so it predicts success for both. A real run fails with the code
    V(shared_by_organization) for an AMI that is shared only through an organization or OU, and nothing is changed there.
  - An AMI that is shared in both ways loses the share with the account and stays shared through the organization or OU. The
    result is V(changed), with a warning, and RV(results[].after) says so. A further run then finds only the share with the
    organization or OU, and fails with V(shared_by_organization).
  - An AMI that is not shared with the account, or is gone, is V(unchanged), with a warning. So is a public one.
  - Running instances are not affected. Copies that the account made remain. Access to KMS keys and snapshots, which the
    owner gave, does not end with the launch permission.
  - All input is checked before the first call. If one value is wrong, nothing is changed in any Region, and the message
    names every wrong value.
  - A failure of one AMI does not stop the others. The task fails at the end, and RV(results) has the outcome of each.
extends_documentation_fragment:
  - golden.ami.targets
  - golden.ami.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(ec2:DescribeImages) and C(ec2:CancelImageLaunchPermission)."
  - "Calls for a run: two C(DescribeImages) for each Region and up to 200 AMIs (for C(ExecutableUsers=self) and for the
    account's own AMIs), and a third (for public AMIs) where an AMI is in neither; one C(CancelImageLaunchPermission) for each
    AMI that is shared. Then C(DescribeImages) for C(ExecutableUsers=self) again, for each Region where a share was to be
    cancelled, up to three times within four seconds while an AMI is still in it."
  - Amazon EC2 is eventually consistent and documents no time. An AMI that is still shared after these four seconds counts as
    shared through an organization or OU.
  - AWS distinguishes the two kinds of shares only when one is cancelled. For an AMI that is shared only through an
    organization or OU, every run makes a C(CancelImageLaunchPermission) that AWS rejects.
  - Where the account has enabled Allowed AMIs in a Region, C(DescribeImages) leaves out AMIs that are not allowed. Such an
    AMI counts as not shared here; the warning points to it.
  - Throttling and errors on AWS's side are retried with exponential back-off, six tries in all. Each try may take
    30 seconds.
  - Which error AWS gives to the owner of an AMI is not documented; an own AMI is refused before any call that changes something.
seealso:
  - module: golden.ami.launch_permission
  - name: Cancel having an AMI shared with your AWS account
    description: The EC2 User Guide.
    link: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/cancel-sharing-an-AMI.html
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Give up an AMI in two Regions, with credentials of the consumer
  golden.ami.launch_permission_cancellation:
    profile: consumer
    images:
      - image_id: ami-0123456789abcdef0
        region: eu-west-1
      - image_id: ami-0fedcba9876543210
        region: us-east-1

- name: See whether an AMI is shared with this account at all
  golden.ami.launch_permission_cancellation:
    profile: consumer
    image_id: ami-0123456789abcdef0
    region: eu-west-1
  check_mode: true
  register: preview

- name: Show it
  ansible.builtin.debug:
    msg: "Shared: {{ preview.results[0].before.shared }}, by {{ preview.results[0].owner_id }}"
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
      description: Why the account may launch the AMI, as it was read; null when it could not be, and for an own AMI.
      type: dict
      contains: &access
        shared:
          description:
            - Whether the AMI is shared with the account, through its ID, its organization or an OU that it is in, that is
              whether C(DescribeImages) has it for C(ExecutableUsers=self).
          type: bool
          sample: true
        through_organization:
          description:
            - Whether it is shared through an organization or OU. Null for a shared AMI until its cancellation was tried,
              because AWS does not show it before.
          type: bool
          sample: null
        public:
          description: Whether everybody may launch it.
          type: bool
          sample: false
    after:
      description:
        - The same after the cancellation; in check mode, as it would be if the AMI is not shared through an organization or
          OU as well. Null after a failed call, whose answer may have been lost after the share was cancelled.
      type: dict
      contains: *access
    owner_id:
      description: Account that owns the AMI; null when the account does not see it.
      type: str
      sample: "123456789012"
    error:
      description: Why the target failed; null when it did not.
      type: dict
      contains:
        code:
          description:
            - AWS's error code, such as V(UnauthorizedOperation), or one in lower case, which is V(owner) for an AMI that the
              account owns, or V(shared_by_organization) for one that is shared only through an organization or OU.
          type: str
          sample: shared_by_organization
        message:
          description: AWS's message, or what was found.
          type: str
          sample: You are not authorized to perform this operation.
        action:
          description: The IAM action of the call that failed; empty when none was made.
          type: str
          sample: ec2:CancelImageLaunchPermission
        caller:
          description: ARN of the caller; the access key when AWS does not recognise it.
          type: str
          sample: arn:aws:iam::111122223333:user/images
        next_step:
          description: What to do about it.
          type: str
          sample: Allow ec2:CancelImageLaunchPermission in the caller's IAM policy; check service control policies too.
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
from ansible_collections.golden.ami.plugins.module_utils._cancellation import apply as cancellations
from ansible_collections.golden.ami.plugins.module_utils._cancellation.plan import plan_cancellation
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_setter


def parse(params, region):
    selectors, _partition, problems = args.parse_images(params, region, known_regions())
    return args.unless(problems, lambda: selectors), None


def main():
    module = args.make_module(dict(args.IMAGES), **args.one_of_images())
    run_setter(module, parse, cancellations.read, plan_cancellation, cancellations.apply)


if __name__ == "__main__":
    main()
