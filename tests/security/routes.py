"""The table of routes: who may come in by which address, with which method, and what answers.

You add a route: give it a line in ``ROUTES``; without one the suite fails, and says so. A line is

    route   what its address names   GET   POST   other methods

A cell says ``who>answers``: whoever may gets one of the answers, everybody else is refused with
403 (``who>answers/refusal`` names another refusal), and 404 if they do not see the thing at all.
``.`` is a method that the route does not know. ``who`` is

    all            even who is not signed in
    signed_in      whoever is
    seen           whoever sees the thing that the address names
    a right        those who have it by the tables of tests/accounts/test_access.py; ``a|b``: either
    transition     those who may take it by the table of tests/cards/test_workflow.py
    owner          the one session that it belongs to
    set_up         whoever is signed in, before they have set up the second factor that they need
    merge          those who may merge both cards of a pair
    nobody         all who are signed in are refused

``*`` before it: asked only after a fresh sign-in; who has none is led to the confirmation, whoever
they are. HEAD goes with GET. ``405``: other methods are refused; ``405+``: but OPTIONS says which there are;
``admin``: pages of Django's admin, which tell who may come in first and read most methods as GET.
``api``: of programs; who is not known is told so with 401, other methods are refused with or without the
token of a form; ``api:values``: with a token that is good for values; ``token:cards``: with such a token
only, whoever is signed in.
What an address names is a row of
``ADDRESSES`` in tests/security/addresses.py; what is posted, and to which end, one of ``POSTED`` there.
"""

from __future__ import annotations

from dataclasses import dataclass

