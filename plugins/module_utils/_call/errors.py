# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of AWS calls as one type that says which action failed where, with AWS's own code."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import botocore.exceptions
    import botocore.parsers
except ImportError:
    pass  # AnsibleAWSModule reports a missing SDK

from .._base.advice import next_step
from .._base.outcome import Failure


class AwsCallError(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.action} in {failure.region}: {failure.code}: {failure.message}")
        self.failure = failure


@contextmanager
def calling(action: str, region: str) -> Iterator[None]:
    """Turn what botocore raises for one call into an :class:`AwsCallError`.

    :param action: the IAM action of the call, such as ``ec2:ModifyImageAttribute``.
    """
    try:
        yield
    except botocore.exceptions.ClientError as error:
        raise AwsCallError(_failure(error, action, region)) from error
    except botocore.exceptions.ParamValidationError:
        raise  # the request itself is wrong: a bug of ours, not something that a user can act on
    except (botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError) as error:
        # A proxy, or an endpoint that is no AWS, answers with something that is no AWS answer: not a BotoCoreError.
        code = type(error).__name__
        message = str(error)
        raise AwsCallError(Failure(code, message, next_step(action, code, message), action, region)) from error


def _failure(error: botocore.exceptions.ClientError, action: str, region: str) -> Failure:
    details = error.response.get("Error", {})
    code = str(details.get("Code", "Unknown"))
    message = _readable(str(details.get("Message", "")) or str(error))
    action = credentials_action(error) or action
    return Failure(code, message, next_step(action, code, message), action, region)


def credentials_action(error: botocore.exceptions.ClientError) -> str:
    """The STS action behind an error: a profile's role is assumed when the first call needs it, or a later one again."""
    return f"sts:{error.operation_name}" if error.operation_name.startswith("AssumeRole") else ""


def _readable(message: str) -> str:
    """Without the kilobyte of base64 that EC2 appends to a refusal; CloudTrail has it for who needs it."""
    return re.split(r"\s*Encoded authorization failure message:", message)[0].strip()


def internal_error(error: Exception) -> Failure:
    """A bug of ours as a failure, with its type and where it came from; a traceback tells a user nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next((one for one in reversed(frames) if "module_utils" in one.filename), frames[-1] if frames else None)
    place = f" at {Path(last.filename).parent.name}/{Path(last.filename).name}:{last.lineno}" if last else ""
    return Failure(
        "internal_error",
        f"{type(error).__name__}{place}: {error}",
        "This is a bug of golden.ami: please report it with this text. What is listed as changed was written.",
    )
