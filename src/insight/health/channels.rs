//! The ways in and out: WhatsApp, the outbox, the telephone 110, the citizen app.

use super::{Facts, Item, Level, Line, item, ok, span};
use crate::model::said::said;

/// A message to a reporter that waits longer is felt; after ten minutes the channel is away.
const OUTBOX_WARN_S: f64 = 120.0;
const OUTBOX_BAD_S: f64 = 600.0;
/// A city's number is never silent for a day.
const SILENT_S: f64 = 24.0 * 3600.0;
/// Wrong signatures count this long.
const SIGNATURE_S: f64 = 3600.0;

/// Judges every channel.
pub(super) fn judge(facts: &Facts) -> Vec<Item> {
    let mut items = whatsapp(facts);
    items.extend([outbox(facts), dead(facts), call_110(facts), citizen_app(facts)]);
    items
}

fn whatsapp(facts: &Facts) -> Vec<Item> {
    let Some(line) = &facts.line else {
        let words = said("Kantor ini belum punya nomor WhatsApp.", "This office has no WhatsApp number yet.");
        let hint = said("Buka Persiapan, langkah Nomor WhatsApp.", "Open Set-up, step WhatsApp number.");
        return vec![item("whatsapp", Level::Bad, words, hint)];
    };
    let mut items = Vec::new();
    if !line.can_send || !line.can_receive {
        let (id, en) = match (line.can_send, line.can_receive) {
            (false, false) => ("tidak dapat mengirim dan tidak dapat menerima", "neither send nor receive"),
            (false, true) => ("tidak dapat mengirim: token akses belum diisi", "not send: the access token is not set"),
            _ => ("tidak dapat menerima: kunci rahasia aplikasi belum diisi", "not receive: the app secret is not set"),
        };
        items.push(item(
            "whatsapp",
            Level::Bad,
            said(format!("WhatsApp {id}."), format!("WhatsApp can {en}.")),
            said(
                "Isi pengaturan yang disebut pada Persiapan, langkah Nomor WhatsApp.",
                "Set what Set-up names at the step WhatsApp number.",
            ),
        ));
    }
    items.extend(signature(facts, line));
    items.push(heard(facts, line));
    if line.templates == 0 && !line.gateway {
        items.push(item(
            "templates",
            Level::Warn,
            said(
                "Belum ada templat yang disetujui Meta: pelapor yang terakhir menulis lebih dari 24 jam lalu tidak dapat diberi kabar.",
                "Meta has approved no template: who last wrote more than 24 hours ago cannot be told anything.",
            ),
            said("Ajukan templat di Meta, lalu tulis namanya pada whatsapp.templates.", "Submit templates at Meta and name them in whatsapp.templates."),
        ));
    }
    match line.quality.as_deref() {
        Some("RED") => items.push(quality(Level::Bad, "rendah (merah)", "low (red)")),
        Some("YELLOW") => items.push(quality(Level::Warn, "sedang (kuning)", "medium (yellow)")),
        Some("GREEN") => items.push(ok(
            "quality",
            said("Mutu nomor menurut Meta: baik (hijau).", "Quality of the number by Meta: high (green)."),
        )),
        _ => {}
    }
    items
}

fn quality(level: Level, id: &str, en: &str) -> Item {
    item(
        "quality",
        level,
        said(
            format!("Mutu nomor menurut Meta: {id}. Jumlah pesan dapat dibatasi."),
            format!("Quality of the number by Meta: {en}. Messages may be limited."),
        ),
        said(
            "Kurangi pesan yang tidak diminta; lihat penilaian di WhatsApp Manager.",
            "Send fewer messages nobody asked for; see the rating in the WhatsApp Manager.",
        ),
    )
}

fn signature(facts: &Facts, line: &Line) -> Option<Item> {
    let at = line.forged_at.filter(|at| facts.now.secs_since(*at) < SIGNATURE_S)?;
    let recovered = line.signed_at.is_some_and(|signed| signed > at);
    let level = if recovered { Level::Warn } else { Level::Bad };
    Some(
        item(
            "signature",
            level,
            said(
                format!("{} kiriman ditolak karena tanda tangannya salah.", line.forged),
                format!("{} deliveries were refused for a wrong signature.", line.forged),
            ),
            said(
                "Bila ini dari Meta, kunci rahasia aplikasi (App Secret) di Meta berbeda dengan whatsapp.app_secret di sini: samakan. Bila bukan, seseorang mencoba menyusup; tidak ada yang masuk.",
                "If they are Meta's, the App Secret there differs from whatsapp.app_secret here: make them the same. If not, somebody tries to get in; nothing did.",
            ),
        )
        .since(Some(at)),
    )
}

