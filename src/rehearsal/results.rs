//! What is kept of an exercise: its score, as blobs beside the office's data. No journal, no table and no
//! figure of the real office knows of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::exercise::Source;
use super::score::Card;
use crate::model::clock::Timestamp;
use crate::model::id::UserId;
use crate::store::{Store, StoreError, offices};

/// Results that are kept of each office; the oldest go.
const KEPT: usize = 200;

/// What the list shows of a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResultLine {
    /// Id of the exercise.
    pub id: Uuid,
    /// What the trainer called it.
    pub title: String,
    /// What it was made from.
    pub source: Source,
    /// Who led it.
    pub trainer: UserId,
    /// His name.
    pub trainer_name: String,
    /// By the real clock.
    pub started_at: Timestamp,
    /// By the real clock.
    pub ended_at: Timestamp,
    /// From here, by the clock of the exercise.
    pub from: Timestamp,
    /// To here.
    pub to: Timestamp,
    /// Reports that came.
    pub reports: usize,
    /// Grade of each trainee.
    pub trainees: Vec<TraineePoints>,
}

/// How a trainee did, in one number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TraineePoints {
    /// Who.
    pub user: UserId,
    /// Name for people.
    pub name: String,
    /// 0 to 100; none when nothing counted.
    pub grade: Option<f64>,
}

/// A result with everything behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExerciseResult {
    /// What the list shows.
    #[serde(flatten)]
    pub line: ResultLine,
    /// All together.
    pub team: Card,
    /// Each trainee, best first.
    pub cards: Vec<Card>,
}

fn list_name(polres: &str) -> String {
    format!("rehearsals/{polres}")
}

fn result_name(polres: &str, id: Uuid) -> String {
    format!("rehearsals/{polres}/{id}")
}

fn broken(error: serde_json::Error) -> StoreError {
    StoreError::backend("reading a result of the rehearsal room", error)
}

/// Results of an office, newest first.
///
/// # Errors
/// Storage failed.
pub async fn list(store: &Store, polres: &str) -> Result<Vec<ResultLine>, StoreError> {
    let bytes = store.blob(&list_name(polres)).await?;
    bytes.map_or(Ok(Vec::new()), |bytes| serde_json::from_slice(&bytes).map_err(broken))
}

/// One result.
///
/// # Errors
/// Storage failed.
pub async fn find(store: &Store, polres: &str, id: Uuid) -> Result<Option<ExerciseResult>, StoreError> {
    let bytes = store.blob(&result_name(polres, id)).await?;
    bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(broken)).transpose()
}

/// Keeps a result; of too many the oldest go. One at a time: the list is read and written.
///
/// # Errors
/// Storage failed; nothing was kept.
pub async fn keep(store: &Store, polres: &str, result: &ExerciseResult) -> Result<(), StoreError> {
    let mut lines = list(store, polres).await?;
    lines.insert(0, result.line.clone());
    let gone = lines.split_off(lines.len().min(KEPT));
    let write = |value: Result<Vec<u8>, serde_json::Error>| value.map_err(broken);
    let mut job = vec![
        offices::put_blob(&result_name(polres, result.line.id), write(serde_json::to_vec(result))?),
        offices::put_blob(&list_name(polres), write(serde_json::to_vec(&lines))?),
    ];
    job.extend(gone.iter().map(|line| offices::delete_blob(&result_name(polres, line.id))));
    store.write(job).await
}
