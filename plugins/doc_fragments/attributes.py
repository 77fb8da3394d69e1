# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the collection supports."""

from __future__ import annotations


class ModuleDocFragment:
    # Modules that change something.
    DOCUMENTATION = r"""
options: {}
notes:
  - "Besides the listed error codes, any target can have V(region_not_enabled), V(credentials_not_loaded) (a token file or program
    from which the SDK gets credentials), V(incomplete_answer) (AWS's answer lacks a required member) and V(internal_error) (a bug
    in this collection). The result contains everything that was written, whatever error occurs."
  - The endpoint of a service, from C(AWS_ENDPOINT_URL_EC2), C(AWS_ENDPOINT_URL_KMS), C(AWS_ENDPOINT_URL_STS),
    C(AWS_ENDPOINT_URL_ORGANIZATIONS) or the C(services) section of the profile, takes precedence over O(endpoint_url), which
    is for all services alike.
attributes:
  check_mode:
    description: Predicts the result without a write call; the result has the same keys as a real run.
    support: full
  diff_mode:
    description: Returns the state before and after (in check mode, the predicted state) of each changed target.
    support: full
  idempotent:
    description: A second run with the same options makes no write call, if nothing changed in between.
    support: full
  action_group:
    description: Use C(group/golden.ami.aws) or C(group/golden.ami.ami) in C(module_defaults).
    support: full
    membership:
      - golden.ami.ami
      - golden.ami.aws
"""

    # Modules that only read.
    INFO = r"""
options: {}
notes:
  - "Besides the listed error codes, any target can have V(region_not_enabled), V(credentials_not_loaded) (a token file or program
    from which the SDK gets credentials), V(incomplete_answer) (AWS's answer lacks a required member) and V(internal_error) (a bug
    in this collection). The result contains everything that was written, whatever error occurs."
  - The endpoint of a service, from C(AWS_ENDPOINT_URL_EC2), C(AWS_ENDPOINT_URL_KMS), C(AWS_ENDPOINT_URL_STS),
    C(AWS_ENDPOINT_URL_ORGANIZATIONS) or the C(services) section of the profile, takes precedence over O(endpoint_url), which
    is for all services alike.
attributes:
  check_mode:
    description: Reads only, in check mode as well.
    support: full
  diff_mode:
    description: Changes nothing, so there is no diff.
    support: N/A
  idempotent:
    description: Reads only.
    support: N/A
  action_group:
    description: Use C(group/golden.ami.aws) or C(group/golden.ami.ami) in C(module_defaults).
    support: full
    membership:
      - golden.ami.ami
      - golden.ami.aws
"""

    # A module that tries in order to know.
    CHECK = r"""
options: {}
attributes:
  check_mode:
    description: Starts no instance.
    details: With O(launch) the verdicts then rest on dry runs, and a warning says so.
    support: partial
  diff_mode:
    description: Leaves nothing behind, so there is no diff.
    support: N/A
  idempotent:
    description: Tries again in each run.
    support: N/A
  action_group:
    description: Use C(group/golden.ami.aws) or C(group/golden.ami.ami) in C(module_defaults).
    support: full
    membership:
      - golden.ami.ami
      - golden.ami.aws
"""

    # Modules that have EC2 make a report in order to read.
    REPORT = r"""
options: {}
notes:
  - "Besides the listed error codes, any target can have V(region_not_enabled), V(credentials_not_loaded) (a token file or program
    from which the SDK gets credentials), V(incomplete_answer) (AWS's answer lacks a required member) and V(internal_error) (a bug
    in this collection). The result contains everything that was written, whatever error occurs."
  - The endpoint of a service, from C(AWS_ENDPOINT_URL_EC2), C(AWS_ENDPOINT_URL_KMS), C(AWS_ENDPOINT_URL_STS),
    C(AWS_ENDPOINT_URL_ORGANIZATIONS) or the C(services) section of the profile, takes precedence over O(endpoint_url), which
    is for all services alike.
attributes:
  check_mode:
    description: Makes no write call, so it creates no report.
    details: It reads an existing report that matches. Without one the result is null, with a warning.
    support: partial
  diff_mode:
    description: Changes nothing, so there is no diff.
    support: N/A
  idempotent:
    description: Creates and deletes its reports in each run.
    support: N/A
  action_group:
    description: Use C(group/golden.ami.aws) or C(group/golden.ami.ami) in C(module_defaults).
    support: full
    membership:
      - golden.ami.ami
      - golden.ami.aws
"""
