//! Jobs that pass from one crew to another, as the journal tells it: handed over, or taken away.

use super::desk::{Desk, Touched};
use crate::model::assignment::{Assignment, AssignmentState, HandOver, Handing, HandingState};
use crate::model::entry::Event;
use crate::model::id::AssignmentId;

impl Desk {
    /// The assignment another crew is to take over from the one that still has the job, if this is an
    /// offer to do that.
    #[must_use]
    pub fn relieved_by(&self, assignment: &Assignment) -> Option<&Assignment> {
        self.assignments.get(&assignment.relieves()?).filter(|other| other.state.is_live())
    }

    /// The offer of a job to the crew that is asked to take it over.
    #[must_use]
    pub fn reliever_of(&self, assignment: &Assignment) -> Option<&Assignment> {
        let handing = assignment.links.handing.as_ref().filter(|handing| handing.state == HandingState::Asked)?;
        self.assignments.get(&handing.to).filter(|other| other.state.is_live())
    }

    pub(super) fn ask_transfer(&mut self, asked: &HandOver, touched: &mut Touched) {
        let call_sign = self.units.get(&asked.unit).map(|unit| unit.call_sign.clone()).unwrap_or_default();
        let Some(assignment) = self.assignments.get_mut(&asked.assignment) else { return };
        assignment.keys.push(asked.key.clone());
        assignment.links.handing =
            Some(Handing { to: asked.to, unit: asked.unit, call_sign, state: HandingState::Asked });
        touched.assignments.insert(asked.assignment);
        touched.incidents.insert(assignment.incident);
    }

    /// What the end of an assignment, or its acceptance, means for the ones it hangs together with.
    pub(super) fn link(&mut self, id: AssignmentId, event: &Event, touched: &mut Touched) {
        let Some(assignment) = self.assignments.get_mut(&id) else { return };
        if let Event::AssignmentPreempted(it) = event {
            assignment.links.taken_for = Some(it.taken_for);
        }
        let state = assignment.state;
        if state.is_live() {
            return;
        }
        let (leads, relieves, handing) = (assignment.primary, assignment.relieves(), assignment.links.handing.clone());
        if let Some(handing) = handing.filter(|handing| handing.state == HandingState::Asked) {
            self.pass_on(id, &handing, state, leads, touched);
        }
        // Who asked hears what became of it.
        if let Some(from) = relieves {
            self.answer_handing(from, id, handing_after(state), touched);
        }
    }

    /// The job is no longer with the crew that handed it: whoever was asked leads, if he comes.
    fn pass_on(
        &mut self,
        id: AssignmentId,
        handing: &Handing,
        state: AssignmentState,
        leads: bool,
        touched: &mut Touched,
    ) {
        let taken = state == AssignmentState::Transferred;
        self.answer_handing(id, handing.to, if taken { HandingState::Taken } else { HandingState::Withdrawn }, touched);
        if state == AssignmentState::Cleared {
            return;
        }
        if let Some(next) = self.assignments.get_mut(&handing.to).filter(|next| leads && next.state.is_live()) {
            next.primary = true;
            touched.assignments.insert(handing.to);
        }
    }

    fn answer_handing(&mut self, of: AssignmentId, to: AssignmentId, state: HandingState, touched: &mut Touched) {
        let Some(assignment) = self.assignments.get_mut(&of) else { return };
        let asked = |handing: &&mut Handing| handing.to == to && handing.state == HandingState::Asked;
        if let Some(handing) = assignment.links.handing.as_mut().filter(asked) {
            handing.state = state;
            touched.assignments.insert(of);
        }
    }
}

/// What the end of an offer to take a job over says to the crew that still has it.
const fn handing_after(state: AssignmentState) -> HandingState {
    match state {
        AssignmentState::Refused => HandingState::Refused,
        AssignmentState::Expired => HandingState::Expired,
        _ => HandingState::Withdrawn,
    }
}
