# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options: lists, or the text of a survey, the same on every ansible-core; nothing is guessed."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import check_account_id, check_each
from ansible_collections.golden.ami.plugins.module_utils._base.survey_text import Inputs
from tests.awx import CORES, answered
from tests.unit.builders import ALICE, BOB, CAROL

NAME = "account_ids"


def reading(value, name=NAME, prefix="share_"):
    return Inputs({name: value}, prefix)


def accounts(value):
    """The accounts of an option, and what is wrong with them, as image_share reads them."""
    inputs = reading(value)
    found = inputs.texts(NAME)
    inputs.add(check_each(f"{inputs.prefix}{NAME}", found, check_account_id))
    return found, inputs.problems


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (ALICE, [ALICE]),
        (f"{ALICE}\n", [ALICE]),
        (f" {ALICE}", [ALICE]),
        (f"{ALICE}\t", [ALICE]),
        (f"{CAROL},", [CAROL]),
        (f"{CAROL};", [CAROL]),
        (f"'{CAROL}'", [CAROL]),
        (f'"{CAROL}"', [CAROL]),
        (f"- {CAROL}", [CAROL]),
        (f"{CAROL} # the web team", [CAROL]),
        (f"{CAROL}\t#web", [CAROL]),
        (f"{CAROL},# web", [CAROL]),
        (f"# the web team\n{CAROL}", [CAROL]),
        (f"{ALICE}\r\n{BOB}\r\n", [ALICE, BOB]),
        (f"\n\n{ALICE}\n \t\n{CAROL}\n\n", [ALICE, CAROL]),
        (f"{ALICE},{BOB}", [ALICE, BOB]),
        (f"{ALICE};{BOB} ;\n", [ALICE, BOB]),
        (f"{ALICE} {BOB}\t{CAROL}", [ALICE, BOB, CAROL]),
        (f" {ALICE} , {BOB},\n", [ALICE, BOB]),
        (f"{ALICE} # web\n{BOB} # 444455556666, database\n#{CAROL}", [ALICE, BOB]),
        (f"- {ALICE}\n- \"{BOB}\"\n-\t'{CAROL}'", [ALICE, BOB, CAROL]),
        (f'["{ALICE}", "{CAROL}"]', [ALICE, CAROL]),
        (f"[{CAROL}]", [CAROL]),
        (f' \n[\n  "{ALICE}",\n  "{CAROL}"\n]\n', [ALICE, CAROL]),
        (f"{ALICE}\n{BOB}\n{ALICE}", [ALICE, BOB]),
        ("[]", []),
        ("# nobody yet", []),
        (" \n , \n", []),
        ("", []),
        ("null", []),
        ([ALICE, f"{CAROL},", f"'{BOB}'"], [ALICE, CAROL, BOB]),
        ([f"{BOB} # web"], [BOB]),
    ],
)
def test_accounts__of_a_survey(core, typed, read):
    if typed == "null" and core == "2.17":
        pytest.skip("stays text there, and is refused")

    assert accounts(answered(typed, core)) == (read, [])


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ([ALICE, BOB, ALICE], [ALICE, BOB]),
        ((ALICE, CAROL), [ALICE, CAROL]),
        ([int(ALICE)], [ALICE]),
        (int(ALICE), [ALICE]),
        ([f" {ALICE}\n"], [ALICE]),
        ([], []),
        (None, []),
    ],
)
def test_accounts__of_yaml(value, read):
    assert accounts(value) == (read, [])


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        (
            1402433619,
            [
                "share_account_ids: '1402433619' is not a 12-digit account ID. If 012345670123 was meant: YAML reads digits "
                "behind a 0 as an octal number; put a comma behind it in a survey (012345670123,), quotes around it in YAML "
                "('012345670123')."
            ],
        ),
        (45045, ["share_account_ids: '45045' is a number, so that what was typed may be lost"]),
        ([ALICE, 1402433619], ["share_account_ids, item 2: '1402433619' is not a 12-digit account ID."]),
        (True, ["share_account_ids: is true or false; give a list"]),
        (1.5, ["share_account_ids: is a number; give a list"]),
        ({"prod": ALICE}, ["share_account_ids: is a dictionary; give a list"]),
        (datetime.date(2024, 1, 1), ["share_account_ids: is a date or time; give a list"]),
        ([ALICE, None], ["share_account_ids, item 2: 'None' is null; each item is text."]),
        ([ALICE, ""], ["share_account_ids, item 2: is empty; leave the item out, or fill it in."]),
        ([ALICE, "# x"], ["share_account_ids, item 2: '# x' is not an account ID"]),
        ([f"{ALICE} {BOB}"], [f"share_account_ids: '{ALICE} {BOB}' contains blanks"]),
        (f"{ALICE}\n1111\n\n{BOB}\n1111", ["share_account_ids, lines 2 and 5: '1111' has 4 digits"]),
        (f"{ALICE} web", ["share_account_ids: 'web' is not an account ID"]),
        (f"{ALICE}\nweb\nweb", ["share_account_ids, lines 2 and 3: 'web' is not an account ID"]),
        (["1111", "1111", "222"], ["items 1 and 2: '1111' has", "item 3: '222' has"]),
        ("1111-2222-3333", ["'1111-2222-3333' is an account ID as the console shows it; write its 12 digits without"]),
        (
            f"{ALICE},\n\u200b{BOB}",
            ["share_account_ids: contains U+200B (zero width space) in line 2, column 1, which"],
        ),
        (f"\ufeff{ALICE}", ["share_account_ids: contains U+FEFF (byte order mark) in line 1, column 1, which cannot"]),
        ([ALICE, f"{BOB}\u00a0"], ["item 2 contains U+00A0 (no-break space) in line 1, column 13"]),
        (
            "x,\n1111\u20112222",
            ["line 1: 'x' is not", "line 2: '1111\u20112222' contains U+2011 (non-breaking hyphen) as"],
        ),
        (f'"{ALICE}', [f'share_account_ids: line 1: "{ALICE} has a quotation mark (") that is not closed.']),
        (
            f'"{ALICE}"x',
            [f'share_account_ids: "{ALICE}"x goes on behind a closing quotation mark; quote the whole value.'],
        ),
        (f'["{ALICE}"', ["share_account_ids: begins with [ and does not end with ]"]),
        (f'{{"a": "{ALICE}"}}', ["share_account_ids: begins with {; give text with one item a line."]),
        (f"[[{ALICE}]]", [f"share_account_ids: '[{ALICE}]' is not an account ID"]),
        ("[null]", ["share_account_ids: 'null' is not an account ID"]),
    ],
)
def test_accounts__problems(value, problems):
    found = accounts(value)[1]

    assert len(found) == len(problems), found
    for one, problem in zip(sorted(found), sorted(problems), strict=True):
        assert problem in one


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize("typed", ["", " ", "\n", "\t\r\n"])
def test_blank_text_is_the_default_of_every_option(core, typed):
    inputs = reading(answered(typed, core), "x")

    read = (
        inputs.flag("x", True),
        inputs.number("x", 7),
        inputs.text("x", "d"),
        inputs.choice("x", ("a", "b")),
        inputs.texts("x"),
        inputs.entries("x"),
        inputs.read("x", int, 5),
    )

    assert read == (True, 7, "d", "a", [], [], 5)
    assert (inputs.problems, inputs.is_given("x"), inputs.has("x")) == ([], False, True)


