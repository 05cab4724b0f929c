//! The shield at work: lanes, the ladder, two officers, appeals, and the way back.

use super::drawn::{City, kinds, understood};
use crate::dispatch::command::{Command, Receive, Refusal, Understood};
use crate::model::entry::{Event, Template};
use crate::model::id::{BlockId, MessageId, ReportId, UserId};
use crate::model::report::{Category, Channel, Priority, ReportState};
use crate::model::shield::{BlockState, Lane, Noise, Sign};

const DAY_S: i64 = 24 * 3600;

fn officer(n: u128) -> UserId {
    UserId(uuid::Uuid::from_u128(0x0ff1_ce00 + n))
}

fn why() -> MessageId {
    MessageId(uuid::Uuid::from_u128(0xdead))
}

fn flirting() -> Understood {
    understood(Category::Kenalan, Priority::P4, None)
}

fn noise() -> Noise {
    Noise { score: 80, signs: vec![Sign::Flirting] }
}

impl City {
    fn hears_with(&mut self, reporter: u128, understood: Understood, noise: Noise) -> Vec<Event> {
        let receive = Receive { noise, ..self.message(reporter, understood) };
        self.ask(Command::Receive(Box::new(receive))).unwrap()
    }

    fn strikes(&mut self, by: u128) -> Result<Vec<Event>, Refusal> {
        let report = self.report();
        self.ask(Command::GiveStrike { report, by: officer(by), note: None })
    }

    /// Somebody flirts and is warned for it.
    fn misused_by(&mut self, reporter: u128) -> Vec<Event> {
        self.hears_with(reporter, flirting(), noise());
        self.strikes(1).unwrap()
    }

    fn block(&self) -> BlockId {
        self.desk.blocks.values().max_by_key(|block| (block.proposed_at, block.id)).unwrap().id
    }

    /// The ladder climbed to its end, and a second officer's yes.
    fn blocks(&mut self, reporter: u128) -> BlockId {
        (0..3).for_each(|_| drop(self.misused_by(reporter)));
        let block = self.block();
        self.ask(Command::ConfirmBlock { block, by: officer(2), days: None }).unwrap();
        block
    }

    fn lane(&self) -> Lane {
        self.desk.reports[&self.report()].lane
    }
}

fn told(events: &[Event]) -> Vec<Template> {
    let template = |event: &Event| match event {
        Event::FeedbackQueued { template, .. } => Some(*template),
        _ => None,
    };
    events.iter().filter_map(template).collect()
}

#[test]
fn noise_is_set_aside_and_comes_back_when_more_is_said() {
    let mut city = City::drawn("A.*");
    city.hears_with(1, flirting(), noise());
    assert_eq!(city.lane(), Lane::SetAside);
    city.hears(2, understood(Category::JalanRusak, Priority::P4, None));
    let order: Vec<u128> =
        city.desk.queue.iter().map(|(_, _, id)| city.desk.reports[id].reporter.0.as_u128()).collect();
    assert_eq!(order, [2, 1], "noise came first and stands behind what is no noise");
    let first_arrival = city.desk.reports.values().find(|r| r.reporter.0.as_u128() == 1).unwrap().stamps.received_at;
    city.wait(60);
    let heard = city.hears(1, understood(Category::LakaLantas, Priority::P2, None));
    assert!(kinds(&heard).contains("report_laned"), "{}", kinds(&heard));
    let back = city.desk.reports.values().find(|r| r.reporter.0.as_u128() == 1).unwrap();
    assert_eq!((back.lane, back.stamps.received_at), (Lane::Main, first_arrival));
    assert_eq!(city.desk.queue.first().unwrap().2, back.id);
}

#[test]
fn what_is_urgent_is_never_set_aside_whatever_the_signs_say() {
    let mut city = City::drawn("A.*");
    let shouting = Noise { score: 100, signs: vec![Sign::Burst, Sign::Prank] };
    city.hears_with(1, city.robbery(), shouting);
    assert_eq!((city.lane(), city.desk.incidents.len()), (Lane::Main, 1));
}

#[test]
fn a_person_who_says_what_it_is_brings_it_back() {
    use crate::dispatch::command::Correction;
    let mut city = City::drawn("A.*");
    city.hears_with(1, flirting(), noise());
    let change = Correction { category: Some(Category::Patroli), ..Correction::default() };
    city.ask(Command::CorrectReport(city.report(), change)).unwrap();
    assert_eq!(city.lane(), Lane::Main);
}

