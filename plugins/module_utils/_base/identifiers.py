# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shapes of the values that people type: account IDs, ARNs, AMI and key IDs, Regions, grant names.

Every ``check_*`` function takes one value and returns a sentence that says what is wrong with it and what to do, or
None when the value has the right shape. Nothing is repaired: a padded or stripped account ID is another account's ID.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping

REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+", re.ASCII)
ACCOUNT_ID = re.compile(r"\d{12}", re.ASCII)
IMAGE_ID = re.compile(r"ami-(?:[0-9a-f]{8}|[0-9a-f]{17})")
SNAPSHOT_ID = re.compile(r"snap-(?:[0-9a-f]{8}|[0-9a-f]{17})")
KEY_ID = re.compile(r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})", re.IGNORECASE)
ALIAS_NAME = re.compile(r"alias/[a-zA-Z0-9/_-]{1,250}")
# The Organizations API model gives the lengths; its own patterns hard-code the partition "aws", which is wrong elsewhere.
ORGANIZATION_ARN = re.compile(r"arn:(aws[a-z-]*):organizations::\d{12}:organization/o-[a-z0-9]{10,32}", re.ASCII)
ORGANIZATIONAL_UNIT_ARN = re.compile(
    r"arn:(aws[a-z-]*):organizations::\d{12}:ou/o-[a-z0-9]{10,32}/ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}", re.ASCII
)
KMS_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):kms:(?P<region>[a-z0-9-]+):\d{12}:(?P<resource>.+)", re.ASCII)
PRINCIPAL_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):"
    r"(?:iam::\d{12}:(?:root|user/[\w+=,.@/-]+|role/[\w+=,.@/-]+)"
    r"|sts::\d{12}:(?:assumed-role/[\w+=,.@-]+/[\w+=,.@:-]+|federated-user/[\w+=,.@-]+))",
    re.ASCII,
)
# IAM: a path of printable characters, and a name of up to 64.
ROLE_ARN = re.compile(r"arn:(aws[a-z-]*):iam::\d{12}:role/(?:[!-~]+/)?[\w+=,.@-]{1,64}", re.ASCII)
UNIQUE_ID = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{8,}")
# CreateGrant's Name: 1-256 characters. Ours are "<prefix>/<account>/<10 hex>-<10 hex>", 35 characters behind the prefix.
GRANT_NAME_PREFIX = re.compile(r"[a-zA-Z0-9:/_-]{1,200}")
# kms CreateGrant, parameter Operations; ListGrants, RevokeGrant and wildcards are IAM actions, not grant operations.
GRANT_OPERATIONS = (
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "GetPublicKey",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
    "Encapsulate",
    "Decapsulate",
)


class InputError(ValueError):
    """Input that is refused before any call to AWS; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__(refusal(self.problems))


def refusal(problems: Iterable[str]) -> str:
    """One message for all problems; says that nothing was changed, because nothing was."""
    listed = list(problems)
    head = "Refused before the first call to AWS, nothing was changed:"
    return f"{head} {listed[0]}" if len(listed) == 1 else "\n- ".join([head, *listed])


def kind_of(value: object) -> str:
    """The kind of a value as people name it; ansible-core's own containers have names that nobody knows."""
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "a dictionary"
    if isinstance(value, list | tuple):
        return "a list"
    if hasattr(value, "isoformat"):
        return "a date or time"
    names = {bool: "true or false", int: "a number", float: "a number"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), type(value).__name__)


def check_each(option: str, values: Iterable[object], check: Callable[[str], str | None]) -> list[str]:
    """The problems of all values of a list option, each with the option's name in front."""
    problems = (check(str(value)) for value in values)
    return [f"{option}: {problem}" for problem in problems if problem]


