//! Which stretch of time a figure is of, and of what; and the lines it is counted from.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::http::auth::Who;
use crate::http::error::ApiError;
use crate::http::list::instant;
use crate::insight::lines::{IncidentLine, ReportLine};
use crate::insight::when::When;
use crate::model::clock::Timestamp;
use crate::model::report::Category;
use crate::model::viewer::Scope;
use crate::store::projections::SpanFilter;

/// Longest stretch of one question, seconds: a year and a day.
const LONGEST_S: f64 = 367.0 * 24.0 * 3600.0;

/// Which stretch of time, and what of it.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
pub struct SpanQuery {
    /// From this instant; left out, 24 hours before `to`.
    from: Option<String>,
    /// To this instant; left out, now.
    to: Option<String>,
    /// Only this category.
    category: Option<String>,
    /// Only these hours of the office's day: `22-5` is from 22.00 to before 05.00.
    hours: Option<String>,
    /// Only these weekdays: `1,2,7`; 1 is Monday.
    weekdays: Option<String>,
}

/// A stretch of time within what somebody may see.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What to ask the store.
    pub filter: SpanFilter,
    /// Hours and weekdays that count.
    pub when: When,
    /// Hours the office lies east of Greenwich.
    pub offset_h: i32,
}

impl SpanQuery {
    /// From, to, category, hours and weekdays as they were asked for.
    #[must_use]
    pub fn of([from, to, category, hours, weekdays]: [Option<String>; 5]) -> Self {
        Self { from, to, category, hours, weekdays }
    }

    /// The stretch asked for.
    ///
    /// # Errors
    /// 403 the role sees no reports; 404 no such office; 422 a parameter that is none.
    pub fn asked(&self, app: &App, who: &Who) -> Result<Asked, ApiError> {
        who.watcher()?;
        let offset_h = who.desk(app)?.parts.office.utc_offset_h;
        let to = instant(self.to.as_deref(), "to")?.unwrap_or_else(|| app.clock.now());
        let from = instant(self.from.as_deref(), "from")?.unwrap_or_else(|| to.plus_secs(-24 * 3600));
        if !(0.0..=LONGEST_S).contains(&to.secs_since(from)) {
            return Err(ApiError::invalid("from", "before `to`, and at most a year"));
        }
        let category = self.category.as_deref().filter(|code| !code.is_empty());
        let category = category
            .map(|code| Category::from_code(code).ok_or_else(|| ApiError::invalid("category", "no such category")))
            .transpose()?;
        let when = When::parse(self.hours.as_deref(), self.weekdays.as_deref(), offset_h)
            .map_err(|field| ApiError::invalid(field, "hours like 22-5, weekdays like 1,2,7"))?;
        let mut asked = Asked::between(who, (from, to), offset_h);
        asked.filter.category = category;
        asked.when = when;
        Ok(asked)
    }
}

impl Asked {
    /// All of a stretch, as far as somebody sees.
    #[must_use]
    pub fn between(who: &Who, (from, to): (Timestamp, Timestamp), offset_h: i32) -> Self {
        let polsek = match &who.viewer.scope {
            Scope::Polsek(polsek) => Some(polsek.clone()),
            Scope::Polres | Scope::Unit(_) => None,
        };
        let filter = SpanFilter { polres: who.viewer.polres.clone(), polsek, from, to, category: None };
        Self { filter, when: When::always(offset_h), offset_h }
    }

    /// The same, so much earlier. Seconds.
    #[must_use]
    pub fn earlier(&self, secs: i64) -> Self {
        let mut earlier = self.clone();
        earlier.filter.from = self.filter.from.plus_secs(-secs);
        earlier.filter.to = self.filter.to.plus_secs(-secs);
        earlier
    }

    /// Its reports. Complaints about the police itself stay at the Polres.
    ///
    /// # Errors
    /// The store failed.
    pub async fn reports(&self, app: &App) -> Result<Vec<ReportLine>, ApiError> {
        let mut lines = app.store.report_lines(&self.filter).await?;
        let below = self.filter.polsek.is_some();
        lines.retain(|line| {
            self.when.holds(line.received_at) && !(below && line.category == Category::PengaduanPelayanan)
        });
        Ok(lines)
    }

    /// Its incidents, each with the station of its Polsek.
    ///
    /// # Errors
    /// The store failed.
    pub async fn incidents(&self, app: &App) -> Result<Vec<IncidentLine>, ApiError> {
        let mut lines = app.store.incident_lines(&self.filter).await?;
        lines.retain(|line| self.when.holds(line.received_at));
        for line in &mut lines {
            line.station = line.polsek.as_deref().and_then(|code| app.areas.polsek(code)).map(|polsek| polsek.seat);
        }
        Ok(lines)
    }
}
