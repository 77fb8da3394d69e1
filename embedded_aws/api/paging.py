# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of a long answer, as EC2 operations have them: MaxResults and NextToken."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from .errors import EC2Error


def paged(items: list[Any], size: int | None, token: str | None) -> tuple[list[Any], str | None]:
    """One page and the token of the next; raises InvalidParameterValue for a token that is not ours."""
    start = 0
    if token:
        try:
            start = int(base64.urlsafe_b64decode(token.encode()))
        except (ValueError, binascii.Error):
            raise EC2Error("InvalidParameterValue", f"The token '{token}' is invalid") from None
    end = start + int(size) if size else len(items)
    following = base64.urlsafe_b64encode(str(end).encode()).decode() if end < len(items) else None
    return items[start:end], following
