# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the module behind the role unshare, or the role itself as a user does, after image_share."""

from __future__ import annotations

import functools

import pytest

from embedded_aws import EmbeddedAWS
from tests.integration.role_share.conftest import PlayShare, Share, play_share, share
from tests.integration.scenario import scenarios

__all__ = ["play_share", "play_unshare", "share", "unshare"]


@pytest.fixture
def unshare(aws: EmbeddedAWS) -> Share:
    """``unshare(unshare_images=..., check=True)`` runs the module behind the role in this process."""
    return scenarios(aws, "image_unshare", "unshare_")


@pytest.fixture
def play_unshare(play_share: PlayShare) -> PlayShare:
    """``play_unshare(unshare_images=..., check=True)`` runs golden.ami.unshare with these extra variables."""
    return functools.partial(play_share, playbook="golden.ami.unshare")
