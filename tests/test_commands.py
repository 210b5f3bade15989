"""The bot's grammar: what is read, what is answered, what is done."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.commands import (
    CHANGES,
    NAMES,
    POPUP,
    AskLatest,
    AskWhy,
    Command,
    Follow,
    Forget,
    Language,
    Quiet,
    Unfollow,
    View,
    answer,
    changes,
    latest,
    read,
    why,
    why_briefly,
)
from alerts.errors import CommandError
from alerts.models import Address, Cadence, Paper, QuietHours, Reason, Subscriber, Subscription
from alerts.render.plain import units
from alerts.replies import EN, ES, MENU, TYPES, language, listed, say
from tests.letters import bare, item
from watcher.models import DocumentType, Severity, Watch

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
TOPICS = (
    Watch(id="abrego-garcia", kind="case", title="Abrego Garcia v. Noem"),
    Watch(id="jgg-v-trump", kind="case", title="J.G.G. v. Trump"),
    Watch(id="aarp-v-trump", kind="case", title="A.A.R.P. v. Trump"),
    Watch(id="cecot", kind="case", title="CECOT, the Terrorism Confinement Center"),
    Watch(id="due-process", kind="doctrine", title="Due process"),
    Watch(id="third-country-removal", kind="doctrine", title="Third-country removal"),
)
ANN = Subscriber(id=1, address=Address("telegram", "7"), created_at=NOW, zone="Europe/Madrid")
ZONES = frozenset({"America/New_York", "Europe/Madrid", "UTC"})
VIEW = View(topics=TOPICS, zones=ZONES)
RULINGS = (DocumentType.ORDER, DocumentType.OPINION)


def following(*watches: str) -> View:
    subscriptions = tuple(Subscription(subscriber=1, watch=watch, created_at=NOW) for watch in watches)
    return View(topics=TOPICS, zones=ZONES, subscriber=ANN, subscriptions=subscriptions)


def refused(command: Command, view: View = VIEW) -> str:
    with pytest.raises(CommandError) as refusal:
        answer(command, view)
    return str(refusal.value)


# -- reading


@pytest.mark.parametrize(
    ("text", "private", "command"),
    [
        ("/help", True, Command("help")),
        ("/HELP@Habeas_Watch_Bot", False, Command("help")),
        ("  /follow \n abrego   garcia ", True, Command("follow", "abrego garcia")),
        ("/seguir cecot", True, Command("follow", "cecot")),
        ("/start follow_cecot", True, Command("start", "follow_cecot")),
        ("/topics@other_bot", True, None),
        ("/topics@other_bot", False, None),
        ("/topics", False, Command("topics")),
        ("/dance", True, Command("dance")),
        ("/dance", False, None),
        ("/dance@habeas_watch_bot", False, Command("dance")),
        ("abrego garcia", True, Command("", "abrego garcia")),
        ("abrego garcia", False, None),
        ("", True, None),
        ("/", False, None),
        ("/follow@x y", False, None),
        ("see /help", False, None),
    ],
)
def test_a_message_is_read_as_a_command_for_us_or_not_at_all(text: str, private: bool, command: Command | None) -> None:
    assert read(text, bot="habeas_watch_bot", private=private) == command


@given(st.text(max_size=200))
def test_nothing_that_is_written_makes_us_stumble(text: str) -> None:
    for start in ("", "/follow ", "/quiet ", "/start follow_", "/why ", "/latest "):
        command = read(start + text, bot="habeas_watch_bot", private=True)
        if command:
            try:
                said = answer(command, following("cecot")).text
            except CommandError as error:
                said = str(error)
            assert len(said) < 4096


# -- following


@pytest.mark.parametrize(
    ("rest", "deed"),
    [
        ("abrego-garcia", Follow(watches=("abrego-garcia",))),
        ("ABREGO GARCÍA", Follow(watches=("abrego-garcia",))),
        ("abrego", Follow(watches=("abrego-garcia",))),
        ("J.G.G. v. Trump", Follow(watches=("jgg-v-trump",))),
        ("third country removal daily", Follow(watches=("third-country-removal",), cadence=Cadence.DAILY)),
        ("cecot urgent weekly", Follow(watches=("cecot",), cadence=Cadence.WEEKLY, floor=Severity.URGENT)),
        ("cecot notable", Follow(watches=("cecot",), floor=Severity.NOTABLE)),
        ("cecot diario urgente", Follow(watches=("cecot",), cadence=Cadence.DAILY, floor=Severity.URGENT)),
        ("cecot, due process,cecot", Follow(watches=("cecot", "due-process"))),
        ("cecot orders", Follow(watches=("cecot",), types=(DocumentType.ORDER,))),
        ("cecot orders and opinions only", Follow(watches=("cecot",), types=RULINGS)),
        ("cecot, abrego only orders, opinions", Follow(watches=("cecot", "abrego-garcia"), types=RULINGS)),
        ("cecot Órdenes y opiniones del tribunal", Follow(watches=("cecot",), types=RULINGS)),
        ("cecot solo órdenes ejecutivas", Follow(watches=("cecot",), types=(DocumentType.EXECUTIVE_ORDER,))),
        ("cecot órdenes urgentes", Follow(watches=("cecot",), floor=Severity.URGENT, types=(DocumentType.ORDER,))),
        ("cecot opiniones notables diarios", Follow(watches=("cecot",), cadence=Cadence.DAILY, floor=Severity.NOTABLE, types=RULINGS[1:])),
        ("cecot semanales", Follow(watches=("cecot",), cadence=Cadence.WEEKLY)),
        ("cecot executive orders, orders", Follow(watches=("cecot",), types=(DocumentType.EXECUTIVE_ORDER, DocumentType.ORDER))),
        ("cecot proposed-order", Follow(watches=("cecot",), types=(DocumentType.PROPOSED_ORDER,))),
        ("cecot order orders news", Follow(watches=("cecot",), types=(DocumentType.ORDER, DocumentType.ARTICLE))),
        (
            "cecot opinions daily urgent",
            Follow(watches=("cecot",), cadence=Cadence.DAILY, floor=Severity.URGENT, types=(DocumentType.OPINION,)),
        ),
        ("all orders", Follow(watches=tuple(watch.id for watch in TOPICS), types=(DocumentType.ORDER,))),
        ("all daily", Follow(watches=tuple(watch.id for watch in TOPICS), cadence=Cadence.DAILY)),
    ],
)
def test_follow_takes_topics_by_any_of_their_words_and_options_in_any_order(rest: str, deed: Follow) -> None:
    assert answer(Command("follow", rest), VIEW).deed == deed


@pytest.mark.parametrize(
    ("rest", "lang", "said"),
    [
        ("cecot orders opinions", "en", "at once, of orders and opinions only."),
        ("cecot orders opinions judgments urgent", "en", "at once, of orders, opinions and judgments only, where they are urgent."),
        ("cecot motions notable", "en", "at once, of motions only, where they are notable or urgent."),
        ("cecot órdenes, opiniones", "es", "al momento, solo de órdenes y opiniones."),
        ("cecot noticias urgente diario", "es", "en un resumen diario, solo de noticias, si son urgentes."),
    ],
)
def test_types_that_are_asked_for_are_said_back(rest: str, lang: str, said: str) -> None:
    assert said in answer(Command("follow", rest), replace(VIEW, lang=lang)).text


def test_words_that_are_a_topic_whole_are_no_options() -> None:
    topic = Watch(id="removal-orders", kind="doctrine", title="Removal orders")
    view = replace(VIEW, topics=(*TOPICS, topic))
    assert answer(Command("follow", "removal orders"), view).deed == Follow(watches=("removal-orders",))
    assert answer(Command("follow", "removal orders orders"), view).deed == Follow(watches=("removal-orders",), types=(DocumentType.ORDER,))


def test_every_type_can_be_asked_for_in_both_languages_and_by_its_own_name() -> None:
    for lang, names in TYPES.items():
        assert set(names) == set(DocumentType)
        for kind, plural in names.items():
            for name in (plural, kind.value) if kind is not DocumentType.APPEARANCE else ():
                deed = answer(Command("follow", f"cecot {name}"), replace(VIEW, lang=lang)).deed
                assert deed == Follow(watches=("cecot",), types=(kind,)), name


@pytest.mark.parametrize("rest", ["cecot appearances", "cecot appearance", "cecot comparecencias daily", "cecot, orders and appearances"])
def test_what_nobody_is_ever_told_cannot_be_asked_for_and_why_is_said(rest: str) -> None:
    assert refused(Command("follow", rest)).startswith("Who speaks for whom is a formality: nobody is told of appearances,")
    assert "a nadie de las comparecencias" in refused(Command("follow", rest), replace(VIEW, lang="es"))


def test_a_topic_may_be_called_like_a_formality() -> None:
    court = View(topics=(*TOPICS, Watch(id="court-appearance", kind="doctrine", title="Court dates in person")))
    assert answer(Command("follow", "court appearance daily"), court).deed == Follow(watches=("court-appearance",), cadence=Cadence.DAILY)
    assert answer(Command("follow", "appearance"), court).deed == Follow(watches=("court-appearance",))


@pytest.mark.parametrize(
    ("words", "lang", "said"),
    [
        (["órdenes"], "es", "órdenes"),
        (["órdenes", "mociones"], "es", "órdenes y mociones"),
        (["a", "b", "c"], "en", "a, b and c"),
    ],
)
def test_several_things_are_listed_as_one_says_them(words: list[str], lang: str, said: str) -> None:
    assert listed(words, lang) == said


def test_follow_says_what_is_followed_and_how() -> None:
    reply = answer(Command("follow", "abrego, cecot daily urgent"), VIEW)
    assert reply.text == (
        "Abrego Garcia v. Noem, CECOT, the Terrorism Confinement Center: from now on you are told in a daily digest, "
        "of what is urgent only. /unfollow abrego-garcia, cecot ends it."
    )


@pytest.mark.parametrize(("lang", "rest"), [("en", "cecot"), ("en", "abrego, cecot daily"), ("en", "all"), ("es", "todo semanal")])
def test_the_way_back_that_follow_names_leads_back(lang: str, rest: str) -> None:
    reply = answer(Command("follow", rest), replace(VIEW, lang=lang))
    assert isinstance(reply.deed, Follow)
    way_back = re.search(r"/\w+ .*(?= (?:ends it|lo termina)\.)", reply.text)
    assert way_back
    command = read(way_back[0], bot="habeas_bot", private=True)
    assert command
    assert answer(command, replace(following(*reply.deed.watches), lang=lang)).deed == Unfollow(watches=reply.deed.watches)


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("", "Which topic? For example: /follow abrego-garcia\n/topics shows them all."),
        ("urgent", "Which topic? For example: /follow abrego-garcia\n/topics shows them all."),
        ("abergo garica", "There is no topic “abergo garica”. Did you mean abrego-garcia? Then send: /follow abrego-garcia"),
        ("cecott", "There is no topic “cecott”. Did you mean cecot? Then send: /follow cecot"),
        ("trump", "“trump” may be jgg-v-trump, aarp-v-trump. Say which: /follow jgg-v-trump"),
        ("zzzzqqq", "There is no topic “zzzzqqq”. /topics shows them all."),
        ("♥", "There is no topic “♥”. /topics shows them all."),
    ],
)
def test_a_topic_we_do_not_know_is_never_guessed(rest: str, text: str) -> None:
    assert refused(Command("follow", rest)) == text


def test_a_readers_own_words_are_cut_before_they_are_repeated() -> None:
    assert re.fullmatch(r"There is no topic “x{50,59}…”. /topics shows them all.", refused(Command("follow", "x" * 4000)))
    assert len(refused(Command("y" * 64))) < 200


def test_spanish_replies_name_spanish_commands() -> None:
    spanish = replace(VIEW, lang="es")
    assert refused(Command("follow", "cecto"), spanish).endswith("Entonces envíe: /seguir cecot")
    assert latest([bare()], None, lang="es").endswith("/porque 17")


def test_a_deep_link_follows_its_topics() -> None:
    assert answer(Command("start", "follow_abrego-garcia_cecot"), VIEW).deed == Follow(watches=("abrego-garcia", "cecot"))
    assert "There is no topic" in refused(Command("start", "follow_nothing-like-it-here"))
    for rest in ("", "ref_7", "follow_", "follow_" + "a" * 58):
        assert answer(Command("start", rest), VIEW) == answer(Command("start"), VIEW)


@pytest.mark.parametrize(("name", "word"), [("unfollow", "no more of it"), ("mute", "Muted")])
def test_a_topic_is_dropped_and_how_to_get_it_back_is_said(name: str, word: str) -> None:
    reply = answer(Command(name, "cecot"), following("cecot", "due-process"))
    assert reply.deed == Unfollow(watches=("cecot",))
    assert word in reply.text
    assert "/follow cecot brings it back" in reply.text
    assert refused(Command(name, "abrego"), following("cecot")) == "This chat does not follow Abrego Garcia v. Noem."
    assert answer(Command(name, "all"), following("cecot", "due-process")).deed == Unfollow(watches=("cecot", "due-process"))
    assert refused(Command(name, "all"), following()) == "This chat does not follow –."


def test_a_topic_that_the_operator_took_away_can_be_dropped() -> None:
    assert answer(Command("unfollow", "old-case"), following("old-case")).deed == Unfollow(watches=("old-case",))


def test_a_phrase_of_her_own_is_ended_by_its_button_and_with_all_the_rest() -> None:
    ended = answer(Command("mute", "own-17"), following("own-17", "cecot"))
    assert (ended.deed, ended.text) == (Unfollow(watches=("own-17",)), "Your phrase is ended, and deleted with what it found.")
    every = answer(Command("unfollow", "all"), following("own-17", "cecot"))
    assert every.deed == Unfollow(watches=("cecot", "own-17"))
    assert "your phrase: no more of it. /follow cecot brings it back." in every.text
    assert "own-17" in refused(Command("mute", "own-17"), following("cecot"))


# -- asking


def test_topics_shows_all_and_what_is_followed() -> None:
    view = following("cecot")
    daily = replace(view.subscriptions[0], cadence=Cadence.DAILY, floor=Severity.NOTABLE)
    lines = answer(Command("topics"), replace(view, subscriptions=(daily,))).text.splitlines()
    assert lines[:5] == [
        "Cases",
        "· abrego-garcia: Abrego Garcia v. Noem",
        "· jgg-v-trump: J.G.G. v. Trump",
        "· aarp-v-trump: A.A.R.P. v. Trump",
        "✓ cecot: CECOT, the Terrorism Confinement Center (in a daily digest, of what is notable or urgent)",
    ]
    rulings = replace(daily, types=RULINGS)
    assert (
        "(in a daily digest, of orders and opinions only, where they are notable or urgent)"
        in answer(Command("topics"), replace(view, subscriptions=(rulings,))).text
    )
    assert lines[6:8] == ["Legal doctrines", "· due-process: Due process"]
    assert lines[-1] == "✓ marks what this chat follows. To follow one more, send /follow and its name, for example: /follow abrego-garcia"
    assert answer(Command("topics"), View(topics=())).text == "There are no topics yet."


def test_latest_asks_for_one_topic_or_all() -> None:
    assert answer(Command("latest"), VIEW).deed == AskLatest()
    assert answer(Command("latest", "due process"), VIEW).deed == AskLatest(watch=TOPICS[4])
    assert "Did you mean cecot? Then send: /latest cecot" in refused(Command("latest", "cecto"))


def test_latest_in_words() -> None:
    assert latest([], None, lang="en") == "Nothing yet."
    assert latest([], TOPICS[4], lang="es") == "Nada todavía sobre Due process."
    assert latest([bare()], TOPICS[0], lang="en", zone_name="America/New_York").splitlines() == [
        "Latest on Abrego Garcia v. Noem",
        "",
        "Order to facilitate the return (#51), Abrego Garcia v. Noem",
        "order · U.S. District Court, D. Maryland · 24 Nov 2026, 09:05 EST",
        "https://www.courtlistener.com/docket/69777799/51/abrego-garcia-v-noem/",
        "/why 17",
    ]


def test_latest_says_how_the_press_put_what_a_court_did() -> None:
    report = Paper(title="Jueza ordena su regreso", url="https://example.org/a", outlet="El /stop Diario", published=None)
    lines = latest([bare(reported=report)], None, lang="es").splitlines()
    assert lines[4] == "Según la prensa: “Jueza ordena su regreso” (El /\u2060stop Diario)"
    assert len(lines) == 7


@pytest.mark.parametrize("rest", ["17", "story:17", "#17", "STORY:17"])
def test_why_takes_a_story_as_people_write_it(rest: str) -> None:
    assert answer(Command("why", rest), VIEW).deed == AskWhy(story=17)


@pytest.mark.parametrize("rest", ["", "abrego", "-1", "²", "1" * 19])
def test_why_without_a_story_says_how(rest: str) -> None:
    assert refused(Command("why", rest)) == "Which story? For example: /why 17. The number is below each alert."


def test_nothing_foreign_in_a_reply_is_a_command() -> None:
    hostile = bare(title="/stop them", lead=replace(bare().lead, outlet="@alice"), reasons=(Reason(watch="x", title="/forget"),))
    assert "/\u2060stop them" in why(hostile, 17, lang="en")
    assert "/\u2060forget" in why(hostile, 17, lang="en")
    told = latest([hostile], None, lang="en", zone_name="UTC")
    assert "/\u2060stop them" in told
    assert "@\u2060alice" in told
    assert "/why 17" in told


def test_why_in_words() -> None:
    assert why(None, 17, lang="en") == "There is no story 17 any more."
    assert why(bare(), 17, lang="en").splitlines() == [
        "Why this story is here: Order to facilitate the return (#51), Abrego Garcia v. Noem",
        "· topic “Abrego Garcia v. Noem” — found “8:25-cv-00951”",
        "· topic “Third-country removal” — found “South Sudan”, “removed to a third country”",
        "https://www.courtlistener.com/docket/69777799/51/abrego-garcia-v-noem/",
    ]


def test_why_fits_the_small_window() -> None:
    many = item(reasons=tuple(Reason(watch=f"w{n}", title="😀" * 80, found=("x" * 200,)) for n in range(5)))
    assert 0 < units(why_briefly(many, 17, lang="en")) <= POPUP
    assert why_briefly(item(reasons=()), 17, lang="en") == "Order to facilitate the return (#51), Abrego Garcia v. Noem"
    assert why_briefly(None, 17, lang="es") == "La historia 17 ya no existe."


# -- settings


@pytest.mark.parametrize(
    ("rest", "deed"),
    [
        ("22-7", Quiet(hours=QuietHours(start=time(22), end=time(7)))),
        ("22:30-7:15 Europe/Madrid", Quiet(hours=QuietHours(start=time(22, 30), end=time(7, 15)), zone="Europe/Madrid")),
        ("22 – 24 america/new_york", Quiet(hours=QuietHours(start=time(22), end=time(0)), zone="America/New_York")),
        ("off", Quiet(hours=None)),
        ("no", Quiet(hours=None)),
    ],
)
def test_quiet_hours_as_people_write_them(rest: str, deed: Quiet) -> None:
    assert answer(Command("quiet", rest), following("cecot")).deed == deed


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("", "Write the hours and where: /quiet 22-7 Europe/Madrid. Or /quiet off."),
        ("25-7", "Write the hours and where: /quiet 22-7 Europe/Madrid. Or /quiet off."),
        ("7-7", "Write the hours and where: /quiet 22-7 Europe/Madrid. Or /quiet off."),
        ("22:99-7", "Write the hours and where: /quiet 22-7 Europe/Madrid. Or /quiet off."),
        ("22-7 Madrid", "There is no time zone “Madrid”. Did you mean Europe/Madrid?"),
        ("22-7 Europe/Madird", "There is no time zone “Europe/Madird”. Did you mean Europe/Madrid?"),
        ("22-7 ../../etc/passwd", "There is no time zone “../../etc/passwd”. Write it as in Europe/Madrid or America/New_York."),
    ],
)
def test_quiet_hours_that_are_none_say_how(rest: str, text: str) -> None:
    assert refused(Command("quiet", rest), following("cecot")) == text


def test_quiet_names_the_readers_own_zone_where_none_is_given() -> None:
    assert "22:00 until 07:00, Europe/Madrid" in answer(Command("quiet", "22-7"), following("cecot")).text


def test_settings_need_a_subscriber() -> None:
    for command in (Command("quiet", "22-7"), Command("lang", "en")):
        assert refused(command).startswith("Follow a topic first")


def test_language() -> None:
    reply = answer(Command("lang", "ES"), following("cecot"))
    assert (reply.deed, reply.text) == (Language(lang="es"), "Desde ahora en español.")
    assert refused(Command("lang", "tlh"), following()) == "I speak English and Spanish: /lang en, /lang es."
    assert answer(Command("help"), replace(VIEW, lang="es")).text == ES["help"]
    assert [language(code) for code in ("es-419", "EN", "tlh", None, "")] == ["es", "en", "en", "en", "en"]


def test_stop_forgets_and_says_so_even_where_nothing_is_known() -> None:
    assert (answer(Command("stop"), following("cecot")).deed, answer(Command("stop"), VIEW).deed) == (Forget(), Forget())
    assert answer(Command("stop"), following("cecot")).text == EN["stopped"]
    assert answer(Command("stop"), VIEW).text == "Nothing is stored about this chat."


# -- who may, and what we do not understand


def test_in_a_group_only_administrators_change_what_it_follows() -> None:
    member = replace(following("cecot"), may_change=False)
    for name in sorted(CHANGES):
        assert refused(Command(name, "cecot"), member) == EN["admins-only"]
    assert refused(Command("start", "follow_cecot"), member) == EN["admins-only"]
    for command in (Command("topics"), Command("latest"), Command("why", "17"), Command("help"), Command("start")):
        assert not changes(command)
        answer(command, member)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (Command("folow"), "I do not know /folow. Did you mean /follow? /help says what I can do."),
        (Command("xyzzy"), "I do not know /xyzzy. /help says what I can do."),
    ],
)
def test_an_unknown_command_says_what_may_be_meant(command: Command, text: str) -> None:
    assert refused(command) == text


def test_words_without_a_command_show_the_way() -> None:
    assert answer(Command("", "abrego garcia"), VIEW).text == "To be told of Abrego Garcia v. Noem, send: /follow abrego-garcia"
    assert answer(Command("", "hello there"), VIEW).text == "I answer commands: /topics shows what you can follow, /help all that I can do."
    assert answer(Command("", "hello"), VIEW).deed is None


# -- the words themselves


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_each_text_is_there_in_both_languages_with_the_same_fields() -> None:
    assert {key: fields(text) for key, text in EN.items()} == {key: fields(text) for key, text in ES.items()}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_command_that_is_named_is_one(lang: str) -> None:
    texts = [*(EN if lang == "en" else ES).values()]
    named = {found for text in texts for found in re.findall(r"(?<!\w)/([a-z]+)", text)}
    assert named <= set(NAMES)
    assert {NAMES[command] for command in MENU[lang]} == set(NAMES.values()) - {"start", "mute"}
    assert all(len(line) <= 256 for line in MENU[lang].values())


def test_filled_in_words_are_no_templates() -> None:
    assert say("en", "unknown-topic", topic="{ids}{0}") == "There is no topic “{ids}{0}”. /topics shows them all."
    assert say("tlh", "stale") == EN["stale"]
