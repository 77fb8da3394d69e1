#!/usr/bin/python

# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: organization_info
version_added: 1.0.0
short_description: Read the caller's organization, the paths of its organizational units, and the accounts in them
description:
  - Reads AWS Organizations. It returns the organization of the caller, so that the ARN of another organization can be
    detected before an AMI is shared with it; the path of an organizational unit, as key policies compare it with the
    condition key C(aws:PrincipalOrgPaths); and the accounts that are in an organization or unit now.
  - Without O(organization_arns) and O(organizational_unit_arns) the caller's own organization is read.
  - A target that cannot be read is a failure, never an empty list. The others are read, and the task fails at the end.
options:
  organization_arns:
    description:
      - ARNs of organizations, such as C(arn:aws:organizations::111122223333:organization/o-exampleorgid). Only the caller's
        own can be read. Another one has the error V(other_organization).
    type: list
    elements: str
  organizational_unit_arns:
    description:
      - ARNs of organizational units, such as
        C(arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-examplerootid-exampleouid).
    type: list
    elements: str
  accounts:
    description: Whether to list the accounts as well.
    type: bool
    default: false
  assume_role_arn:
    description:
      - ARN of a role to assume for all calls. Paths and accounts can be read with credentials of the management account or
        of a delegated administrator only; a role there lets other accounts read them.
    type: str
  assume_role_external_id:
    description:
      - External ID with which O(assume_role_arn) is assumed, where its trust policy asks for one (C(sts:ExternalId)).
    type: str
extends_documentation_fragment:
  - golden.ami.attributes.info
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - golden.ami.requirements
notes:
  - "IAM actions needed: C(organizations:DescribeOrganization), which works in every account of an organization. In the
    management account or a delegated administrator: C(organizations:ListParents) with O(organizational_unit_arns),
    C(organizations:ListAccountsForParent) and C(organizations:ListOrganizationalUnitsForParent) with both this and
    O(accounts), C(organizations:ListAccounts) with O(accounts) and an organization. C(sts:AssumeRole) with
    O(assume_role_arn), whose role needs the other actions."
  - "Calls for a run: C(DescribeOrganization) once, C(ListParents) once for each unit and each one above it; with
     O(accounts) C(ListAccounts) once for 20 accounts, or C(ListAccountsForParent) and C(ListOrganizationalUnitsForParent)
     for each unit and each one below it. Nothing is read twice for units that contain each other."
  - AWS Organizations has one endpoint for each partition, so the module's O(region) only determines the partition, and the
    STS endpoint for O(assume_role_arn). Without it both follow from the ARNs. ARNs and Region must be of one partition.
  - Accounts join, leave and move at any time; a launch permission for a unit follows them, a list of accounts does not.
seealso:
  - module: golden.ami.launch_permission
  - module: golden.ami.kms_key_policy_statement
author:
  - golden.ami contributors (@golden)
"""

EXAMPLES = r"""
- name: Which organization am I in
  golden.ami.organization_info:
  register: organization

- name: Let all its accounts use a key
  golden.ami.kms_key_policy_statement:
    key_id: alias/golden
    region: eu-west-1
    sid: GoldenAmiLaunch
    organization_ids: ["{{ organization.results[0].organization_id }}"]

- name: The accounts in two organizational units and all units below them, from an account that may not list them itself
  golden.ami.organization_info:
    organizational_unit_arns:
      - arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid
      - arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-anotherouid
    accounts: true
    assume_role_arn: arn:aws:iam::111122223333:role/read-organization
  register: units

- name: Let the accounts of these units use a key
  golden.ami.kms_key_policy_statement:
    key_id: alias/golden
    region: eu-west-1
    sid: GoldenAmiUnits
    organization_paths: "{{ units.results | map(attribute='path') | product(['*']) | map('join') }}"
"""

RETURN = r"""
results:
  description:
    - One entry for each ARN, first those of O(organization_arns), then those of O(organizational_unit_arns), each in its
      order. Empty when the input was refused.
  returned: always
  type: list
  elements: dict
  contains:
    arn:
      description: ARN of the organization or unit; null for the caller's own organization when it could not be read.
      type: str
      sample: arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-exampleouid
    kind:
      description: V(organization) or V(organizational_unit).
      type: str
      sample: organizational_unit
    organization_id:
      description: ID of the organization; null when it could not be read, or is not the caller's.
      type: str
      sample: o-exampleorgid
    management_account_id:
      description: Its management account; null when it could not be read, or is not the caller's.
      type: str
      sample: "111122223333"
    path:
      description:
        - Path of the unit from the organization through the root and the units above it, with a slash at the end; null for
          an organization, and when it could not be read. With C(*) behind it, it is a path for
          O(golden.ami.kms_key_policy_statement#module:organization_paths) that includes the units below.
      type: str
      sample: o-exampleorgid/r-abcd/ou-abcd-exampleouid/
    accounts:
      description:
        - All accounts of the organization, or those in the unit and in all units below it, whatever their state; null
          without O(accounts), and when not all of them could be read.
      type: list
      elements: dict
      contains:
        account_id:
          description: ID of the account.
          type: str
          sample: "444455556666"
        name:
          description: Name of the account.
          type: str
          sample: web
        state:
          description:
            - State of the account as AWS names it, such as V(ACTIVE), V(SUSPENDED) or V(PENDING_CLOSURE). AWS retires the
              older C(Status) in September 2026; null when the installed botocore does not know its successor C(State).
          type: str
          sample: ACTIVE
        path:
          description:
            - Path of the unit that directly contains the account; null in the list of an organization, which does not
              include it.
          type: str
          sample: o-exampleorgid/r-abcd/ou-abcd-exampleouid/
    error:
      description:
        - Why the target could not be read; null when it could. Keys as for M(golden.ami.launch_permission). Besides AWS's
          own codes V(other_organization) for an ARN of an organization that the caller is not in,
          V(wrong_management_account) for an ARN of the caller's organization with another management account than it has,
          and V(no_parent) when AWS Organizations lists nothing above a unit.
      type: dict
      sample: null
problems:
  description: Every value that was refused, with the cure.
  returned: when the input was refused
  type: list
  elements: str
msg:
  description: Each target that could not be read, who was calling what, AWS's error code and the next step.
  returned: on failure
  type: str
"""

from ansible_collections.golden.ami.plugins.module_utils._call.regions import known_regions
from ansible_collections.golden.ami.plugins.module_utils._module import args
from ansible_collections.golden.ami.plugins.module_utils._module.run import run_info
from ansible_collections.golden.ami.plugins.module_utils._organization import read as aws_organizations
from ansible_collections.golden.ami.plugins.module_utils._organization.model import parse_query, show_target


def parse(params, region):
    return parse_query(params, region, known_regions()), None


def main():
    module = args.make_module(
        {
            "organization_arns": {"type": "list", "elements": "str"},
            "organizational_unit_arns": {"type": "list", "elements": "str"},
            "accounts": {"type": "bool", "default": False},
            "assume_role_arn": {"type": "str"},
            "assume_role_external_id": {"type": "str"},
        }
    )
    run_info(module, parse, aws_organizations.read, show_target)


if __name__ == "__main__":
    main()
