# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Outcome
from ansible_collections.golden.ami.plugins.module_utils._call import conclusions
from ansible_collections.golden.ami.plugins.module_utils._call.conclusions import concluded, keeping_the_record

UTILS = Path(conclusions.__file__).parents[1]
PLAN = Outcome({"image_id": "ami-1", "region": "eu-west-1"}, before=1, after=2, change="x", changed=True)
NOTHING = Outcome({"image_id": "ami-2", "region": "eu-west-1"}, before=1, after=1)


def bug(*_args, **_named):
    raise KeyError("a bug")


def test_concluded__a_value_or_a_doubt():
    doubt = concluded(PLAN, bug)

    assert concluded(PLAN, lambda: NOTHING) is NOTHING
    assert (doubt.status, doubt.changed, doubt.after, doubt.failure.code) == ("failed", True, None, "internal_error")


def test_keeping_the_record__what_is_raised_puts_every_change_in_doubt():
    doubt, nothing = keeping_the_record(bug)("aws", [PLAN, NOTHING], 1, more=2)

    assert (doubt.status, doubt.changed, nothing) == ("failed", True, NOTHING)
    assert keeping_the_record(lambda _aws, plans, more: [*plans, more])("aws", [PLAN], more=1) == [PLAN, 1]


# A job, which applies the plans of several subjects, has its record stage by stage.
SUBJECTS = sorted({path.parent.name for path in UTILS.glob("_*/apply.py")} - {"_share", "_unshare"})


@pytest.mark.parametrize("subject", SUBJECTS)
def test_apply__of_every_subject_keeps_the_record(subject):
    name = f"{conclusions.__name__.removesuffix('_call.conclusions')}{subject}.apply"
    apply = importlib.import_module(name).apply

    broken = Outcome({}, change="no change of this subject", changed=True)
    (outcome,) = apply(None, [broken], *[None] * (apply.__wrapped__.__code__.co_argcount - 2))

    assert (outcome.status, outcome.changed) == ("failed", True)
