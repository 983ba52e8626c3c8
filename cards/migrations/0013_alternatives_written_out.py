from django.conf import settings
from django.db import migrations, models

MODELS = (
    'attachment',
    'card',
    'caseupdate',
    'count',
    'coverage',
    'event',
    'law',
    'merge',
    'period',
    'permitapplication',
    'query',
    'upload',
)


class _Rebuild(migrations.operations.base.Operation):
    """Makes tables of SQLite anew with the constraints of their models at this point: once for a
    table, where AddConstraint would do it for each of them. PostgreSQL reads a list of values as
    fast as alternatives, and both say the same: there the constraints stay as they are."""

    reduces_to_sql = False
    elidable = False

    def __init__(self, models, backwards=False):
        self.models, self.backwards = models, backwards

    def deconstruct(self):
        return type(self).__name__, [self.models, self.backwards], {}

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if not self.backwards:
            self._rebuild(app_label, schema_editor, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if self.backwards:
            self._rebuild(app_label, schema_editor, to_state)

    def _rebuild(self, app_label, schema_editor, state):
        if schema_editor.connection.vendor == 'sqlite':
            for name in self.models:
                schema_editor._remake_table(state.apps.get_model(app_label, name))

    def describe(self):
        return 'Makes tables of SQLite anew'


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0012_card_crossed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        _Rebuild(MODELS, backwards=True),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(
                    model_name='attachment',
                    name='attachment_review_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='attachment',
                    name='attachment_kind_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='attachment',
                    name='attachment_taken_by_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_date_precision_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_place_type_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_course_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_peaceful_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_inclusion_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_organiser_type_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_minors_present_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_participants_basis_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_legal_status_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_reason_not_requested_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_prosecutor_present_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_prosecutor_warned_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_akimat_present_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_akimat_warned_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_police_present_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_police_warned_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_police_basis_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_plain_clothes_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_warned_before_dispersal_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_in_the_name_of_the_law_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='card',
                    name='card_status_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='caseupdate',
                    name='case_update_review_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='caseupdate',
                    name='case_update_article_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='caseupdate',
                    name='case_update_outcome_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='caseupdate',
                    name='case_update_observed_by_monitor_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='caseupdate',
                    name='case_update_appeal_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='count',
                    name='count_subject_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='count',
                    name='count_basis_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='count',
                    name='count_source_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='coverage',
                    name='coverage_state_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='event',
                    name='event_from_status_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='event',
                    name='event_to_status_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='event',
                    name='event_kind_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='law',
                    name='law_regime_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='merge',
                    name='merge_first_status_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='merge',
                    name='merge_second_status_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='merge',
                    name='merge_lead_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='period',
                    name='period_basis_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='period',
                    name='period_series_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='permitapplication',
                    name='application_review_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='permitapplication',
                    name='application_applicant_type_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='permitapplication',
                    name='application_decision_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='permitapplication',
                    name='application_appeal_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='query',
                    name='query_state_vocabulary',
                ),
                migrations.RemoveConstraint(
                    model_name='upload',
                    name='upload_state_vocabulary',
                ),
                migrations.AddConstraint(
                    model_name='attachment',
                    constraint=models.CheckConstraint(condition=models.Q(('review', 'pending'), ('review', 'approved'), ('review', 'rejected'), _connector='OR'), name='attachment_review_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='attachment',
                    constraint=models.CheckConstraint(condition=models.Q(('kind', 'image'), ('kind', 'video'), ('kind', 'document'), _connector='OR'), name='attachment_kind_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='attachment',
                    constraint=models.CheckConstraint(condition=models.Q(('taken_by', ''), ('taken_by', 'monitor'), ('taken_by', 'observer'), ('taken_by', 'participant'), ('taken_by', 'internet'), ('taken_by', 'unknown'), _connector='OR'), name='attachment_taken_by_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('date_precision', ''), ('date_precision', 'exact'), ('date_precision', 'month'), ('date_precision', 'unknown_day'), _connector='OR'), name='card_date_precision_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('place_type', ''), ('place_type', 'central_square'), ('place_type', 'designated_place'), ('place_type', 'government_building'), ('place_type', 'court'), ('place_type', 'police'), ('place_type', 'enterprise'), ('place_type', 'residential'), ('place_type', 'road'), ('place_type', 'commercial'), ('place_type', 'other'), ('place_type', 'unknown'), _connector='OR'), name='card_place_type_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('course', ''), ('course', 'held'), ('course', 'cut_short'), ('course', 'prevented'), _connector='OR'), name='card_course_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('peaceful', ''), ('peaceful', 'yes'), ('peaceful', 'no'), ('peaceful', 'unknown'), _connector='OR'), name='card_peaceful_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('inclusion', ''), ('inclusion', 'counted'), ('inclusion', 'excluded'), _connector='OR'), name='card_inclusion_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('organiser_type', ''), ('organiser_type', 'public_organisation'), ('organiser_type', 'political_party'), ('organiser_type', 'trade_union'), ('organiser_type', 'spontaneous_group'), ('organiser_type', 'individual'), ('organiser_type', 'unknown'), _connector='OR'), name='card_organiser_type_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('minors_present', ''), ('minors_present', 'yes'), ('minors_present', 'no'), ('minors_present', 'unknown'), _connector='OR'), name='card_minors_present_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('participants_basis', ''), ('participants_basis', 'counted'), ('participants_basis', 'estimated'), ('participants_basis', 'at_least'), ('participants_basis', 'up_to'), ('participants_basis', 'words'), ('participants_basis', 'official'), ('participants_basis', 'organiser'), ('participants_basis', 'media'), ('participants_basis', 'unknown'), _connector='OR'), name='card_participants_basis_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('legal_status', ''), ('legal_status', 'not_requested'), ('legal_status', 'requested_refused'), ('legal_status', 'requested_no_answer'), ('legal_status', 'requested_other_place'), ('legal_status', 'sanctioned'), ('legal_status', 'notified'), ('legal_status', 'not_required'), ('legal_status', 'unknown'), _connector='OR'), name='card_legal_status_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('reason_not_requested', ''), ('reason_not_requested', 'principled_refusal'), ('reason_not_requested', 'no_point_will_be_refused'), ('reason_not_requested', 'did_not_know'), ('reason_not_requested', 'spontaneous'), ('reason_not_requested', 'unknown'), _connector='OR'), name='card_reason_not_requested_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('prosecutor_present', ''), ('prosecutor_present', 'yes'), ('prosecutor_present', 'no'), ('prosecutor_present', 'unknown'), _connector='OR'), name='card_prosecutor_present_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('prosecutor_warned', ''), ('prosecutor_warned', 'yes'), ('prosecutor_warned', 'no'), ('prosecutor_warned', 'unknown'), _connector='OR'), name='card_prosecutor_warned_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('akimat_present', ''), ('akimat_present', 'yes'), ('akimat_present', 'no'), ('akimat_present', 'unknown'), _connector='OR'), name='card_akimat_present_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('akimat_warned', ''), ('akimat_warned', 'yes'), ('akimat_warned', 'no'), ('akimat_warned', 'unknown'), _connector='OR'), name='card_akimat_warned_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('police_present', ''), ('police_present', 'yes'), ('police_present', 'no'), ('police_present', 'unknown'), _connector='OR'), name='card_police_present_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('police_warned', ''), ('police_warned', 'yes'), ('police_warned', 'no'), ('police_warned', 'unknown'), _connector='OR'), name='card_police_warned_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('police_basis', ''), ('police_basis', 'counted'), ('police_basis', 'estimated'), ('police_basis', 'at_least'), ('police_basis', 'up_to'), ('police_basis', 'words'), ('police_basis', 'official'), ('police_basis', 'organiser'), ('police_basis', 'media'), ('police_basis', 'unknown'), _connector='OR'), name='card_police_basis_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('plain_clothes', ''), ('plain_clothes', 'yes'), ('plain_clothes', 'no'), ('plain_clothes', 'unknown'), _connector='OR'), name='card_plain_clothes_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('warned_before_dispersal', ''), ('warned_before_dispersal', 'yes'), ('warned_before_dispersal', 'no'), ('warned_before_dispersal', 'not_applicable'), ('warned_before_dispersal', 'unknown'), _connector='OR'), name='card_warned_before_dispersal_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('in_the_name_of_the_law', ''), ('in_the_name_of_the_law', 'yes'), ('in_the_name_of_the_law', 'no'), ('in_the_name_of_the_law', 'not_applicable'), ('in_the_name_of_the_law', 'unknown'), _connector='OR'), name='card_in_the_name_of_the_law_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='card',
                    constraint=models.CheckConstraint(condition=models.Q(('status', 'draft'), ('status', 'submitted'), ('status', 'returned'), ('status', 'approved'), ('status', 'rejected'), ('status', 'duplicate'), _connector='OR'), name='card_status_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='caseupdate',
                    constraint=models.CheckConstraint(condition=models.Q(('review', 'pending'), ('review', 'approved'), ('review', 'rejected'), _connector='OR'), name='case_update_review_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='caseupdate',
                    constraint=models.CheckConstraint(condition=models.Q(('article', 'koap_488'), ('article', 'koap_434'), ('article', 'koap_667'), ('article', 'koap_other'), ('article', 'uk_400'), ('article', 'uk_other'), _connector='OR'), name='case_update_article_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='caseupdate',
                    constraint=models.CheckConstraint(condition=models.Q(('outcome', 'pending'), ('outcome', 'warning'), ('outcome', 'fine'), ('outcome', 'arrest'), ('outcome', 'community_work'), ('outcome', 'restriction'), ('outcome', 'imprisonment'), ('outcome', 'terminated'), ('outcome', 'acquitted'), _connector='OR'), name='case_update_outcome_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='caseupdate',
                    constraint=models.CheckConstraint(condition=models.Q(('observed_by_monitor', 'yes'), ('observed_by_monitor', 'no'), ('observed_by_monitor', 'unknown'), _connector='OR'), name='case_update_observed_by_monitor_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='caseupdate',
                    constraint=models.CheckConstraint(condition=models.Q(('appeal', 'none'), ('appeal', 'pending'), ('appeal', 'upheld'), ('appeal', 'changed'), ('appeal', 'overturned'), ('appeal', 'unknown'), _connector='OR'), name='case_update_appeal_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='count',
                    constraint=models.CheckConstraint(condition=models.Q(('subject', 'participants'), ('subject', 'police'), _connector='OR'), name='count_subject_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='count',
                    constraint=models.CheckConstraint(condition=models.Q(('basis', 'counted'), ('basis', 'estimated'), ('basis', 'at_least'), ('basis', 'up_to'), ('basis', 'words'), ('basis', 'official'), ('basis', 'organiser'), ('basis', 'media'), ('basis', 'unknown'), _connector='OR'), name='count_basis_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='count',
                    constraint=models.CheckConstraint(condition=models.Q(('source', ''), ('source', 'direct'), ('source', 'participant'), ('source', 'media'), ('source', 'social_media'), ('source', 'official'), ('source', 'court_record'), _connector='OR'), name='count_source_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='coverage',
                    constraint=models.CheckConstraint(condition=models.Q(('state', 'full'), ('state', 'partly'), ('state', 'none'), _connector='OR'), name='coverage_state_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='event',
                    constraint=models.CheckConstraint(condition=models.Q(('kind', 'created'), ('kind', 'edited'), ('kind', 'status'), ('kind', 'count'), ('kind', 'count_used'), ('kind', 'inclusion'), ('kind', 'outcome'), ('kind', 'outcome_review'), ('kind', 'attachment'), ('kind', 'attachment_review'), ('kind', 'imported'), ('kind', 'query'), ('kind', 'query_answered'), ('kind', 'query_closed'), ('kind', 'check_dismissed'), ('kind', 'verified'), ('kind', 'unverified'), ('kind', 'merged'), ('kind', 'merge_undone'), ('kind', 'application'), ('kind', 'application_edited'), ('kind', 'application_review'), ('kind', 'application_linked'), ('kind', 'invited'), ('kind', 'account'), ('kind', 'sign_in_means'), ('kind', 'edition'), ('kind', 'prose'), ('kind', 'case_box'), _connector='OR'), name='event_kind_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='event',
                    constraint=models.CheckConstraint(condition=models.Q(('from_status', ''), ('from_status', 'draft'), ('from_status', 'submitted'), ('from_status', 'returned'), ('from_status', 'approved'), ('from_status', 'rejected'), ('from_status', 'duplicate'), _connector='OR'), name='event_from_status_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='event',
                    constraint=models.CheckConstraint(condition=models.Q(('to_status', ''), ('to_status', 'draft'), ('to_status', 'submitted'), ('to_status', 'returned'), ('to_status', 'approved'), ('to_status', 'rejected'), ('to_status', 'duplicate'), _connector='OR'), name='event_to_status_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='law',
                    constraint=models.CheckConstraint(condition=models.Q(('regime', ''), ('regime', 'permit'), ('regime', 'notification'), ('regime', 'notification_and_approval'), ('regime', 'none'), _connector='OR'), name='law_regime_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='merge',
                    constraint=models.CheckConstraint(condition=models.Q(('first_status', 'draft'), ('first_status', 'submitted'), ('first_status', 'returned'), ('first_status', 'approved'), ('first_status', 'rejected'), ('first_status', 'duplicate'), _connector='OR'), name='merge_first_status_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='merge',
                    constraint=models.CheckConstraint(condition=models.Q(('second_status', 'draft'), ('second_status', 'submitted'), ('second_status', 'returned'), ('second_status', 'approved'), ('second_status', 'rejected'), ('second_status', 'duplicate'), _connector='OR'), name='merge_second_status_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='merge',
                    constraint=models.CheckConstraint(condition=models.Q(('lead', 'first'), ('lead', 'second'), _connector='OR'), name='merge_lead_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='period',
                    constraint=models.CheckConstraint(condition=models.Q(('basis', 'cards'), ('basis', 'published'), _connector='OR'), name='period_basis_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='period',
                    constraint=models.CheckConstraint(condition=models.Q(('series', 'year'), ('series', 'half_1'), ('series', 'half_2'), ('series', 'quarter_1'), ('series', 'quarter_2'), ('series', 'quarter_3'), ('series', 'quarter_4'), ('series', 'custom'), _connector='OR'), name='period_series_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='permitapplication',
                    constraint=models.CheckConstraint(condition=models.Q(('review', 'pending'), ('review', 'approved'), ('review', 'rejected'), _connector='OR'), name='application_review_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='permitapplication',
                    constraint=models.CheckConstraint(condition=models.Q(('applicant_type', 'public_organisation'), ('applicant_type', 'political_party'), ('applicant_type', 'trade_union'), ('applicant_type', 'spontaneous_group'), ('applicant_type', 'individual'), ('applicant_type', 'unknown'), _connector='OR'), name='application_applicant_type_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='permitapplication',
                    constraint=models.CheckConstraint(condition=models.Q(('decision', 'pending'), ('decision', 'refused'), ('decision', 'no_answer'), ('decision', 'other_place'), ('decision', 'permitted'), ('decision', 'withdrawn'), ('decision', 'unknown'), _connector='OR'), name='application_decision_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='permitapplication',
                    constraint=models.CheckConstraint(condition=models.Q(('appeal', 'none'), ('appeal', 'pending'), ('appeal', 'upheld'), ('appeal', 'changed'), ('appeal', 'overturned'), ('appeal', 'unknown'), _connector='OR'), name='application_appeal_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='query',
                    constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), ('state', 'answered'), ('state', 'closed'), _connector='OR'), name='query_state_vocabulary'),
                ),
                migrations.AddConstraint(
                    model_name='upload',
                    constraint=models.CheckConstraint(condition=models.Q(('state', 'begun'), ('state', 'early'), ('state', 'held'), ('state', 'done'), _connector='OR'), name='upload_state_vocabulary'),
                ),
            ],
        ),
        _Rebuild(MODELS),
    ]
