"""Sources that fail alike."""

from watcher.troubles import MANY, UNREACHED, alike, reason


def test_many_that_fail_alike_are_told_of_together_the_commonest_reason_first() -> None:
    few = [(f"few{number}", "status 404") for number in range(MANY - 1)]
    many = [(f"many{number}", "status 503") for number in range(MANY)]
    more = [(f"more{number}", UNREACHED) for number in range(MANY + 1)]
    assert list(alike([*few, *many, *more]).items()) == [
        (UNREACHED, [name for name, _ in more]),
        ("status 503", [name for name, _ in many]),
    ]


def test_what_no_server_hears_of_fails_alike_whatever_its_host_is_called() -> None:
    assert reason("cannot resolve a.example", unreached=True) == reason("cannot resolve b.example", unreached=True) == UNREACHED
    assert reason("status 503", unreached=False) == "status 503"
    assert reason(None, unreached=False) == "no reason is known"
