#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_copy
version_added: 1.0.0
short_description: Copy an AMI to many Regions at once, make each copy once, and show the progress
description:
  - Copies one AMI to other Regions, encrypts each copy with the key that is given for its Region, and waits until all
    copies are available.
  - With a key it can also make a copy in the AMI's own Region. An AMI that is encrypted with the AWS managed key cannot be
    shared, and such a copy of it can.
  - A copy is identified by its source, never by its name or tags. A Region that has a copy gets no other, also when an
    earlier run was interrupted. The module waits for a copy that is pending. A new source AMI with the same name and tags
    is copied, because it is another source.
  - Everything is checked before the first copy starts, because copies cost time and money. If one Region cannot have its
    copy, no copy is started in any Region, and the message names every reason.
  - A copy that would be encrypted with an AWS managed key is refused, because it could not be shared. This applies to an
    encrypted source without O(destinations[].kms_key_id), and to a Region where EBS encryption by default uses the AWS
    managed key.
  - While the module waits, the terminal and AWX show which copies are available and the progress of the others.
  - Launch permissions do not carry over to copies; see M(golden.ami.launch_permission).
options:
  image_id:
    description:
      - ID of the AMI to copy. It must be available.
      - Give either this, or O(source_name), O(source_tags) or both.
    type: str
    aliases: [source_image_id]
  source_name:
    description:
      - Name of the AMI to copy, with C(*) and C(?) as wildcards. The newest of the caller's own AMIs that matches is taken, by
        creation date, if it is in state available or pending.
      - A copy in the AMI's own Region has its name and tags, as a rule. An AMI that is a copy of another one that matches is
        never taken.
    type: str
  source_tags:
    description: Tags of the AMI to copy, in the caller's account. Values are text and may hold C(*) and C(?) as wildcards.
    type: dict
  source_region:
    description: Region of this AMI. Without it the module's O(region) is used.
    type: str
  destinations:
    description:
      - The Regions to copy to, in the partition of the source; results come in this order.
      - The Region of the source itself needs O(destinations[].kms_key_id). There may be a copy for each key there. The
        requested copy is one whose snapshots are all encrypted with the given key. If the source itself is encrypted with
        that key, nothing is copied, and the Region fails with V(already_encrypted).
      - A Region that is named twice with the same values is used once. With different values it is refused.
    type: list
    elements: dict
    required: true
    suboptions:
      region:
        description: The Region.
        type: str
        required: true
      kms_key_id:
        description:
          - The KMS key for the snapshots of the copy, as key ID, key ARN, alias name (V(alias/NAME)) or alias ARN, in this
            Region. The ARN of a multi-Region key may name another Region, and stands for the replica in this one.
          - It must be a symmetric customer managed key in state Enabled. An unencrypted AMI becomes an encrypted copy with it.
          - A copy that is encrypted with another key is a failure of its Region, except in the Region of the source. The
            key of a copy cannot be changed.
        type: str
      name:
        description: Name of the copy in this Region. Without it O(name) is used.
        type: str
  name:
    description:
      - Name of the copies. Without it they have the name of the source. It is set when a copy is made. Existing copies keep
        their names.
    type: str
  description:
    description: Description of the copies, set when they are made. Without it AWS writes one that names the source.
    type: str
  tags:
    description:
      - Tags for the copies and their snapshots, set when the copies are made. Existing copies keep theirs.
      - Keys and values are text. Where the source has a tag with the same key, the value given here takes precedence.
    type: dict
  copy_tags:
    description:
      - Whether the copies get the tags that the caller's account has put on the source. Their snapshots do not.
      - AWS does not copy tags that another account has put on an AMI that it shares.
    type: bool
    default: true
  completion_duration_minutes:
    description:
      - Have AWS complete each snapshot within this time, 15 to 2880 minutes in steps of 15 (a time-based copy, which costs
        extra for each GiB). Without it AWS makes a standard copy, whose duration it does not guarantee.
      - Needs botocore 1.38.0 or newer.
    type: int
  wait:
    description:
      - Wait until the copies are available. With V(false) the task ends when they are started.
      - A copy that exceeds AWS's limit of concurrent copies is tried again while the module waits. With V(false) it fails.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait for all Regions together. A copy that is pending then is reported as failed, with its ID and with
        V(wait_timeout) as RV(results[].error.code). AWS continues to copy, and the next run waits for it.
      - The credentials must be valid for this time, or be renewed by the SDK.
    type: int
    default: 3600
  progress_file:
    description:
      - Set by the action plugin of this module to show progress. A value in a task is ignored.
    type: path
