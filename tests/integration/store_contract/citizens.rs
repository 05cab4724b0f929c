//! Accounts of the citizen app: codes that are counted, logins that end, settings that are kept.

use sigap::model::id::ReporterId;
use sigap::store::citizens::{
    Account, CitizenSession, Code, Registration, count_try, drop_code, insert_session, put_code, revoke_session,
    upsert_account,
};
use sigap::store::users::SessionKind;

use super::place::Place;
use super::samples::{at, ids};

fn code(phone: [u8; 32], secs: i64) -> Code {
    let registration = Registration { phone: "6281234567890".to_owned(), name: Some("Siti Contoh".to_owned()) };
    Code { phone, code: [9; 32], registration, tries: 0, sent_at: at(secs), expires_at: at(secs + 300) }
}

pub async fn a_code_counts_its_tries_and_the_next_one_replaces_it(place: &Place) {
    let store = place.open().await;
    let phone = store.vault().alias("wa_id", "6281234567890");
    assert_eq!(store.citizen_code(&phone).await.unwrap(), None);
    store.write(vec![put_code(store.vault(), &code(phone, 0)).unwrap()]).await.unwrap();
    store.write(vec![count_try(&phone), count_try(&phone)]).await.unwrap();
    assert_eq!(store.citizen_code(&phone).await.unwrap(), Some(Code { tries: 2, ..code(phone, 0) }));
    store.write(vec![put_code(store.vault(), &code(phone, 60)).unwrap()]).await.unwrap();
    assert_eq!(store.citizen_code(&phone).await.unwrap(), Some(code(phone, 60)));
    let shown = format!("{:?}", store.read("SELECT * FROM citizen_codes", vec![]).await.unwrap());
    assert!(!shown.contains("Siti") && !shown.contains("6281234567890"), "{shown}");
    store.write(vec![drop_code(&phone)]).await.unwrap();
    assert_eq!(store.citizen_code(&phone).await.unwrap(), None);
}

pub async fn a_login_leads_to_its_account_until_it_is_ended(place: &Place) {
    let store = place.open().await;
    let reporter = ReporterId(ids().next(at(0)));
    let account = Account { reporter, polres: "medan".to_owned(), notify_whatsapp: false, created_at: at(0) };
    let session = CitizenSession {
        token_hash: [3; 32],
        reporter,
        kind: SessionKind::Browser,
        created_at: at(1),
        expires_at: at(900),
        revoked: false,
    };
    store.write(vec![upsert_account(&account), insert_session(&session)]).await.unwrap();
    assert_eq!(store.citizen_session([3; 32]).await.unwrap(), Some((session.clone(), account.clone())));
    assert_eq!(store.citizen_session([4; 32]).await.unwrap(), None);
    assert_eq!(store.citizens_to_notify().await.unwrap(), []);
    let asks = Account { notify_whatsapp: true, created_at: at(50), ..account.clone() };
    store.write(vec![upsert_account(&asks), revoke_session([3; 32])]).await.unwrap();
    // The first day of an account stays.
    let kept = Account { created_at: at(0), ..asks };
    assert_eq!(store.citizen_account(reporter).await.unwrap(), Some(kept.clone()));
    assert_eq!(store.citizens_to_notify().await.unwrap(), [reporter]);
    let ended = CitizenSession { revoked: true, ..session };
    assert_eq!(store.citizen_session([3; 32]).await.unwrap(), Some((ended, kept)));
}
