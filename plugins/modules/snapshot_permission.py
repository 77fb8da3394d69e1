#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: snapshot_permission
version_added: 1.0.0
short_description: Manage which accounts may use the snapshots of AMIs, for many AMIs in many Regions at once
description:
  - Adds accounts to the create-volume permissions of EBS snapshots, removes them, or makes the accounts exact. The snapshots
    are named by their AMIs or one by one.
  - Launching from a shared AMI does not need this. A consumer needs it to B(copy) the AMI, to another Region or with a key
    of its own, and to create volumes from its snapshots.
  - Sharing a snapshot gives more access than sharing an AMI. The account can copy the whole content of the disk, keeps the
    copy when the permission is removed, and needs no instance to read it.
  - Permissions that are not named are not changed, unless O(purge=true) is set.
  - The module never makes a snapshot public. One that is public is reported (RV(results[].before.public)) with a warning
    and stays public, because its group V(all) is never changed.
  - Snapshots cannot be shared with organizations and organizational units, because Amazon EC2 only supports accounts here.
    Name the accounts in them that need to copy.
  - All input is checked before the first call. If one value is wrong, nothing is changed in any Region, and the message
    names every wrong value.
  - A failure of one snapshot does not stop the others. The task fails at the end, and RV(results) has the outcome of each.
  - Consumers of an encrypted snapshot also need access to its KMS key; see M(golden.ami.kms_grant). The module never
    changes the key. Permissions can be managed while the key is disabled.
options:
  images:
    description:
      - The AMIs whose EBS snapshots are managed, all of each, in any number of Regions, in parallel. Results are in this
        order. A snapshot of several of these AMIs appears once, with the first of them.
      - Exactly one of O(images), O(image_id), O(snapshots) and O(snapshot_id) is required.
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
  snapshots:
    description:
      - The snapshots, in any number of Regions, if not all of an AMI are meant or if they belong to no AMI.
    type: list
    elements: dict
    suboptions:
      snapshot_id:
        description: ID of the snapshot.
        type: str
        required: true
      region:
        description: Region of the snapshot. Without it the module's O(region) is used.
        type: str
  snapshot_id:
    description:
      - Short form for a single snapshot, in the module's O(region).
    type: str
  account_ids:
    description:
      - AWS accounts, as strings of 12 digits. Quote them, because YAML reads an unquoted ID with a leading zero as an
        octal number. Such a value is refused, never padded.
      - The snapshot's owner may always use it; its own account is dropped with a warning.
    type: list
    elements: str
    aliases: [user_ids]
  state:
    description:
      - V(present) adds the accounts that are named.
      - V(absent) removes the accounts that are named. An AMI or a snapshot that does not exist any more has no permissions,
        which is a warning and no failure.
    type: str
    choices: [present, absent]
    default: present
  purge:
    description:
      - With O(state=present), remove accounts that are not named in O(account_ids). An empty list together with
        O(purge=true) means no account at all.
      - Accounts that are kept and accounts that are added have access all the time.
    type: bool
    default: false
extends_documentation_fragment:
  - golden.ami.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(ec2:DescribeSnapshots), C(ec2:DescribeSnapshotAttribute) and C(ec2:ModifySnapshotAttribute);
    C(ec2:DescribeImages) for O(images) and O(image_id); C(kms:DescribeKey) when an account is added to an encrypted
    snapshot."
  - "Calls for a run: one C(DescribeImages) for each Region and up to 200 AMIs, one C(DescribeSnapshots) for each Region and
    up to 200 snapshots (one more where IDs of AMIs are unknown, and one more for each unknown ID of a snapshot), one
    C(DescribeSnapshotAttribute) for each snapshot, and one C(ModifySnapshotAttribute) for each 500 accounts that are added
    and for each 500 that are removed, additions first, since EC2 takes no request that does both. C(DescribeKey) is called
    once for each key of the encrypted snapshots to which somebody is added."
  - A snapshot that is encrypted with the AWS managed key (C(aws/ebs)) cannot be shared. It is refused before any call that
    changes something.
  - C(ResetSnapshotAttribute) is never used. It would remove the access of every account for a while.
  - EC2 documents no limit to the number of accounts for one snapshot. Nor does it document the error for a caller who does
    not own the snapshot, or whether the permissions of a pending snapshot can be changed. The module refuses to add
    accounts to a pending snapshot.
  - Permissions do not carry over to copies of a snapshot.
  - Throttling and errors on AWS's side are retried with exponential back-off, six tries in all. Each try may take
    30 seconds.
  - "In each Region no faster than the default quotas of EC2: 100 calls of C(DescribeSnapshotAttribute) at once and 20 a
    second after that, and as many of C(ModifySnapshotAttribute) at once and 5 a second after that."
