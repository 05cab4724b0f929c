//! Calls of a simulated day: exchanges that repeat themselves and mix up the order, operators who
//! reach for the same call, forms filled early, late and twice.

use sigap::dispatch::command::{CallEvent, Command, FileCall, Receive};
use sigap::model::call::{CallNews, CallResult, Dismissal, PlaceProblem};
use sigap::model::id::{CallId, MessageId, ReportId, ReporterId};
use sigap::model::place::BadPoint;
use sigap::model::report::Channel;
use uuid::Uuid;

use super::day::Day;
use super::moves::Move;

/// Calls an exchange speaks of at one time.
const AT_ONCE: u128 = 8;

/// Steps of the clock after which it speaks of others, microseconds.
const EPOCH: i64 = 1800 * 1_000_000;

impl Day {
    /// Draws something about calls.
    pub fn about_calls(&mut self) -> Move {
        let call = self.a_call();
        let by = self.holder_or_other(call);
        match self.rng.u32(..20) {
            0..=9 => self.call_event(),
            10..=12 => Move::new("claim call", Command::ClaimCall { call, by: self.operator() }),
            13 => Move::new("release call", Command::ReleaseCall { call, by, anyone: self.rng.u32(..3) == 0 }),
            14..=15 => {
                // Now and then a form is filled for a call that was dealt with long ago.
                let late = self.rng.u32(..5) == 0;
                let settled = self.desk.calls.iter().find(|call| late && call.result.is_some()).map(|call| call.id);
                Move::new("file call", self.filed(settled.unwrap_or(call)))
            }
            16 => {
                let message = MessageId(self.outside.next(self.clock));
                Move::new("divert call", Command::DivertCall { call, by, message })
            }
            17 => {
                let reason = [Dismissal::Prank, Dismissal::Silent][self.rng.usize(..2)];
                Move::new("dismiss call", Command::DismissCall { call, by, reason })
            }
            18 => Move::new("call back", Command::CallBack { call, by }),
            _ => {
                let filed = self.desk.calls.iter().find_map(|call| match call.result {
                    Some(CallResult::Filed { report }) => Some((call.id, report)),
                    _ => None,
                });
                let (call, report) = filed.unwrap_or((call, ReportId(Uuid::nil())));
                let to = "belawan".to_owned();
                Move::new("hand call over", Command::CallHandedOver { call, report, to })
            }
        }
    }

    fn call_event(&mut self) -> Move {
        let now = self.now();
        // The same few again and again, then others: what comes late speaks of calls long gone.
        let epoch = u128::try_from(self.clock.0 / EPOCH - i64::from(self.rng.u32(..8) == 0)).unwrap();
        let call = CallId(Uuid::from_u128((0xca11 << 100) + epoch * AT_ONCE + self.rng.u128(..AT_ONCE)));
        let news = [CallNews::Ringing, CallNews::Ringing, CallNews::Answered, CallNews::Ended][self.rng.usize(..4)];
        let place = self.rng.bool().then(|| self.place());
        let jurisdiction =
            place.as_ref().and_then(|place| sigap::dispatch::world::World::jurisdiction(&self.town, place.point()));
        let event = CallEvent {
            call,
            news,
            at: now.plus_secs(self.rng.i64(-90..30)),
            line: "110-medan".to_owned(),
            reporter: ReporterId(Uuid::from_u128(0x1000 + self.rng.u128(..150))),
            anonymous: self.rng.u32(..5) == 0,
            noise: None,
            place_problem: place.is_none().then_some(PlaceProblem::Point(BadPoint::Swapped)),
            place,
            jurisdiction,
        };
        Move::new("call event", Command::CallEvent(Box::new(event)))
    }

    fn filed(&mut self, call: CallId) -> Command {
        let by = self.holder_or_other(call);
        let reporter = self.desk.calls.get(call).map_or(ReporterId(Uuid::nil()), |call| call.reporter);
        let receive = Receive {
            channel: Channel::Call110,
            reporter,
            message: MessageId(self.outside.next(self.clock)),
            more: Vec::new(),
            sent_at: self.clock,
            alone: self.understood(),
            joined: None,
            answer: None,
            handed_from: None,
            noise: self.noise(),
        };
        let (chosen, to_queue) = (self.correction(), self.rng.bool());
        Command::FileCall(Box::new(FileCall { call, by, receive, chosen, to_queue }))
    }

    fn a_call(&mut self) -> CallId {
        let open: Vec<CallId> = self.desk.calls.open().map(|call| call.id).collect();
        let all: Vec<CallId> = self.desk.calls.iter().map(|call| call.id).collect();
        self.draw(&open, &all).unwrap_or(CallId(Uuid::nil()))
    }

    /// Mostly whoever has it; now and then somebody else.
    fn holder_or_other(&mut self, call: CallId) -> sigap::model::id::UserId {
        let holder = self.desk.calls.get(call).and_then(|call| call.by).filter(|_| self.rng.u32(..6) > 0);
        holder.unwrap_or_else(|| self.operator())
    }
}