extends_documentation_fragment:
  - golden.ami.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(ec2:DescribeImages), C(ec2:DescribeSnapshots), C(ec2:CopyImage); C(ec2:CreateTags) with tags;
    C(ec2:GetEbsEncryptionByDefault) and C(ec2:GetEbsDefaultKmsKeyId) for an unencrypted source without a key. With keys,
    those of the source included: C(kms:DescribeKey), C(kms:CreateGrant), C(kms:Decrypt),
    C(kms:GenerateDataKeyWithoutPlaintext), C(kms:ReEncryptFrom) and C(kms:ReEncryptTo) on the keys of the source and of the
    copies. Since October 2024 AWS asks for C(ec2:CopyImage) on the source AMI and on its snapshots as well."
  - "An AMI of another account can be copied when that account shares the AMI, its snapshots (create volume permission) and
    their keys."
  - A blank encrypted volume in the AMI needs no key here. It has no snapshot, and gets a key when an instance is launched.
  - "Calls for a run that changes nothing: C(DescribeImages) in each Region, C(DescribeSnapshots) and, with a key,
    C(DescribeKey) in each destination. Where a copy is to be started, C(DescribeSnapshots) for the source and C(DescribeKey)
    for each of its keys are called once for all Regions. A copy adds one C(CopyImage), and C(DescribeImages) and
    C(DescribeSnapshots) every 5, later every 10 and 15 seconds."
  - Whether the caller may use the keys, and whether a limit of AWS is reached, cannot be determined before a copy starts.
  - AWS copies at most 20 snapshots (one for each volume of an AMI) and 100 AMIs to a Region at the same time.
  - A copy costs data transfer between the Regions, and storage of its snapshots in the destination. The first copy with a
    key is a full copy.
  - Progress is shown on stderr. It is not shown with C(async), C(no_log) or C(check_mode), nor over connections other than
    C(local).
  - A copy in state V(failed) does not count as a copy. It is not removed, and there is a warning when a new one is started.
  - AWS remembers the request for a copy for some time. When the same copy is asked for soon after it was deregistered, AWS
    may answer with the old ID. This is reported as V(gone) after a minute of waiting. Without O(wait) it is not detected.
seealso:
  - module: golden.ami.launch_permission
  - module: golden.ami.image_info
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Copy an AMI to two Regions, each with its own key, and wait
  golden.ami.image_copy:
    image_id: ami-0123456789abcdef0
    source_region: eu-west-1
    destinations:
      - region: eu-central-1
        kms_key_id: alias/golden
      - region: us-east-1
        kms_key_id: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    tags:
      Release: "2026-11"
    wait_timeout: 7200
  register: copies

- name: Copy an AMI that is encrypted with the AWS managed key, in its own Region, with a key that can be shared
  golden.ami.image_copy:
    image_id: ami-0123456789abcdef0
    source_region: eu-west-1
    destinations:
      - region: eu-west-1
        kms_key_id: alias/golden

- name: Copy the newest AMI of a name
  golden.ami.image_copy:
    source_name: golden-web-*
    source_tags:
      Release: stable
    source_region: eu-west-1
    destinations:
      - region: us-east-1
        kms_key_id: alias/golden

- name: Let an account launch all of them
  golden.ami.launch_permission:
    image_id: "{{ item.image_id }}"
    region: "{{ item.region }}"
    account_ids: ["111122223333"]
  loop: "{{ copies.results }}"
  loop_control:
    label: "{{ item.region }}"

- name: Start the copies of an unencrypted AMI, under another name, without waiting
  golden.ami.image_copy:
    image_id: ami-0fedcba9876543210
    source_region: eu-west-1
    destinations:
      - region: us-east-1
      - region: us-west-2
        name: golden-web-west
    name: golden-web-copy
    copy_tags: false
    wait: false

- name: Have the copies within an hour
  golden.ami.image_copy:
    image_id: ami-0123456789abcdef0
    source_region: eu-west-1
    destinations:
      - region: us-east-1
        kms_key_id: mrk-1234abcd12ab34cd56ef1234567890ab
    completion_duration_minutes: 60
