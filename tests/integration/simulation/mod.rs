//! A day of one Polres without a network, a disk or a clock: thousands of random commands, crashes at
//! random points, and a judge that looks at the desk after every decision.

mod agencies;
mod calls;
mod day;
mod moves;
mod town;

use std::collections::BTreeMap;

use self::day::Day;

/// Seeds of the days that are always lived through; a day that found a fault joins them.
const SEEDS: [u64; 6] = [1, 2, 3, 4, 5, 20_261_121];

/// Commands of one day.
const COMMANDS: u32 = 2500;

#[test]
fn any_day_with_crashes_leaves_a_lawful_desk_and_a_whole_journal() {
    let mut commands: BTreeMap<String, u32> = BTreeMap::new();
    let mut events: BTreeMap<String, u32> = BTreeMap::new();
    let (mut crashes, mut lost) = (0, 0);
    for seed in SEEDS {
        let mut day = Day::new(seed);
        for _ in 0..COMMANDS {
            day.live();
        }
        day.end();
        day.commands.iter().for_each(|(what, count)| *commands.entry(what.clone()).or_default() += count);
        day.event_counts().into_iter().for_each(|(kind, count)| *events.entry(kind).or_default() += count);
        crashes += day.crashes;
        lost += day.lost_entries;
    }
    print_counts("commands", &commands);
    print_counts("entries", &events);
    println!("{crashes} crashes, {lost} entries lost with them");
    assert!(crashes > 40 && lost > 100, "crashes that lose nothing test nothing");
    for (what, least) in LEAST_COMMANDS {
        let count = commands.get(*what).copied().unwrap_or(0);
        assert!(count >= *least, "{what}: only {count} times in these days, {least} wanted");
    }
    for (kind, least) in LEAST_EVENTS {
        let count = events.get(*kind).copied().unwrap_or(0);
        assert!(count >= *least, "{kind}: only {count} entries in these days, {least} wanted");
    }
}

#[test]
fn a_day_repeats_itself_to_the_last_hash() {
    let live = |seed| {
        let mut day = Day::new(seed);
        (0..400).for_each(|_| day.live());
        day.end();
        day.head()
    };
    assert_eq!(live(7), live(7));
    assert_ne!(live(7), live(8));
}

fn print_counts(title: &str, counts: &BTreeMap<String, u32>) {
    println!("{title}:");
    counts.iter().for_each(|(what, count)| println!("  {count:>6}  {what}"));
}

const LEAST_COMMANDS: &[(&str, u32)] = &[
    ("receive: done", 1000),
    ("receive again: done", 20),
    ("receive handed over: done", 20),
    ("receive handed over: nothing new", 10),
    ("claim: done", 100),
    ("claim: cannot", 10),
    ("escalate: done", 50),
    ("escalate: cannot", 10),
    ("escalate: the report has no place yet", 10),
    ("offer: done", 50),
    ("offer: unit is not available", 10),
    ("offer: say why", 5),
    ("step: done", 300),
    ("step: cannot", 50),
    ("step: nothing new", 20),
    ("hold: done", 10),
    ("resume: done", 5),
    ("close: done", 50),
    ("close: say why it is closed", 5),
    ("reopen incident: done", 10),
    ("reopen report: done", 10),
    ("status: done", 100),
    ("status: cannot", 10),
    ("emergency: done", 20),
    ("tick: done", 150),
    ("release unit: done", 10),
    ("register: call sign is taken", 3),
    ("join: done", 30),
    ("join: cannot", 10),
    ("part: done", 10),
    ("part: cannot", 5),
    ("merge: done", 20),
    ("merge: cannot", 5),
    ("unmerge: done", 5),
    ("refer: done", 50),
    ("refer: cannot", 5),
    ("acknowledge referral: done", 10),
    ("report referral: done", 20),
    ("report referral: cannot", 5),
    ("close referral: done", 5),
    ("take photo: done", 20),
    ("take photo: cannot", 5),
    ("take photo: not sent to this incident", 3),
    ("approve photo: done", 5),
    ("decline photo: done", 5),
    ("call event: done", 100),
    ("call event: nothing new", 50),
    ("claim call: done", 50),
    ("claim call: somebody else has this call", 10),
    ("file call: done", 20),
    ("file call: claim the call first", 10),
    ("divert call: done", 5),
    ("dismiss call: done", 5),
    ("release call: done", 5),
    ("call back: done", 3),
    ("call back: cannot", 3),
    ("hand call over: done", 3),
    ("strike: done", 60),
    ("strike: cannot", 20),
    ("confirm block: done", 10),
    ("confirm block: a second officer confirms it", 3),
    ("lift block: done", 3),
    ("decline block: done", 3),
    ("appeal: done", 3),
    ("reverse strike: done", 5),
    ("propose block: done", 5),
    ("propose block: cannot", 5),
    ("preempt: done", 2),
    ("preempt: the unit may not be taken from its job for this incident", 5),
    ("transfer: done", 10),
    ("transfer: cannot", 10),
    ("want help: done", 10),
    ("want help: nothing new", 5),
    ("answer help: done", 3),
    ("note help: done", 5),
    ("withdraw help: done", 3),
];

const LEAST_EVENTS: &[(&str, u32)] = &[
    ("report_received", 500),
    ("report_extended", 100),
    ("report_read", 500),
    ("report_located", 300),
    ("report_claimed", 100),
    ("report_released", 5),
    ("report_attached", 100),
    ("report_joined", 20),
    ("referral_sent", 50),
    ("referral_reminded", 20),
    ("photo_taken", 20),
    ("report_parted", 10),
    ("assignment_preempted", 2),
    ("transfer_asked", 10),
    ("assignment_transferred", 3),
    ("help", 30),
    ("incident_merged", 20),
    ("incident_unmerged", 5),
    ("report_closed", 100),
    ("report_reopened", 20),
    ("incident_opened", 100),
    ("incident_changed", 20),
    ("incident_short", 5),
    ("incident_held", 10),
    ("incident_resumed", 5),
    ("incident_closed", 50),
    ("incident_reopened", 10),
    ("assignment_offered", 200),
    ("assignment_delivered", 25),
    ("assignment_stepped", 300),
    ("assignment_expired", 50),
    ("assignment_released", 20),
    ("unit_status_set", 100),
    ("unit_emergency", 20),
    ("feedback_queued", 200),
    ("feedback_status", 20),
    ("reporter_viewed", 10),
    ("call_rang", 100),
    ("call_answered", 50),
    ("call_ended", 50),
    ("call_climbed", 20),
    ("call_claimed", 50),
    ("call_released", 5),
    ("call_filed", 20),
    ("call_handed_over", 3),
    ("call_diverted", 5),
    ("call_dismissed", 5),
    ("call_called_back", 3),
    ("report_laned", 30),
    ("strike_given", 60),
    ("strike_reversed", 5),
    ("block_proposed", 20),
    ("block_confirmed", 10),
    ("block_declined", 3),
    ("block_appealed", 3),
    ("block_lifted", 3),
    ("block_expired", 1),
    ("blocked_contact", 20),
];