def check_account_id(value: str) -> str | None:
    if ACCOUNT_ID.fullmatch(value):
        return None
    octal = octal_account_id(int(value)) if re.fullmatch(r"[1-9]\d{0,11}", value, re.ASCII) else ""
    if octal:
        return (
            f"'{value}' is not a 12-digit account ID. If {octal} was meant: YAML read the unquoted number as octal; "
            f"write it in quotes, '{octal}'."
        )
    if re.fullmatch(r"[\d\s]+", value) and re.search(r"\s", value):
        return f"'{value}' contains blanks; an account ID is 12 digits without blanks, in quotes."
    if re.fullmatch(r"\d{4}-\d{4}-\d{4}", value, re.ASCII):
        return f"'{value}' is an account ID as the console shows it; write its 12 digits without hyphens."
    if re.fullmatch(r"\d+", value, re.ASCII):
        lost = (
            " A leading zero is lost when the ID is not quoted: look the ID up and write it in quotes; it is never padded "
            "here, as that could name another account."
        )
        return f"'{value}' has {len(value)} digits; an account ID has 12.{lost if len(value) < 12 else ''}"
    return f"'{value}' is not an account ID: write 12 digits in quotes, such as '111122223333'."


def octal_account_id(number: int) -> str:
    """The 12 digits that YAML reads as this number because the first of them is 0; empty when there are none such."""
    octal = f"0{number:o}"
    return octal if number > 0 and len(octal) == 12 else ""


def lost_number(number: int) -> str:
    """What is wrong with a number where an account ID or another text belongs; nobody can tell any more what was typed."""
    octal = octal_account_id(number)
    if octal:
        return (
            f"'{number}' is not a 12-digit account ID. If {octal} was meant: YAML reads digits behind a 0 as an octal number; "
            f"put a comma behind it in a survey ({octal},), quotes around it in YAML ('{octal}')."
        )
    return (
        f"'{number}' is a number, so that what was typed may be lost (YAML drops a leading 0); put a comma behind it in a "
        "survey, quotes around it in YAML."
    )


def check_image_id(value: str) -> str | None:
    if IMAGE_ID.fullmatch(value):
        return None
    return f"'{value}' is not an AMI ID: it is 'ami-' and 17 (or 8) characters of 0-9 and a-f."


def check_snapshot_id(value: str) -> str | None:
    if SNAPSHOT_ID.fullmatch(value):
        return None
    return f"'{value}' is not a snapshot ID: it is 'snap-' and 17 (or 8) characters of 0-9 and a-f."


def check_region(value: str, known: Mapping[str, str]) -> str | None:
    """:param known: Region name to partition, as botocore knows them; empty when botocore is not at hand."""
    if value in known or (not known and REGION.fullmatch(value)):
        return None
    lower = value.lower()
    is_one = lower in known or (not known and REGION.fullmatch(lower))
    close = [lower] if is_one else difflib.get_close_matches(lower, known, n=1)
    hint = (
        f" Did you mean '{close[0]}'?"
        if close
        else " A Region newer than the installed botocore needs a newer botocore."
    )
    return f"'{value}' is not an AWS Region.{hint}"


def _check_arn(value: str, pattern: re.Pattern[str], kind: str, example: str, partition: str | None) -> str | None:
    match = pattern.fullmatch(value)
    if not match:
        return f"'{value}' is not the ARN of {kind}; it looks like '{example.format(partition=partition or 'aws')}'."
    if partition and match.group(1) != partition:
        return (
            f"'{value}' belongs to the partition '{match.group(1)}', the AMIs to '{partition}'. Nothing can be shared "
            "between partitions; store and restore the AMI through S3 there instead."
        )
    return None


def check_organization_arn(value: str, partition: str | None = None) -> str | None:
    example = "arn:{partition}:organizations::111122223333:organization/o-exampleorgid"
    return _check_arn(value, ORGANIZATION_ARN, "an organization", example, partition)


def check_organizational_unit_arn(value: str, partition: str | None = None) -> str | None:
    example = "arn:{partition}:organizations::111122223333:ou/o-exampleorgid/ou-examplerootid-exampleouid"
    return _check_arn(value, ORGANIZATIONAL_UNIT_ARN, "an organizational unit", example, partition)


