# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m embedded_aws --port 0 --port-file PATH``: run the server until a signal or the end of the parent."""

from __future__ import annotations

import argparse


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m embedded_aws", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--port-file", help="written with the port number once the server answers")
    parser.add_argument("--parent", type=int, help="end when this process is gone")
    options = parser.parse_args()
    # Imported late: moto takes seconds to load, and --help should not.
    from .server import serve

    serve(options.port, options.port_file, options.parent)


if __name__ == "__main__":
    main()
