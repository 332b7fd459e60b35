//! The suite of the store's contract: every case runs against SQLite and against PostgreSQL.

mod admin;
mod audit;
mod behind;
mod campaigns;
mod cuts;
mod distinct;
mod fixture;
mod reading;
mod retention;
mod roles;
mod sessions;
mod writing;

/// Makes of each case a test on either store; of what anybody does also by a detector that does not own the schema.
macro_rules! on_both_stores {
    (anybody { $($module:ident: $($case:ident),+;)+ } owner { $($owned:ident: $($owners:ident),+;)+ }) => {
        on_both_stores! { $($module: $($case),+;)+ $($owned: $($owners),+;)+ }
        mod detector {
            $($(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let fixture = crate::fixture::postgres_of_the_detector().await;
                crate::$module::$case(fixture.store.clone()).await;
            })+)+
        }
    };
    ($($module:ident: $($case:ident),+;)+) => {
        mod sqlite {
            $($(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let fixture = crate::fixture::sqlite().await;
                crate::$module::$case(fixture.store.clone()).await;
            })+)+
        }
        mod postgres {
            $($(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let fixture = crate::fixture::postgres().await;
                crate::$module::$case(fixture.store.clone()).await;
            })+)+
        }
    };
}

on_both_stores! {
    anybody {
        writing:
            a_verdict_reads_back_as_it_was_written,
            a_batch_that_comes_again_adds_nothing,
            every_outcome_moves_what_its_partition_has_reached,
            several_records_of_one_message_count_each_once,
            a_plain_allow_that_is_kept_whole_is_counted_too,
            a_revision_is_kept_even_when_it_says_allow,
            an_attempt_that_is_judged_otherwise_after_a_death_counts_once,
            overlapping_batches_written_at_once_leave_each_verdict_once,
            writers_of_one_partition_at_once_count_each_allow_once,
            times_in_1970_and_2099_and_9999_are_stored,
            a_batch_over_many_weeks_is_stored_whole,
            odd_unicode_survives,
            of_very_many_counts_the_oldest_are_read_and_one_more;
        reading:
            every_filter_narrows_the_verdicts,
            every_filter_may_be_given_at_once,
            pages_show_everything_once_while_verdicts_come_in,
            a_foreign_or_broken_cursor_is_refused,
            an_end_beyond_all_times_is_no_end;
        sessions:
            a_session_sums_up_its_flagged_attempts,
            a_late_first_attempt_moves_the_start,
            of_two_reviewers_at_once_one_wins_and_nothing_is_lost,
            a_review_of_nothing_is_not_found,
            sessions_are_paged_and_filtered,
            sessions_of_fewer_attempts_are_left_out_on_every_page;
        campaigns:
            the_latest_word_on_a_campaign_counts_whatever_the_order_of_delivery,
            campaigns_are_paged_and_filtered,
            the_accounts_that_fell_are_those_of_the_latest_revisions,
            accounts_are_paged_and_each_shown_once,
            an_alert_that_comes_again_is_kept_once,
            an_alert_that_was_found_late_is_the_first_to_be_read,
            every_filter_narrows_the_alerts,
            a_batch_is_stored_whole_or_not_at_all,
            a_revision_stands_beside_its_verdict_and_its_session_gains_it_once,
            old_campaigns_and_alerts_go;
        distinct:
            distinct_values_are_merged_over_hours_and_a_repeat_changes_nothing,
            distinct_is_by_tenant_and_by_asn_over_tenants,
            writers_at_once_lose_no_value;
        admin:
            list_entries_are_created_read_changed_and_removed,
            list_entries_are_paged_in_the_order_of_creation,
            of_two_changes_to_an_entry_at_once_one_wins;
        retention:
            what_is_old_goes_and_reviewed_sessions_stay,
            verdicts_can_be_written_again_after_their_partition_went;
    }
    owner {
        writing:
            migrating_twice_changes_nothing;
        admin:
            keys_are_created_listed_and_revoked;
        audit:
            every_act_reads_back_the_last_first,
            every_filter_narrows_the_acts,
            what_is_refused_leaves_no_act;
    }
}
