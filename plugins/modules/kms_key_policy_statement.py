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
    organizations or organizational units can use the keys. The default actions are those that launching from a shared AMI
    needs whose snapshots are encrypted under the key.
  - C(kms:CreateGrant) stands in a second statement, under the O(sid) followed by C(Grants), on the condition that an AWS
    service makes the grant for its own resource (O(grant_is_for_aws_resource)). Both are always written and removed together.
  - Organizations and organizational units cannot have grants, so that an encrypted AMI is shared with them by way of the key
    policy. For accounts, roles and users M(golden.ami.kms_grant) does the same without a change of the key.
  - The statement is found by its O(sid). Everything else in the policy stays as it is, with the same statements in the same
    order.
  - Statements are compared by their meaning, whether they have one value or a list, in whatever order, an account's ID or
    the ARN of its root, and actions in whatever case. A second run changes nothing and writes nothing.
  - "Nothing is written, and the key fails, where the policy has several statements of this O(sid) or one that denies; where
    another statement has the Sid of the second one; where the policy names roles or users that are gone, with which KMS takes
    no policy; where it would be larger than 32,768 bytes; or where the statement that goes is the one that lets the account
    manage the key. KMS's own check against a lock-out is never bypassed."
  - KMS replaces a policy as a whole and has no lock, so that of two that write at the same time one loses. The policy is read
    once more right before it is written, and again after; what somebody else changed meanwhile is a failure.
  - The key itself is never changed. Key policies can be read and written in every state of a key.
