# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the role unshare as a user does, after the role share."""

from __future__ import annotations

import functools

import pytest

from tests.integration.role_share.conftest import Share, share

__all__ = ["share", "unshare"]


@pytest.fixture
def unshare(share: Share) -> Share:
    """``unshare(unshare_images=..., check=True)`` runs golden.ami.unshare with these extra variables."""
    return functools.partial(share, playbook="golden.ami.unshare")
