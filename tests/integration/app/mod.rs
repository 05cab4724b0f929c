//! The whole app over real sockets, from the signed webhook to the reporter's telephone.
//!
//! Every test has a town of its own (store, people, clock, ports) and ends with a look into the
//! books: journal whole, replay equal to the living desk, tables equal to both.

mod administration;
mod after_photo;
mod auth;
mod bad_media;
mod batches;
mod books;
mod calls;
mod categories;
mod citizen;
mod citizen_app;
pub mod city;
mod client;
mod closures;
mod conversations;
mod corrections;
mod crew_talk;
mod duty;
mod figures;
mod first_run;
mod gowa;
mod gps;
mod hand_over;
mod health;
mod help;
mod history;
mod identity;
mod imports;
mod insight;
mod journey;
mod media;
mod media_fetch;
mod motion;
mod noise_day;
mod offers;
mod outgoing;
mod passing;
mod places;
mod presence;
mod pywa;
mod races;
mod realtime;
mod referrals;
mod rehearsal;
mod rehearsal_office;
mod search;
mod shield;
mod storage;
mod teams;
mod together;
pub mod town;
mod undo;
mod uploads;
mod webhook;
mod words;

/// A test over both stores; PostgreSQL only where there is one.
macro_rules! on_both_stores {
    ($($case:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$case(crate::store_contract::place::Place::sqlite()).await;
            })+
        }

        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                if let Some(place) = crate::store_contract::place::Place::postgres().await {
                    super::$case(place).await;
                }
            })+
        }
    };
}
use on_both_stores;
