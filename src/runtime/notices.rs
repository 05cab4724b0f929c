//! What follows from a block: the words the person is told, and the order to WhatsApp to block him too.
//! Both are promised by the entry, recorded with it, and sent like every other message. He may have no
//! report any more, so these do not hang on one.

use super::outgoing::{Outgoing, To, out_rows_to, outbox_row};
use crate::dispatch::desk::Desk;
use crate::feedback::wording::{Outbound, Params};
use crate::model::clock::Timestamp;
use crate::model::entry::{Entry, Event, Template};
use crate::model::id::{BlockId, MessageId, ReportId};
use crate::model::shield::Block;
use crate::store::{Statement, StoreError};

/// The rows of the message and of the order to the channel that an entry about a block promises; none
/// when it promises none. A person hears of his block before the channel closes, and is let in before
/// he hears that he is.
///
/// # Errors
/// The message cannot be sealed.
pub fn rows(outgoing: &Outgoing, desk: &Desk, entry: &Entry) -> Result<Vec<Statement>, StoreError> {
    let mut rows = words(outgoing, desk, entry)?;
    if let Some((block, template)) = order(desk, &entry.event) {
        let to = To { report: ReportId(block.id.0), reporter: block.reporter, channel: block.channel };
        let nothing = Outbound::default();
        let id = order_id(entry);
        let row = outbox_row(outgoing.store.vault(), &desk.polres, to, id, template, &nothing, entry.at)?;
        let place = if template == Template::ChannelBlock { rows.len() } else { 0 };
        rows.insert(place, row);
    }
    Ok(rows)
}

/// What WhatsApp is to do because of this entry.
fn order<'a>(desk: &'a Desk, event: &Event) -> Option<(&'a Block, Template)> {
    let (block, template) = match event {
        Event::BlockConfirmed { block, at_channel: true, .. } => (block, Template::ChannelBlock),
        Event::BlockLifted { block, .. } | Event::BlockExpired { block } => (block, Template::ChannelUnblock),
        _ => return None,
    };
    desk.blocks.get(block).filter(|block| block.at_channel).map(|block| (block, template))
}

/// The id of the order an entry gives: of the entry's own hash, so that writing it twice is one order.
fn order_id(entry: &Entry) -> MessageId {
    let mut id = [0; 16];
    id.iter_mut().zip(entry.hash).for_each(|(to, from)| *to = from);
    MessageId(uuid::Builder::from_custom_bytes(id).into_uuid())
}

fn words(outgoing: &Outgoing, desk: &Desk, entry: &Entry) -> Result<Vec<Statement>, StoreError> {
    let Some((block, message, template)) = promised(&entry.event) else { return Ok(Vec::new()) };
    let Some(block) = desk.blocks.get(&block) else { return Ok(Vec::new()) };
    let params = Params {
        office: Some(outgoing.office.clone()),
        text: (template == Template::Blocked).then(|| until(block.expires_at, desk.utc_offset_h)),
        ..Params::default()
    };
    let to = To { report: ReportId(block.id.0), reporter: block.reporter, channel: block.channel };
    let outbound = outgoing.handbook.wording().compose(template, &params);
    out_rows_to(outgoing.store.vault(), &desk.polres, to, message, template, &outbound, entry.at)
}

fn promised(event: &Event) -> Option<(BlockId, MessageId, Template)> {
    let (block, message, template) = match event {
        Event::BlockConfirmed { block, message, .. } => (block, message, Template::Blocked),
        Event::BlockLifted { block, message, .. } => (block, message, Template::Unblocked),
        Event::BlockAppealed { block, message, .. } => (block, message, Template::AppealReceived),
        _ => return None,
    };
    Some((*block, (*message)?, template))
}

/// When a block ends, in the office's own calendar.
fn until(expires_at: Option<Timestamp>, utc_offset_h: i32) -> String {
    let Some(at) = expires_at else { return "tanpa batas waktu".to_owned() };
    format!("sampai {}", at.local_date_in_words(utc_offset_h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_block_is_said_in_the_calendar_of_the_office() {
        // 2026-12-21 17:30 UTC is already the 22nd in Medan.
        let at = "2026-12-21T17:30:00Z".parse().unwrap();
        assert_eq!(until(Some(at), 7), "sampai 22 Desember 2026");
        assert_eq!(until(None, 7), "tanpa batas waktu");
    }
}