fn heard(facts: &Facts, line: &Line) -> Item {
    let hint = said(
        "Kirim pesan dari telepon sendiri ke nomor layanan. Bila tidak muncul di antrean, periksa alamat webhook di Meta (Persiapan, langkah Nomor WhatsApp).",
        "Write to the service number from your own telephone. If it does not appear in the queue, look at the webhook address at Meta (Set-up, step WhatsApp number).",
    );
    match line.heard_at {
        None => item(
            "heard",
            Level::Warn,
            said("Belum pernah ada pesan WhatsApp yang masuk.", "No WhatsApp message has ever come in."),
            hint,
        ),
        Some(at) => {
            let secs = facts.now.secs_since(at);
            let ago = span(secs);
            let words = said(
                format!("Pesan WhatsApp terakhir masuk {} yang lalu.", ago.id),
                format!("The last WhatsApp message came in {} ago.", ago.en),
            );
            let found = if secs > SILENT_S { item("heard", Level::Warn, words, hint) } else { ok("heard", words) };
            found.since(Some(at))
        }
    }
}

fn outbox(facts: &Facts) -> Item {
    let secs = facts.waiting_since.map_or(0.0, |at| facts.now.secs_since(at));
    if secs <= OUTBOX_WARN_S {
        return ok("outbox", said("Pesan keluar tidak menumpuk.", "No outgoing messages pile up."));
    }
    let level = if secs > OUTBOX_BAD_S { Level::Bad } else { Level::Warn };
    let long = span(secs);
    item(
        "outbox",
        level,
        said(format!("Pesan ke pelapor menunggu {} dan belum terkirim.", long.id), format!("A message to a reporter has waited {} and is not sent.", long.en)),
        said(
            "Periksa sambungan internet server dan token akses WhatsApp; pesan dikirim sendiri setelah pulih.",
            "Look at the server's internet connection and the WhatsApp access token; messages go out by themselves afterwards.",
        ),
    )
    .since(facts.waiting_since)
}

fn dead(facts: &Facts) -> Item {
    let (count, since) = facts.dead;
    if count == 0 {
        return ok("dead", said("Tidak ada pesan yang gagal.", "No message has failed."));
    }
    item(
        "dead",
        Level::Warn,
        said(
            format!("{count} pesan ke pelapor gagal terkirim."),
            format!("{count} messages to reporters have failed."),
        ),
        said(
            "Buka Pesan gagal: di sana tertulis sebabnya, dan pengawas dapat mengirim ulang.",
            "Open Failed messages: the cause stands there, and a supervisor can send them again.",
        ),
    )
    .since(since)
}

fn call_110(facts: &Facts) -> Item {
    let hint = said(
        "Periksa sambungan sentral telepon dan token yang dipakainya.",
        "Look at the connection of the telephone exchange and the token it uses.",
    );
    if facts.lines_110 == 0 {
        let words = said("Telepon 110 belum disambungkan.", "The 110 telephone is not connected.");
        let hint = said("Isi call110.lines bila sentral sudah siap.", "Set call110.lines when the exchange is ready.");
        return item("call_110", Level::Note, words, hint);
    }
    match facts.called_at {
        None => item(
            "call_110",
            Level::Warn,
            said("Sentral telepon 110 belum pernah memberi kabar.", "The 110 exchange has never told of a call."),
            hint,
        ),
        Some(at) => {
            let secs = facts.now.secs_since(at);
            let ago = span(secs);
            let words = said(
                format!("Telepon 110 terakhir {} yang lalu.", ago.id),
                format!("The last 110 call was {} ago.", ago.en),
            );
            let found =
                if secs > SILENT_S { item("call_110", Level::Warn, words, hint) } else { ok("call_110", words) };
            found.since(Some(at))
        }
    }
}

fn citizen_app(facts: &Facts) -> Item {
    if facts.line.as_ref().is_some_and(|line| line.can_send) {
        return ok(
            "citizen_app",
            said("Aplikasi warga dapat mengirim kode masuk.", "The citizen app can send its codes."),
        );
    }
    item(
        "citizen_app",
        Level::Warn,
        said(
            "Warga tidak dapat masuk ke aplikasi: kode masuk dikirim lewat WhatsApp.",
            "Citizens cannot enter the app: its codes go over WhatsApp.",
        ),
        said("Selesaikan langkah Nomor WhatsApp.", "Finish the step WhatsApp number."),
    )
}
