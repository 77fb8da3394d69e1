# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The KMS of the embedded AWS: moto's, with our additions on top."""

from __future__ import annotations

from moto.kms import models, urls
from moto.kms.responses import KmsResponse

from .keys.backend import EmbeddedKmsBackend
from .keys.grants import GrantsResponse
from .keys.policies import KeyPolicyResponse


class EmbeddedKmsResponse(GrantsResponse, KeyPolicyResponse, KmsResponse):
    """All actions."""


def install() -> None:
    """Let moto use these classes; before the first request."""
    models.kms_backends.backend = EmbeddedKmsBackend
    urls.url_paths["{0}/$"] = EmbeddedKmsResponse.dispatch
