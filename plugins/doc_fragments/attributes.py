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
  - "Besides the codes that are listed for a failure, any target can have V(region_not_enabled), V(credentials_not_loaded) (a
    token file or program with which the SDK gets credentials), V(incomplete_answer) (AWS's answer lacks what it always has) and
    V(internal_error) (a bug of this collection). Whatever is raised, what was written is in the result."
attributes:
  check_mode:
    description: Predicts the result without a write call; the result has the same keys as a real run.
    support: full
  diff_mode:
    description: Returns what was and what is (in check mode, would be) for each changed target.
    support: full
  idempotent:
    description: Run again with the same options and nothing changed in between, it makes no write call.
    support: full
  action_group:
    description: Use C(group/golden.ami.aws) or C(group/golden.ami.ami) in C(module_defaults).
    support: full
    membership:
      - golden.ami.ami
      - golden.ami.aws
notes:
  - A service's own endpoint, from C(AWS_ENDPOINT_URL_EC2), C(AWS_ENDPOINT_URL_KMS), C(AWS_ENDPOINT_URL_STS),
    C(AWS_ENDPOINT_URL_ORGANIZATIONS) or the C(services) section of the profile, goes before O(endpoint_url), which is for all
    services alike.
"""

    # Modules that only read.
    INFO = r"""
options: {}
notes:
  - "Besides the codes that are listed for a failure, any target can have V(region_not_enabled), V(credentials_not_loaded) (a
    token file or program with which the SDK gets credentials), V(incomplete_answer) (AWS's answer lacks what it always has) and
    V(internal_error) (a bug of this collection). Whatever is raised, what was written is in the result."
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
notes:
  - A service's own endpoint, from C(AWS_ENDPOINT_URL_EC2), C(AWS_ENDPOINT_URL_KMS), C(AWS_ENDPOINT_URL_STS),
    C(AWS_ENDPOINT_URL_ORGANIZATIONS) or the C(services) section of the profile, goes before O(endpoint_url), which is for all
    services alike.
"""

    # Modules that have EC2 make a report in order to read.
    REPORT = r"""
options: {}
notes:
  - "Besides the codes that are listed for a failure, any target can have V(region_not_enabled), V(credentials_not_loaded) (a
    token file or program with which the SDK gets credentials), V(incomplete_answer) (AWS's answer lacks what it always has) and
    V(internal_error) (a bug of this collection). Whatever is raised, what was written is in the result."
attributes:
  check_mode:
    description: Makes no call that writes, so it has no report made.
    details: It reads a report that exists already and fits; without one the result is null, with a warning.
    support: partial
  diff_mode:
    description: Changes nothing, so there is no diff.
    support: N/A
  idempotent:
    description: Has its reports made in each run, and deletes them.
    support: N/A
  action_group:
    description: Use C(group/golden.ami.aws) or C(group/golden.ami.ami) in C(module_defaults).
    support: full
    membership:
      - golden.ami.ami
      - golden.ami.aws
notes:
  - A service's own endpoint, from C(AWS_ENDPOINT_URL_EC2), C(AWS_ENDPOINT_URL_KMS), C(AWS_ENDPOINT_URL_STS),
    C(AWS_ENDPOINT_URL_ORGANIZATIONS) or the C(services) section of the profile, goes before O(endpoint_url), which is for all
    services alike.
"""
