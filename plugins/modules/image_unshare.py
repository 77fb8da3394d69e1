#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_unshare
version_added: 1.0.0
short_description: Stop sharing AMIs in many Regions, and revoke key access that no shared AMI needs
description:
  - Reverses M(golden.ami.image_share) in one process. It removes launch permissions first, then snapshot permissions, and
    revokes access to KMS keys last. So no consumer has a launch permission without access to the key.
  - Removes only what is asked for, and only from the consumers that are named. It changes only grants and statements that
    have the names of the share. The result lists what is kept, with the reason.
  - Asks EC2 which accounts use the AMIs, and refuses to continue while one of the named accounts does, or when this cannot
    be determined.
  - Revokes access to a key only where no AMI that is encrypted with the key is still shared with the consumer, directly or
    through an organization or OU. It reads these AMIs and their launch permissions immediately before it revokes the
    access.
  - Reads everything first, and reports every obstacle before the first write. After that, a failure of one AMI, snapshot or
    key does not stop the others, and the module fails at its end.
  - The role P(golden.ami.unshare#role) is a thin shell over this module.
  - Lists may be lists, or text as an AWX survey delivers it, one item a line or separated by commas. Empty text and null mean
    the default. An empty list is a list of nobody.
options:
  images:
    description:
      - The AMIs. Each is a dictionary with C(image_id) and C(region), or with C(name) (C(*) and C(?) are wildcards) and/or
        C(tags), which stand for the newest own AMI that matches, in its C(region) or in each of O(regions).
      - "As text: C(ami-0123456789abcdef0 eu-west-1), an EC2 image ARN, or C(name=golden-web-* tag:Release=stable)."
      - This, O(source) or O(keys) is needed. All can be given.
    type: raw
  source:
    description:
      - One AMI, as for M(golden.ami.image_share), by C(image_id) or by C(name) and C(tags), whose copies in O(regions) are
        meant, and the AMI itself, with all copies in its own Region, if that is one of O(regions). A source that is named
        by its ID may have been deregistered.
      - More than one copy in another Region is refused. Name those that are meant in O(images).
    type: raw
  regions:
    description:
      - Regions for entries of O(images) and O(keys) that name none, and those of the copies of O(source).
    type: raw
  keys:
    description:
      - Keys whose grants and statements are revoked although no AMI of the run is encrypted with them, such as the key of
        an AMI that has been deregistered. Requires O(key_access=true).
      - "Each is a dictionary of C(key_id) (ID, ARN or C(alias/NAME)) and C(region). As text: the ARN of a key, or
         C(alias/golden eu-west-1). An alias or a multi-Region key without a Region stands for each of O(regions)."
      - Consumers of AMIs that are encrypted with such a key and are still shared keep their access.
    type: raw
  account_ids:
    description: Accounts to stop sharing with, as strings of 12 digits. Quote them in YAML.
    type: raw
  organization_arns:
    description: ARNs of organizations to stop sharing with.
    type: raw
  organizational_unit_arns:
    description: ARNs of OUs to stop sharing with.
    type: raw
  organizational_unit_paths:
    description:
      - Paths of these OUs, as for M(golden.ami.image_share). They need not be given, because the statements themselves have the
        paths. Those that are given are checked.
    type: raw
  public:
    description: Whether to stop sharing with everybody. The default is V(false).
    type: raw
  everything:
    description:
      - Whether to make the AMIs private. This removes all launch permissions, those of accounts, organizations, OUs and
        everybody. The default is V(false). It cannot be combined with named consumers or with O(keys).
    type: raw
  snapshots:
    description:
      - Whether to remove the accounts' create volume permissions of the AMIs' snapshots, too; with O(everything), those of all
        accounts. The default is V(false).
      - A snapshot has one list of accounts, also when several AMIs use it. An account that is removed loses the snapshot
        for all of them. A public snapshot stays public.
    type: raw
  declarations:
    description:
      - Several declarations at once, each a dictionary of C(name) and the options from O(images) to O(snapshots). A key, an AMI
        or a snapshot that several of them name is read once, planned once over all of them, and written once.
      - Takes the place of those options.
    type: list
    elements: dict
  key_access:
    description:
      - Whether to revoke grants and to remove consumers from statements of key policies where no shared AMI needs them. The
        default is V(false).
      - The module cannot see volumes and instances that use the owner's key directly, AMIs of other accounts that are
        encrypted with it, and AMIs in the Recycle Bin.
    type: raw
  check_usage:
    description:
      - Whether to have EC2 report which of the named accounts use the AMIs, and to refuse to continue while one of them
        does, or when no report is available. The default is V(true). Needs botocore 1.40.18 or later.
      - A report can lack instances of the last 24 hours and launch templates of the last days.
    type: raw
  usage_timeout:
    description: Seconds to wait for the usage reports. The default is V(300).
    type: raw
  force:
    description:
      - Whether to continue although AMIs are in use, or although that could not be determined. The default is V(false).
    type: raw
  grantee_patterns:
    description:
      - The O(golden.ami.image_share#module:grantee_patterns) of the share. Grants to principals of patterns with
        C({account}) are revoked together with those of the account. A pattern without it names the same principal for all
        consumers, whose grant is kept.
    type: raw
  grant_name:
    description: Beginning of the grants' names, as in the share. The default is V(golden-ami). Other grants are never touched.
    type: raw
  statement_sid:
    description: Beginning of the statements' Sids, as in the share. The default is V(GoldenAmi). Others are never touched.
    type: raw
  organizations_role_arn:
    description:
      - A role to assume for questions to AWS Organizations, which only the management account and delegated administrators
        may ask. Where the members of an organization cannot be determined, access that may be needed is kept.
    type: raw
  organizations_external_id:
    description: External ID for O(organizations_role_arn).
    type: raw
  variables_prefix:
    description:
      - Takes every option that is not given from the variable of that name behind this prefix, and uses the prefix in
        messages. The role sets it to C(unshare_). A variable with this prefix whose name closely resembles an option is
        refused.
    type: str
  problems_found:
    description: What the action plugin found wrong in the variables. Not to be set by hand.
    type: list
    elements: str
  progress_file:
    description: Where the module writes its progress for the action plugin. Not to be set by hand.
    type: path
notes:
  - "IAM actions: C(ec2:DescribeImages), C(ec2:DescribeSnapshots), C(ec2:DescribeImageAttribute), C(ec2:ModifyImageAttribute)
     (C(ec2:ResetImageAttribute) with O(everything)) and C(kms:DescribeKey). For usage C(ec2:CreateImageUsageReport),
     C(ec2:DescribeImageUsageReports), C(ec2:DescribeImageUsageReportEntries) and C(ec2:DeleteImageUsageReport).
     C(ec2:DescribeSnapshotAttribute) and C(ec2:ModifySnapshotAttribute) with O(snapshots). C(kms:ListGrants),
     C(kms:RevokeGrant), C(kms:GetKeyPolicy) and, where there are statements, C(kms:PutKeyPolicy) with O(key_access). Those of
     M(golden.ami.organization_info) for questions to AWS Organizations, and C(sts:AssumeRole) for a role."
  - Without O(key_access) and O(snapshots), C(kms:ListGrants), C(kms:GetKeyPolicy) and C(ec2:DescribeSnapshotAttribute) are
    used to report what a consumer still has after its launch permission was removed. Where they are denied, the result says
    V(not_asked).
  - Where C(kms:GetKeyPolicy) is denied, an account's grants are revoked nevertheless, and RV(consumers[].key_access) is
    V(unknown), because a statement may still allow the account to use the key.
  - In check mode no usage report is made. One of the last 24 hours is used if there is one.
  - Revoking a grant does not affect volumes that are attached. It takes effect when such an instance is stopped and started
    again. AWS does not document what happens to grants that were created by means of a revoked one. The module revokes
    those that this collection made for Auto Scaling.
  - With O(everything), key access is revoked for the accounts that had a launch permission when the run began. After a run
    that failed in part, name the accounts that the result lists.
seealso:
  - module: golden.ami.image_share
  - module: golden.ami.image_usage_info
  - module: golden.ami.kms_key_image_info
  - module: golden.ami.launch_permission_cancellation
author:
  - golden.ami contributors (@golden)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
  - golden.ami.attributes
"""

EXAMPLES = r"""
- name: Take the newest AMI of a family, its snapshots and its keys back from one account in three Regions
  golden.ami.image_unshare:
    images:
      - name: golden-base-*
    regions: [eu-west-1, eu-central-1, us-east-1]
    account_ids:
      - "111122223333"
    snapshots: true
    key_access: true

- name: Make an AMI and its copies private
  golden.ami.image_unshare:
    source: {image_id: ami-0123456789abcdef0, region: eu-west-1}
    regions: [eu-west-1, eu-central-1, us-east-1]
    everything: true
    key_access: true

- name: Take back what was granted for AMIs that are deregistered
  golden.ami.image_unshare:
    keys: [alias/golden]
    regions: [eu-west-1, eu-central-1]
    account_ids: ["111122223333", "444455556666"]
    key_access: true
"""

RETURN = r"""
results:
  description: Each AMI once, in the order in which they were named. AMIs that are gone are in RV(notes).
  returned: always
  type: list
  elements: dict
  contains:
    image_id:
      description: ID of the AMI.
      type: str
      sample: ami-0123456789abcdef0
    region:
      description: Its Region.
      type: str
      sample: eu-west-1
    name:
      description: Its name.
      type: str
      sample: golden-base-42
    key_arns:
      description: The customer managed keys of its snapshots.
      type: list
      elements: str
    status:
      description: V(unchanged), V(changed) or V(failed). This is about its launch permissions.
      type: str
      sample: changed
    before:
      description: Its launch permissions before.
      type: dict
    after:
      description: Its launch permissions now, or in check mode, as they would be; null where that is not known.
      type: dict
    error:
      description: Why it failed; null when it did not.
      type: dict
      contains:
        code:
          description: AWS's error code, or one of this collection in lower case.
          type: str
        message:
          description: What happened.
          type: str
        action:
          description: The IAM action of the call; empty when no call was made.
          type: str
        caller:
          description: Who made the call, when that is known.
          type: str
        next_step:
          description: What to do about it.
          type: str
consumers:
  description:
    - Each named consumer of each AMI, and the outcome at each layer. With O(everything), the consumers that had a
      permission. A key of O(keys) with which no AMI of the run is encrypted has entries of its own.
    - All layers share one vocabulary with M(golden.ami.image_share). V(removed) was removed. V(unchanged) was not there.
      V(kept) is still there; RV(consumers[].reason) says why. V(unknown) could not be read. V(failed) could not be removed.
      V(not_asked) was not requested and not read. V(not_needed) does not exist for this consumer.
  returned: always
  type: list
  elements: dict
  contains:
    region:
      description: Region of the AMI or key.
      type: str
    image_id:
      description: ID of the AMI; null in the entry of a key.
      type: str
    key_arn:
      description: ARN of the key in the entry of a key; null in the entry of an AMI.
      type: str
    consumer:
      description: Account ID, ID of the organization or OU, or V(everybody).
      type: str
    kind:
      description: V(account), V(organization), V(organizational_unit) or V(public).
      type: str
    principal:
      description: Account ID, ARN of the organization or OU, or V(all).
      type: str
    launch_permission:
      description: V(removed), V(unchanged), V(failed), or V(kept) where EC2 lists it again after it was removed.
      type: str
    key_access:
      description:
        - Access to the keys of the AMI, by grants with O(grant_name) and statements with O(statement_sid). With several
          keys, the most important state. Without O(key_access), V(kept) where the consumer has access.
      type: str
    snapshot_permission:
      description: Create volume permission on the snapshots. Without O(snapshots), V(kept) where the consumer has one.
      type: str
    auto_scaling:
      description: Access of the account's Auto Scaling to the keys.
      type: str
    gone:
      description: Whether the consumer has no access to the AMI any more, as far as it was read.
      type: bool
    reason:
      description: Why a layer is V(kept), V(failed) or V(unknown); null otherwise.
      type: str
kept:
  description: Access to keys that is kept.
  returned: always
  type: list
  elements: dict
  contains:
    key_arn:
      description: The key.
      type: str
    region:
      description: Its Region.
      type: str
    kind:
      description: Kind of the consumer.
      type: str
    principal:
      description: Account ID, or ARN of the organization or OU.
      type: str
    reason:
      description: Why it is kept.
      type: str
usage:
  description: Named accounts that use an AMI.
  returned: always
  type: list
  elements: dict
  contains:
    region:
      description: Region of the AMI.
      type: str
    image_id:
      description: ID of the AMI.
      type: str
    account_id:
      description: The account.
      type: str
    usage:
      description: Number of resources by their type.
      type: dict
      sample: {"ec2:Instance": 3}
failures:
  description: A sentence for each reason for which a part failed or was refused, with whom it concerns.
  returned: always
  type: list
  elements: str
msg:
  description: The failures as one text, the reason first, with whom it concerns, the AWS error code and the next step.
  returned: on failure
  type: str
refused:
  description: Whether the run was refused before the first removal.
  returned: always
  type: bool
notes:
  description: What is kept and why, what could not be read, and other remarks.
  returned: always
  type: list
  elements: str
table:
  description: The lines of the table that the action plugin shows.
  returned: always
  type: list
  elements: str
artifact:
  description: The result as JSON text of at most 32,768 bytes, for what hands results on, such as AWX.
  returned: always
  type: str
done_by:
  description: The host that did the work, where another host of the play had the same request.
  returned: when another host did the work
  type: str
"""

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_job
from ansible_collections.golden.ami.plugins.module_utils._unshare.apply_job import UnshareJob
from ansible_collections.golden.ami.plugins.module_utils._unshare.inputs import known_options, parse_request


def make_job(params, tell):
    return UnshareJob(parse_request(params, known_regions()), tell)


def main():
    module = args.make_module(
        {
            **{name: {"type": "raw", **({"no_log": False} if "key" in name else {})} for name in known_options()},
            "declarations": {"type": "list", "elements": "dict"},
            "variables_prefix": {"type": "str"},
            "problems_found": {"type": "list", "elements": "str"},
            "progress_file": {"type": "path"},
        }
    )
    run_job(module, make_job)


if __name__ == "__main__":
    main()
