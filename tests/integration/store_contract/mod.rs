//! One contract, every store: the same tests over SQLite and over PostgreSQL with PostGIS.
//!
//! SQLite is a file in a temporary folder. PostgreSQL is the cluster at `SIGAP_TEST_POSTGRES_URL`
//! (`tests/support/postgres.sh start DIR PORT` makes one); each test makes a database of its own
//! there. Without the variable those tests say that they did not run.

mod boxes;
mod citizens;
mod group_commit;
mod journal;
mod media;
mod offices;
mod people;
pub mod place;
mod postgis;
mod projections;
mod samples;
mod sqlite;
mod users;

use place::Place;

/// Each case as a test of its own for both stores.
macro_rules! contract {
    ($($family:ident::$case:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let place = super::Place::sqlite();
                super::$family::$case(&place).await;
            })+
        }

        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                if let Some(place) = super::Place::postgres().await {
                    super::$family::$case(&place).await;
                    place.remove().await;
                }
            })+
        }
    };
}

contract! {
    journal::entries_come_back_as_they_went_in,
    journal::a_taken_number_is_stale_and_nothing_of_its_job_is_written,
    journal::timelines_hold_what_touches_an_id,
    journal::entries_cannot_be_changed_or_removed,
    journal::a_changed_byte_is_found,
    journal::a_missing_entry_is_found,
    group_commit::sixty_four_writers_at_once_all_last,
    group_commit::a_failing_job_harms_no_other,
    group_commit::a_dropped_store_keeps_what_it_acknowledged,
    group_commit::a_closed_store_says_so,
    group_commit::the_write_path_can_be_checked,
    projections::rows_come_back_whole_and_the_last_one_counts,
    projections::a_unit_has_one_live_assignment,
    projections::an_incident_has_one_live_primary,
    projections::ended_assignments_make_room_in_the_same_job,
    projections::lists_are_filtered_and_go_on_without_gap_or_repeat,
    projections::report_lines_are_those_of_the_span,
    projections::incident_lines_hold_their_offers_in_order,
    projections::clearing_one_office_leaves_the_others,
    people::reporters_are_found_by_any_alias,
    people::one_alias_leads_to_one_reporter,
    people::a_message_that_comes_twice_is_kept_once,
    people::messages_come_back_in_order_with_their_status,
    people::rows_moved_into_each_other_do_not_open,
    people::nothing_personal_is_readable_in_the_tables,
    people::readings_are_replaced,
    people::corrections_are_sealed_replaced_and_erased_with_the_person,
    people::a_wrong_key_is_noticed_at_start,
    boxes::the_inbox_gives_what_is_not_done_in_order,
    boxes::the_outbox_keeps_the_order_of_each_reporter,
    boxes::the_outbox_retries_and_gives_up,
    citizens::a_code_counts_its_tries_and_the_next_one_replaces_it,
    citizens::a_login_leads_to_its_account_until_it_is_ended,
    users::logins_are_unique_and_found,
    users::sessions_end_when_revoked,
    offices::an_office_comes_back_with_its_areas_and_places,
    offices::an_import_replaces_the_one_before,
    offices::large_objects_come_back,
    offices::tracks_come_back_in_order_and_once,
    media::what_is_known_of_a_file_comes_back,
    media::a_file_that_belongs_to_a_report_does_not_expire,
    media::files_at_the_channel_are_asked_for_when_they_are_due,
    media::sealed_files_are_read_from_anywhere_and_only_under_their_own_name,
    media::a_sealed_file_goes_on_where_it_stopped,
}