ROUTES = """
home                        -                signed_in>302        .                    405
sign_in                     -                all>200,302          all>422              405+
sign_in_second              -                all>200,302          all>422,401          405
sign_in_passkey             -                .                    all>422              405
sign_in_passkey_options     -                .                    all>200              405
invitation                  invitation       all>200              all>302              405
sign_out                    -                .                    set_up>302           405
set_language                -                .                    all>302              405
healthz                     -                all>200              .                    405
readyz                      -                all>200              .                    405
metrics                     -                all>404              .                    405
guides                      -                signed_in>200        .                    405
guide                       guide            signed_in>200        .                    405
guide_pdf                   guide            signed_in>200        .                    405

account:index               -                signed_in>200        .                    405
account:confirm             -                set_up>200           set_up>422           405
account:confirm_passkey     -                .                    set_up>200           405
account:password            -                *signed_in>200       *signed_in>302       405
account:second_factor       -                *set_up>200          .                    405
account:app                 -                *set_up>200,302      *set_up>422,302      405
account:app_remove          -                .                    *signed_in>302       405
account:codes               -                .                    *signed_in>200,302   405
account:passkey_new         -                .                    *set_up>200          405
account:passkey_add         -                .                    *set_up>422          405
account:passkey_remove      passkey          .                    *signed_in>302       405
account:sessions_end        -                .                    signed_in>302        405
account:session_end         session          .                    signed_in>302        405
account:device_forget       device           .                    signed_in>302        405
account:tokens              -                token.issue>200      *token.issue>200     405
account:token_revoke        token            .                    signed_in>302        405

people:list                 -                {settings}>200       .                    405
people:invite               -                *{settings}>200      *{settings}>200      405
people:person               account          {settings}>200       .                    405
people:change               account          .                    *{settings}>302      405
people:link                 account          .                    *{settings}>200      405
people:close                account          .                    *{settings}>302      405
people:reopen               account          .                    *{settings}>302      405
people:end_sessions         account          .                    *{settings}>302      405
people:revoke               account/link     .                    *{settings}>302      405
people:token_revoke         account/token    .                    *{settings}>302      405
access_log                  -                access_log.view>200  .                    405
status                      -                status.view>200      .                    405
account_history             account          {settings}>200       .                    405

jobs:list                   -                signed_in>200        .                    405
jobs:job                    own_job          signed_in>200        .                    405
jobs:state                  own_job          signed_in>200        .                    405
jobs:cancel                 own_job          .                    signed_in>302        405
jobs:file                   own_job          *signed_in>200       .                    405
jobs:backup                 -                .                    *backup.make>302     405

field:shell                 language         all>200              .                    405
field_worker                -                all>200              .                    405
field_manifest              -                all>200              .                    405
field_calendar              -                all>200              .                    405

cards:list                  -                card.create>200      .                    405
cards:queue                 -                card.queue>200       .                    405
cards:awaiting              -                card.create>200      .                    405
cards:all                   -                card.export>200      .                    405
cards:export                -                *card.export>200     *card.export>200     405
cards:selected              chosen           card.queue>200,302   card.queue>200,302   405
cards:new                   -                card.create>200      .                    405
cards:import                -                card.import>200      card.import>422      405
cards:import_coverage       -                coverage.edit>200    coverage.edit>422    405
cards:import_applications   -                application.import>200 application.import>422 405
cards:import_format         -                card.import>200      .                    405
cards:import_template       template         card.import>200      .                    405
cards:import_preview        upload           owner>200            .                    405
cards:import_refusals       upload           owner>200            .                    405
cards:import_confirm        upload           .                    owner>302            405
cards:import_discard        upload           .                    owner>302            405

cards:detail                card             seen>200             .                    405
cards:history               card             seen>200             .                    405
cards:edit                  card             {writes}>200         {writes}>302         405
cards:autosave              card             .                    {writes}>200         405
cards:transition            card/transition  .                    transition>302       405
cards:inclusion             card             .           card.decide_inclusion>302     405
cards:merge_choose          card             card.merge>302       .                    405
cards:merge                 card/pair        merge>200            merge>302            405
cards:unmerge               card/merged      card.unmerge>200     card.unmerge>302     405
cards:query_ask             card             .                    card.ask>302         405
cards:query_answer          card/query       .                card.answer_query>302,422 405
cards:query_again           card/query       .                    card.ask>302         405
cards:query_close           card/query       .                    card.close_query>302 405
cards:check_dismiss         card/check       .                    card.dismiss_check>302 405
cards:verify                card             .                    card.verify>302      405
cards:count_add             card             .                    card.add_count>302   405
cards:count_use             card/count       .                    card.add_count>302   405
cards:outcome_add           card             card.add_outcome>200 card.add_outcome>302 405
cards:remind                card             .                    card.remind>302      405
cards:outcome_review        card/outcome     .            card.review_outcome>302      405
cards:attach                card             card.attach>200      card.attach>302      405
cards:attachment            card/file        seen>200             .                    405
cards:attachment_original   card/file        *card.see_original>200 .                  405
cards:attachment_caption    card/file        .                    card.attach>302      405
cards:attachment_review     card/file        .            card.review_outcome>302      405

cards:applications          -                application.list>200 .                    405
cards:applications_export   -                *application.export>200 *application.export>200 405
cards:application_new       -                application.create>200 .                  405
cards:application           application      seen>200             .                    405
cards:application_edit      application      application.edit>200 application.edit>302 405
cards:application_review    application      .                    application.review>302 405
cards:application_link      application      .                    application.link>302 405
cards:application_unlink    application      .                    application.link>302 405

field:state                 -                .                    card.create>200      405
field:send                  -                .                    card.create>200      405
field:forget                -                .                    card.create>200      405
field:pieces                piece            card.create>200      card.create>200      405

reports:index               -                report.view>200      .                    405
reports:method              -                report.view>200      .                    405
reports:indicators          -                report.view>200      .                    405
reports:indicator           indicator        report.view>200      .                    405
reports:import_published    -                published.import>200 published.import>422 405
reports:explore             -                explore.view>200     .                    405
reports:explore_file        view_file        explore.view>200     .                    405
reports:explore_save        -                .                    explore.view>302     405
reports:explore_view        view             explore.view>302     .                    405
reports:explore_delete      own_view         .                    explore.view>302     405
reports:reconciliation      -                report.view>200      .                    405
reports:printed_begin       -                published.import>200 published.import>422 405
reports:printed             printed          report.view>200      .                    405
reports:printed_choose      printed          published.import>200 published.import>422 405
reports:printed_changes     printed          report.view>200      .                    405
reports:printed_table       printed_table    report.view>200      .                    405
reports:printed_grid        printed_table    published.import>200 published.import>422 405
reports:printed_file        printed_file     report.download>200  .                    405
reports:period              period           report.view>200      .                    405
reports:table               table            report.view>200      .                    405
reports:figure              figure           report.view>200      .                    405
reports:figure_file         figure_file      report.download>200  .                    405
reports:download            report_file      report.download>200  .                    405
reports:region_period       region_period    report.view>200      .                    405
reports:region_table        region_table     report.view>200      .                    405
reports:region_figure       region_figure    report.view>200      .                    405
reports:region_figure_file  region_drawing   report.download>200  .                    405
reports:region_download     region_file      report.download>200  .                    405
reports:periods             -                period.edit>200      .                    405
reports:period_new          -                period.edit>200      period.edit>422      405
reports:period_change       own_period       period.edit>200      period.edit>422      405

reports:editions            -                edition.view>200     edition.write>302    405
reports:edition             edition          edition.view>200     .                    405
reports:edition_languages   edition          .                    edition.write>302    405
reports:edition_history     edition          edition.view>200     .                    405
reports:edition_read        edition/language edition.view>200     .                    405
reports:edition_file        edition/file     edition.view>200     .                    405
reports:edition_freeze      edition          .                    *edition.publish>302 405
reports:edition_thaw        edition          .                    edition.publish>302  405
reports:edition_publish     edition          .                    *edition.publish>302 405
reports:edition_show        edition          .                    edition.publish>302  405
reports:edition_correct     edition          .                    edition.publish>302  405
reports:edition_chapter     edition/chapter  edition.view>200     edition.write>302    405
reports:edition_preview     edition/chapter  .                    edition.view>200     405
reports:edition_values      edition/chapter  edition.view>200     .                    405

reports:edition_box_new     edition          edition.write>200    edition.write>302    405
reports:edition_box         edition/box      edition.view>200     edition.write>302    405
reports:edition_box_preview edition/language .                    edition.view>200     405
reports:edition_box_move    edition/box      .                    edition.write>302    405
reports:edition_box_remove  edition/box      .                    edition.write>302    405
reports:edition_picture     edition/picture  edition.view>200     edition.write>302    405
reports:edition_picture_preview edition/picture .                 edition.write>200    405
reports:edition_picture_file edition/picture edition.view>200     .                    405
reports:edition_picture_source edition/picture edition.write>200  .                    405

public:index                -                all>200              .                    405
public:index_in             public_index     all>200              .                    405
public:edition              public           all>200              .                    405
public:edition_in           public/language  all>200              .                    405
public:figure               public/figure    all>200              .                    405
public:card                 public/language  all>200              .                    405
public:picture              public/picture   all>200              .                    405
public:file                 public/file      all>200              .                    405

api:page                    -                signed_in>200        .                    405
api:schema                  -                signed_in>200        .                    api
api:periods                 -                report.view>200      .                    api
api:places                  -                report.view>200      .                    api
api:indicators              -                report.view>200      .                    api
api:tables                  -                report.view>200      .                    api:values
api:values                  -                report.download>200  .                    api:values
api:cards                   -                card.export>200      .                    token:cards
api:card                    card             card.export>200      .                    token:cards
api:nothing                 no_address       all>404              .                    api

admin:index                 -                {settings}>200/302   {settings}>200/302   admin
admin:login                 -                nobody>              nobody>              admin
admin:logout                -                signed_in>302,405    signed_in>302,200    admin
admin:password_change       -                {settings}>302/302   {settings}>302/302   admin
admin:password_change_done  -                {settings}>302/302   {settings}>302/302   admin
admin:autocomplete          -                {settings}>403/302   {settings}>405/302   admin
admin:jsi18n                -                {settings}>200/302   {settings}>405/302   admin
admin:app_list              app              {settings}>200/302   {settings}>200/302   admin
admin:                      nothing_here     {settings}>404/302   {settings}>404/302   admin
"""
#: What the settings manage. Cards are not among them: administrators see none.
MANAGED = (
    "cards_form cards_topicgroup cards_place cards_topic cards_region cards_city"
    " cards_law cards_provision cards_period cards_coverage"
)
#: The pages of each of them; nothing that cards point to is ever deleted.
MANAGED_ROUTES = """
admin:{0}_changelist        -                {settings}>200/302   {settings}>200/302   admin
admin:{0}_add               -                {settings}>200/302   {settings}>200/302   admin
admin:{0}_change            {0}              {settings}>200/302   {settings}>200/302   admin
admin:{0}_history           {0}              {settings}>200/302   {settings}>200/302   admin
admin:{0}_delete            {0}              {settings}>403/302   {settings}>403/302   admin
admin:{0}                   {0}              {settings}>302/302   {settings}>302/302   admin
"""
WORDS = {"writes": "card.edit|card.edit_submitted", "settings": "account.manage"}


