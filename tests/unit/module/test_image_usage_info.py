# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What image_usage_info asks of the SDK before anything else, and what check mode may not do."""

from __future__ import annotations

from ansible_collections.golden.ami.plugins.module_utils._image_usage import read as calls
from ansible_collections.golden.ami.plugins.modules import image_usage_info


class Module:
    def __init__(self):
        self.params, self.required = {"wait_timeout": 60}, []

    def require_botocore_at_least(self, version, reason):
        self.required.append((version, reason))


def test_main__needs_a_newer_sdk_and_reads_otherwise_in_check_mode(monkeypatch):
    module, ran = Module(), []
    monkeypatch.setattr(image_usage_info.args, "make_module", lambda *_spec, **_rules: module)
    monkeypatch.setattr(image_usage_info, "run_info", lambda *given, **named: ran.append((given, named)))

    image_usage_info.main()

    assert module.required == [("1.40.18", "for image usage reports")]
    ((given, named),) = ran
    assert (given[2].func, given[2].keywords["waiting"].timeout) == (calls.read, 60)
    assert named == {"read_in_check_mode": calls.read_existing}
