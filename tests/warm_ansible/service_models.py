# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""botocore's descriptions of services are megabytes of JSON, which each Session parses for itself."""

from __future__ import annotations

import functools


def parse_once() -> None:
    """Let all Sessions of this process, and of those forked from it, share what one of them has parsed."""
    from botocore.loaders import JSONFileLoader

    load = functools.cache(JSONFileLoader().load_file)
    JSONFileLoader.load_file = lambda _self, path: load(path)
