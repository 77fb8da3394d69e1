#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kms_key_policy_statement
version_added: 1.0.0
short_description: Manage one statement of KMS key policies, for many keys in many Regions at once
description:
  - Adds, changes and removes one statement in the policies of customer managed keys, so that accounts, roles, whole
    organizations or organizational units can use the keys. The default actions are those needed to launch from a shared AMI
    whose snapshots are encrypted with the key.
  - C(kms:CreateGrant) is in a second statement, whose Sid is O(sid) followed by C(Grants), with the condition that an AWS
    service creates the grant for its own resource (O(grant_is_for_aws_resource)). Both statements are always written and
    removed together.
  - Organizations and organizational units cannot have grants. To share an encrypted AMI with them, the key policy must
    allow them to use the key. For accounts, roles and users M(golden.ami.kms_grant) does the same without a change of the
    key policy.
  - The statement is found by its O(sid). Everything else in the policy stays as it is, with the same statements in the same
    order.
  - Statements are compared by their meaning. A single value equals a list of it, the order of lists and the case of actions
    are ignored, and an account ID equals the ARN of its root. A second run writes nothing.
  - "Nothing is written, and the key fails, if the policy has several statements with this O(sid), or one that denies; if a
     different statement has the Sid of the second one; if the policy names roles or users that were deleted, because KMS
     rejects such a policy; if the policy would be larger than 32,768 bytes; or if the statement to remove is the one that
     allows the account to manage the key. KMS's own lockout safety check is never bypassed."
  - KMS replaces a policy as a whole and has no lock, so one of two concurrent changes is lost. The module reads the policy
    again immediately before it writes it, and once more afterwards. A change that somebody else made in between is a
    failure.
  - The key itself is never changed. Key policies can be read and written in every state of a key.
