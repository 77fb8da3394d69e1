# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of modules that act on AMIs and on principals; the argument specs are in module_utils/_module/args.py."""

from __future__ import annotations


class ModuleDocFragment:
    # images and its short form image_id.
    DOCUMENTATION = r"""
options:
  images:
    description:
      - The AMIs, in any number of Regions. They are worked on at once; results come in this order.
      - Exactly one of O(images) and O(image_id) is required.
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
"""

    # Accounts of consumers, and a role in each.
    CONSUMERS = r"""
options:
  account_ids:
    description:
      - The consumers' accounts, as strings of 12 digits. Quote them, because YAML reads an unquoted ID with a leading zero as
        an octal number. Such a value is refused, never padded.
      - Without it the account of the task's own credentials is meant, and no role is assumed.
    type: list
    elements: str
  role_arn:
    description:
      - ARN of the role that is assumed in each of O(account_ids), with C({account}) where an ARN has the account, such as
        C(arn:{partition}:iam::{account}:role/golden-ami-consumer). C({partition}) stands for the partition of the AMIs.
      - Each role is assumed once (C(sts:AssumeRole) with the task's own credentials), and again before its credentials expire.
    type: str
  external_id:
    description:
      - External ID with which the roles are assumed, where their trust policies ask for one (C(sts:ExternalId)).
    type: str
"""

    # Whom an AMI is shared with.
    PRINCIPALS = r"""
options:
  account_ids:
    description:
      - AWS accounts, as strings of 12 digits. Quote them, because YAML reads an unquoted ID with a leading zero as an
        octal number. Such a value is refused, never padded.
      - The AMI's owner may always launch it; its own account is dropped with a warning.
    type: list
    elements: str
    aliases: [user_ids]
  organization_arns:
    description:
      - ARNs of whole organizations of AWS Organizations, such as
        C(arn:aws:organizations::111122223333:organization/o-exampleorgid). EC2 accepts any organization, also one that
        the owner is no member of, so check them.
    type: list
    elements: str
    aliases: [org_arns]
  organizational_unit_arns:
    description:
      - ARNs of organizational units, such as
        C(arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-examplerootid-exampleouid). Units and accounts below
        them are included, also those that join later.
    type: list
    elements: str
    aliases: [org_unit_arns]
  public:
    description:
      - Everybody, that is the group V(all). Never the default, never implied by an empty list.
    type: bool
  launch_permission_quota:
    description:
      - How many accounts, organizations and organizational units together may share one AMI in one Region. AWS allows
        1,000 and raises it on request. What would exceed it is refused before any call that changes something.
    type: int
    default: 1000
"""

    # keys and its short form key_id.
    KEYS = r"""
options:
  keys:
    description:
      - The KMS keys, in any number of Regions. They are worked on at once; results come in this order. A key that is
        named twice, by ID and by alias for example, is worked on once.
      - Exactly one of O(keys) and O(key_id) is required.
    type: list
    elements: dict
    suboptions:
      key_id:
        description: Key ID, key ARN, alias name (V(alias/NAME)) or alias ARN.
        type: str
        required: true
        aliases: [key_arn]
      region:
        description: Region of the key. Without it the Region of the ARN is used, or the module's O(region).
        type: str
  key_id:
    description:
      - Short form for a single key, in the Region of the ARN or the module's O(region).
    type: str
    aliases: [key_arn]
"""
