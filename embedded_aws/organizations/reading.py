# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may read an organization, and how much of it one page shows.

AWS Organizations API reference: all List and Describe operations except DescribeOrganization "can only be called from
the management account or a member account that is a delegated administrator" (this note stands at each of them); the
text of the refusal is in https://github.com/aws-samples/aws-iam-access-key-auto-rotation/issues/10. MaxResults is 1 to
20. An unknown child of ListParents is a ChildNotFoundException. moto shows members their own, empty organization,
returns 100 accounts in a page and calls the child an OrganizationalUnitNotFoundException.

CloseAccount brings an account to SUSPENDED at once (moto), in Status and in State.
"""

from __future__ import annotations

from moto.organizations import urls
from moto.organizations.exceptions import (
    AWSOrganizationsNotInUseException,
    InvalidInputException,
    OrganizationsClientError,
)
from moto.organizations.models import OrganizationsBackend, organizations_backends
from moto.organizations.responses import OrganizationsResponse
from moto.organizations.utils import PAGINATION_MODEL

LARGEST_PAGE = 20


class EmbeddedOrganizationsResponse(OrganizationsResponse):
    """All actions."""

    @property
    def organizations_backend(self) -> OrganizationsBackend:
        """The organization that the caller acts on: its own, or the one that it is a delegated administrator of."""
        own = organizations_backends[self.current_account][self.partition]
        action = self._get_action()
        if own.org or action == "DescribeOrganization" or not action.startswith(("List", "Describe")):
            return own
        home = organizations_backends.master_accounts.get(self.current_account)
        if home is None:
            raise AWSOrganizationsNotInUseException
        management, partition = home
        backend = organizations_backends[management][partition]
        if not any(admin.account.id == self.current_account for admin in list(backend.admins)):
            text = "You don't have permissions to access this resource."
            raise OrganizationsClientError("AccessDeniedException", text)
        return backend

    def _get_int_param(self, param_name: str, if_none: int | None = None) -> int | None:
        number = super()._get_int_param(param_name, if_none)
        if param_name == "MaxResults" and number is not None and not 1 <= number <= LARGEST_PAGE:
            raise InvalidInputException("You provided a value that does not match the required pattern.")
        return number

    def list_parents(self) -> str:
        try:
            return super().list_parents()
        except OrganizationsClientError as error:
            if error.code not in ("OrganizationalUnitNotFoundException", "AccountNotFoundException"):
                raise
            text = "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified."
            raise OrganizationsClientError("ChildNotFoundException", text) from error


def reset() -> None:
    """moto's own reset forgets the organizations and not who was in them."""
    organizations_backends.master_accounts.clear()


def install() -> None:
    """Let moto use this class; before the first request."""
    # Accounts that were made in the same moment would share moto's page mark, the time at which they joined.
    PAGINATION_MODEL["list_accounts"].update(limit_default=LARGEST_PAGE, unique_attribute="Id")
    urls.url_paths["{0}/$"] = EmbeddedOrganizationsResponse.dispatch
