"""`watcher status`: a line for each source, and of which docket it is."""

import json
from pathlib import Path

import pytest

from tests.processes import surroundings, watcher

RULES = """
[[source]]
id = "press"
kind = "feed"
url = "http://127.0.0.1:9/feed"

[[source]]
id = "courts"
kind = "docket-feeds"

[[case]]
id = "abrego-garcia"
title = "Abrego Garcia v. Noem"
names = ["Kilmar Abrego Garcia"]
dockets = [{ court = "mdd", number = "8:25-cv-00951", courtlistener = 69777799 }]

[[case]]
id = "return"
title = "Facilitate the return"
names = ["facilitate his return"]
dockets = [{ court = "mdd", number = "8:25-cv-00951-PX" }]
"""
DOCKET = "Abrego Garcia v. Noem, Facilitate the return (mdd 8:25-cv-00951)"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return surroundings(tmp_path, RULES)


def test_a_source_of_one_docket_names_its_cases_and_number(environ: dict[str, str]) -> None:
    said = json.loads(watcher(environ, "status", "--json").stdout)
    assert [(source["source"], source["docket"]) for source in said["sources"]] == [("press", None), ("courts/69777799", DOCKET)]
    lines = watcher(environ, "status").stdout.splitlines()
    assert lines[0] == "press: 0 documents; not polled yet"
    assert lines[1] == f"courts/69777799 {DOCKET}: 0 documents; not polled yet"
