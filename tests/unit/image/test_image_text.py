# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AMIs as people type them into a text area: what is unambiguous is read, and nothing is read as something else."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.survey_text import Inputs
from ansible_collections.golden.ami.plugins.module_utils._image.inputs import check_places, read_places
from tests.unit.builders import IMAGE_ID, OTHER_IMAGE_ID, OTHER_REGION, REGION

KNOWN = {
    REGION: "aws",
    OTHER_REGION: "aws",
    "us-west-1": "aws",
    "us-east-1": "aws",
    "us-gov-west-1": "aws-us-gov",
    "eusc-de-east-1": "aws-eusc",
}
ONE = {"image_id": IMAGE_ID, "region": REGION}
OTHER = {"image_id": OTHER_IMAGE_ID, "region": OTHER_REGION}


def read(images, **given):
    inputs = Inputs({"images": images, **given}, "share_")
    places = read_places(inputs, KNOWN)
    check_places(inputs, places, KNOWN)
    return places.images, inputs.problems


@pytest.mark.parametrize(
    ("typed", "images"),
    [
        (f"{IMAGE_ID} {REGION}", [ONE]),
        (f"\t{REGION}\t {IMAGE_ID}\r\n", [ONE]),
        (f"- {IMAGE_ID} {REGION}\n- {OTHER_IMAGE_ID} {OTHER_REGION}", [ONE, OTHER]),
        (f"{IMAGE_ID} {REGION} # web\n# all others\n{OTHER_IMAGE_ID} {OTHER_REGION}", [ONE, OTHER]),
        (f"{IMAGE_ID} {REGION}, {OTHER_IMAGE_ID} {OTHER_REGION};", [ONE, OTHER]),
        (f"image_id={IMAGE_ID} region={REGION}", [ONE]),
        (f"arn:aws:ec2:{REGION}::image/{IMAGE_ID},", [ONE]),
        (f"name=golden-* {REGION}", [{"name": "golden-*", "region": REGION}]),
        (f"name=Golden Base * {REGION}", [{"name": "Golden Base *", "region": REGION}]),
        (f"{REGION} name=Golden  Base *", [{"name": "Golden  Base *", "region": REGION}]),
        (f'name="Golden Base *" {REGION}', [{"name": "Golden Base *", "region": REGION}]),
        (f"'name=Golden Base *' {REGION}", [{"name": "Golden Base *", "region": REGION}]),
        (f"name=Bob's Image {REGION}", [{"name": "Bob's Image", "region": REGION}]),
        (f"name=golden-base-1 {REGION}", [{"name": "golden-base-1", "region": REGION}]),
        (f"name='{REGION} *' {REGION}", [{"name": f"{REGION} *", "region": REGION}]),
        (f"name=Golden * {REGION} # 24.04", [{"name": "Golden *", "region": REGION}]),
        (f"name=a {REGION}, name=b {REGION}", [{"name": "a", "region": REGION}, {"name": "b", "region": REGION}]),
        (f"tag:Role=web server {REGION}", [{"tags": {"Role": "web server"}, "region": REGION}]),
        (
            f"tag:Role=web server tag:Stage=prod name=Golden * {REGION}",
            [{"name": "Golden *", "tags": {"Role": "web server", "Stage": "prod"}, "region": REGION}],
        ),
        (f'"tag:Cost Center=4 2" {REGION}', [{"tags": {"Cost Center": "4 2"}, "region": REGION}]),
        (f'tag:Roles="a, b # c" {REGION}', [{"tags": {"Roles": "a, b # c"}, "region": REGION}]),
        (f"tag:Year=2024 {REGION}", [{"tags": {"Year": "2024"}, "region": REGION}]),
        (f"tag:Url=https://example.com/a=b {REGION}", [{"tags": {"Url": "https://example.com/a=b"}, "region": REGION}]),
        ("name=a eusc-de-east-1", [{"name": "a", "region": "eusc-de-east-1"}]),
        ("name=a us-gov-west-1", [{"name": "a", "region": "us-gov-west-1"}]),
        (
            f'[{{"name": "Golden Base *", "region": "{REGION}"}}, "{IMAGE_ID} {REGION}"]',
            [{"name": "Golden Base *", "region": REGION}, ONE],
        ),
        ([f" {IMAGE_ID} {REGION} # web", {"name": "a", "region": REGION}], [ONE, {"name": "a", "region": REGION}]),
    ],
)
def test_lines(typed, images):
    assert read(typed) == (images, [])


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (
            "golden-base-*",
            "share_images: 'golden-base-*' is neither an AMI ID nor a Region; did you mean name=golden-base-*?",
        ),
        ("golden-base-1", "did you mean name=golden-base-1?"),
        (
            f"name=a {REGION} b",
            "'b' is neither an AMI ID nor a Region; quote a value with blanks in it, name=\"Golden Base *\".",
        ),
        (
            f"{IMAGE_ID} regoin={REGION}",
            f"'regoin={REGION}': there is no regoin=; did you mean region=? For a tag write tag:regoin=",
        ),
        (f"Name=golden {REGION}", "there is no Name=; did you mean name=? For a tag write tag:Name=golden."),
        (f"role=web {REGION}", "'role=web': there is no role=; for a tag write tag:role=web."),
        (f"name=golden Stage=prod {REGION}", "'Stage=prod': there is no Stage=; for a tag write tag:Stage=prod."),
        (f"{IMAGE_ID} EU-West-1", "'EU-West-1' is not an AWS Region. Did you mean 'eu-west-1'?"),
        (f"{IMAGE_ID} eu-west1", "'eu-west1' is not an AWS Region. Did you mean 'eu-west-1'?"),
        (f"name=a {REGION}a", f"'{REGION}a' is not an AWS Region. Did you mean '{REGION}'?"),
        ("name=a eu-wset-1", "'eu-wset-1' is not an AWS Region. Did you mean 'eu-west-1'?"),
        (f"name: golden {REGION}", "'name:': write name=VALUE, and all of one AMI on one line."),
        (
            f"tag:Cost Center=web {REGION}",
            "'tag:Cost' is no tag:KEY=VALUE; a KEY with blanks in it needs quotation marks",
        ),
        (f"tag:=web {REGION}", "'tag:=web' names no tag; write tag:KEY=VALUE."),
        (
            f"arn:aws:ec2:{REGION}:1:image/{IMAGE_ID}",
            "is not the ARN of an AMI; it looks like 'arn:aws:ec2:eu-west-1::image/",
        ),
        (f"AMI-0123456789ABCDEF0 {REGION}", "'AMI-0123456789ABCDEF0' is not an AMI ID"),
        (f"{IMAGE_ID} {OTHER_IMAGE_ID} {REGION}", "gives image_id twice; write one AMI a line."),
        (
            f"tag:Stage=prod, tag:Role=web {REGION}",
            "contains ','; write one AMI a line, and a value that contains it with quotation",
        ),
        (f"tag:Stage=prod; name=golden {REGION}", "contains ';'; write one AMI a line"),
        (f"name=golden, {REGION}", "give either image_id, or name and/or tags, in each entry"),
        (
            "tag:Role=web #1 server",
            "'tag:Role=web #1 server' contains #; write the value with quotation marks around it",
        ),
        ('name="Golden', 'line 1: name="Golden has a quotation mark (") that is not closed.'),
        ('name="Golden"x', "goes on behind a closing quotation mark"),
        ([{"name": "a", "regoin": REGION}], "share_images: regoin: no such key; did you mean region?"),
        ([ONE, {"ami": "x"}], "share_images, item 2: ami: no such key; did you mean image_id?"),
        ([ONE, ""], "share_images, item 2: is empty; leave the item out, or fill it in."),
        ([ONE, f"{IMAGE_ID} {REGION}\nname=a"], "is several lines"),
        (
            [{"name": 2024, "region": REGION}],
            "share_images: name is a number; tags is a dictionary, the other keys are text.",
        ),
        ([{"tags": {"Year": 2024}, "region": REGION}], "with tag:Year=…, in which everything stays as it is typed."),
        ([{"tags": {2024: "x"}, "region": REGION}], "tags: '2024: x' holds a number, and tags are text"),
        (
            f"{IMAGE_ID} {REGION}\n\nname=\u200bgolden",
            "contains U+200B (zero width space) in line 3, column 6, which cannot be seen",
        ),
    ],
)
def test_refused(typed, problem):
    problems = read(typed, regions=[REGION, OTHER_REGION])[1]

    assert len(problems) == 1, problems
    assert problem in problems[0]