options:
  sid:
    description:
      - The C(Sid) of the statement, case-sensitive. It has 1 to 122 printable ASCII characters, blanks included (to remove
        a statement, 128). There is no default, because a statement with the same Sid is replaced, whoever made it.
      - Use one Sid for each purpose that has its own list, and one each for accounts, organizations and organizational
        units.
    type: str
    required: true
  account_ids:
    description:
      - Accounts that may use the keys, as strings of 12 digits, in quotes. Their IAM policies then decide which of their
        users and roles may. The key policy alone allows none of them.
      - Cannot be combined with O(organization_ids) and O(organization_paths).
    type: list
    elements: str
  principal_arns:
    description:
      - ARNs of roles (service-linked ones too), users or sessions that may use the keys. KMS takes only those that
        exist. Wildcards and service principals are refused.
      - Cannot be combined with O(organization_ids) and O(organization_paths).
    type: list
    elements: str
  organization_ids:
    description:
      - IDs of whole organizations of AWS Organizations, such as V(o-exampleorgid). The statement names everybody, on the
        condition that C(aws:PrincipalOrgID) is one of these.
      - Cannot be combined with any other list, because a statement cannot say "these accounts or this organization".
        Use two tasks with a O(sid) each.
    type: list
    elements: str
  organization_paths:
    description:
      - Organizational units, as the path from the organization through its root.
        V(o-exampleorgid/r-abcd/ou-abcd-exampleouid/*) is the unit with all units below it,
        V(o-exampleorgid/r-abcd/ou-abcd-exampleouid/) only the accounts directly in it.
      - The statement names everybody, on the condition that C(aws:PrincipalOrgPaths) is like one of these and
        C(aws:PrincipalOrgID) is that of its organization, because IDs of units are unique only within one.
      - Cannot be combined with any other list.
    type: list
    elements: str
  actions:
    description:
      - What may be done with the keys, as IAM actions with C(kms:). Wildcards such as V(kms:ReEncrypt*) are possible.
      - "The default is what launching from a shared encrypted AMI needs, each action for a reason. C(kms:DescribeKey): EC2
         reads the key. C(kms:Decrypt): the data key of the snapshot is decrypted. C(kms:ReEncryptFrom) and
         C(kms:ReEncryptTo): it is re-encrypted for the new volume. C(kms:GenerateDataKeyWithoutPlaintext) and
         C(kms:GenerateDataKey): volumes that get a new data key. C(kms:CreateGrant): EC2 gives Amazon EBS a grant of its
         own for as long as the volume is attached; see O(grant_is_for_aws_resource)."
      - AWS's own sample of a key policy for sharing an AMI with organizations lacks C(kms:CreateGrant). An encrypted AMI cannot
        be launched without it.
      - Auto Scaling groups need C(kms:Encrypt) as well, according to the documentation of Amazon EC2 Auto Scaling.
      - Actions that allow others to manage the key, such as C(kms:PutKeyPolicy) or V(kms:*), are refused.
    type: list
    elements: str
  state:
    description:
      - V(present) makes the statement exactly as requested. Principals that are not named any more lose access, unless
        O(keep_others=true).
      - V(absent) removes the statement. If the task names principals and the statement has others as well, it is not
        removed and the key fails, unless O(keep_others=true). With O(sid) alone the statement is removed, whoever is in it.
    type: str
    choices: [present, absent]
    default: present
  keep_others:
    description:
      - Whether to keep principals that are in the statement and not named by the task. This is for plays or teams that
        share one statement, which needs fewer of the 32,768 bytes than a statement for each of them.
      - With O(state=present) the named principals are added. The requested actions are allowed to all principals in the
        statement. Actions that the statement already allows are kept, so that no principal loses one.
      - With O(state=absent) the named principals are removed, and at least one must be named. The statement is removed when
        no principal is left in it. Its actions are not changed.
      - The two statements of a O(sid) count as one list. A principal is added to both, and O(grant_is_for_aws_resource)
        applies to all principals in them.
      - The statement must have the form that this module writes, for the same kind of principals as the named ones, that is
        for accounts and principals, for organizations, or for paths of organizational units. Any other, such as one with a
        condition of its own or with actions to manage the key, is not changed and the key fails with V(other_statement).
      - A unique ID (C(AROA…), C(AIDA…)) in place of a role or user that was deleted is kept like the others. The key then
        fails with V(stale_principals), because KMS rejects such a policy.
    type: bool
    default: false
  grant_is_for_aws_resource:
    description:
      - Whether C(kms:CreateGrant) is allowed only with the condition C(kms:GrantIsForAWSResource), that is when an AWS
        service such as Amazon EC2 calls it on the consumer's behalf for a resource of its own. Launching needs no more than
        that, and neither does the service-linked role of Auto Scaling that is named in O(principal_arns).
      - KMS supports this condition only for requests about grants. Therefore C(kms:CreateGrant) is in a statement of its
        own, and the other actions are in the one without the condition. A wildcard among the O(actions) that covers
        C(kms:CreateGrant) is replaced by the other actions that it covers.
      - V(false) writes C(kms:CreateGrant) and the other actions into one statement without the condition. Then every
        principal in it, in an organization every user and role with the IAM permission, can create grants for any principal
        of any account, also outside the organization. Such grants remain when the statement is removed. V(false) is needed
        where an account creates the grant for its Auto Scaling itself, as with the role of
        O(golden.ami.kms_grant#module:grantor_role_arn).
      - A single statement with C(kms:CreateGrant), from an earlier version or from V(false), is replaced by the two
        statements in one write, and the other way round. Existing grants are not affected.
      - Accounts and principals are in both statements, so that a key policy has room for about 480 accounts beside the
        default statement (with V(false), 970). Organizations and paths need little room.
    type: bool
    default: true
extends_documentation_fragment:
  - golden.ami.targets.keys
  - golden.ami.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(kms:DescribeKey) and C(kms:GetKeyPolicy), and C(kms:PutKeyPolicy) for changes. Key policies can
     be read and written only in the account of the key."
  - "Calls for a run: one C(DescribeKey) and one C(GetKeyPolicy) for each key; for each change one C(PutKeyPolicy) between
     two more C(GetKeyPolicy), in each Region no faster than the default KMS quota of 15 a second. If KMS does not show a
     change at once, the policy is read twice more within 4 seconds."
  - A change usually works within seconds, at times minutes. An instance that is launched before that can fail once.
  - The key policy alone is not sufficient. The consumer's users and roles also need IAM permissions on the key's ARN in
    their own account.
  - The service-linked role for Auto Scaling must exist before O(principal_arns) can name it. When it is deleted and created
    again, the policy shows a unique ID (C(AROA…)) in its place, and KMS rejects any change of the policy until that ID is
    removed. If the ID is in the statement of this O(sid), the next run replaces it with the new role, but not with
    O(keep_others).
  - The policies of a multi-Region key's replicas are independent. Name the key in each Region.
  - "Not confirmed by AWS's documentation: whether a request of a principal that calls C(CreateGrant) directly contains
     C(kms:GrantIsForAWSResource), so that C(BoolIfExists), with which one statement would be sufficient, is not used;
     whether requests of a service-linked role in a member account contain C(aws:PrincipalOrgID), so name service-linked
     roles in O(principal_arns); the error code for an AWS managed key, which is refused here before the call; whether KMS
     counts whitespace in the 32,768 bytes; this module writes none."
seealso:
  - module: golden.ami.kms_grant
  - module: golden.ami.launch_permission
  - module: amazon.aws.kms_key
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Let every account of an organization launch from AMIs on these keys
  golden.ami.kms_key_policy_statement:
    keys:
      - key_id: alias/golden
        region: eu-west-1
      - key_id: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    sid: GoldenAmiOrganization
    organization_ids: [o-exampleorgid]

- name: Let the accounts of one organizational unit, and of the units below it
  golden.ami.kms_key_policy_statement:
    key_id: alias/golden
    region: eu-west-1
    sid: GoldenAmiUnit
    organization_paths:
      - o-exampleorgid/r-abcd/ou-abcd-exampleouid/*

- name: Let Auto Scaling in a consumer account use the key, by the two statements of AWS's documentation
  golden.ami.kms_key_policy_statement:
    key_id: alias/golden
    region: eu-west-1
    sid: GoldenAmiAutoScaling
    principal_arns:
      - arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling
    actions:
      - kms:CreateGrant
      - kms:Decrypt
      - kms:DescribeKey
      - kms:Encrypt
      - kms:GenerateDataKey*
      - kms:ReEncrypt*

- name: Allow an account to create grants for its Auto Scaling itself, and so for anybody
  golden.ami.kms_key_policy_statement:
    key_id: alias/golden
    region: eu-west-1
    sid: GoldenAmiGrantors
    account_ids: ["111122223333"]
    actions: [kms:CreateGrant, kms:DescribeKey, kms:ListGrants]
    grant_is_for_aws_resource: false

- name: Allow two more accounts to use the key, and keep the others
  golden.ami.kms_key_policy_statement:
    key_id: alias/golden
    region: eu-west-1
    sid: GoldenAmiAccounts
    account_ids: ["111122223333", "444455556666"]
    keep_others: true

- name: Take the key from one of them
  golden.ami.kms_key_policy_statement:
    key_id: alias/golden
    region: eu-west-1
    sid: GoldenAmiAccounts
    account_ids: ["444455556666"]
    keep_others: true
    state: absent

- name: Remove a statement, whomever it names
  golden.ami.kms_key_policy_statement:
    key_id: alias/golden
    region: eu-west-1
    sid: GoldenAmiUnit
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
      description:
        - The statements before the change, as in the policy, by their Sid. Null for none, and for more than one with the
          Sid. The second statement is left out if it exists neither before nor after.
        - Null if the policy could not be read.
      type: dict
      sample: &sample
        GoldenAmiOrganization:
          Sid: GoldenAmiOrganization
          Effect: Allow
          Principal: {AWS: "*"}
          Action: [kms:Decrypt, kms:DescribeKey]
          Resource: "*"
          Condition: {StringEquals: {"aws:PrincipalOrgID": o-exampleorgid}}
        GoldenAmiOrganizationGrants:
          Sid: GoldenAmiOrganizationGrants
          Effect: Allow
          Principal: {AWS: "*"}
          Action: kms:CreateGrant
          Resource: "*"
          Condition:
            StringEquals: {"aws:PrincipalOrgID": o-exampleorgid}
            Bool: {"kms:GrantIsForAWSResource": "true"}
    after:
      description:
        - The statements after the change, by their Sid; in check mode, those that would be. Null for none.
        - Null if the content of the policy is not known.
      type: dict
      sample: *sample
    error:
      description:
        - Why the key failed; null when it did not. Keys as for M(golden.ami.launch_permission).
        - "Our own codes, before anything is written: V(aws_managed_key), V(unreadable_policy) for a policy that is no JSON object
          with statements, V(ambiguous_sid) for several statements of this O(sid), V(deny_statement) for one that denies,
          V(names_others) for O(state=absent) with a list that lacks somebody, V(other_statement) for one to which
          O(keep_others) can add nobody and from which it can remove nobody, and for one that has the Sid of the second statement
          and is not like it, V(stale_principals) for unique IDs of roles or users that are gone, V(policy_too_large),
          V(lock_out), and V(policy_changed) when somebody else changed the policy since it was read."
        - Our own code after the policy was written is V(lost_update), when the policy that KMS shows is not the one that was
          written.
        - AWS answers C(MalformedPolicyDocumentException) when a principal does not exist.
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

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._key_policy import apply as key_policies
from ansible_collections.golden.ami.plugins.module_utils._key_policy import read as read_policy
from ansible_collections.golden.ami.plugins.module_utils._key_policy.plan import plan_policy
from ansible_collections.golden.ami.plugins.module_utils._key_policy.request import parse_request
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_setter


def parse(params, region):
    keys, partition, problems = args.parse_keys(params, region, known_regions())
    return keys, args.unless(problems, lambda: parse_request(params, partition))


def main():
    module = args.make_module(
        {
            **args.KEYS,
            "sid": {"type": "str", "required": True},
            "account_ids": {"type": "list", "elements": "str"},
            "principal_arns": {"type": "list", "elements": "str"},
            "organization_ids": {"type": "list", "elements": "str"},
            "organization_paths": {"type": "list", "elements": "str"},
            # Not choices: the core checks them together with everything else and knows the nearest right word.
            "actions": {"type": "list", "elements": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "keep_others": {"type": "bool", "default": False},
            "grant_is_for_aws_resource": {"type": "bool", "default": True},
        },
        **args.one_of_keys(),
    )
    run_setter(module, parse, read_policy.read, plan_policy, key_policies.apply)


if __name__ == "__main__":
    main()
