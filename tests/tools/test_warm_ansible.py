# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way of a request to the process that is forked for it."""

from __future__ import annotations

import os
import socket

from tests.warm_ansible.server import receive, send


def test_requests_that_queue_up_keep_their_own_files() -> None:
    """A template that still imports finds several at once."""
    ours, theirs = socket.socketpair()
    pipes = [os.pipe() for _request in range(3)]
    for number, (_reader, writer) in enumerate(pipes):
        send(ours, b"x" * (number * 1000 + 1), [writer])
    ours.close()

    for number, (reader, writer) in enumerate(pipes):
        body, [file] = receive(theirs)
        assert len(body) == number * 1000 + 1
        os.write(file, b"here")
        os.close(file)
        os.close(writer)
        assert os.read(reader, 9) == b"here"
        os.close(reader)
    assert receive(theirs) == (b"", [])
    theirs.close()
