# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Usage reports: what is asked, which report answers it, and what becomes of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_usage.follow import (
    Ongoing,
    begin,
    completed,
    ended,
    looked_at,
    out_of_time,
    started,
    to_wait_for,
)
from ansible_collections.golden.ami.plugins.module_utils._image_usage.report import (
    ImageUsage,
    UsageEntry,
    UsageReport,
    counted_types,
    newest_fitting,
    parse_query,
    show_usage,
    summed,
    without_report,
)
from tests.unit.builders import (
    ALICE,
    BOB,
    IMAGE_ID,
    OTHER_IMAGE_ID,
    OWNER,
    REGION,
    accounts,
    image,
    image_facts,
    usage_query,
)

INSTANCE, TEMPLATE = "ec2:Instance", "ec2:LaunchTemplate"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SELECTOR, OTHER = ImageSelector(REGION, IMAGE_ID), ImageSelector(REGION, OTHER_IMAGE_ID)
DENIED = Failure("UnauthorizedOperation", "no", "Allow it.", "ec2:DescribeImageUsageReports", REGION)
BUSY = Failure("RequestLimitExceeded", "busy.", "Later.", "ec2:DescribeImageUsageReports", REGION)


def params(**given: Any) -> dict[str, Any]:
    return {"account_ids": None, "resource_types": [INSTANCE, TEMPLATE], "wait_timeout": 300, **given}


def report(**given: Any) -> UsageReport:
    usual = {
        "report_id": "amiur-1",
        "image_id": IMAGE_ID,
        "state": "available",
        "state_reason": "",
        "account_ids": frozenset(),
        "resource_types": frozenset({INSTANCE, TEMPLATE}),
        "created": NOW - timedelta(hours=1),
    }
    return UsageReport(**{**usual, **given})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"account_ids": [1402433619]}, "account_ids: '1402433619'"),
        ({"account_ids": []}, "account_ids: is empty"),
        ({"resource_types": []}, "resource_types: is empty"),
        ({"wait_timeout": 0}, "wait_timeout: 0"),
    ],
)
def test_parse_query__refuses(given, said):
    with pytest.raises(InputError) as refused:
        parse_query(params(**given))
    (problem,) = refused.value.problems
    assert problem.startswith(said)


def test_parse_query__names_all_problems():
    with pytest.raises(InputError) as refused:
        parse_query({"account_ids": ["1"], "resource_types": [], "wait_timeout": -1})
    assert len(refused.value.problems) == 3


def test_parse_query__no_accounts_are_all_and_duplicates_are_dropped():
    assert parse_query(params()) == usage_query()
    assert parse_query(params(account_ids=[BOB, ALICE, BOB], resource_types=[TEMPLATE, TEMPLATE])) == usage_query(
        BOB, ALICE, kinds=(TEMPLATE,)
    )


@pytest.mark.parametrize(("count", "sizes"), [(0, [0]), (1, [1]), (200, [200]), (201, [200, 1]), (450, [200, 200, 50])])
def test_batches__200_accounts_a_report(count, sizes):
    query = usage_query(*accounts(count))

    assert [len(batch) for batch in query.batches] == sizes
    assert [account for batch in query.batches for account in batch] == accounts(count)


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ({}, True),
        ({"ResourceTypeOptions": []}, True),
        ({"ResourceTypeOptions": [{"OptionName": "version-depth", "OptionValues": ["20"]}]}, True),
        ({"ResourceTypeOptions": [{"OptionName": "version-depth", "OptionValues": ["19"]}]}, False),
        ({"ResourceTypeOptions": [{"OptionName": "version-depth", "OptionValues": ["all"]}]}, False),
        ({"ResourceTypeOptions": [{"OptionName": "version-depth"}]}, False),
        ({"ResourceTypeOptions": [{"OptionName": "version-depth", "OptionValues": []}]}, False),
        ({"ResourceTypeOptions": [{"OptionValues": ["20"]}]}, False),
    ],
)
def test_counted_types__a_report_that_looks_less_deep_is_another_question(kind, counts):
    assert counted_types([{"ResourceType": TEMPLATE, **kind}]) == ({TEMPLATE} if counts else set())


