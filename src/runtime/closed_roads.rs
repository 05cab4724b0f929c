//! The state of the roads of all offices together: what each desk has closed, laid upon one network.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::model::closure::{Closure, Drawing};
use crate::roads::travel_time::{Conditions, RoadTravel};

/// Lays closures upon the network.
#[derive(Debug)]
pub struct ClosedRoads {
    travel: Arc<RoadTravel>,
    by_office: Mutex<BTreeMap<String, Vec<(u32, f64)>>>,
}

impl ClosedRoads {
    /// Nothing is closed yet.
    #[must_use]
    pub fn new(travel: Arc<RoadTravel>) -> Self {
        Self { travel, by_office: Mutex::default() }
    }

    /// Replaces what one office has closed; from its return on every answer knows it. Takes some ten
    /// milliseconds for a city: not for a thread that serves others.
    pub fn set(&self, polres: &str, closures: &[Closure]) {
        let graph = self.travel.graph();
        let edges = closures.iter().flat_map(|closure| {
            let factor = closure.factor.unwrap_or(f64::INFINITY);
            graph.edges_of(&closure.geometry).into_iter().map(move |edge| (edge, factor))
        });
        let mut by_office = self.by_office.lock();
        by_office.insert(polres.to_owned(), edges.collect());
        // Two drawings over one street: the worse one holds.
        let mut worst: HashMap<u32, f64> = HashMap::new();
        for (edge, factor) in by_office.values().flatten() {
            let known = worst.entry(*edge).or_insert(1.0);
            *known = known.max(*factor);
        }
        let mut edges: Vec<(u32, f64)> = worst.into_iter().collect();
        edges.sort_by_key(|(edge, _)| *edge);
        // Under the lock, so that no later state is overtaken by an earlier one.
        self.travel.set_conditions(&Conditions { edges });
    }

    /// Names of the streets a drawing meets, an empty one for those without a name; nothing where it meets none.
    #[must_use]
    pub fn streets(&self, drawing: &Drawing) -> Vec<String> {
        let graph = self.travel.graph();
        graph.names_of(&graph.edges_of(drawing))
    }

    /// The network.
    #[must_use]
    pub const fn travel(&self) -> &Arc<RoadTravel> {
        &self.travel
    }
}