def test_an_absent_option_is_the_default():
    inputs = Inputs({}, "share_")

    assert (inputs.flag("x", True), inputs.number("x", 7), inputs.text("x", "d"), inputs.texts("x")) == (
        True,
        7,
        "d",
        [],
    )
    assert (inputs.has("x"), inputs.is_empty("x"), inputs.is_null("x"), inputs.problems) == (False, True, False, [])


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize(
    ("typed", "flag"),
    [("true", True), ("Yes", True), ("on", True), ("1", True), ('"yes"', True)]
    + [("false", False), ("NO", False), (" off", False), ("0", False)],
)
def test_flag(core, typed, flag):
    inputs = reading(answered(typed, core), "public")

    assert (inputs.flag("public", not flag), inputs.problems) == (flag, [])


@pytest.mark.parametrize("typed", ["ture", "y", "n", "2", 2, -1, 1.0, [], {}, "true false", "None", "# true"])
@pytest.mark.parametrize("default", [True, False])
def test_flag__a_typo_is_neither(typed, default):
    inputs = reading(typed, "public")

    assert inputs.flag("public", default) is default
    assert inputs.problems == [f"share_public: '{typed}' is neither true nor false."]


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize(("typed", "number"), [("7", 7), (" 7\n", 7), ("-7", -7), ("0", 0), (7, 7), ('"7"', 7)])
def test_number(core, typed, number):
    inputs = reading(answered(typed, core), "quota")

    assert (inputs.number("quota", 300), inputs.problems) == (number, [])


