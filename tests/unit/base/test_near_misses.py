# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which variables are slips of the hand, and which belong to somebody else's role."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.near_misses import (
    distance,
    near_misses,
    nearest,
    unknown_keys,
)

KNOWN = (
    "images",
    "source",
    "regions",
    "kms_keys",
    "copy_name",
    "copy_description",
    "copy_tags",
    "copy_source_tags",
    "copy_completion_minutes",
    "copy_wait_timeout",
    "account_ids",
    "accounts_of_organizational_unit_arns",
    "organization_arns",
    "organizational_unit_arns",
    "organizational_unit_paths",
    "public",
    "snapshots",
    "allowed_organization_id",
    "allowed_account_ids",
    "organizations_role_arn",
    "organizations_external_id",
    "key_access",
    "grantee_patterns",
    "grant_name",
    "grant_operations",
    "statement_sid",
    "key_policy_allows_organizations",
    "auto_scaling",
    "auto_scaling_role_arn",
    "auto_scaling_external_id",
    "auto_scaling_timeout",
    "launch_permission_quota",
)
SLIPS = [
    ("allowed_organisation_id", "allowed_organization_id"),
    ("allowed_organization", "allowed_organization_id"),
    ("allowed_org_id", "allowed_organization_id"),
    ("allowed_organizations_id", "allowed_organization_id"),
    ("allow_organization_id", "allowed_organization_id"),
    ("organization_allowed_id", "allowed_organization_id"),
    ("organization_id", "allowed_organization_id"),
    ("allowed_accounts", "allowed_account_ids"),
    ("allowed_account_id", "allowed_account_ids"),
    ("allow_account_ids", "allowed_account_ids"),
    ("allowed_acount_ids", "allowed_account_ids"),
    ("snapshot", "snapshots"),
    ("snapshosts", "snapshots"),
    ("image", "images"),
    ("imagse", "images"),
    ("Images", "images"),
    ("ami_ids", "images"),
    ("amis", "images"),
    ("account_id", "account_ids"),
    ("acount_ids", "account_ids"),
    ("account_idss", "account_ids"),
    ("accounts", "account_ids"),
    ("accounts_ids", "account_ids"),
    ("accountids", "account_ids"),
    ("AccountIds", "account_ids"),
    ("user_ids", "account_ids"),
    ("region", "regions"),
    ("regoins", "regions"),
    ("reigons", "regions"),
    ("sources", "source"),
    ("soruce", "source"),
    ("kms_key", "kms_keys"),
    ("kmskeys", "kms_keys"),
    ("kms_key_ids", "kms_keys"),
    ("publc", "public"),
    ("publics", "public"),
    ("org_arns", "organization_arns"),
    ("organisation_arns", "organization_arns"),
    ("organization_arn", "organization_arns"),
    ("organizations_arns", "organization_arns"),
    ("ou_arns", "organizational_unit_arns"),
    ("org_unit_arns", "organizational_unit_arns"),
    ("organisational_unit_arns", "organizational_unit_arns"),
    ("organizational_units_arns", "organizational_unit_arns"),
    ("organizational_unit_path", "organizational_unit_paths"),
    ("copy_tag", "copy_tags"),
    ("copy_names", "copy_name"),
    ("copy_wait_timout", "copy_wait_timeout"),
    ("copy_source_tag", "copy_source_tags"),
    ("grant_operation", "grant_operations"),
    ("grants_name", "grant_name"),
    ("key_acces", "key_access"),
    ("keyaccess", "key_access"),
    ("auto_scalling", "auto_scaling"),
    ("autoscaling", "auto_scaling"),
    ("autoscaling_role_arn", "auto_scaling_role_arn"),
    ("statement_sids", "statement_sid"),
    ("launch_permissions_quota", "launch_permission_quota"),
    ("grantee_pattern", "grantee_patterns"),
    ("key_policy_allows_organisations", "key_policy_allows_organizations"),
    ("organization_role_arn", "organizations_role_arn"),
]
OTHERS = (
    "drive_letter",
    "point_url",
    "mount_options",
    "path",
    "name",
    "user",
    "group",
    "type",
    "owner",
    "mode",
    "host",
    "password",
    "server",
    "protocol",
    "permissions",
    "state",
    "enabled",
    "list",
    "root",
    "dir",
    "directory",
    "quota",
    "size",
    "comment",
    "browsable",
    "readonly",
    "guest_ok",
    "valid_users",
    "create_mask",
    "workgroup",
    "port",
    "config",
    "service",
    "domain",
    "backup_path",
    "retention_days",
    "access_key",
    "storage_account",
    "resource_group",
    "folder_name",
    "link_expiry",
    "memory_mb",
    "images_default",
    "account_ids_prod",
    "regions_all",
    "timeout",
    "tags",
    "version",
    "prefix",
    "debug",
    "policy",
    "role",
    "unit",
    "target",
    "description",
    "logs",
    "cache",
    "pages",
    "vars",
    "resources",
    "courses",
    "message",
    "key",
    "keys",
    "url",
    "id",
    "arn",
    "ids",
    "results",
)


@pytest.mark.parametrize(("slip", "meant"), SLIPS)
def test_slips(slip, meant):
    assert near_misses([f"share_{slip}"], KNOWN, "share_") == [
        f"share_{slip}: there is no such variable; did you mean share_{meant}?"
    ]


@pytest.mark.parametrize("name", OTHERS)
def test_names_of_somebody_else(name):
    assert near_misses([f"share_{name}"], KNOWN, "share_", ["result"]) == []


def test_the_tables_are_long_enough():
    assert len(SLIPS) >= 40 and len(OTHERS) >= 40


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SHARE_IMAGES", "images"),
        ("Share_images", "images"),
        ("share-images", "images"),
        ("shareAccountIds", "account_ids"),
        ("share__images", "images"),
        ("share_images_", "images"),
        ("share_account-ids", "account_ids"),
    ],
)
def test_other_spellings_of_the_prefix(name, meant):
    assert near_misses([name], KNOWN, "share_") == [f"{name}: there is no such variable; did you mean share_{meant}?"]


@pytest.mark.parametrize(
    "name", ["images", "image", "unshare_image", "sharefile_image", "shared_images", "share_", "share"]
)
def test_only_names_with_the_prefix(name):
    assert near_misses([name], KNOWN, "share_") == []


def test_known_names_and_the_results_are_fine():
    names = [f"share_{name}" for name in (*KNOWN, "result", "results")]

    assert near_misses(names, KNOWN, "share_", ["result"]) == []


def test_each_name_once_in_order():
    assert len(near_misses(["share_image", "share_x", "share_region", "share_image"], KNOWN, "share_")) == 2


def test_the_nearest_is_meant():
    assert nearest("account_id", ["accounts_of_units", "account_ids"]) == "account_ids"
    assert nearest("xyz", ["account_ids"]) is None
    assert nearest("on", ["no"]) is None


def test_unknown_keys():
    known = ("image_id", "name", "tags", "region")

    assert unknown_keys({"image_id": 1, "region": 2}, known) == []
    assert unknown_keys({"regoin": 1, "foo": 2, 5: 3}, known) == [
        "regoin: no such key; did you mean region?",
        "foo: no such key; there are image_id, name, tags and region.",
        "5: no such key; there are image_id, name, tags and region.",
    ]


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [
        ("", "", 0),
        ("a", "", 1),
        ("", "ab", 2),
        ("ab", "ba", 1),
        ("abc", "acb", 1),
        ("kitten", "sitting", 3),
        ("ca", "abc", 3),
    ],
)
def test_distance(one, other, letters):
    assert distance(one, other) == letters