"""

RETURN = r"""
results:
  description: What happened in each Region, in the order of O(destinations). Empty when the input was refused.
  returned: always
  type: list
  elements: dict
  contains:
    source_image_id:
      description: The AMI that was to be copied; the filter when nothing matched it.
      type: str
      sample: ami-0123456789abcdef0
    region:
      description: Region of the copy.
      type: str
      sample: us-east-1
    status:
      description:
        - V(unchanged), V(changed) (a copy was started; in check mode, would be) or V(failed).
      type: str
      sample: changed
    before:
      description: The copy that was there; null when there was none.
      type: dict
      contains: &copy
        image_id:
          description: ID of the copy; null in check mode for one that would be made.
          type: str
          sample: ami-0fedcba9876543210
        name:
          description: Its name.
          type: str
          sample: golden-web-2026-11
        state:
          description: Its state as EC2 names it.
          type: str
          sample: available
        kms_key_arn:
          description: ARN of the key of its snapshots; null when they are not encrypted, or under different keys.
          type: str
          sample: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    after:
      description:
        - The copy that is there now; in check mode, that would be. Null when there is none, and after a failed call, whose
          answer may have been lost after the copy was started.
      type: dict
      contains: *copy
    image_id:
      description: ID of the copy; null in check mode for one that would be made, and when there is none.
      type: str
      sample: ami-0fedcba9876543210
    name:
      description: Name of the copy.
      type: str
      sample: golden-web-2026-11
    state:
      description: State of the copy as EC2 names it, such as V(available), V(pending), V(failed) or V(disabled).
      type: str
      sample: available
    progress:
      description: Progress of the copy in percent, as the mean of its snapshots; null when there is no copy.
      type: int
      sample: 100
    kms_key_arn:
      description: ARN of the key of its snapshots; null when they are not encrypted, or under different keys.
      type: str
      sample: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    error:
      description: Why the Region failed; null when it did not.
      type: dict
      contains:
        code:
          description:
            - AWS's error code, such as V(UnauthorizedOperation) or V(ResourceLimitExceeded), or one in lower case.
            - V(wait_timeout) for a copy that is still pending; V(copy_failed) for one that AWS could not complete; V(gone)
              for one that does not exist any more.
            - V(wrong_key) for a copy that is encrypted with another key; V(several_copies) when more than one exists;
              V(already_encrypted) for a copy that is not needed. These do not stop copies to other Regions.
            - V(not_found), V(pending), V(failed), V(disabled), V(not_available), V(product_codes) and V(storage_not_shared) for
              the source; V(no_key),
              V(aws_managed_key), V(key_disabled) and V(key_unusable) for the key; V(region_not_enabled); V(not_started)
              in the other Regions then.
          type: str
          sample: copy_failed
        message:
          description: AWS's message, or what was found, with AWS's reason for a copy that failed.
          type: str
          sample: "ami-0fedcba9876543210 in us-east-1 ended in state failed: Copy image failed with an internal error"
        action:
          description: The IAM action of the call that failed; empty when none was made.
          type: str
          sample: ""
        caller:
          description: ARN of the caller; the access key when AWS does not recognise it.
          type: str
          sample: ""
        next_step:
          description: What to do about it.
          type: str
          sample: Deregister ami-0fedcba9876543210, make sure that the caller may use the keys of both Regions, and run
            again.
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each failed Region, who was calling what, AWS's error code and the next step.
  returned: on failure
  type: str
"""

import functools

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._image_copy import apply as image_copies
from ansible_collections.golden.ami.plugins.module_utils._image_copy import read as read_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy.plan import all_or_nothing, plan_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import parse_copies
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.progress import ProgressFile
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_setter


def parse(params, region):
    return parse_copies(params, region, known_regions())


def main():
    destination = {
        "region": {"type": "str", "required": True},
        "kms_key_id": {"type": "str", "no_log": False},
        "name": {"type": "str"},
    }
    module = args.make_module(
        {
            "image_id": {"type": "str", "aliases": ["source_image_id"]},
            "source_name": {"type": "str"},
            "source_tags": {"type": "dict"},
            "source_region": {"type": "str"},
            "destinations": {"type": "list", "elements": "dict", "required": True, "options": destination},
            "name": {"type": "str"},
            "description": {"type": "str"},
            "tags": {"type": "dict"},
            "copy_tags": {"type": "bool", "default": True},
            "completion_duration_minutes": {"type": "int"},
            "wait": {"type": "bool", "default": True},
            "wait_timeout": {"type": "int", "default": 3600},
            "progress_file": {"type": "path"},
        }
    )
    if module.params["completion_duration_minutes"] is not None:
        # Older service models do not know SnapshotCopyCompletionDurationMinutes and refuse the whole request.
        module.require_botocore_at_least("1.38.0", reason="for completion_duration_minutes")
    waiting = image_copies.Waiting(
        module.params["wait"], module.params["wait_timeout"], ProgressFile(module.params["progress_file"]).tell
    )
    apply = functools.partial(image_copies.apply, waiting=waiting)
    run_setter(module, parse, read_copy.read, plan_copy, apply, all_or_nothing)


if __name__ == "__main__":
    main()
