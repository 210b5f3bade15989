"""The demo's script: four months of 2025, told in steps. Every time is the true one."""

from datetime import date

from watcher.demo import courts, press, register
from watcher.demo.steps import Change, Step, at, enters, fills, inspects, prints, proceeds, rewrites, withdraws, writes
from watcher.testing.world.register import Inspected

BEGINS = at(3, 18, 12)

SCALLOPS = register.ordinary("2025-90001", date(2025, 3, 19), "Scallop Fishery; Quota", register.FISHERIES)
SUNSHINE = register.ordinary("2025-90002", date(2025, 3, 20), "Meetings; Sunshine Act", register.EXCHANGE)

ARCHIVE: tuple[Change, ...] = (
    prints(register.CITIZENSHIP),
    inspects(Inspected(paper=SCALLOPS, subjects=("Scallop Fishery;", "Quota"), filed_at=at(3, 18, 8, 45))),
    writes("wire", press.FLIGHTS, press.OFFER),
    writes("gaceta", press.OFERTA),
    writes("courier", press.FOGEL),
    writes("tribune", press.TIMETABLE),
    writes("post", press.LIBRARIES),
    writes("ledger", press.DREDGING),
    writes("dispatch", press.TEA),
    writes("notebook", press.PAGES),
    writes("monitor", press.HEAT),
    writes("observatorio", press.AGUA),
)

