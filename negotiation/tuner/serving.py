"""The tuner as a web page of this machine: no other machine can open it, and it needs no network."""

import errno
from collections.abc import Callable
from urllib.parse import urlencode

import panel
from tornado.netutil import bind_sockets

from negotiation._checks import check_count, refusal
from negotiation.truce import Truce
from negotiation.truce.verdict import TITLE
from negotiation.tuner.page import Tuner

OWNER = "tune"
HOST = "127.0.0.1"
LAST_PORT = 65_535

FOLLOW = "window.history.replaceState(null, '', cb_obj.value)"
"""Puts the setting into the address of the page."""


def serve(truce: Truce, opened: Callable[[str], object], *, port: int) -> None:
    """Serve the tuner as a web page on the loopback address until interrupted.

    Every visit has sliders of its own, and the address of the page follows them.

    Parameters
    ----------
    truce : Truce
        Where the sliders start.
    opened : callable
        Called with the address of the page once it can be opened.
    port : int
        Where the page is served; 0 takes any free port.

    Raises
    ------
    ArgumentError
        If `port` is no port or is taken.
    """
    free = _free(check_count("port", OWNER, port, 0, most=LAST_PORT))
    server = panel.serve(
        lambda: _page(truce),
        port=free,
        address=HOST,
        websocket_origin=[f"{HOST}:{free}", f"localhost:{free}"],
        title=TITLE,
        location=False,
        show=False,
        start=False,
        verbose=False,
    )
    try:
        server.start()
        opened(f"http://{HOST}:{free}/")
        server.io_loop.start()
    finally:
        server.stop()


def _page(truce: Truce) -> Tuner:
    asked = [(name, value) for name, values in panel.state.session_args.items() for value in values]
    tuner = Tuner(truce, link=urlencode(asked))
    tuner.address.jscallback(value=FOLLOW)
    return tuner


def _free(port: int) -> int:
    """Return `port`, or any free one for 0; refuse one that is taken."""
    try:
        sockets = bind_sockets(port, HOST)
    except OSError as fault:
        if fault.errno != errno.EADDRINUSE:
            raise
        raise refusal("port", OWNER, "be free", f"{port}, which is taken", "Pass another --port.") from None
    free: int = sockets[0].getsockname()[1]
    for one in sockets:
        one.close()
    return free
