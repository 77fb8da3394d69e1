#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kms_grant
version_added: 1.0.0
short_description: Manage KMS grants that allow other accounts to use keys, for many keys in many Regions at once
description:
  - Creates and revokes grants on customer managed keys. The default operations are those that a consumer account needs to
    launch from a shared AMI whose snapshots are encrypted with the key.
  - The grants of this module carry names that begin with O(name) and a slash, followed by the grantee's account and a
    digest of everything that the grant allows. Such grants are compared by what they allow, so that a second run changes
    nothing, and duplicates of them are reduced to one.
  - Grants that others made, with or without a name, such as those of Amazon EBS for attached volumes, are read, shown
    in RV(results[].foreign_grants) and never touched, whatever the options.
  - KMS cannot change a grant. To allow something else, the module creates a new grant first and then revokes the old one
    (C(RevokeGrant), which the key's administrators may call). The grantee always has access.
  - The key itself is never changed. A disabled key stays disabled. This is a failure if a grant has to be created, and a
    warning otherwise.
options:
  grantees:
    description:
      - Who may use the keys, as AWS account IDs (strings of 12 digits, in quotes) or ARNs of account roots, users, roles,
        assumed-role sessions or federated users. An account ID stands for the ARN of its root.
      - Organizations, groups and service principals cannot be grantees. For a service such as Amazon EC2 Auto Scaling, name
        the service-linked role in the consumer's account. It must exist.
      - The account that owns a key needs no grant; it is dropped with a warning.
    type: list
    elements: str
  operations:
    description:
      - What a grantee may do with the keys, as KMS names grant operations, without C(kms:). They must suit the key's type and
        usage.
      - "The default is what launching from a shared encrypted AMI needs, each operation for a reason. C(DescribeKey): EC2
         reads the key. C(Decrypt): the data key of the snapshot is decrypted. C(ReEncryptFrom) and C(ReEncryptTo): it is
         re-encrypted for the new volume. C(GenerateDataKeyWithoutPlaintext) and C(GenerateDataKey): volumes that get a new
         data key. C(CreateGrant): EC2 gives Amazon EBS a grant of its own for as long as the volume is attached."
      - Auto Scaling groups need C(Encrypt) as well, according to the documentation of Amazon EC2 Auto Scaling.
      - C(CreateGrant) alone is refused, as KMS does.
    type: list
    elements: str
  name:
    description:
      - Beginning of the grants' names, by which the module recognizes its own grants. It has 1 to 200 letters, digits,
        colons, slashes, underscores and hyphens.
      - Use one name for each purpose that has its own list of grantees, or O(purge) of one removes the grants of the other.
    type: str
    default: golden-ami
  constraints:
    description:
      - Limits the grants to requests with an encryption context. Leave it out for sharing AMIs, because the context of
        EBS holds the ID of a volume that does not exist yet.
    type: dict
    suboptions:
      encryption_context_equals:
        description: The request's encryption context must be exactly this.
        type: dict
      encryption_context_subset:
        description: The request's encryption context must contain this.
        type: dict
  grantor_role_arn:
    description:
      - Roles that create the grants, one in the account of each grantee, as the pattern of their ARNs, such as
        V(arn:{partition}:iam::{account}:role/golden-ami-grantor). C({account}) stands for the grantee's account and must be
        where an ARN has the account; C({partition}), which is optional, stands for that of the keys.
      - Without it the task's own credentials are used for all grants.
      - "For the service-linked role of Amazon EC2 Auto Scaling in another account, AWS documents only this way: that account
        makes the grant, on the ARN of the owner's key. Whether a grant works that the owner makes for the service-linked
        role of another account is not confirmed by AWS's documentation."
      - A role is assumed only when a grant for its account has to be created, and once for all keys. If it cannot be
        assumed, the grants of its account fail, and all others are created.
      - The role's trust policy must allow the caller to assume it, and its own policies must allow C(kms:CreateGrant) on
        the keys' ARNs. The keys must allow its account to create grants, either by their key policies, without the
        condition C(kms:GrantIsForAWSResource), or by a grant to the account (or the role). With a grant KMS lets it grant
        only a subset of that grant's operations, so that this needs C(CreateGrant) and, if the service-linked role is to
        have it, C(Encrypt) too, which is not among the default O(operations).
      - Reading the keys and their grants, and revoking, is always done with the task's own credentials.
    type: str
  grantor_external_id:
    description:
      - External ID with which each role of O(grantor_role_arn) is assumed, where their trust policies ask for one
        (C(sts:ExternalId)).
    type: str
  grantor_timeout:
    description:
      - Seconds to retry grants that KMS denies to roles of O(grantor_role_arn), for all grants together.
      - A role whose permission comes from a new grant is denied until that grant works everywhere in KMS, usually within
        five minutes. The module waits for nothing else.
    type: int
    default: 0
  retiring_principal:
    description:
      - Who else may retire the grants, as an account ID or ARN. Removing grants here does not need it.
    type: str
  state:
    description:
      - V(present) creates the grants that are missing, and replaces those that allow something else.
      - V(absent) revokes the grants of this O(name) for O(grantees), whatever they allow.
    type: str
    choices: [present, absent]
    default: present
  purge:
    description:
      - With O(state=present), revoke grants of this O(name) whose grantee is not in O(grantees). An empty list means all
        of them. Grants of other names are never touched.
    type: bool
    default: false
extends_documentation_fragment:
  - golden.ami.targets.keys
  - golden.ami.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(kms:DescribeKey) and C(kms:ListGrants); C(kms:CreateGrant) to make and C(kms:RevokeGrant) to
    revoke grants. A policy that allows C(kms:CreateGrant) only with C(kms:GrantIsForAWSResource) does not cover it. With
    O(grantor_role_arn), C(sts:AssumeRole) on these roles, which need C(kms:CreateGrant)."
  - "A consumer can make its own grants, such as the one for its Auto Scaling, if it runs this module with its own
     credentials and the ARN of the owner's key in O(keys). Key policy and IAM must then allow it C(kms:DescribeKey),
     C(kms:ListGrants) and C(kms:CreateGrant), and C(kms:RevokeGrant) to remove them again. With
     M(golden.ami.kms_key_policy_statement) the owner lets it, by O(golden.ami.kms_key_policy_statement#module:actions) and
     O(golden.ami.kms_key_policy_statement#module:grant_is_for_aws_resource=false)."
  - "Calls for a run: one C(DescribeKey) for each key, one C(ListGrants) for each key and 100 grants, one C(CreateGrant) or
    C(RevokeGrant) for each change, in each Region no faster than the default KMS quotas of 50 and 30 a second for an account
    that calls. With O(grantor_role_arn), one C(AssumeRole) for each account for which a grant is to be made."
  - In check mode no role is assumed, so check mode does not detect a role that cannot be assumed.
  - A new grant usually works within 5 minutes. EC2 launches cannot pass a grant token, so a launch immediately after the
    grant may fail once.
  - A grant does not expire and does not replace the consumer's own IAM policies. For a grant to an account, assume that
    the users and roles there need IAM permissions on the key's ARN as well; AWS does not say otherwise.
  - A grant to a role or user that was deleted shows a unique ID (C(AROA…), C(AIDA…)) as its grantee. It has no effect any
    more, also when a role or user with the same name is created again. Such grants are listed in
    RV(results[].unresolved_grants) with a warning and are not a change; O(state=absent) for the grantee's ARN removes them.
  - A key may have 50,000 grants, those of Amazon EBS included. C(LimitExceededException) is not retried.
seealso:
  - module: golden.ami.kms_grant_info
  - module: golden.ami.kms_key_policy_statement
  - module: golden.ami.launch_permission
  - module: amazon.aws.kms_key
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Allow two accounts to launch from AMIs that are encrypted with these keys
  golden.ami.kms_grant:
    keys:
      - key_id: alias/golden
        region: eu-west-1
      - key_id: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    grantees:
      - "111122223333"
      - "012345670123"

- name: Allow Auto Scaling in a consumer account to use the key
  golden.ami.kms_grant:
    key_id: alias/golden
    region: eu-west-1
    name: golden-ami-autoscaling
    grantees:
      - arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling
    operations:
      - CreateGrant
      - Decrypt
      - DescribeKey
      - Encrypt
      - GenerateDataKey
      - GenerateDataKeyWithoutPlaintext
      - ReEncryptFrom
      - ReEncryptTo

- name: The same, created by a role of each consumer account, as AWS documents it
  golden.ami.kms_grant:
    key_id: alias/golden
    region: eu-west-1
    name: golden-ami-autoscaling
    grantees: &autoscaling
      - arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling
    operations: &autoscaling_operations
      - CreateGrant
      - Decrypt
      - DescribeKey
      - Encrypt
      - GenerateDataKey
      - GenerateDataKeyWithoutPlaintext
      - ReEncryptFrom
      - ReEncryptTo
    grantor_role_arn: arn:{partition}:iam::{account}:role/golden-ami-grantor

- name: The same by the consumer itself, in a play of its own
  golden.ami.kms_grant:
    key_id: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    name: golden-ami-autoscaling
    grantees: *autoscaling
    operations: *autoscaling_operations
    profile: consumer

- name: Exactly these accounts; grants of others stay
  golden.ami.kms_grant:
    key_id: alias/golden
    region: eu-west-1
    grantees: ["111122223333"]
    purge: true

- name: Revoke the access of one account
  golden.ami.kms_grant:
    key_id: alias/golden
    region: eu-west-1
    grantees: ["111122223333"]
    state: absent
"""

RETURN = r"""
results:
  description:
    - What happened to each key, in the order of O(keys), a key that was named twice once. Empty when the input was refused.
  returned: always
  type: list
  elements: dict
  contains:
    key_id:
      description: The key as it was given.
      type: str
      sample: alias/golden
    region:
      description: Region of the key.
      type: str
      sample: eu-west-1
    key_arn:
      description: ARN of the key; null when it could not be read.
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    key_manager:
      description: V(CUSTOMER) or V(AWS); null when it could not be read.
      type: str
      sample: CUSTOMER
    key_state:
      description: State of the key as KMS names it; null when it could not be read.
      type: str
      sample: Enabled
    status:
      description: V(unchanged), V(changed) (in check mode, would be) or V(failed).
      type: str
      sample: changed
    before:
      description: The grants of this O(name) that there were; null when they could not be read.
      type: list
      elements: dict
      contains: &grant
        grant_id:
          description: ID of the grant; null for one that does not exist yet.
          type: str
          sample: 0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60
        name:
          description: Name of the grant; empty when it has none.
          type: str
          sample: golden-ami/111122223333/a87bc44d8f-0c13e5a1b2
        grantee_principal:
          description: ARN of the grantee, or a unique ID where KMS cannot resolve it.
          type: str
          sample: arn:aws:iam::111122223333:root
        operations:
          description: What the grantee may do, sorted.
          type: list
          elements: str
          sample: [CreateGrant, Decrypt, DescribeKey]
        constraints:
          description: Limits of the grant; empty when there are none.
          type: dict
          sample: {}
        retiring_principal:
          description: Who may retire the grant; null when nobody is named.
          type: str
          sample: null
    after:
      description:
        - The grants of this O(name) after the change; in check mode, those that would be. Null when they could not be read.
      type: list
      elements: dict
      contains: *grant
    foreign_grants:
      description: Grants that others made.
      type: list
      elements: dict
      contains: *grant
    unresolved_grants:
      description: Grants of this O(name) whose grantee KMS shows as a unique ID.
      type: list
      elements: dict
      contains: *grant
    error:
      description:
        - Why the key failed; null when it did not. Keys as for M(golden.ami.launch_permission). When several grants failed, it
          is the first cause, and its message names the others. For a grant that a role of O(grantor_role_arn) was to make,
          C(caller) is that role; when the role could not be assumed, C(action) is V(sts:AssumeRole). Our own codes are
          V(aws_managed_key), V(key_disabled), V(key_pending_deletion), V(key_unusable), and V(only_the_owner) for O(purge) with
          a list that names only the account that owns the key.
      type: dict
      sample: null
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each failed key, who was calling what, AWS's error code and the next step.
  returned: on failure
  type: str
"""

import functools

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import apply as aws_grants
from ansible_collections.golden.ami.plugins.module_utils._kms_grant import read as read_kms_grant
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.plan import plan_key
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.request import parse_request
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_setter


def parse(params, region):
    keys, partition, problems = args.parse_keys(params, region, known_regions())
    return keys, args.unless(problems, lambda: parse_request(params, partition))


def main():
    constraints = {"encryption_context_equals": {"type": "dict"}, "encryption_context_subset": {"type": "dict"}}
    module = args.make_module(
        {
            **args.KEYS,
            "grantees": {"type": "list", "elements": "str"},
            # Not choices: the core checks them together with everything else and knows the nearest right word.
            "operations": {"type": "list", "elements": "str"},
            "name": {"type": "str", "default": "golden-ami"},
            "constraints": {
                "type": "dict",
                "options": constraints,
                "mutually_exclusive": [("encryption_context_equals", "encryption_context_subset")],
            },
            "grantor_role_arn": {"type": "str"},
            "grantor_external_id": {"type": "str"},
            "grantor_timeout": {"type": "int", "default": 0},
            "retiring_principal": {"type": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "purge": {"type": "bool", "default": False},
        },
        **args.one_of_keys(),
    )
    apply = functools.partial(aws_grants.apply, patience=aws_grants.Patience(module.params["grantor_timeout"]))
    run_setter(module, parse, read_kms_grant.read, plan_key, apply)


if __name__ == "__main__":
    main()
