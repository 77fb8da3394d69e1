# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of AWS calls as one type that says which action failed where, with AWS's own code."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

try:
    import botocore.exceptions
    import botocore.parsers
except ImportError:
    pass  # AnsibleAWSModule reports a missing SDK

from .._base.advice import CREDENTIALS_NOT_LOADED, next_step
from .._base.answers import IncompleteAnswerError
from .._base.outcome import INCOMPLETE_ANSWER, INTERNAL_ERROR, Failure, explanation

# In the path of every file of this collection.
_OURS = "golden/ami/plugins/"
_CREDENTIALS_MODULES = ("botocore.credentials", "botocore.tokens")


class AwsCallError(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.action} in {failure.region}: {failure.code}: {failure.message}")
        self.failure = failure


class UnusableConnectionError(AwsCallError):
    """The authentication options, the profile or the endpoint cannot be used; no call was made."""

    def __init__(self, message: str, step: str = "") -> None:
        super().__init__(Failure("unusable_connection", message, step))

    def __str__(self) -> str:
        return explanation(self.failure)


@contextmanager
def calling(action: str, region: str, resource: str = "") -> Iterator[None]:
    """Turn whatever is raised for one call into an :class:`AwsCallError`, so that no exception hides the other targets.

    :param action: the IAM action of the call, such as ``ec2:ModifyImageAttribute``.
    :param resource: the ARN of a key, whose account may be another one than the caller's.
    """
    try:
        yield
    except AwsCallError:
        raise
    except Exception as error:
        raise AwsCallError(replace(_failure(error, action, resource), region=region)) from error


def incomplete_answer(action: str, region: str, member: str) -> Failure:
    """An answer that lacks what AWS always sends: what it would say is not known."""
    return Failure(
        INCOMPLETE_ANSWER,
        f"the answer has no {member}",
        "Run again. If it stays so, check whether it is AWS that answers (endpoint_url, a proxy).",
        action,
        region,
    )


def _failure(error: Exception, action: str, resource: str) -> Failure:
    if isinstance(error, IncompleteAnswerError):
        return incomplete_answer(action, "", error.member)
    if isinstance(error, botocore.exceptions.ClientError):
        return _refusal(error, action, resource)
    if isinstance(error, botocore.exceptions.ParamValidationError):
        # The request itself is wrong: a bug of ours, not something that a user can act on.
        return replace(internal_error(error), action=action)
    if isinstance(error, botocore.exceptions.BotoCoreError | botocore.parsers.ResponseParserError):
        # A proxy, or an endpoint that is no AWS, answers with something that is no AWS answer: not a BotoCoreError.
        code, message = type(error).__name__, str(error)
        return Failure(code, message, next_step(action, code, message), action)
    if _is_about_credentials(error):
        return Failure(CREDENTIALS_NOT_LOADED, as_text(error), next_step(action, CREDENTIALS_NOT_LOADED), action)
    return replace(internal_error(error), action=action)


def _refusal(error: botocore.exceptions.ClientError, action: str, resource: str) -> Failure:
    details = error.response.get("Error", {})
    code = str(details.get("Code", "Unknown"))
    message = _readable(str(details.get("Message", "")) or str(error))
    action = credentials_action(error) or action
    return Failure(code, message, next_step(action, code, message, resource), action)


def credentials_action(error: botocore.exceptions.ClientError) -> str:
    """The action behind an error that got no credentials: botocore asks for them when the first call needs them, or a later
    one needs new ones.
    """
    if error.operation_name.startswith("AssumeRole"):
        return f"sts:{error.operation_name}"
    return "sso:GetRoleCredentials" if error.operation_name == "GetRoleCredentials" else ""


def _readable(message: str) -> str:
    """Without the kilobyte of base64 that EC2 appends to a refusal; CloudTrail has it for who needs it."""
    return re.split(r"\s*Encoded authorization failure message:", message)[0].strip()


def _is_about_credentials(error: Exception) -> bool:
    """Whether botocore was getting credentials: a token file or a program that is not there raises what Python raises."""
    return any(
        frame.f_globals.get("__name__") in _CREDENTIALS_MODULES
        for frame, _line in traceback.walk_tb(error.__traceback__)
    )


def as_text(error: Exception) -> str:
    """What an exception says, with its type where that says more than the text."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.strerror}: {error.filename}"
    if isinstance(error, botocore.exceptions.BotoCoreError | ValueError) and str(error):
        return str(error)
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def failure_of(error: Exception) -> Failure:
    """Whatever was raised, as the failure of the target that it hit."""
    return error.failure if isinstance(error, AwsCallError) else internal_error(error)


def internal_error(error: Exception) -> Failure:
    """A bug of ours as a failure, with its type and where it came from; a traceback tells a user nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next((one for one in reversed(frames) if _OURS in one.filename), frames[-1] if frames else None)
    place = f" at {Path(last.filename).parent.name}/{Path(last.filename).name}:{last.lineno}" if last else ""
    return Failure(
        INTERNAL_ERROR,
        " ".join(f"{type(error).__name__}{place}: {error}".split()),
        "This is a bug of golden.ami: please report it with this text. What is listed as changed was written.",
    )