#[test]
fn the_first_strike_warns_the_second_warns_last_the_third_proposes() {
    let mut city = City::drawn("A.*");
    let first = city.misused_by(1);
    assert_eq!(told(&first), [Template::Strike1]);
    let report = &city.desk.reports[&city.report()];
    assert!(matches!(report.state, ReportState::Closed { .. }), "a report that was struck is settled");
    assert_eq!(city.desk.strikes.values().next().unwrap().messages, report.messages, "its words are the evidence");
    assert_eq!(told(&city.misused_by(1)), [Template::Strike2]);
    let third = city.misused_by(1);
    assert_eq!(kinds(&third), "strike_given report_closed block_proposed");
    assert_eq!(city.desk.blocks[&city.block()].state, BlockState::Proposed);
    let heard = city.hears_with(1, flirting(), noise());
    assert!(kinds(&heard).starts_with("report_received"), "nothing is held back before a second officer agrees");
}

#[test]
fn one_report_is_one_strike() {
    let mut city = City::drawn("A.*");
    city.misused_by(1);
    assert!(matches!(city.strikes(2), Err(Refusal::Step(_))));
}

#[test]
fn who_proposed_a_block_cannot_confirm_it() {
    let mut city = City::drawn("A.*");
    (0..3).for_each(|_| drop(city.misused_by(1)));
    let block = city.block();
    assert_eq!(city.ask(Command::ConfirmBlock { block, by: officer(1), days: None }), Err(Refusal::SecondOfficer));
    let confirmed = city.ask(Command::ConfirmBlock { block, by: officer(2), days: Some(7) }).unwrap();
    assert!(matches!(confirmed[0], Event::BlockConfirmed { message: Some(_), .. }), "the person is told");
    assert_eq!(city.desk.blocks[&block].expires_at, Some(city.now.plus_secs(7 * DAY_S)));
    assert!(city.ask(Command::ConfirmBlock { block, by: officer(2), days: None }).is_err(), "once");
}

#[test]
fn a_blocked_person_makes_no_report_and_each_contact_is_counted() {
    let mut city = City::drawn("A.*");
    let block = city.blocks(1);
    let reports = city.desk.reports.len();
    for _ in 0..5 {
        assert_eq!(kinds(&city.hears_with(1, flirting(), noise())), "blocked_contact");
        city.wait(30);
    }
    let kept = &city.desk.blocks[&block];
    assert_eq!((city.desk.reports.len(), kept.contacts, kept.alarms), (reports, 5, 0));
    assert!(city.desk.queue.is_empty());
}

#[test]
fn words_of_danger_of_a_blocked_person_reach_the_guarded_lane_and_send_nobody() {
    let mut city = City::drawn("A.*");
    let block = city.blocks(1);
    let heard = city.hears_with(1, city.robbery(), Noise::default());
    assert_eq!(kinds(&heard), "report_received report_read report_located blocked_contact");
    assert_eq!((city.lane(), city.desk.incidents.len()), (Lane::Guarded, 0));
    let kept = &city.desk.blocks[&block];
    assert_eq!((kept.contacts, kept.alarms, kept.alarm), (1, 1, Some(city.report())));
    // Saying it again does not send anybody either, and makes no second report.
    let heard = city.hears_with(1, city.robbery(), Noise::default());
    assert_eq!(kinds(&heard), "report_extended blocked_contact");
    assert!(city.desk.incidents.is_empty());
    // An operator decides.
    city.ask(Command::Escalate { report: city.report(), incident: None }).unwrap();
    assert_eq!(city.desk.incidents.len(), 1);
}

#[test]
fn a_guarded_report_stands_behind_priority_one_and_before_the_rest() {
    let mut city = City::drawn("A.*");
    city.blocks(1);
    city.hears_with(1, understood(Category::Kejahatan, Priority::P1, None), Noise::default());
    city.hears(2, understood(Category::Kamtibmas, Priority::P2, None));
    city.hears(3, understood(Category::Kejahatan, Priority::P1, None));
    let order: Vec<u128> =
        city.desk.queue.iter().map(|(_, _, id)| city.desk.reports[id].reporter.0.as_u128()).collect();
    assert_eq!(order, [3, 1, 2]);
}

#[test]
fn the_telephone_is_never_closed_by_what_was_written() {
    let mut city = City::drawn("A.*");
    city.blocks(1);
    let call = Receive { channel: Channel::Call110, ..city.message(1, flirting()) };
    let heard = city.ask(Command::Receive(Box::new(call))).unwrap();
    assert!(kinds(&heard).starts_with("report_received report_read"), "{}", kinds(&heard));
    for n in 0..5 {
        let call = Receive { channel: Channel::Call110, ..city.message(50 + n, flirting()) };
        city.ask(Command::Receive(Box::new(call))).unwrap();
        let struck = city.strikes(1).unwrap();
        assert!(!kinds(&struck).contains("block"), "strikes for calls never block");
    }
}