@pytest.mark.parametrize(
    ("found", "query", "fits"),
    [
        (report(), usage_query(), True),
        (report(), usage_query(ALICE), True),
        (report(account_ids=frozenset({ALICE, BOB})), usage_query(ALICE), True),
        (report(account_ids=frozenset({ALICE})), usage_query(ALICE, BOB), False),
        (report(account_ids=frozenset({ALICE})), usage_query(), False),
        (report(resource_types=frozenset({INSTANCE})), usage_query(), False),
        (report(resource_types=frozenset({INSTANCE})), usage_query(kinds=(INSTANCE,)), True),
        (report(state="pending"), usage_query(), False),
        (report(state="error"), usage_query(), False),
        (report(image_id=OTHER_IMAGE_ID), usage_query(), False),
        (report(created=NOW - timedelta(hours=24)), usage_query(), True),
        (report(created=NOW - timedelta(hours=24, seconds=1)), usage_query(), False),
    ],
)
def test_newest_fitting(found, query, fits):
    assert newest_fitting([found], IMAGE_ID, query, NOW) == (found if fits else None)


def test_newest_fitting__the_newest():
    older, newer = report(), report(report_id="amiur-0", created=NOW)

    assert newest_fitting([newer, older], IMAGE_ID, usage_query(), NOW) == newer
    assert newest_fitting([], IMAGE_ID, usage_query(), NOW) is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (usage_query(), [(ALICE, INSTANCE, 5), (ALICE, TEMPLATE, 1), (OWNER, INSTANCE, 4), (BOB, INSTANCE, 1)]),
        (usage_query(ALICE), [(ALICE, INSTANCE, 5), (ALICE, TEMPLATE, 1)]),
        (usage_query(kinds=(TEMPLATE,)), [(ALICE, TEMPLATE, 1)]),
        (usage_query("999999999999"), []),
    ],
)
def test_summed__what_was_asked_for(query, expected):
    entries = [
        UsageEntry(BOB, INSTANCE, 1),
        UsageEntry(OWNER, INSTANCE, 4),
        UsageEntry(ALICE, TEMPLATE, 1),
        UsageEntry(ALICE, INSTANCE, 2),
        UsageEntry(ALICE, INSTANCE, 3),
        UsageEntry(ALICE, "imagebuilder:ImageRecipe", 9),
    ]

    assert [tuple(entry.values()) for entry in summed(entries, query)] == expected


@pytest.mark.parametrize(
    ("usage", "code", "shown", "time"),
    [
        (ImageUsage(image_facts(), (), NOW), None, [], "2026-11-25T12:00:00Z"),
        (ImageUsage(image_facts(), None), None, None, None),
        (ImageUsage(image_facts(), BUSY, NOW), BUSY.code, None, None),
        (ImageUsage(image_facts(image=None)), "not_found", None, None),
        (ImageUsage(image_facts(image=DENIED)), DENIED.code, None, None),
        (
            ImageUsage(image_facts(Failure("AuthFailure", "no", action="ec2:DescribeImageAttribute"))),
            "not_owner",
            None,
            None,
        ),
    ],
)
def test_show_usage__unknown_is_not_nobody(usage, code, shown, time):
    result = show_usage(usage_query(), usage).as_info()

    assert (result["usage"], result["report_time"]) == (shown, time)
    assert (result["error"] or {}).get("code") == code


def test_without_report__is_a_warning_only_where_nothing_failed():
    (warning,) = without_report(image_facts()).warnings
    assert "check mode creates no usage report" in warning
    assert IMAGE_ID in warning and REGION in warning
    assert without_report(image_facts(image=None)).warnings == ()


