# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DescribeRegions.

EC2 API reference: OptInStatus is opt-in-not-required, opted-in or not-opted-in; without AllRegions only enabled Regions
are listed. moto lists all Regions.
"""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.responses.availability_zones_and_regions import AvailabilityZonesAndRegions
from moto.utilities.utils import get_partition

from ..api.errors import EC2Error
from ..api.filters import matches
from .opt_in import opt_in_status


class RegionsResponse(AvailabilityZonesAndRegions):
    """DescribeRegions with AllRegions, filters and only the caller's partition."""

    def describe_regions(self) -> ActionResult:
        self.error_on_dryrun()
        names = self._get_param("RegionNames", [])
        partition = get_partition(self.region)
        known = [
            {"RegionName": region.name, "Endpoint": region.endpoint, "OptInStatus": opt_in_status(region.name)}
            for region in RegionsAndZonesBackend.regions
            if get_partition(region.name) == partition
        ]
        unknown = set(names) - {region["RegionName"] for region in known}
        if unknown:
            raise EC2Error("InvalidParameterValue", f"Invalid region names: [{', '.join(sorted(unknown))}]")
        wanted = [region for region in known if not names or region["RegionName"] in names]
        if not self._get_param("AllRegions", False) and not names:
            wanted = [region for region in wanted if region["OptInStatus"] != "not-opted-in"]
        readers = {
            "region-name": lambda region: [region["RegionName"]],
            "endpoint": lambda region: [region["Endpoint"]],
            "opt-in-status": lambda region: [region["OptInStatus"]],
        }
        filters = self._filters_from_querystring()
        return ActionResult({"Regions": [region for region in wanted if matches(region, filters, readers)]})
