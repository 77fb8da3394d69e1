#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_share
version_added: 1.0.0
short_description: Share AMIs with accounts, organizations and OUs in many Regions, encrypted ones included
description:
  - Does the whole job in one process. It copies an AMI to the Regions that lack it, gives the consumers access to the KMS
    keys, adds snapshot permissions if requested, and adds the launch permissions last. So no consumer sees an AMI that it
    cannot launch.
  - Reads everything first, makes one plan for all AMIs, keys and consumers, and reports every obstacle before the first
    write. Each key policy, each AMI and each snapshot is written once.
  - A consumer that cannot get access to a key is held back. It gets no launch permission for the AMIs that are encrypted
    with that key. The other consumers get theirs, and the module fails at its end.
  - Removes nothing that others granted, allowed or shared. A grant of its own (O(grant_name)) that allows something else is
    replaced; the new grant is created before the old one is revoked. M(golden.ami.image_unshare) is the reverse.
  - The role P(golden.ami.share#role) is a thin shell over this module. M(golden.ami.image_info), M(golden.ami.kms_grant) and
    M(golden.ami.launch_permission) do the same job step by step.
  - Lists may be lists, or text as an AWX survey delivers it, one item a line or separated by commas. Empty text and null mean
    the default. An empty list is a list of nobody.
options:
  images:
    description:
      - The AMIs. Each is a dictionary with C(image_id) and C(region), or with C(name) (C(*) and C(?) are wildcards) and/or
        C(tags), which stand for the newest own AMI that matches, in its C(region) or in each of O(regions).
      - "As text: C(ami-0123456789abcdef0 eu-west-1), an EC2 image ARN, or C(name=golden-web-* tag:Release=stable)."
      - This or O(source) is needed. Both can be given.
    type: raw
  source:
    description:
      - One AMI that is shared in each of O(regions), by C(image_id) or by C(name) and C(tags), with its C(region); or as
        text (C(ami-0123456789abcdef0 eu-west-1)). It is copied to those of O(regions) that are not its own Region. A copy
        is identified by its source and is made once.
    type: raw
  regions:
    description:
      - Regions for entries of O(images) that name none, and those in which O(source) is shared. An AMI ID exists in one
        Region only, so an entry with an ID needs its own Region unless this list has a single one.
    type: raw
  kms_keys:
    description:
      - "Customer managed keys for the copies: a dictionary of Region and key (ID, ARN or C(alias/NAME)), or one alias or
         multi-Region key ARN for all Regions. As text: one C(REGION=KEY) a line."
      - A key for the source's own Region, in a dictionary, copies the AMI there as well, and the copy is shared instead of
        the source. One key for all Regions is used in the other Regions only. A copy that would be encrypted with the AWS
        managed key is refused, because it could not be shared.
    type: raw
  copy_name:
    description: Name of the copies. The default is that of the source.
    type: raw
  copy_description:
    description: Description of the copies.
    type: raw
  copy_tags:
    description: "Tags of the copies and their snapshots, set when they are made. As text, one C(KEY=VALUE) a line."
    type: raw
  copy_source_tags:
    description: Whether the copies get the source's tags as well. The default is V(true).
    type: raw
  copy_completion_minutes:
    description:
      - "Number of minutes for time-based copies, which cost extra, in steps of 15. V(0), the default, makes standard
        copies."
    type: raw
  copy_wait_timeout:
    description:
      - Seconds to wait for all copies together. The default is V(3600). AWS continues a copy that is not complete by then,
        and the next run finds it.
    type: raw
  account_ids:
    description:
      - Consumer accounts, as strings of 12 digits. Quote them in YAML. The AMI's owner may always launch it and is dropped with a
        warning.
    type: raw
  accounts_of_organizational_unit_arns:
    description:
      - ARNs of OUs whose active accounts, those of nested OUs included, become consumer accounts, as they are at the time
        of the run. Accounts that are not active are left out and reported. Needs AWS Organizations, see
        O(organizations_role_arn).
    type: raw
  organization_arns:
    description: ARNs of whole organizations.
    type: raw
  organizational_unit_arns:
    description: ARNs of OUs. Accounts and OUs below them are included, also those that join later.
    type: raw
  organizational_unit_paths:
    description:
      - Paths of the OUs in O(organizational_unit_arns), such as C(o-exampleorgid/r-abcd/ou-abcd-exampleouid/*), by which a key
        policy names them. Those that are not given are read from AWS Organizations.
    type: raw
  public:
    description:
      - Whether to share with everybody. The default is V(false). Refused for encrypted AMIs and AMIs with product codes, and
        while block public access is on.
    type: raw
  snapshots:
    description:
      - Whether the accounts may also copy the AMIs and create volumes from their snapshots. The default is V(false).
        Launching does not need this permission. With it, the accounts can read everything on the disks.
    type: raw
  declarations:
    description:
      - Several declarations at once, each a dictionary of C(name) and the options from O(images) to O(snapshots). A key or an AMI
        that several of them name is read once, planned once for all of them, and written once.
      - Replaces those options; what is given of them beside it is refused. A copy that several declarations ask for
        is made once, and declarations that ask for different copies where there can be one are refused.
    type: raw
  allowed_organization_id:
    description:
      - "Organization guard: the ID (C(o-exampleorgid)) of the organization outside of which nothing is shared. Accounts, ARNs and
         accounts in O(grantee_patterns) that do not belong to it are refused, and so is O(public). Accounts are looked up in
         AWS Organizations."
      - A guard that is null or empty text is refused. Leave the option out to have no guard.
    type: raw
  allowed_account_ids:
    description:
      - "Organization guard: accounts that are allowed besides O(allowed_organization_id), or, without that, the only ones.
         An empty list allows nobody. A guard that is null or empty text is refused."
    type: raw
  organizations_role_arn:
    description:
      - A role to assume for questions to AWS Organizations, which only the management account and delegated administrators may
        ask.
    type: raw
  organizations_external_id:
    description: External ID for O(organizations_role_arn).
    type: raw
  key_access:
    description:
      - "How accounts get access to the keys: V(grants), the default, or V(key_policy) for a statement of the key policy.
         Organizations and OUs always get statements, as a grant cannot name them."
    type: raw
  grantee_patterns:
    description:
      - Further grantee principals of each consumer account, as patterns of ARNs in which C({account}) and C({partition}) are
        filled in. The role or user must exist.
    type: raw
  grant_name:
    description: Beginning of the grants' names. The default is V(golden-ami).
    type: raw
  grant_operations:
    description:
      - Operations of the grants, and actions of the statements. The default is that of O(golden.ami.kms_grant#module:operations),
        which is what launching needs. A list must contain all of these.
    type: raw
  statement_sid:
    description:
      - Beginning of the Sids of the statements. It is followed by C(Accounts), C(Organizations), C(OrganizationalUnits) or
        C(AutoScaling). The default is V(GoldenAmi).
    type: raw
  key_policy_allows_organizations:
    description:
      - Says that somebody else maintains the statements for the organizations and OUs in the key policies. The default is
        V(false). With V(true) the module writes no statements for them and reads no paths. It still reads the policies, and
        holds back an organization or OU that a policy clearly does not allow to launch.
    type: raw
  auto_scaling:
    description:
      - What to do about Amazon EC2 Auto Scaling in the consumer accounts, whose service-linked role needs its own access to
        the keys.
      - V(report), the default, only reports which accounts' Auto Scaling can use the keys. V(ignore) does not check.
        V(grant) has a role of each account create the grant, see O(auto_scaling_role_arn). V(key_policy) names the
        service-linked roles in a statement; they must exist.
      - No launch permission is held back because Auto Scaling cannot use a key.
    type: raw
  auto_scaling_role_arn:
    description:
      - "For O(auto_scaling=grant): the role in each consumer account that makes the grant there, such as
         C(arn:{partition}:iam::{account}:role/golden-ami-grantor). The caller must be allowed to assume it, and it needs
         C(kms:CreateGrant) on the keys."
    type: raw
  auto_scaling_external_id:
    description: External ID for O(auto_scaling_role_arn).
    type: raw
  auto_scaling_timeout:
    description:
      - For O(auto_scaling=grant), seconds to try again when KMS denies the grant to an account that got access to the key
        in the same run. A new grant can take up to five minutes to work. The default is V(300).
    type: raw
  launch_permission_quota:
    description:
      - How many accounts, organizations and OUs together may share one AMI in one Region. The default is V(1000), which is that
        of AWS.
    type: raw
  variables_prefix:
    description:
      - Takes every option that is not given from the variable of that name behind this prefix, and uses the prefix in
        messages. The role sets it to C(share_). A variable with this prefix whose name closely resembles an option is
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
  - "IAM actions: C(ec2:DescribeImages), C(ec2:DescribeSnapshots), C(ec2:DescribeImageAttribute), C(ec2:ModifyImageAttribute),
     C(kms:DescribeKey), C(kms:ListGrants), C(kms:CreateGrant), C(kms:RevokeGrant) (only where a grant of its own is replaced),
     C(kms:GetKeyPolicy) and, for statements, C(kms:PutKeyPolicy). C(ec2:GetImageBlockPublicAccessState) with O(public),
     C(ec2:DescribeSnapshotAttribute) and C(ec2:ModifySnapshotAttribute) with O(snapshots), those of M(golden.ami.image_copy) with
     O(source), those of M(golden.ami.organization_info) for questions to AWS Organizations, and C(sts:AssumeRole) for roles."
  - Where C(kms:GetKeyPolicy) is denied and no statement is needed, only RV(consumers[].auto_scaling_by) is V(unknown).
  - RV(consumers[].ready) is based on what the owner can read. The consumer's own IAM policies, service control policies and
    allowed AMIs settings can still prevent a launch.
  - Whoever may write a key policy can do anything with the key.
  - KMS allows 50,000 grants on a key, and 32,768 bytes of key policy. What would exceed them is refused before the first write.
seealso:
  - module: golden.ami.image_unshare
  - module: golden.ami.image_info
  - module: golden.ami.kms_grant
  - module: golden.ami.launch_permission
author:
  - golden.ami contributors (@golden)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
  - golden.ami.attributes
"""

EXAMPLES = r"""
- name: Share the newest AMI of a family with two accounts in three Regions
  golden.ami.image_share:
    images:
      - name: golden-base-*
    regions: [eu-west-1, eu-central-1, us-east-1]
    account_ids:
      - "111122223333"
      - "012345670123"

- name: Copy an encrypted AMI to two more Regions, and share it with an OU
  golden.ami.image_share:
    source: {image_id: ami-0123456789abcdef0, region: eu-west-1}
    regions: [eu-west-1, eu-central-1, us-east-1]
    kms_keys: alias/golden
    organizational_unit_arns:
      - arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid
    allowed_organization_id: o-exampleorgid

- name: Share two families with different consumers, in one plan
  golden.ami.image_share:
    declarations:
      - name: base
        images: [{name: golden-base-*, region: eu-west-1}]
        account_ids: ["111122223333", "444455556666"]
      - name: web
        images: [{name: golden-web-*, region: eu-west-1}]
        account_ids: ["444455556666"]
"""

RETURN = r"""
results:
  description: Each AMI once, in the order in which they were named.
  returned: always
  type: list
  elements: dict
  contains:
    image_id:
      description: ID of the AMI; null for a copy that is not there yet.
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
      description: The KMS keys of its snapshots.
      type: list
      elements: str
    status:
      description: V(unchanged), V(changed) or V(failed).
      type: str
      sample: changed
    before:
      description: Its launch permissions before; null where they could not be read.
      type: dict
    after:
      description: Its launch permissions now, or in check mode, as they would be; null where that is not known.
      type: dict
    planned:
      description: Whether it is a copy that check mode only predicts.
      type: bool
    held_back:
      description: The consumers that got no launch permission, because they have no access to a key.
      type: list
      elements: str
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
  description: Each consumer of each AMI, and its access at each layer.
  returned: always
  type: list
  elements: dict
  contains:
    region:
      description: Region of the AMI.
      type: str
    image_id:
      description: ID of the AMI; null for a copy that is not there yet.
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
      description:
        - V(unchanged), V(added), V(held_back), V(failed), or V(unknown) where the run ended before it.
        - All layers share one vocabulary. It is V(not_needed), V(not_asked), V(unchanged), V(added), V(removed), V(kept),
          V(held_back), V(unknown) and V(failed).
      type: str
    key_access:
      description: Access to all keys of the AMI; V(not_needed) for an AMI that is not encrypted.
      type: str
    snapshot_permission:
      description: Create volume permission on all snapshots; V(not_asked) without O(snapshots), and for organizations and OUs.
      type: str
    auto_scaling:
      description: Key access of the account's Auto Scaling, as far as O(auto_scaling) requests it.
      type: str
    auto_scaling_by:
      description:
        - What allows the account's Auto Scaling to use the keys, V(grant) or V(key_policy); V(none) if neither does,
          V(unknown) where this cannot be determined, V(not_checked) where it was not read, V(not_needed) for an AMI that is
          not encrypted.
      type: str
    ready:
      description: Whether the consumer can launch the AMI, as far as the owner can read.
      type: bool
    reason:
      description: Why a layer is V(held_back), V(failed) or V(unknown); null otherwise.
      type: str
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
  description: Whether the run was refused before its first write.
  returned: always
  type: bool
notes:
  description: Other remarks.
  returned: always
  type: list
  elements: str
left_out_accounts:
  description: Accounts of OUs that are not active, and therefore no consumers.
  returned: always
  type: list
  elements: dict
  contains:
    account_id:
      description: The account.
      type: str
    name:
      description: Its name.
      type: str
    state:
      description: Its state in AWS Organizations.
      type: str
    organizational_unit_arn:
      description: The OU that names it.
      type: str
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
from ansible_collections.golden.ami.plugins.module_utils._share.apply_job import ShareJob
from ansible_collections.golden.ami.plugins.module_utils._share.inputs import known_options, parse_request


def make_job(params, tell):
    return ShareJob(parse_request(params, known_regions()), tell)


def main():
    module = args.make_module(
        {
            **{name: {"type": "raw", **({"no_log": False} if "key" in name else {})} for name in known_options()},
            "declarations": {"type": "raw"},
            "variables_prefix": {"type": "str"},
            "problems_found": {"type": "list", "elements": "str"},
            "progress_file": {"type": "path"},
        }
    )
    run_job(module, make_job)


if __name__ == "__main__":
    main()
