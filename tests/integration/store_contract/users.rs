//! Logins.

use sigap::model::id::{UnitId, UserId};
use sigap::store::StoreError;
use sigap::store::users::{
    Session, SessionKind, User, delete_user, insert_session, insert_user, purge_sessions, revoke_session,
    revoke_sessions_of, touch_session, update_user,
};

use super::place::Place;
use super::samples::{at, ids};

fn user(username: &str, polres: Option<&str>) -> User {
    let mut ids = ids();
    User {
        id: UserId(ids.next(at(0))),
        username: username.to_owned(),
        name: "Aiptu Siregar".to_owned(),
        role: "operator".to_owned(),
        polres: polres.map(str::to_owned),
        polsek: None,
        unit: Some(UnitId(ids.next(at(0)))),
        password_hash: "$argon2id$x".to_owned(),
        disabled: false,
        created_at: at(0),
        must_change: false,
    }
}

fn session(user: UserId, byte: u8) -> Session {
    Session {
        token_hash: [byte; 32],
        user,
        kind: SessionKind::Browser,
        created_at: at(0),
        last_at: at(0),
        expires_at: at(3600),
        revoked: false,
    }
}

pub async fn logins_are_unique_and_found(place: &Place) {
    let store = place.open().await;
    let [mut one, polda] = [user("siregar", Some("medan")), user("polda", None)];
    store
        .write(vec![insert_user(&one), insert_user(&polda), insert_user(&user("adi", Some("jombang")))])
        .await
        .unwrap();
    let twice = store.write(vec![insert_user(&user("siregar", None))]).await;
    assert!(matches!(twice, Err(StoreError::Conflict { constraint }) if constraint == "users_username_key"));
    one.disabled = true;
    one.polsek = Some("medan-kota".to_owned());
    store.write(vec![update_user(&one)]).await.unwrap();
    assert_eq!(store.user_by_name("siregar").await.unwrap(), Some(one.clone()));
    assert_eq!(store.user(one.id).await.unwrap(), Some(one.clone()));
    assert_eq!(store.user_by_name("Siregar").await.unwrap(), None);
    assert_eq!(store.users(Some("medan")).await.unwrap(), [polda, one]);
    assert_eq!(store.users(None).await.unwrap().len(), 3);
}

pub async fn sessions_end_when_revoked(place: &Place) {
    let store = place.open().await;
    let user = user("siregar", Some("medan"));
    let [one, two, three] = [session(user.id, 1), session(user.id, 2), session(user.id, 3)];
    let job = vec![insert_user(&user), insert_session(&one), insert_session(&two), insert_session(&three)];
    store.write(job).await.unwrap();
    let state = async |hash: [u8; 32]| store.session(hash).await.unwrap().map(|(session, _)| session.revoked);
    store.write(vec![revoke_session(one.token_hash), touch_session(two.token_hash, at(60))]).await.unwrap();
    assert_eq!((state([1; 32]).await, state([2; 32]).await), (Some(true), Some(false)));
    let (found, whose) = store.session([2; 32]).await.unwrap().unwrap();
    assert_eq!((found, whose), (Session { last_at: at(60), ..two }, user.clone()));
    store.write(vec![revoke_sessions_of(user.id)]).await.unwrap();
    assert_eq!((state([2; 32]).await, state([3; 32]).await), (Some(true), Some(true)));
    assert_eq!(state([9; 32]).await, None);
    store.write(vec![purge_sessions(at(3600))]).await.unwrap();
    assert_eq!(state([1; 32]).await, Some(true), "not over yet");
    store.write(vec![delete_user(user.id)]).await.unwrap();
    assert_eq!(state([1; 32]).await, None);
    let orphan = store.write(vec![insert_session(&session(user.id, 4))]).await;
    assert!(orphan.is_err(), "a login belongs to somebody");
}
