# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sentences of subjects that name their own modules' options, with the options that image_share has for the same."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import replace

from .._base.layers import Consumer, Layer
from .._base.outcome import Failure
from .._base.report import AmiResult, Report
from .request import ShareRequest

# Options of image_share by those of the modules that do one part.
_OPTIONS = {
    "launch_permission_quota": "launch_permission_quota",
    "wait_timeout": "copy_wait_timeout",
    "source_region": "source",
    "assume_role_arn": "organizations_role_arn",
}
_KEY = re.compile(r"\bkms_key_id\b")
_USE_GRANTS = "use grants (golden.ami.kms_grant)"
_NAMED_ONCE = re.compile(
    r" With grant_is_for_aws_resource=false they are named once, and can give anybody access to the key\."
)
_OTHER_SID = "Use another sid."
_WITHOUT_OTHERS = "without keep_others"


def in_words_of(request: ShareRequest, report: Report) -> Report:
    """The report with every sentence in the words of its reader's options."""
    say = functools.cache(functools.partial(as_said, request))
    return replace(
        report,
        failures=tuple(map(say, report.failures)),
        notes=tuple(map(say, report.notes)),
        consumers=tuple(_consumer(one, say) if one.reason else one for one in report.consumers),
        amis=tuple(_ami(one, say) if one.failure else one for one in report.amis),
    )


def as_said(request: ShareRequest, text: str) -> str:
    prefix = request.prefix
    for theirs, ours in _OPTIONS.items():
        text = re.sub(rf"(?<![\w'.]){theirs}\b(?!')", f"{prefix}{ours}", text)
    text = text if "(golden.ami.image_copy" in text else _KEY.sub(f"{prefix}kms_keys", text)
    text = text.replace(_USE_GRANTS, f"use grants ({prefix}key_access=grants)")
    text = text.replace(_OTHER_SID, f"Use another {prefix}statement_sid.")
    text = text.replace(_WITHOUT_OTHERS, f"{_WITHOUT_OTHERS} (golden.ami.kms_key_policy_statement)")
    return _NAMED_ONCE.sub("", text)


def _consumer(one: Consumer, say: Callable[[str], str]) -> Consumer:
    def said(layer: Layer) -> Layer:
        return replace(layer, reason=say(layer.reason))

    return replace(
        one,
        launch=said(one.launch),
        key=said(one.key),
        snapshot=said(one.snapshot),
        auto_scaling=said(one.auto_scaling),
    )


def _ami(one: AmiResult, say: Callable[[str], str]) -> AmiResult:
    failure = one.failure or Failure("", "")
    said = replace(failure, message=say(failure.message), next_step=say(failure.next_step))
    return replace(one, failure=said)