def test_begin__reports_for_owned_amis_only():
    read = [
        image_facts(),
        image_facts(Failure("AuthFailure", "no"), image=image(image_id=OTHER_IMAGE_ID)),
        image_facts(image=None),
    ]

    assert begin(read, usage_query(*accounts(201))) == [
        Ongoing(SELECTOR, tuple(accounts(200))),
        Ongoing(SELECTOR, (accounts(201)[-1],)),
    ]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (report(), {"created": report().created}),
        (report(state="pending"), {}),
        (None, {}),
        (BUSY, {"refused": BUSY}),
        (DENIED, {"failure": DENIED}),
    ],
)
def test_looked_at(answer, expected):
    waiting = Ongoing(SELECTOR, (), "amiur-1")

    assert looked_at(waiting, answer) == Ongoing(SELECTOR, (), "amiur-1", **expected)


@pytest.mark.parametrize(("reason", "said"), [("Too big", "Too big"), ("", "AWS gives no reason")])
def test_looked_at__an_error_says_so(reason, said):
    failure = looked_at(Ongoing(SELECTOR, (), "amiur-1"), report(state="error", state_reason=reason)).failure

    assert failure.code == "usage_report_error"
    for part in ("amiur-1", IMAGE_ID, said):
        assert part in failure.message
    assert failure.next_step


def test_out_of_time__says_what_was_waited_for():
    failure = out_of_time(Ongoing(SELECTOR, (), "amiur-1"), 60).failure

    assert (failure.code, "amiur-1" in failure.message, "60 s" in failure.message) == ("wait_timeout", True, True)
    assert "wait_timeout" in failure.next_step


def test_out_of_time__with_what_aws_refused_last():
    failure = out_of_time(Ongoing(SELECTOR, (), "amiur-1", refused=BUSY), 60).failure

    assert (failure.code, failure.action) == (BUSY.code, BUSY.action)
    assert failure.message == "busy; tried until the wait_timeout of 60 s was over"


def test_to_wait_for__not_for_an_ami_that_has_failed_anyway():
    reports = [
        Ongoing(SELECTOR, (ALICE,), failure=BUSY),
        Ongoing(SELECTOR, (BOB,), "amiur-1"),
        Ongoing(OTHER, (), "amiur-2"),
        Ongoing(OTHER, (), "amiur-3", NOW),
    ]

    assert to_wait_for(reports) == [reports[2]]


def test_completed__all_reports_of_an_ami_or_none():
    reports = [
        Ongoing(SELECTOR, (ALICE,), "amiur-1", NOW),
        Ongoing(SELECTOR, (BOB,), "amiur-2", NOW),
        Ongoing(OTHER, (ALICE,), "amiur-3", NOW),
        Ongoing(OTHER, (BOB,), failure=BUSY),
    ]

    assert completed(reports) == {SELECTOR: ["amiur-1", "amiur-2"]}


def test_ended__the_oldest_report_and_what_could_not_be_deleted():
    reports = [
        started(Ongoing(SELECTOR, (ALICE,), created=NOW), "amiur-1"),
        started(Ongoing(SELECTOR, (BOB,), created=NOW - timedelta(minutes=1)), "amiur-2"),
        Ongoing(OTHER, (ALICE,), "amiur-3", NOW - timedelta(hours=1)),
    ]
    entries = {SELECTOR: (UsageEntry(ALICE, INSTANCE, 1),)}

    usage = ended(image_facts(), reports, entries, {"amiur-1": None, "amiur-2": DENIED, "amiur-3": DENIED})

    assert (usage.entries, usage.created) == (entries[SELECTOR], NOW - timedelta(minutes=1))
    (warning,) = usage.warnings
    for part in ("amiur-2", IMAGE_ID, DENIED.code, "30 days"):
        assert part in warning


@pytest.mark.parametrize(
    ("reports", "entries"),
    [
        ([started(Ongoing(SELECTOR, ()), BUSY)], {}),
        ([Ongoing(SELECTOR, (), "amiur-1", NOW)], {SELECTOR: BUSY}),
    ],
)
def test_ended__a_failure_is_no_empty_list(reports, entries):
    assert ended(image_facts(), reports, entries, {}).entries == BUSY
