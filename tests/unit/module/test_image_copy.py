# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What image_copy asks of the SDK before anything else."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.modules import image_copy


class Module:
    def __init__(self, minutes):
        self.params = {"completion_duration_minutes": minutes, "wait": True, "wait_timeout": 60, "progress_file": None}
        self.required = []

    def require_botocore_at_least(self, version, reason):
        self.required.append((version, reason))


@pytest.mark.parametrize(("minutes", "required"), [(None, []), (60, [("1.38.0", "for completion_duration_minutes")])])
def test_main__time_based_copies_need_a_newer_sdk(monkeypatch, minutes, required):
    module, ran = Module(minutes), []
    monkeypatch.setattr(image_copy.args, "make_module", lambda *_spec, **_rules: module)
    monkeypatch.setattr(image_copy, "run_setter", lambda *given: ran.append(given))

    image_copy.main()

    assert (module.required, len(ran)) == (required, 1)
