# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a reader can do about an AWS error code; decided by code and action.

AWS's text, which changes, is asked for one thing only: which kind of policy has denied a call.
"""

from __future__ import annotations

from .denials import cure, read_denial

CREDENTIALS_MISSING = ("NoCredentialsError", "PartialCredentialsError")
# Tokens that somebody gets by signing in; botocore's names for their being absent, expired or withdrawn.
SIGNED_OUT = (
    "SSOTokenLoadError",
    "UnauthorizedSSOTokenError",
    "TokenRetrievalError",
    "NoAuthTokenError",
    "LoginRefreshRequired",
    "LoginTokenLoadError",
)
# Our code for what is no error of botocore's own: a token file, or a program, that is not there or says nothing useful.
CREDENTIALS_NOT_LOADED = "credentials_not_loaded"
NOT_LOADED = (
    CREDENTIALS_NOT_LOADED,
    "CredentialRetrievalError",
    "MetadataRetrievalError",
    "InvalidConfigError",
    "InfiniteLoopConfigError",
    "UnknownCredentialError",
    "ProfileNotFound",
    "ConfigParseError",
    "FileNotFoundError",
    "PermissionError",
    "JSONDecodeError",
)
# With these no call is made at all.
NO_CREDENTIALS = (*CREDENTIALS_MISSING, *SIGNED_OUT, *NOT_LOADED)
CREDENTIALS_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
CREDENTIALS_WRONG = (
    "AuthFailure",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "MissingAuthenticationToken",
)
DENIED = ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException")
THROTTLED = ("RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException")
UNREACHABLE = ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError")

_CREDENTIALS = {
    **dict.fromkeys(
        CREDENTIALS_MISSING,
        "Set access_key and secret_key, a profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment "
        "(in AWX: attach an Amazon Web Services credential).",
    ),
    **dict.fromkeys(
        SIGNED_OUT, "Sign in again (aws sso login or aws login, with the profile that is used) and run again."
    ),
    **dict.fromkeys(
        NOT_LOADED,
        "Check where the credentials come from: the profile and what it names (credential_process, web_identity_token_file, "
        "credential_source), or AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN in the environment.",
    ),
    **dict.fromkeys(CREDENTIALS_EXPIRED, "The credentials have expired: get new ones and run again."),
    **dict.fromkeys(
        CREDENTIALS_WRONG,
        "Check that the credentials are right and the clock is, and that the Region is enabled for the account.",
    ),
}

_BY_ACTION_AND_CODE = {
    ("ec2:DescribeImageAttribute", "AuthFailure"): (
        "Only the owner may read or change launch permissions: use the owner's credentials."
    ),
    ("ec2:ModifyImageAttribute", "AuthFailure"): "Only the owner may change launch permissions: use its credentials.",
    ("ec2:ResetImageAttribute", "AuthFailure"): "Only the owner may change launch permissions: use its credentials.",
    ("ec2:CancelImageLaunchPermission", "InvalidAMIID.NotFound"): (
        "Only the AMI's owner can stop sharing with an organization or OU: golden.ami.launch_permission with state=absent."
    ),
    ("ec2:DescribeSnapshotAttribute", "AuthFailure"): "Only the snapshot's owner may do that: use its credentials.",
    ("ec2:ModifySnapshotAttribute", "AuthFailure"): "Only the snapshot's owner may do that: use its credentials.",
    ("ec2:ModifySnapshotAttribute", "OperationNotPermitted"): (
        "Often: the snapshot is encrypted with the AWS managed key, which cannot be shared; copy the AMI with a "
        "customer managed key."
    ),
    ("ec2:ModifyImageAttribute", "InvalidParameter"): (
        "Often: a snapshot is encrypted with the AWS managed key, which cannot be shared; copy the AMI with a "
        "customer managed key. "
        "See golden.ami.image_info."
    ),
    ("ec2:ModifyImageAttribute", "InvalidAMIAttributeItemValue"): (
        "AWS refused one of the accounts or ARNs. Correct it and run again."
    ),
    ("ec2:ModifyImageAttribute", "OperationNotPermitted"): (
        "Often: block public access for AMIs is on in this Region. See golden.ami.image_info with public=true."
    ),
    (
        "ec2:ModifyImageAttribute",
        "UnsupportedOperation",
    ): "Often: an encrypted AMI cannot be public; share it with accounts.",
    ("ec2:ModifyImageAttribute", "ResourceLimitExceeded"): (
        "A quota of shared or public AMIs is reached: share with an organization or OU, or have the quota raised."
    ),
    ("ec2:CopyImage", "ResourceLimitExceeded"): (
        "EC2 copies 20 snapshots and 100 AMIs at once into a Region: run again later. With wait=true the copy is queued."
    ),
    ("ec2:CopyImage", "InvalidAMIName.Duplicate"): (
        "An AMI of that name is in the Region already: give the copy another one (name, or name of a destination)."
    ),
    ("ec2:CopyImage", "InvalidRequest"): (
        "If another account owns the AMI: it must let this one use its snapshots (create volume permission) and their keys."
    ),
    ("sts:AssumeRole", "AccessDenied"): (
        "Allow sts:AssumeRole on the role in the caller's IAM policy, and allow the caller in the role's trust policy; the role "
        "must exist."
    ),
    ("kms:CreateGrant", "InvalidArnException"): (
        "KMS does not know the grantee (or retiring) principal: a role or user must exist before it can have a grant. "
        "Create it (for a service-linked role: iam:CreateServiceLinkedRole in its account), or leave it out."
    ),
    ("kms:CreateGrant", "DisabledException"): "Enable the key (kms:EnableKey) if that is right; it is never done here.",
    ("kms:CreateGrant", "KMSInvalidStateException"): (
        "See the key's state: cancel its deletion, import its key material, or connect its custom key store. It is never changed "
        "here."
    ),
    ("kms:CreateGrant", "LimitExceededException"): (
        "The key has all the grants that its quota allows: revoke unused ones, or have the quota raised. Not retried."
    ),
    ("kms:PutKeyPolicy", "MalformedPolicyDocumentException"): (
        "KMS rejects a policy that names a role or user that does not exist, or that would prevent the caller from "
        "changing it again. Create who is missing (a service-linked role: iam:CreateServiceLinkedRole in its "
        "account; one made within the "
        "last minutes: run again), or leave it out."
    ),
    ("kms:PutKeyPolicy", "LimitExceededException"): (
        "The policy is too large: name an organization instead of its accounts, or use grants."
    ),
    ("kms:PutKeyPolicy", "UnsupportedOperationException"): (
        "KMS does not allow changes of this key's policy; use a customer managed key."
    ),
    ("kms:CreateGrant", "ValidationException"): "Check that the operations fit the key's type and usage.",
}

_BY_CODE = {
    "ParameterAlreadyExists": "Somebody has made it meanwhile: run again.",
    "ParameterLimitExceeded": "The account has as many parameters there as AWS allows: delete some.",
    "ParameterMaxVersionLimitExceeded": "Its oldest version has a label and cannot go: move the label to another version.",
    "TooManyUpdates": "Something else writes the parameter all the time: run again later.",
    "InvalidAMIID.NotFound": "Check the AMI ID and the Region; AMIs are regional.",
    "InvalidAMIID.Unavailable": "The AMI is pending, failed, disabled or gone: see its state, wait if it is pending.",
    "InvalidAMIID.Malformed": "Check the AMI ID.",
    "InvalidSnapshot.NotFound": "Check the snapshot ID and the Region; snapshots are regional.",
    "NotFoundException": "Check the key (or alias) and the Region; KMS keys are regional.",
    "LimitExceededException": "A quota is reached; it is not retried. Have it raised, or clean up.",
    "OptInRequired": "Enable the Region for the account.",
    "AWSOrganizationsNotInUseException": (
        "The account is in no organization: use the credentials of one that is, or name accounts (account_ids) instead."
    ),
    **dict.fromkeys(
        ("ChildNotFoundException", "ParentNotFoundException"),
        "Check the ID of the organizational unit: the organization has none of that ID, or no longer.",
    ),
    **dict.fromkeys(
        THROTTLED, "AWS still throttled after several tries: run again later, or in fewer Regions at once."
    ),
    "ResponseParserError": "What answered is not AWS: check the proxy and endpoint_url; the call may not be served there.",
    **dict.fromkeys(UNREACHABLE, "Check the network, the proxy and endpoint_url."),
}


def next_step(action: str, code: str, message: str = "", resource: str = "") -> str:
    """The next step for one failed call; empty when there is nothing better to say than AWS's message.

    :param resource: the ARN of what the call was about, where that decides, as for a key.
    """
    denial = read_denial(message, resource)
    cured = cure(action, denial) if code in DENIED else ""
    if cured and (denial.kind or denial.is_foreign):
        return cured
    specific = _BY_ACTION_AND_CODE.get((action, code)) or _CREDENTIALS.get(code) or _BY_CODE.get(code)
    if specific:
        return specific
    if code in DENIED and action.startswith("organizations:List"):
        return (
            "AWS Organizations answers that only to the management account and to delegated administrators: use the credentials "
            f"of one, or assume_role_arn with a role there, and allow {action} in its IAM policy."
        )
    if code in DENIED:
        side = " and that the key policy lets the account's IAM policies decide" if action.startswith("kms:") else ""
        step = f"Allow {action} in the caller's IAM policy; check service control policies too{side}."
        return f"{cured} If the caller is of that account: {step}" if cured else step
    return ""


def is_about_credentials(code: str) -> bool:
    return code in _CREDENTIALS