def check_role_arn(value: str) -> str | None:
    """The ARN of a role, such as one to assume; a session of a role is none."""
    if ROLE_ARN.fullmatch(value):
        return None
    return f"'{value}' is not the ARN of a role; it looks like 'arn:aws:iam::111122223333:role/golden-ami'."


def check_key(value: str, region: str | None = None) -> str | None:
    """A key ID, key ARN, alias name or alias ARN; an ARN must lie in the Region that was named with it."""
    if KEY_ID.fullmatch(value) or ALIAS_NAME.fullmatch(value):
        return None
    match = KMS_ARN.fullmatch(value)
    kind, _slash, name = match.group("resource").partition("/") if match else ("", "", "")
    if not match or not ((kind == "key" and KEY_ID.fullmatch(name)) or ALIAS_NAME.fullmatch(f"{kind}/{name}")):
        return f"'{value}' is not a KMS key: give a key ID, a key ARN, 'alias/NAME' or an alias ARN."
    if region and match.group("region") != region:
        return f"'{value}' is a key in {match.group('region')}, but region says {region}. KMS keys are regional."
    return None


def check_grantee(value: str, partition: str | None = None) -> str | None:
    """A grantee (or retiring) principal: an account ID or the ARN of a root, user, role or session."""
    if re.fullmatch(r"[\d\s]+", value):
        return check_account_id(value)
    match = PRINCIPAL_ARN.fullmatch(value)
    if match:
        return (
            f"'{value}' belongs to the partition '{match.group('partition')}', the key to '{partition}'."
            if partition and match.group("partition") != partition
            else None
        )
    if re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", value):
        return (
            f"'{value}' is a service principal; a grant for a consumer account names the account, or the ARN of the "
            "service-linked role in that account."
        )
    if value == "*" or ":organizations:" in value or re.fullmatch(r"(o|ou|r)-[a-z0-9-]+", value):
        return f"'{value}' cannot be a grantee: a grant names one account, role or user; organizations need the key policy."
    if UNIQUE_ID.fullmatch(value):
        return f"'{value}' is the unique ID of a role or user, which changes when it is made again; give its ARN."
    return (
        f"'{value}' is not a grantee principal: give a 12-digit account ID or the ARN of an account root, role, user or "
        "session (groups cannot have grants)."
    )


def check_operations(operations: Iterable[str]) -> list[str]:
    names = list(operations)
    problems = []
    for name in names:
        if name not in GRANT_OPERATIONS:
            close = difflib.get_close_matches(name.removeprefix("kms:"), GRANT_OPERATIONS, n=1, cutoff=0.5)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            problems.append(f"operations: '{name}' is not a grant operation.{hint}")
    if set(names) == {"CreateGrant"}:
        problems.append(
            "operations: KMS refuses a grant with CreateGrant alone; name what the grantee does with the key too."
        )
    if not names:
        problems.append("operations: is empty; leave the option out for the operations that launching needs.")
    return problems


def check_grant_name(value: str) -> str | None:
    if GRANT_NAME_PREFIX.fullmatch(value):
        return None
    wrong = "".join(sorted(set(re.sub(r"[a-zA-Z0-9:/_-]", "", value))))
    if wrong:
        return f"name: '{value}' contains {wrong!r}; KMS allows letters, digits and : / _ - in the name of a grant."
    return f"name: has {len(value)} characters; 1 to 200 leave room for what is added behind it."


def check_external_id(value: str) -> str | None:
    """STS API reference, AssumeRole, ExternalId."""
    if re.fullmatch(r"[\w+=,.@:/-]{2,1224}", value, re.ASCII):
        return None
    return f"'{value}' is not an external ID: STS takes 2 to 1,224 characters, letters, digits and _ + = , . @ : / -."
