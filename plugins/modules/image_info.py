#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_info
version_added: 1.0.0
short_description: Read AMIs, their keys, and what prevents sharing them, for many AMIs in many Regions at once
description:
  - Reads state, owner, snapshots, the KMS keys behind the snapshots, and the launch permissions of AMIs.
  - Returns RV(results[].blockers), every reason why an AMI cannot be shared as asked, each with its cure. AWS would reject
    some of them while the AMI is being shared. It would accept others, and the consumer's launch would fail.
  - AMIs are given by ID, or by name and tags, which stand for the newest own AMI that matches in each Region.
  - An AMI with blockers does not fail the task. An AMI that could not be read does; the others are read all the same.
options:
  images:
    description:
      - The AMIs, each by O(images[].image_id), or by O(images[].name) and O(images[].tags).
      - Exactly one of O(images) and O(image_id) is required.
    type: list
    elements: dict
    suboptions:
      image_id:
        description: ID of the AMI.
        type: str
      name:
        description:
          - Name of the AMI, with C(*) and C(?) as wildcards. The newest of the caller's own AMIs in state available or
            pending is taken, by creation date.
        type: str
      tags:
        description: Tags that the AMI has, in the caller's account. Values are text and may hold C(*) and C(?) as wildcards.
        type: dict
      region:
        description:
          - Region of the AMI. Without it, O(images[].name) and O(images[].tags) are looked up in each of O(regions), and
            O(images[].image_id) is taken to be in the one Region of O(regions) or in the module's O(region).
        type: str
  image_id:
    description: Short form for a single AMI by ID, in the module's O(region).
    type: str
  regions:
    description: Regions in which entries of O(images) without a Region are looked up.
    type: list
    elements: str
  grantees:
    description:
      - Grantees of the keys, as for M(golden.ami.kms_grant). With it the grants of the keys are read as well, and
        RV(results[].kms_keys[].missing_grantees) says which of them M(golden.ami.kms_grant) would have to make.
    type: list
    elements: str
  grant_operations:
    description: Operations of these grants, as for M(golden.ami.kms_grant), with the same default.
    type: list
    elements: str
  grant_name:
    description: Beginning of these grants' names, as O(golden.ami.kms_grant#module:name).
    type: str
    default: golden-ami
  statements:
    description:
      - Statements that the key policies should have. With it the policies are read as well, and
        RV(results[].kms_keys[].statements) says what M(golden.ami.kms_key_policy_statement) with C(state=present) and
        C(keep_others=true) would do for each.
      - A policy that cannot be read is then a failure of the AMI. Key policies can be read in the account of the key only.
    type: list
    elements: dict
    suboptions:
      sid:
        description: As O(golden.ami.kms_key_policy_statement#module:sid). Each can be named once.
        type: str
        required: true
      account_ids:
        description: As O(golden.ami.kms_key_policy_statement#module:account_ids).
        type: list
        elements: str
      principal_arns:
        description: As O(golden.ami.kms_key_policy_statement#module:principal_arns).
        type: list
        elements: str
      organization_ids:
        description: As O(golden.ami.kms_key_policy_statement#module:organization_ids).
        type: list
        elements: str
      organization_paths:
        description: As O(golden.ami.kms_key_policy_statement#module:organization_paths).
        type: list
        elements: str
      actions:
        description: As O(golden.ami.kms_key_policy_statement#module:actions), with the same default.
        type: list
        elements: str
      grant_is_for_aws_resource:
        description: As O(golden.ami.kms_key_policy_statement#module:grant_is_for_aws_resource).
        type: bool
        default: true
  auto_scaling:
    description:
      - Whether to determine if Amazon EC2 Auto Scaling in each of O(account_ids) may use the keys, for
        RV(results[].kms_keys[].auto_scaling). With it the grants and policies of the keys are read as well.
      - Auto Scaling launches as a service-linked role, which has no KMS permissions of its own. A grant or a statement of the
        key policy must name that role of the account, and allow what AWS's documentation grants it, C(CreateGrant), C(Decrypt),
        C(DescribeKey), C(Encrypt), C(GenerateDataKey), C(GenerateDataKeyWithoutPlaintext), C(ReEncryptFrom) and
        C(ReEncryptTo), which are more than the default of O(grant_operations).
      - A grant counts whoever made it and whatever its name, when it alone allows all of these and has no constraints. Of
        the key policy, all statements count together that name the role's ARN and allow something, without a condition or,
        for C(CreateGrant), on the condition C(kms:GrantIsForAWSResource), as AWS's documentation writes them. A statement
        that denies something to the role takes precedence over all of them.
      - A statement for the account does not count, because a service-linked role gets no permissions from its account.
        Where this cannot be determined, such as with another condition, or for everybody on a condition that AWS does not
        say a service-linked role meets (C(aws:PrincipalOrgID), C(aws:PrincipalAccount), C(aws:PrincipalArn)), the account
        is in RV(results[].kms_keys[].auto_scaling.unknown), never in RV(results[].kms_keys[].auto_scaling.none).
    type: bool
    default: false
extends_documentation_fragment:
  - golden.ami.targets.principals
  - golden.ami.attributes.info
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - O(account_ids), O(organization_arns), O(organizational_unit_arns) and O(public) say what the AMIs are to be shared with.
    Nothing is shared. They are used for the blockers V(quota) and V(public_*), and O(account_ids) for O(auto_scaling).
  - "IAM actions needed: C(ec2:DescribeImages), C(ec2:DescribeSnapshots), C(ec2:DescribeImageAttribute), C(kms:DescribeKey),
    C(ec2:GetImageBlockPublicAccessState) with O(public=true), C(kms:ListGrants) with O(grantees) or O(auto_scaling=true), and
    C(kms:GetKeyPolicy) with O(statements) or O(auto_scaling=true)."
  - "Calls for a run: C(DescribeImages), C(DescribeSnapshots) and (with O(public=true)) C(GetImageBlockPublicAccessState)
    once for each Region and 200 IDs, C(DescribeImageAttribute) for each AMI, C(DescribeKey) for each key, with O(grantees) or
    O(auto_scaling=true) C(ListGrants) for each key and 100 grants, and with O(statements) or O(auto_scaling=true)
    C(GetKeyPolicy) for each key."
  - "Not confirmed by AWS's documentation: whether a service-linked role meets conditions on organizations, so that Auto
     Scaling is unknown where only such a statement allows it; and whether fewer operations than those in AWS's
     documentation are sufficient."
seealso:
  - module: golden.ami.launch_permission
  - module: golden.ami.kms_grant
  - module: golden.ami.kms_key_policy_statement
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Can these AMIs be shared with two accounts
  golden.ami.image_info:
    images:
      - image_id: ami-0123456789abcdef0
        region: eu-west-1
      - image_id: ami-0fedcba9876543210
        region: us-east-1
    account_ids: ["111122223333", "444455556666"]
  register: images

- name: Stop if not
  ansible.builtin.assert:
    that: images.results | rejectattr('shareable') | length == 0
    fail_msg: "{{ images.results | map(attribute='blockers') | flatten | map(attribute='message') | list }}"

- name: May the accounts, their Auto Scaling and an organization use the key already
  golden.ami.image_info:
    image_id: ami-0123456789abcdef0
    region: eu-west-1
    account_ids: ["111122223333", "444455556666"]
    grantees: ["111122223333", "444455556666"]
    statements:
      - sid: GoldenAmiOrganization
        organization_ids: [o-exampleorgid]
    auto_scaling: true

- name: The newest own AMI of that name in each of three Regions
  golden.ami.image_info:
    images:
      - name: golden-web-*
        tags:
          Release: stable
    regions: [eu-west-1, eu-central-1, us-east-1]
"""

RETURN = r"""
results:
  description: One entry for each AMI (and Region), in the order of O(images). Empty when the input was refused.
  returned: always
  type: list
  elements: dict
  contains:
    image_id:
      description: ID of the AMI; the filter when nothing matched it.
      type: str
      sample: ami-0123456789abcdef0
    region:
      description: Region of the AMI.
      type: str
      sample: eu-west-1
    found:
      description: Whether the AMI exists and the caller can see it.
      type: bool
      sample: true
    name:
      description: Name of the AMI; null when not found.
      type: str
      sample: golden-web-2026-11
    state:
      description: State of the AMI as EC2 names it; null when not found.
      type: str
      sample: available
    state_reason:
      description: Why it is in that state, empty when AWS says nothing; null when not found.
      type: str
      sample: ""
    owner_id:
      description: Account that owns the AMI; null when not found.
      type: str
      sample: "123456789012"
    creation_date:
      description: When it was made, ISO 8601 in UTC; null when not found.
      type: str
      sample: "2026-11-02T09:30:00.000Z"
    product_codes:
      description: Product codes.
      type: list
      elements: str
      sample: []
    tags:
      description: Tags of the AMI in the caller's account.
      type: dict
      sample: {Release: stable}
    snapshots:
      description: The EBS snapshots behind the AMI.
      type: list
      elements: dict
      contains:
        snapshot_id:
          description: ID of the snapshot.
          type: str
          sample: snap-0123456789abcdef0
        encrypted:
          description: Whether it is encrypted; null when it could not be read.
          type: bool
          sample: true
        kms_key_arn:
          description: ARN of its key; null when it is not encrypted or could not be read.
          type: str
          sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    kms_keys:
      description: The different KMS keys of these snapshots.
      type: list
      elements: dict
      contains:
        key_arn:
          description: ARN of the key.
          type: str
          sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
        manager:
          description: V(CUSTOMER) or V(AWS); null when it could not be read.
          type: str
          sample: CUSTOMER
        state:
          description: State of the key as KMS names it; null when it could not be read.
          type: str
          sample: Enabled
        missing_grantees:
          description:
            - ARNs among O(grantees) that have no grant of O(grant_name) with O(grant_operations) on the key; null without
              O(grantees), and when the key cannot have grants.
          type: list
          elements: str
          sample: ["arn:aws:iam::111122223333:root"]
        grants_complete:
          description:
            - Whether M(golden.ami.kms_grant) would change nothing; it also removes duplicates of its own. Null when
              RV(results[].kms_keys[].missing_grantees) is.
          type: bool
          sample: false
        statements:
          description: What O(statements) asked for, in that order; empty without it.
          type: list
          elements: dict
          contains:
            sid:
              description: The sid.
              type: str
              sample: GoldenAmiOrganization
            complete:
              description:
                - Whether M(golden.ami.kms_key_policy_statement) with C(keep_others=true) would change nothing; null when it
                  would fail.
              type: bool
              sample: false
            error:
              description:
                - Why it would fail; null when it would not. Keys as for M(golden.ami.launch_permission), of which C(caller) is
                  empty. It says nothing about the AMI, unless the policy could not be read.
              type: dict
              sample: null
        auto_scaling:
          description:
            - What allows Auto Scaling in O(account_ids) to use the key. Each account is in one of the lists. The AMI's
              owner is left out. Null without O(auto_scaling=true).
          type: dict
          contains:
            grant:
              description: Accounts whose service-linked role has a grant.
              type: list
              elements: str
              sample: ["111122223333"]
            key_policy:
              description: Accounts whose service-linked role has no grant and is allowed by the key policy.
              type: list
              elements: str
              sample: []
            none:
              description: Accounts that have neither, or whose service-linked role is denied.
              type: list
              elements: str
              sample: ["444455556666"]
            unknown:
              description:
                - Accounts for which this cannot be determined, because the key policy or the grants could not be read, or
                  because a statement may allow or deny the role.
              type: list
              elements: str
              sample: []
    launch_permissions:
      description: Who may launch the AMI besides its owner; null when that could not be read.
      type: dict
      contains:
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
    public_access_block:
      description:
        - V(block-new-sharing) or V(unblocked), for the account and Region; read with O(public=true) only, else null.
      type: str
      sample: unblocked
    shareable:
      description: Whether the AMI was read completely and has no blockers.
      type: bool
      sample: true
    blockers:
      description: Every reason why the AMI cannot be shared as asked.
      type: list
      elements: dict
      contains:
        code:
          description:
            - One of V(not_found), V(not_owner), V(pending), V(failed), V(disabled), V(not_available), V(snapshot_not_found),
              V(aws_managed_key), V(key_disabled), V(key_pending_deletion), V(key_unusable), V(public_encrypted),
              V(public_product_codes), V(public_access_blocked), V(quota).
          type: str
          sample: aws_managed_key
        message:
          description: What prevents sharing, with the IDs concerned.
          type: str
          sample: snap-0123456789abcdef0 of ami-0123456789abcdef0 is encrypted with the AWS managed key, which cannot be shared.
        cure:
          description: What to do about it.
          type: str
          sample: Copy the AMI with a customer managed key (golden.ami.image_copy with a destination in the AMI's own Region and
            kms_key_id) and share the copy.
    error:
      description: Why the AMI could not be read completely; null when it could. Keys as for M(golden.ami.launch_permission).
      type: dict
      sample: null
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each AMI that could not be read, who was calling what, AWS's error code and the next step.
  returned: on failure
  type: str
"""

import functools

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._image import read_facts as facts
from ansible_collections.golden.ami.plugins.module_utils._image.report import parse_query, show_image
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_info


def parse(params, region):
    selectors, partition, problems = args.parse_images(params, region, known_regions())
    return selectors, args.unless(problems, lambda: parse_query(params, partition))


def main():
    names = {"type": "list", "elements": "str"}
    kinds = ("account_ids", "principal_arns", "organization_ids", "organization_paths", "actions")
    statement = {
        "sid": {"type": "str", "required": True},
        **dict.fromkeys(kinds, names),
        "grant_is_for_aws_resource": {"type": "bool", "default": True},
    }
    image = {"image_id": {"type": "str"}, "name": {"type": "str"}, "tags": {"type": "dict"}, "region": {"type": "str"}}
    module = args.make_module(
        {
            **args.PRINCIPALS,
            "images": {"type": "list", "elements": "dict", "options": image},
            "image_id": {"type": "str"},
            "regions": {"type": "list", "elements": "str"},
            "grantees": {"type": "list", "elements": "str"},
            "grant_operations": {"type": "list", "elements": "str"},
            "grant_name": {"type": "str", "default": "golden-ami"},
            "statements": {"type": "list", "elements": "dict", "options": statement},
            "auto_scaling": {"type": "bool", "default": False},
        },
        **args.one_of_images(),
    )
    asked = {option: bool(module.params[option]) for option in ("public", "grantees", "statements", "auto_scaling")}
    read = functools.partial(
        facts.read_facts,
        public=asked["public"],
        grants=asked["grantees"] or asked["auto_scaling"],
        policies=asked["statements"] or asked["auto_scaling"],
    )
    run_info(module, parse, read, show_image)


if __name__ == "__main__":
    main()