#[test]
fn an_appeal_is_heard_and_answered_once_and_another_officer_may_uphold_or_lift() {
    let mut city = City::drawn("A.*");
    let block = city.blocks(1);
    let appeal = Noise { score: 0, signs: vec![Sign::Appeal] };
    let heard = city.hears_with(1, understood(Category::BelumJelas, Priority::P3, None), appeal.clone());
    assert_eq!(kinds(&heard), "blocked_contact block_appealed");
    assert!(city.desk.blocks[&block].appeal.is_some());
    let again = city.hears_with(1, understood(Category::BelumJelas, Priority::P3, None), appeal);
    assert_eq!(kinds(&again), "blocked_contact");
    city.ask(Command::ConfirmBlock { block, by: officer(3), days: None }).unwrap();
    assert_eq!((city.desk.blocks[&block].state, city.desk.blocks[&block].appeal), (BlockState::Active, None));
    city.ask(Command::LiftBlock { block, by: officer(3), note: why() }).unwrap();
    assert_eq!(city.desk.blocks[&block].state, BlockState::Lifted);
    assert_eq!(told(&city.misused_by(1)), [Template::Strike1], "the ladder begins anew");
}

#[test]
fn a_block_ends_by_itself_when_its_time_has_come() {
    let mut city = City::drawn("A.*");
    let block = city.blocks(1);
    city.wait(30 * DAY_S - 1);
    assert_eq!(city.ask(Command::Tick).unwrap(), []);
    city.wait(1);
    assert_eq!(kinds(&city.ask(Command::Tick).unwrap()), "block_expired");
    assert_eq!(city.desk.blocks[&block].state, BlockState::Expired);
    assert!(kinds(&city.hears_with(1, flirting(), noise())).starts_with("report_received"));
}

#[test]
fn a_block_for_ever_does_not_end_by_itself() {
    let mut city = City::drawn("A.*");
    (0..3).for_each(|_| drop(city.misused_by(1)));
    let block = city.block();
    city.ask(Command::ConfirmBlock { block, by: officer(2), days: Some(0) }).unwrap();
    city.wait(4000 * DAY_S);
    city.ask(Command::Tick).unwrap();
    assert_eq!(city.desk.blocks[&block].state, BlockState::Active);
}

#[test]
fn a_strike_taken_back_does_not_count_and_takes_a_waiting_block_with_it() {
    let mut city = City::drawn("A.*");
    (0..3).for_each(|_| drop(city.misused_by(1)));
    let (block, strike) = (city.block(), *city.desk.strikes.keys().next().unwrap());
    let events = city.ask(Command::ReverseStrike { strike, by: officer(2), note: why() }).unwrap();
    assert_eq!(kinds(&events), "strike_reversed block_declined");
    assert_eq!(city.desk.blocks[&block].state, BlockState::Declined);
    assert!(city.ask(Command::ReverseStrike { strike, by: officer(2), note: why() }).is_err());
    let struck = city.misused_by(1);
    assert!(kinds(&struck).contains("block_proposed"), "two still counted, this is the third");
}

#[test]
fn a_blocked_person_does_not_open_what_was_closed() {
    let mut city = City::drawn("A.*");
    let block = city.blocks(1);
    let report: ReportId = city.report();
    let events = city.ask(Command::Reopen { report, message: why() }).unwrap();
    assert_eq!(kinds(&events), "blocked_contact");
    assert!(!city.desk.reports[&report].is_open());
    assert_eq!(city.desk.blocks[&block].contacts, 1);
}

#[test]
fn somebody_blocked_by_hand_needs_no_strikes_and_is_blocked_once() {
    let mut city = City::drawn("A.*");
    city.hears(1, flirting());
    let report = city.report();
    let reporter = city.desk.reports[&report].reporter;
    let propose = |channel| Command::ProposeBlock { reporter, channel, report: None, by: officer(1), note: None };
    assert!(city.ask(propose(Channel::Call110)).is_err());
    city.ask(propose(Channel::Whatsapp)).unwrap();
    assert!(city.ask(propose(Channel::Whatsapp)).is_err());
    let block = city.block();
    city.ask(Command::DeclineBlock { block, by: officer(2), note: None }).unwrap();
    assert!(city.ask(Command::LiftBlock { block, by: officer(2), note: why() }).is_err());
    assert!(city.ask(Command::AppealBlock { block, appeal: why() }).is_err());
    city.ask(propose(Channel::Whatsapp)).unwrap();
}

#[test]
fn what_becomes_urgent_in_somebodys_hands_is_no_noise_when_it_goes_back_to_the_queue() {
    let mut city = City::drawn("A.*");
    city.hears_with(1, flirting(), noise());
    city.ask(Command::Claim { report: Some(city.report()), polsek: None, by: officer(1) }).unwrap();
    city.hears(1, understood(Category::LakaLantas, Priority::P2, None));
    city.ask(Command::Release(city.report())).unwrap();
    assert_eq!(city.lane(), Lane::Main);
}
