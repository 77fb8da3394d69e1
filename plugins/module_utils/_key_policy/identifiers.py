# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shapes of what key-policy statements name: sids, principals, organizations, organization paths and IAM actions of KMS.

The rules of ``identifiers`` hold here, too: a sentence or None, and nothing is repaired.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from .._base import identifiers

# The Sid of a key policy is free text, blanks included (KMS Developer Guide, "Creating a key policy"). Its length is
# not documented; this leaves out what nobody means.
SID = re.compile(r"[!-~](?:[ -~]{0,126}[!-~])?")
ORGANIZATION_ID = re.compile(r"o-[a-z0-9]{10,32}")
# As aws:PrincipalOrgPaths has them. The ID of a unit begins with that of the root above it. "…/" are the accounts right
# below the last unit, "…/*" also those of the units below that.
ORGANIZATION_PATH = re.compile(r"(?P<organization>o-[a-z0-9]{10,32})/r-([0-9a-z]{4,32})/(?:ou-\2-[a-z0-9]{8,32}/)*\*?")
# What reads a key or belongs to no key; AWS's own samples allow these with wildcards.
_READING = (
    "DescribeCustomKeyStores",
    "GenerateRandom",
    "GetKeyLastUsage",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "GetParametersForImport",
    "ListAliases",
    "ListGrants",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListKeys",
    "ListResourceTags",
    "ListRetirableGrants",
)
CREATE_GRANT = "kms:CreateGrant"
USING_ACTIONS = (*identifiers.GRANT_OPERATIONS, "RevokeGrant", *_READING)
# What changes the key, its policy or its life.
ADMINISTRATIVE_ACTIONS = (
    "CancelKeyDeletion",
    "ConnectCustomKeyStore",
    "CreateAlias",
    "CreateCustomKeyStore",
    "CreateKey",
    "DeleteAlias",
    "DeleteCustomKeyStore",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeyRotation",
    "DisconnectCustomKeyStore",
    "EnableKey",
    "EnableKeyRotation",
    "ImportKeyMaterial",
    "PutKeyPolicy",
    "ReplicateKey",
    "RotateKeyOnDemand",
    "ScheduleKeyDeletion",
    "SynchronizeMultiRegionKey",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateCustomKeyStore",
    "UpdateKeyDescription",
    "UpdatePrimaryRegion",
)


def check_sid(value: str) -> str | None:
    if SID.fullmatch(value):
        return None
    return (
        f"sid: {value!r} cannot be the Sid of a statement here: write 1 to 128 printable ASCII characters without blanks at "
        "either end, such as 'GoldenAmiLaunch'."
    )


def grants_sid(sid: str) -> str:
    """The Sid under which CreateGrant stands by itself, on its own condition."""
    return f"{sid}Grants"


def check_beginning_of_sids(value: str, longest: str = "OrganizationalUnitsGrants") -> str | None:
    """:param longest: what is put behind it. Roles have a statement for each kind, and one for the grants of it."""
    if check_sid(value) or not check_sid(f"{value}{longest}"):
        return check_sid(value)
    return f"sid: {value!r} has {len(value)} characters, which leaves no room for {longest!r} behind it."


def check_principal_arn(value: str, partition: str | None = None) -> str | None:
    """The ARN of a role, user or session; everybody, services and organizations have options of their own, or none."""
    if re.fullmatch(r"[\d\s]+", value):
        return f"'{value}' is no ARN; account IDs go into account_ids."
    match = identifiers.PRINCIPAL_ARN.fullmatch(value)
    if match:
        if partition and match.group("partition") != partition:
            return f"'{value}' belongs to the partition '{match.group('partition')}', the keys to '{partition}'."
        return None
    if "*" in value:
        return (
            f"'{value}' has a wildcard, which KMS takes as a name, or as everybody; name roles and users one by one, accounts "
            "in account_ids, or organizations in organization_ids."
        )
    if re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", value):
        return f"'{value}' is a service principal; for a service in a consumer's account name the ARN of its service-linked role."
    if ":organizations:" in value or re.fullmatch(r"(o|ou|r)-[a-z0-9-]+", value):
        return f"'{value}' is no principal; organizations go into organization_ids, units into organization_paths."
    if identifiers.UNIQUE_ID.fullmatch(value):
        return f"'{value}' is the unique ID of a role or user, which changes when it is made again; give its ARN."
    return f"'{value}' is not the ARN of a role, user, session or account root (groups cannot be principals)."


