"""The pages in a real browser: from the latest to a score card, without a complaint of the console or a request to anybody else."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.conftest import missing
from tests.papers import NOW, article, judged
from tests.servers import serving
from tests.site import site_app, stored
from watcher.storage import Database

CHROMIUM = Path("/usr/bin/chromium")
QUIET = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync"


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
async def test_a_reader_goes_from_the_latest_to_a_score_card(database: Database) -> None:
    if not CHROMIUM.exists():
        missing("Chromium is not installed: apt-get install chromium")
    await stored(database, judged(article(title="<b>Judge</b> orders his return"), "abrego-garcia"))
    complaints: list[str] = []
    asked: list[str] = []
    async with serving(site_app(database, now=lambda: NOW + timedelta(days=1))) as base, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=[f"--{flag}" for flag in QUIET.split()])
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(base)
        await page.get_by_role("link", name="Abrego Garcia v. Noem").first.click()
        await page.goto(f"{base}/status")
        cut = await page.evaluate("document.querySelector('.trouble').getBoundingClientRect().right")
        await page.goto(f"{base}/watch/abrego-garcia")
        marks = await page.eval_on_selector_all(".meta a, .meta code", "all => all.map(each => getComputedStyle(each, '::before').content)")
        await page.get_by_role("link", name="<b>Judge</b> orders his return").click()
        await page.get_by_text("Score card").click()
        shown = await page.get_by_role("cell", name="cecot", exact=True).is_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await browser.close()
    assert shown
    assert set(marks) == {"none"}  # a point stands between parts of a line, not before the links of a sentence
    assert wide <= 390
    assert cut <= 390  # on a phone too, what is wrong with a source is seen without scrolling aside
    assert complaints == []
    assert [url for url in asked if not url.startswith(f"{base}/")] == []


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
async def test_what_changed_is_read_on_a_phone_at_night_without_colours(database: Database) -> None:
    if not CHROMIUM.exists():
        missing("Chromium is not installed: apt-get install chromium")
    first = article(title="Judge orders his return", text=f"Until {'a' * 300} Monday.", lang="en")
    await stored(database, judged(first, "abrego-garcia"))
    await stored(database, judged(replace(first, title="Judge denies his return", text="Until Friday."), "abrego-garcia"))
    async with serving(site_app(database)) as base, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=[f"--{flag}" for flag in QUIET.split()])
        page = await browser.new_page(viewport={"width": 360, "height": 740}, color_scheme="dark")
        await page.goto(f"{base}/story/1")
        lines = await page.eval_on_selector_all(
            "blockquote :is(ins, del)", "all => all.map(each => [each.innerText, getComputedStyle(each).textDecorationLine])"
        )
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await browser.close()
    assert [(words.split(":")[0], line) for words, line in lines[:2]] == [("removed", "line-through"), ("added", "underline")]
    assert wide <= 360