@pytest.mark.parametrize("typed", ["7s", 7.0, "7.0", True, False, "1_000", "٧", [7], "0x7", "1e3", "0700", "9" * 5000])
def test_number__refuses(typed):
    inputs = reading(typed, "quota")

    assert inputs.number("quota", 300) == 300
    [problem] = inputs.problems
    assert "is not a whole number" in problem or "begins with 0, which makes it octal to YAML" in problem


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("golden", "golden"),
        (" golden base ", "golden base"),
        ("Bob's image", "Bob's image"),
        ('"2024"', "2024"),
        ("'yes'", "yes"),
        ("'12:30:45'", "12:30:45"),
        ('"null"', "null"),
        ("# 1 of its kind", "# 1 of its kind"),
        ('"a" and "b"', '"a" and "b"'),
        ("'", "'"),
        ('""', "default"),
    ],
)
def test_text(core, typed, text):
    inputs = reading(answered(typed, core), "copy_name")

    assert (inputs.text("copy_name", "default"), inputs.problems) == (text, [])


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("2024", "a number"), ("yes", "true or false"), ("12:30:45", "a number"), ("1.50", "a number")]
    + [("2024-01-01", "a date or time"), ("012345670123", "a number")],
)
def test_text__what_was_typed_is_lost_and_not_guessed(typed, kind):
    inputs = reading(answered(typed, "2.19"), "copy_name")

    assert inputs.text("copy_name", "default") == "default"
    [problem] = inputs.problems
    assert problem.endswith(f"is {kind}, so that what was typed is lost; write it in quotes, in a survey as well.")
    # What the sentence says works.
    for typed_again in (f'"{typed}"', f"'{typed}'"):
        cured = reading(answered(typed_again, "2.19"), "copy_name")
        assert (cured.text("copy_name"), cured.problems) == (typed, [])


@pytest.mark.parametrize("typed", [[], {}, ["a"], 0, False])
def test_text__refuses(typed):
    inputs = reading(typed, "grant_name")

    assert inputs.text("grant_name", "x") == "x"
    assert len(inputs.problems) == 1


@pytest.mark.parametrize(("typed", "word"), [("b", "b"), (" b\n", "b"), ("'a'", "a"), ("", "a"), (None, "a")])
def test_choice(typed, word):
    assert reading(typed, "mode").choice("mode", ("a", "b")) == word


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("c", "'c' is none of grants, key_policy."),
        ("Grants", "'Grants' is none of grants, key_policy; did you mean grants?"),
        ("key-policy", "'key-policy' is none of grants, key_policy; did you mean key_policy?"),
        (False, "'False' is none of grants, key_policy."),
        (["grants"], "'['grants']' is none of grants, key_policy"),
    ],
)
def test_choice__refuses(typed, problem):
    inputs = reading(typed, "mode")

    assert inputs.choice("mode", ("grants", "key_policy")) == "grants"
    assert inputs.problems[0].startswith(f"share_mode: {problem}")


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize("name", ["allowed_organization_id", "allowed_account_ids"])
@pytest.mark.parametrize("typed", ["", " ", "\n", " , ;", "# nobody yet", "#a\r\n# b", '""', "''", None])
def test_check_guard__an_emptied_guard_is_refused(core, name, typed):
    inputs = reading(answered(typed, core), name)

    inputs.check_guard(name)

    [problem] = inputs.problems
    assert problem.startswith(
        f"share_{name}: is empty, and an empty guard guards nothing; leave it out to have no guard."
    )
    assert "In AWX write guards into the extra variables of the job template, never into a survey" in problem
    assert "[]" not in problem