def check_organization_id(value: str) -> str | None:
    if ORGANIZATION_ID.fullmatch(value):
        return None
    found = re.search(r":organization/(o-[a-z0-9]{10,32})$", value)
    hint = f" Write '{found.group(1)}'." if found else " It looks like 'o-exampleorgid'."
    return f"'{value}' is not the ID of an organization.{hint}"


def check_organization_path(value: str) -> str | None:
    if ORGANIZATION_PATH.fullmatch(value):
        return None
    if ORGANIZATION_PATH.fullmatch(f"{value}/"):
        return (
            f"'{value}' would match nothing: end it with '/*' for the unit with all units below it, or with '/' for the "
            "accounts directly in it."
        )
    if re.fullmatch(r"o-[a-z0-9]{10,32}(/\*?)?", value):
        return f"'{value}' is a whole organization, which goes into organization_ids."
    return (
        f"'{value}' is not a path of AWS Organizations: from the organization through the root to the unit, such as "
        "'o-exampleorgid/r-abcd/ou-abcd-exampleouid/*'."
    )


def check_actions(actions: Iterable[str]) -> list[str]:
    names = list(actions)
    if not names:
        return ["actions: is empty; leave the option out for the actions that launching needs."]
    return [f"actions: {problem}" for problem in map(_check_action, names) if problem]


def _check_action(value: str) -> str | None:
    known = (*USING_ACTIONS, *ADMINISTRATIVE_ACTIONS)
    prefix, _colon, name = value.rpartition(":")
    covered = [action for action in known if fnmatchcase(action.lower(), name.lower())]
    if prefix.lower() != "kms" or not covered or not re.fullmatch(r"[A-Za-z*?]+", name):
        close = [f"kms:{action}" for action in covered[:1] or difflib.get_close_matches(name, known, n=1, cutoff=0.5)]
        hint = f" Did you mean '{close[0]}'?" if close and re.search("[a-z]", name) else ""
        return f"'{value}' is not an IAM action of KMS.{hint}"
    too_much = [f"kms:{action}" for action in covered if action in ADMINISTRATIVE_ACTIONS]
    if too_much:
        shown = ", ".join(too_much[:3]) + (f" and {len(too_much) - 3} more" if len(too_much) > 3 else "")
        return (
            f"'{value}' would allow others to administer the key ({shown}); this module writes statements for using it."
        )
    return None


def spelled(action: str) -> str:
    """An action as AWS spells it, since IAM does not mind the case; a wildcard as it is."""
    name = action.rpartition(":")[2]
    return "kms:" + next((known for known in USING_ACTIONS if known.lower() == name.lower()), name)


def organization_of(arn: str) -> str:
    """The organization's ID in the ARN of an organization or of a unit; empty where there is none."""
    found = re.search(r":(?:organization|ou)/(o-[a-z0-9]{10,32})(?:/|$)", arn)
    return found.group(1) if found else ""


def unit_of(arn: str) -> tuple[str, str]:
    """Organization and unit of a unit's ARN: unit IDs are unique only within an organization."""
    return organization_of(arn), arn.rpartition("/")[2]


def unit_of_path(path: str) -> tuple[str, str]:
    """Organization and last unit of a path, which :func:`check_organization_path` has accepted."""
    parts = path.rstrip("*").rstrip("/").split("/")
    return parts[0], parts[-1]