def test_equal_mistakes_are_said_once_with_their_places():
    typed = (
        f"{IMAGE_ID} eu-wset-1\n{OTHER_IMAGE_ID} {REGION}\n# x\n{OTHER_IMAGE_ID} eu-wset-1\nname=a\nname=b {REGION} c"
    )

    assert read(typed)[1] == [
        "share_images, line 6: 'c' is neither an AMI ID nor a Region; quote a value with blanks in it, name=\"Golden Base *\".",
        "share_images, lines 1 and 4: 'eu-wset-1' is not an AWS Region. Did you mean 'eu-west-1'?",
        "share_images: 'name=a' has no region. AMIs are regional.",
    ]


def test_source__is_one_ami():
    def source(value):
        inputs = Inputs({"source": value}, "share_")
        return read_places(inputs, KNOWN).source, inputs.problems

    for value in (
        f"# x\n{IMAGE_ID} {REGION} # y",
        f'{{"image_id": "{IMAGE_ID}", "region": "{REGION}"}}',
        f"- {IMAGE_ID} {REGION}",
    ):
        assert source(value) == (ONE, [])
    assert source("# nothing") == (None, [])
    for value in (f"{IMAGE_ID} {REGION}, {OTHER_IMAGE_ID} {REGION}", f"{IMAGE_ID}\n{REGION}"):
        assert source(value) == (
            None,
            ["share_source: is more than one AMI; write one, with its Region on the same line."],
        )
    assert source({**ONE, "regoin": "x"})[1] == ["share_source: regoin: no such key; did you mean region?"]
    assert source(f"golden {REGION}")[1] == [
        "share_source: 'golden' is neither an AMI ID nor a Region; did you mean name=golden?"
    ]