STEPS: tuple[Step, ...] = (
    Step(
        at=at(3, 19, 11, 15),
        says="A proclamation that invokes the Alien Enemies Act is placed on public inspection, as a special filing.",
        changes=(
            inspects(Inspected(paper=register.ENEMIES, subjects=(register.ENEMIES_SUBJECT, ""), filed_at=at(3, 19, 11, 15), special=True)),
        ),
        noise=(prints(SCALLOPS), inspects(Inspected(paper=SUNSHINE, filed_at=at(3, 19, 8, 45)))),
        tells=frozenset({"alien-enemies-act"}),
    ),
    Step(
        at=at(3, 20, 6),
        says="The Federal Register prints it under the same number: one paper at its next stage, and no second alert.",
        changes=(prints(register.ENEMIES),),
        noise=(
            prints(SUNSHINE),
            prints(register.ordinary("2025-90003", date(2025, 3, 20), "Pacific Halibut Fisheries; Catch Sharing Plan", register.FISHERIES)),
            writes("courier", press.TITLE_IX),
        ),
    ),
    Step(
        at=at(3, 24, 17),
        says="One day, two courts: Chief Judge Boasberg upholds his order; a Maryland family sues over a removal to El Salvador.",
        changes=(enters(courts.JGG, courts.JGG_OPINION), enters(courts.ABREGO, courts.ABREGO_COMPLAINT)),
        tells=frozenset({"jgg-v-trump", "abrego-garcia"}),
    ),
    Step(
        at=at(4, 4, 14),
        says="A new line in Abrego Garcia's docket, number 21, without a word: a stub, and told at once.",
        changes=(enters(courts.ABREGO, courts.ABREGO_STUB),),
        noise=(writes("notebook", press.PHONES),),
        tells=frozenset({"abrego-garcia"}),
    ),
    Step(
        at=at(4, 4, 18),
        says="The stub fills: Judge Xinis orders his return by April 7. The same line, now an order: an update.",
        changes=(fills(courts.ABREGO, "entry-21", courts.ABREGO_ORDER, courts.recap(courts.ABREGO_FILES, 21)),),
        updates=frozenset({"abrego-garcia"}),
    ),
    Step(
        at=at(4, 7, 16),
        says="The Government goes to the Supreme Court, and the Chief Justice stays the order for now.",
        changes=(proceeds("24A949", *courts.ABREGO_APPLICATION),),
        tells=frozenset({"abrego-garcia"}),
    ),
    Step(
        at=at(4, 10, 18, 40),
        says="The Supreme Court rules, 24A949: the Government must facilitate his release from custody in El Salvador.",
        changes=(proceeds("24A949", courts.ABREGO_RULING),),
        noise=(writes("tribune", press.ICE),),
        tells=frozenset({"abrego-garcia"}),
    ),
    Step(
        at=at(4, 10, 21),
        says="Seven articles on that ruling, from seven newsrooms, in two languages: they join what was told.",
        changes=tuple(writes(outlet, article) for outlet, article in press.FIRST_SEVEN),
    ),
    Step(
        at=at(4, 10, 22),
        says="The same night Judge Xinis amends her order, number 51: all available steps, as soon as possible.",
        changes=(enters(courts.ABREGO, courts.ABREGO_AMENDED),),
        tells=frozenset({"abrego-garcia"}),
    ),
    Step(
        at=at(4, 11, 20),
        says="Seven more articles, a headline rewritten, an identifier that rotates: fourteen on one ruling, and silence.",
        changes=(
            *(writes(outlet, article) for outlet, article in press.LAST_SEVEN),
            rewrites("wire", "wire-2025-0410-9", title=press.REWRITTEN),
            rewrites("dispatch", "d-2210", new_guid="d-2210-r2"),
        ),
    ),
    Step(
        at=at(4, 14, 13),
        says="In the Oval Office the talk is of sending citizens: 'homegrown criminals'.",
        changes=(writes("wire", press.HOMEGROWN), writes("gaceta", press.CIUDADANOS)),
        tells=frozenset({"citizen-removal"}),
    ),
    Step(
        at=at(4, 16, 12),
        says="Chief Judge Boasberg finds probable cause for criminal contempt: the planes of March 15.",
        changes=(enters(courts.JGG, courts.JGG_CONTEMPT),),
        tells=frozenset({"jgg-v-trump"}),
    ),
    Step(
        at=at(4, 19, 1),
        says="One in the morning, 24A1007: the Supreme Court forbids removals from north Texas until further order.",
        changes=(proceeds("24A1007", *courts.AARP_ORDER),),
        noise=(writes("courier", press.EASTER_SWAP),),
        tells=frozenset({"aarp-v-trump"}),
    ),
    Step(
        at=at(4, 23, 16),
        says="A second return is ordered: Judge Gallagher, in the settlement case J.O.P., for a man called Cristian.",
        changes=(enters(courts.JOP, courts.JOP_OPINION),),
        tells=frozenset({"cristian-v"}),
    ),
    Step(
        at=at(5, 21, 20),
        says="A flight meant for South Sudan: Judge Murphy finds that it violated his injunction, and orders a remedy.",
        changes=(enters(courts.DVD, courts.DVD_REMEDY),),
        tells=frozenset({"dvd-v-dhs", "third-country-removal"}),
    ),
    Step(
        at=at(6, 3, 8, 45),
        says="Two sample notices on prisoner transfer, made for this demo: one is printed, one is on public inspection.",
        changes=(
            prints(register.FORMS),
            inspects(Inspected(paper=register.REPORT, subjects=register.REPORT_SUBJECTS, filed_at=at(6, 3, 8, 45))),
        ),
        noise=(
            writes("wire", press.LARGEST_SWAP),
            prints(register.ordinary("2025-90103", date(2025, 6, 3), "Atlantic Highly Migratory Species; Tuna Quota", register.FISHERIES)),
        ),
        tells=frozenset({"prisoner-transfer-treaty"}),
    ),
    Step(
        at=at(6, 5, 9),
        says="The printed one is corrected, the other is withdrawn: who was told of them hears it.",
        changes=(prints(register.FORMS_CORRECTED), withdraws(register.REPORT.number, register.REPORT_WITHDRAWN)),
        updates=frozenset({"prisoner-transfer-treaty"}),
    ),
    Step(
        at=at(6, 23, 16),
        says="The Supreme Court, 24A1153, lets removals to third countries go on; three justices dissent.",
        changes=(proceeds("24A1153", *courts.DVD_STAY),),
        tells=frozenset({"dvd-v-dhs"}),
    ),
    Step(
        at=at(7, 16, 9),
        says="Five men of five countries are flown to Eswatini and jailed there.",
        changes=(writes("post", press.ESWATINI),),
        noise=(writes("notebook", press.PHONES_DECIDED),),
        tells=frozenset({"third-country-removal"}),
    ),
    Step(
        at=at(7, 16, 13),
        says="A rights organisation asks who answers for them: the same happening, and silence.",
        changes=(writes("monitor", press.ESWATINI_STATEMENT),),
    ),
    Step(
        at=at(7, 18, 18),
        says="In Spanish: the Venezuelans leave CECOT, in exchange for Americans held in Venezuela.",
        changes=(writes("gaceta", press.CANJE),),
        tells=frozenset({"cecot"}),
    ),
    Step(
        at=at(7, 19, 12),
        says="An ordinary day: ferries, marine mammals, a football match. Nobody hears anything.",
        noise=(
            writes("tribune", press.FERRY),
            writes("gaceta", press.MATCH),
            inspects(
                Inspected(
                    paper=register.ordinary("2025-90104", date(2025, 7, 21), "Marine Mammals; File No. 90104", register.FISHERIES),
                    filed_at=at(7, 18, 8, 45),
                )
            ),
        ),
    ),
)