@pytest.mark.parametrize("value", [[], "[]", ALICE, [ALICE], int(ALICE), "x", False, {}])
def test_check_guard__anything_else_is_a_guard(value):
    inputs = reading(value, "allowed_account_ids")

    inputs.check_guard("allowed_account_ids")

    assert inputs.problems == []
    absent = Inputs({}, "share_")
    absent.check_guard("allowed_account_ids")
    assert absent.problems == []


@pytest.mark.parametrize(
    ("value", "given"),
    [
        (None, False),
        ("", False),
        (" ", False),
        ("# x", False),
        ([], True),
        ("[]", True),
        (0, True),
        (False, True),
        ({}, True),
    ],
)
def test_is_given__an_empty_list_is_said_on_purpose(value, given):
    assert reading(value, "ids").is_given("ids") is given


def test_entries__lines_json_and_lists():
    assert reading(["a # b", {"c": 1}], "x").items("x") == ["a # b", {"c": 1}]
    assert reading("a\n# b\r\n- c d # e", "x").items("x") == ["a", "c d"]
    assert [entry.place for entry in reading("a\n# b\r\n- c", "x").entries("x")] == ["line 1", "line 3"]
    assert reading('[{"a": "b, c"}, "d"]', "x").items("x") == [{"a": "b, c"}, "d"]
    assert [entry.place for entry in reading(["a", "b"], "x").entries("x")] == ["item 1", "item 2"]
    assert [entry.place for entry in reading(["a"], "x").entries("x")] == [""]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('[{"a": "b", "a": "c"}]', "a is named twice"),
        ('[{"tags": {"a": "b", "a": "c"}}]', "a is named twice"),
        ("[1,,2]", "begins with [ and is not a JSON list ("),
        ("[" * 100000, "begins with ["),
        ('{"a": 1}', "is one JSON object; put it into a list, with [ and ] around it."),
        ("{a", "begins with { and is not a JSON object ("),
        (True, "is true or false; give a list"),
        ({"a": 1}, "is a dictionary; give a list"),
        ([{"a": "\u200b"}], "contains U+200B"),
        ([{"\u2060a": "b"}], "contains U+2060 (word joiner)"),
    ],
)
def test_entries__problems(value, problem):
    inputs = reading(value, "x")

    assert inputs.entries("x") == []
    assert problem in inputs.problems[0]


def test_problems__are_said_once_and_name_the_option_as_the_caller_wrote_it():
    for prefix in ("share_", ""):
        inputs = Inputs({"public": "ture", "quota": "x", "mode": "z", "list": True}, prefix)
        for _twice in range(2):
            inputs.flag("public")
            inputs.number("quota", 7)
            inputs.choice("mode", ("a", "b"))
            inputs.texts("list")

        assert [problem.split(":")[0] for problem in inputs.problems] == [
            f"{prefix}{name}" for name in ("public", "quota", "mode", "list")
        ]
        assert inputs.wrong() == {"public", "quota", "mode", "list"}


def test_problems__found_later_get_the_place_of_the_value():
    inputs = reading("a\nb\na\nab", "ids")
    inputs.texts("ids")

    inputs.add(
        ["share_ids: 'a' is odd.", "share_ids: 'ab' is odd.", "share_ids: 'c' is odd.", "share_ids: there are 4."]
    )

    assert inputs.problems == [
        "share_ids, lines 1 and 3: 'a' is odd.",
        "share_ids, line 4: 'ab' is odd.",
        "share_ids: 'c' is odd.",
        "share_ids: there are 4.",
    ]
    assert inputs.wrong() == {"ids"}


def test_what_was_given_stays_as_it_is():
    given = [f" {ALICE}", {"a": "b"}]
    inputs = reading(given, "x")

    inputs.entries("x").append("more")
    inputs.texts("x")

    assert given == [f" {ALICE}", {"a": "b"}]