seealso:
  - module: golden.ami.launch_permission
  - module: golden.ami.kms_grant
  - module: golden.ami.image_info
  - module: amazon.aws.ec2_snapshot
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Let two accounts copy an AMI that lives in two Regions
  golden.ami.snapshot_permission:
    images:
      - image_id: ami-0123456789abcdef0
        region: eu-west-1
      - image_id: ami-0fedcba9876543210
        region: us-east-1
    account_ids:
      - "111122223333"
      - "012345670123"

- name: Take one account away, everybody else keeps access
  golden.ami.snapshot_permission:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    account_ids: ["111122223333"]
    state: absent

- name: Exactly this account for one snapshot
  golden.ami.snapshot_permission:
    snapshot_id: snap-0123456789abcdef0
    region: eu-west-1
    account_ids: ["111122223333"]
    purge: true

- name: No account but the owner
  golden.ami.snapshot_permission:
    snapshots:
      - snapshot_id: snap-0123456789abcdef0
        region: eu-west-1
    account_ids: []
    purge: true
"""

RETURN = r"""
results:
  description:
    - What happened to each snapshot, in the order of O(images) or O(snapshots). An AMI whose snapshots are not known has one
      entry. Empty when the input was refused.
  returned: always
  type: list
  elements: dict
  contains:
    image_id:
      description: ID of the AMI whose snapshot it is; null when the snapshot was named itself.
      type: str
      sample: ami-0123456789abcdef0
    snapshot_id:
      description: ID of the snapshot; null for an AMI whose snapshots are not known.
      type: str
      sample: snap-0123456789abcdef0
    region:
      description: Region of the snapshot.
      type: str
      sample: eu-west-1
    status:
      description: V(unchanged), V(changed) (in check mode, would be) or V(failed).
      type: str
      sample: changed
    before:
      description: The create-volume permissions that were read; null when they could not be.
      type: dict
      contains: &permissions
        account_ids:
          description: Accounts, sorted.
          type: list
          elements: str
          sample: ["111122223333"]
        public:
          description: Whether everybody may use the snapshot; never changed here.
          type: bool
          sample: false
    after:
      description:
        - The permissions after the change; in check mode, those that would be. Null after a failed call, whose answer may have
          been lost after the change was made, or which followed others that were made.
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
    error:
      description: Why the target failed; null when it did not.
      type: dict
      contains:
        code:
          description:
            - AWS's error code, such as V(UnauthorizedOperation), or, when no call was made, one in lower case, which is
              V(not_found), V(not_owner), V(pending), V(failed), V(not_completed), V(no_snapshots), V(aws_managed_key), or
              V(only_the_owner) for O(purge) with a list that names only the snapshot's owner. An AMI without snapshots
              may also have the codes of M(golden.ami.launch_permission).
          type: str
          sample: aws_managed_key
        message:
          description: AWS's message, or what was found.
          type: str
          sample: You are not authorized to perform this operation.
        action:
          description: The IAM action of the call that failed; empty when none was made.
          type: str
          sample: ec2:ModifySnapshotAttribute
        caller:
          description: ARN of the caller; the access key when AWS does not recognise it.
          type: str
          sample: arn:aws:iam::123456789012:user/images
        next_step:
          description: What to do about it.
          type: str
          sample: Copy the AMI with a customer managed key (golden.ami.image_copy with a destination in the AMI's own Region and
            kms_key_id) and share the copy.
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each failed snapshot, who was calling what, AWS's error code and the next step.
  returned: on failure
  type: str
"""

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_setter
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import apply as snapshot_permissions
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission import read as read_snapshot_permission
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.plan import plan_snapshot
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.request import parse_request


def parse(params, region):
    targets, problems = args.parse_images_or_snapshots(params, region, known_regions())
    request = args.unless(problems, lambda: parse_request(params))
    # Reading needs the request too: keys matter only where somebody is to be added.
    return (targets, request), request


def main():
    module = args.make_module(
        {
            **args.IMAGES,
            **args.SNAPSHOTS,
            "account_ids": args.PRINCIPALS["account_ids"],
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "purge": {"type": "bool", "default": False},
        },
        **args.one_of_images_or_snapshots(),
    )
    run_setter(module, parse, read_snapshot_permission.read, plan_snapshot, snapshot_permissions.apply)


if __name__ == "__main__":
    main()
