# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.plan import KeyFacts
from ansible_collections.golden.ami.plugins.module_utils._kms_grant.report import GrantQuery, parse_query, show_grants
from tests.unit.builders import ALICE, BOB, PREFIX, REGION, ROLE_ARN, UNIQUE_ID, grant, key

MINE = grant(ALICE, issuing_account="arn:aws:iam::123456789012:root")
NAMELESS = grant(ALICE, "f-1", name="")
BOBS = grant(BOB, "g-2")
DEAD = grant(ROLE_ARN, "g-3", grantee=UNIQUE_ID)
DENIED = Failure("AccessDeniedException", "no", action="kms:ListGrants", region=REGION)


def shown(grants=(BOBS, DEAD, NAMELESS, MINE), about=None, **query):
    asked = GrantQuery(**{"prefix": PREFIX, "grantee": "", "only_ours": False, **query})
    return show_grants(asked, KeyFacts("alias/golden", REGION, about or key(), grants)).as_info()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        pytest.param({}, ["f-1", "g-1", "g-2", "g-3"], id="all, sorted by grantee"),
        pytest.param({"only_ours": True}, ["g-1", "g-2", "g-3"], id="ours"),
        pytest.param({"only_ours": True, "prefix": "golden"}, [], id="ours of another prefix"),
        pytest.param({"grantee": ALICE}, ["f-1", "g-1"], id="by account"),
        pytest.param({"grantee": f"arn:aws:iam::{ALICE}:root"}, ["f-1", "g-1"], id="by root ARN"),
        pytest.param({"grantee": ROLE_ARN}, ["g-3"], id="unresolved, by our name for it"),
        pytest.param({"grantee": ALICE, "only_ours": True}, ["g-1"], id="ours by account"),
    ],
)
def test_show_grants__filters(query, ids):
    assert sorted(entry["grant_id"] for entry in shown(**query)["grants"]) == ids


def test_show_grants__what_is_shown_does_not_depend_on_the_order():
    assert shown((BOBS, MINE, DEAD, NAMELESS)) == shown((NAMELESS, DEAD, MINE, BOBS))


def test_show_grants__says_which_are_ours_and_who_made_them():
    by_id = {entry["grant_id"]: entry for entry in shown()["grants"]}

    assert (by_id["g-1"]["ours"], by_id["f-1"]["ours"]) == (True, False)
    assert by_id["g-1"]["issuing_account"] == "arn:aws:iam::123456789012:root"


@pytest.mark.parametrize("given", [{"grants": DENIED}, {"about": DENIED, "grants": ()}])
def test_show_grants__unreadable_is_not_empty(given):
    result = shown(**given)

    assert (result["grants"], result["error"]["code"]) == (None, "AccessDeniedException")


def test_parse_query__checks():
    assert parse_query({"name": PREFIX, "grantee": None, "only_ours": True}, "aws") == GrantQuery(PREFIX, "", True)
    with pytest.raises(InputError) as refused:
        parse_query({"name": "a b", "grantee": "x", "only_ours": False}, "aws")
    assert [problem.split(":")[0] for problem in refused.value.problems] == ["grantee", "name"]
