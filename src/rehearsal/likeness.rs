//! The office as it is, taken along into its exercise: its plans, categories and teams as they stand now, its own words
//! with their history, its directory of agencies, and the names of those who work the queue.
//!
//! Copies only: what is changed in an exercise stays in it. No password, no number of a reporter and no
//! secret of a webhook goes along.

use anyhow::{Context, Result};

use crate::dispatch::command::{ArrangeTeams, Command};
use crate::model::administration::{Administered, CategoriesChanged, PlansChanged};
use crate::model::entry::Actor;
use crate::runtime::desks::DeskHandle;
use crate::store::agencies::{Agency, AgencyCard, upsert_agency};
use crate::store::users::{User, insert_user};
use crate::store::words::{insert_article, insert_template};
use crate::store::{Statement, Store};

/// Writes what an app reads at its start into the store of an exercise: words, agencies, names.
///
/// # Errors
/// One of the stores failed.
pub async fn furnish(home: &Store, store: &Store, polres: &str) -> Result<()> {
    let mut job: Vec<Statement> = Vec::new();
    let templates = home.template_changes(polres).await.context("reading the messages of the office")?;
    job.extend(templates.iter().map(|change| insert_template(polres, change)));
    let articles = home.article_changes(polres).await.context("reading the answers of the office")?;
    job.extend(articles.iter().map(|change| insert_article(polres, change)));
    for agency in home.agencies(polres, true).await.context("reading the agencies of the office")? {
        job.push(upsert_agency(store.vault(), &without_secret(agency)).context("sealing an agency")?);
    }
    let users = home.users(Some(polres)).await.context("reading who works in the office")?;
    job.extend(users.into_iter().filter(|user| !user.disabled).map(|user| insert_user(&nameplate(user))));
    store.write(job).await.context("recording the office as it is")
}

fn without_secret(agency: Agency) -> Agency {
    Agency { card: AgencyCard { secret: String::new(), ..agency.card }, ..agency }
}

/// A name to be shown, and no way to log in: an exercise knows nobody but who comes from the office.
fn nameplate(user: User) -> User {
    User { username: user.id.to_string(), password_hash: String::new(), unit: None, ..user }
}

/// Records the plans, the categories and the teams that count in the office as the first entries of an exercise.
///
/// # Errors
/// One of the desks is closed.
pub async fn arrange(home: &DeskHandle, desk: &DeskHandle) -> Result<()> {
    let read = home.look(|desk| {
        let (plans, categories) = (desk.plans.versions.back(), desk.categories.versions.back());
        (plans.cloned(), categories.cloned(), desk.teams.teams.clone())
    });
    let (plans, categories, teams) = read.await.context("reading the office as it is")?;
    if let Some(changed) = plans.map(|last| last.changed).filter(|changed| changed.set.is_some()) {
        let first = PlansChanged { version: 1, restored: None, ..changed };
        desk.submit(Actor::System, Command::Administer(Administered::Plans(first))).await?;
    }
    if let Some(changed) = categories.map(|last| last.changed).filter(|changed| changed.set.is_some()) {
        let first = CategoriesChanged { version: 1, restored: None, ..changed };
        desk.submit(Actor::System, Command::Administer(Administered::Categories(first))).await?;
    }
    if !teams.is_empty() {
        let arranged = ArrangeTeams { teams, seen: 0, by: None };
        desk.submit(Actor::System, Command::ArrangeTeams(arranged)).await?;
    }
    Ok(())
}