options:
  sid:
    description:
      - Which statement, as its C(Sid) says, in exactly these letters. It has 1 to 122 printable ASCII characters, blanks
        included (to remove a statement, 128). There is no default, because a statement of the same name is replaced, whoever
        made it.
      - Use one for each purpose that has its own list, and one each for accounts, organizations and organizational units.
    type: str
    required: true
  account_ids:
    description:
      - Accounts that may use the keys, as strings of 12 digits, in quotes. Their IAM policies then decide which of their
        users and roles may; the key policy alone lets none of them in.
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
      - Organizational units, as the path from the organization through its root. V(o-exampleorgid/r-abcd/ou-abcd-exampleouid/*)
        is the unit with all units below it, V(o-exampleorgid/r-abcd/ou-abcd-exampleouid/) only the accounts right in it.
      - The statement names everybody, on the condition that C(aws:PrincipalOrgPaths) is like one of these and
        C(aws:PrincipalOrgID) is that of its organization, because IDs of units are unique only within one.
      - Cannot be combined with any other list.
    type: list
    elements: str
  actions:
    description:
      - What may be done with the keys, as IAM actions with C(kms:). Wildcards such as V(kms:ReEncrypt*) are possible.
      - "The default serves launching from a shared encrypted AMI, and each action is there for a reason.
        C(kms:DescribeKey): EC2 looks at the key. C(kms:Decrypt): the data key of the snapshot is decrypted.
        C(kms:ReEncryptFrom) and C(kms:ReEncryptTo): it is re-encrypted for the new volume.
        C(kms:GenerateDataKeyWithoutPlaintext) and C(kms:GenerateDataKey): volumes that get a new data key.
        C(kms:CreateGrant): EC2 gives Amazon EBS a grant of its own for as long as the volume is attached; see
        O(grant_is_for_aws_resource)."
      - AWS's own sample of a key policy for sharing an AMI with organizations lacks C(kms:CreateGrant). An encrypted AMI cannot
        be launched without it.
      - Auto Scaling groups need C(kms:Encrypt) too, by the documentation of Amazon EC2 Auto Scaling.
      - Actions with which others could manage the key, such as C(kms:PutKeyPolicy) or V(kms:*), are refused.
    type: list
    elements: str
  state:
    description:
      - V(present) makes the statement exactly what was asked for. Who is not named any more loses access, unless
        O(keep_others=true).
      - V(absent) removes the statement. When somebody is named, a statement that names others, too, is not removed and the
        key fails, unless O(keep_others=true). With O(sid) alone it is removed whomever it names.
    type: str
    choices: [present, absent]
    default: present
  keep_others:
    description:
      - Whether those whom the statement names already, and the task does not, stay in it. For lists that several plays or
        teams share in one statement, which holds more than a statement for each of them within 32,768 bytes.
      - With O(state=present) those who are named are added. The actions become the asked ones for all whom the statement
        names; where it allows more than was asked, it allows both, because nobody who stays loses an action.
      - With O(state=absent) those who are named, which must be somebody, are removed, and the statement when nobody is left
        in it. Its actions stay.
      - The two statements of a O(sid) count as one list. Who is added is added to both, and C(kms:CreateGrant) is allowed to
        everybody in them in the way that O(grant_is_for_aws_resource) says.
      - The statement must be one as this module makes it, and for the same kind as the named ones, that is for accounts and
        principals, for organizations, or for paths of organizational units. Any other, such as one with a condition of its
        own or with actions to manage the key, is not changed and the key fails with V(other_statement).
      - A unique ID (C(AROA…), C(AIDA…)) that the statement has in place of a role or user that is gone stays in it like the
        others, so that the key fails with V(stale_principals), as KMS would take no such policy.
    type: bool
    default: false
  grant_is_for_aws_resource:
    description:
      - Whether C(kms:CreateGrant) is allowed only on the condition C(kms:GrantIsForAWSResource), that is when an AWS service
        such as Amazon EC2 calls it on the consumer's behalf for a resource of its own. Launching needs no more than that, and
        neither does the service-linked role of Auto Scaling that is named in O(principal_arns).
      - KMS knows this condition for requests about grants only, so that C(kms:CreateGrant) stands in a statement of its own and
        the other actions in the one without it. A wildcard among the O(actions) that covers C(kms:CreateGrant) is written as the
        other actions that it covers.
      - V(false) puts C(kms:CreateGrant) with the other actions into one statement without the condition. Then everybody whom it
        names, in an organization every user and role with the IAM permission, can create grants for any principal of any account,
        also outside the organization, and those stay when the statement goes. It is needed where an account creates the grant for
        its Auto Scaling by itself, as with the role of O(golden.ami.kms_grant#module:grantor_role_arn).
      - A statement with C(kms:CreateGrant) that earlier versions made, or V(false), becomes the two in one write, and the other
        way round. Grants that exist are not affected.
      - Organizations and paths take little room twice. Accounts and principals are named in both statements, and beside the
        statement of the default key policy there is room for about 480 accounts (with V(false), 970).
    type: bool
    default: true
extends_documentation_fragment:
  - golden.ami.targets.keys
  - golden.ami.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(kms:DescribeKey) and C(kms:GetKeyPolicy), and C(kms:PutKeyPolicy) for changes. Key policies cannot be
    read or written from another account, whatever they say."
  - "Calls for a run: one C(DescribeKey) and one C(GetKeyPolicy) for each key; for each change one C(PutKeyPolicy) between two
    more C(GetKeyPolicy), in each Region no faster than the default KMS quota of 15 a second. A change that KMS does not show at
    once is looked for twice more, within 4 seconds."
  - A change usually works within seconds, at times minutes. An instance that is launched before that can fail once.
  - The key policy of the owner is one half. The consumer's users and roles need IAM permissions on the key's ARN in their own
    account, too.
  - The service-linked role for Auto Scaling must exist before O(principal_arns) can name it. When it is deleted and made again,
    the policy shows a unique ID (C(AROA…)) in its place, and KMS takes no change of the policy until that is gone.
    When it stands in the statement of this O(sid), running the task again puts the new role in its place, without
    O(keep_others) only.
  - The policies of a multi-Region key's replicas are independent. Name the key in each Region.
  - "Not confirmed by AWS's documentation: whether a request of somebody who calls C(CreateGrant) directly has
    C(kms:GrantIsForAWSResource) at all, so that C(BoolIfExists), with which one statement would do, is not used; whether a
    service-linked role in a member account carries C(aws:PrincipalOrgID), so name service-linked roles in O(principal_arns); the
    error code for an AWS managed key, which is refused here before the call; whether KMS counts the 32,768 bytes with or without
    blanks between the words, of which none are written here."
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

- name: Let an account grant the key to its Auto Scaling by itself, and so to anybody
  golden.ami.kms_key_policy_statement:
    key_id: alias/golden
    region: eu-west-1
    sid: GoldenAmiGrantors
    account_ids: ["111122223333"]
    actions: [kms:CreateGrant, kms:DescribeKey, kms:ListGrants]
    grant_is_for_aws_resource: false

- name: Let two more accounts use the key, and leave those alone who may already
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
        - The statements that there were, as the policy has them, by their Sid. Null for none, and for more than one of the Sid.
          The second statement is left out when it is there neither before nor after.
        - Null altogether when the policy could not be read.
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
        - Null altogether when what the policy has is not known.
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