@dataclass(frozen=True, slots=True)
class Cell:
    """``who`` gets one of ``answers``; who does not is refused with one of ``refusal``. ``fresh``:
    after a fresh sign-in only."""

    who: tuple[str, ...]
    answers: frozenset[int]
    refusal: frozenset[int]
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. ``cells``: GET and POST, where the route knows them."""

    route: str
    named: str
    cells: dict[str, Cell]
    rest: str

    @property
    def of_a_card(self) -> bool:
        """Whether the address names a card, or something that belongs to one."""
        return self.kind == "card"

    @property
    def kind(self) -> str:
        """Of what kind the thing is that the address names: ``card``, ``application``, …"""
        return self.named.partition("/")[0]

    @property
    def for_programs(self) -> bool:
        """Whether it belongs to the API."""
        return self.rest.partition(":")[0] in ("api", "token")

    @property
    def fresh(self) -> bool:
        """Whether a fresh sign-in is asked for."""
        return any(cell.fresh for cell in self.cells.values())

    def cell(self, method: str) -> Cell | None:
        """Who may with this method; None for one that the route does not know."""
        return self.cells.get("GET" if method == "HEAD" else method)


def rows() -> tuple[Row, ...]:
    """Every line of the table."""
    lines = ROUTES.format(**WORDS).strip().splitlines()
    for model in MANAGED.split():
        lines += MANAGED_ROUTES.format(model, **WORDS).strip().splitlines()
    return tuple(_row(*line.split()) for line in lines if line.strip())


def _row(route: str, named: str, get: str, post: str, rest: str) -> Row:
    cells = {method: _cell(text) for method, text in (("GET", get), ("POST", post)) if text != "."}
    return Row(route, named, cells, rest)


def _cell(text: str) -> Cell:
    who, _, answers = text.partition(">")
    done, _, refused = answers.partition("/")
    fresh = who.startswith("*")
    return Cell(tuple(who.lstrip("*").split("|")), _codes(done), _codes(refused or "403"), fresh)


def _codes(text: str) -> frozenset[int]:
    return frozenset(int(code) for code in text.split(",") if code)
