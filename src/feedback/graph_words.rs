//! What Meta's refusals mean for whoever sets the number up, and what to do. Pure.
//!
//! Codes after Meta's list "Cloud API error codes" (developers.facebook.com, read 2026-11).

use super::transport::SendError;
use crate::model::said::{Said, said};

/// What happened, and what to do.
#[must_use]
pub fn explain(error: &SendError) -> (Said, Said) {
    match error {
        SendError::Window => (
            said(
                "Nomor tujuan belum menulis ke nomor layanan dalam 24 jam terakhir.",
                "This number has not written to the service number within 24 hours.",
            ),
            said(
                "Kirim dulu satu pesan apa saja dari telepon itu ke nomor layanan, lalu coba lagi.",
                "Send any message from that telephone to the service number first, then try again.",
            ),
        ),
        SendError::Retry { why, .. } => (
            said(
                format!("WhatsApp tidak dapat dihubungi sekarang ({why})."),
                format!("WhatsApp cannot be reached now ({why})."),
            ),
            said(
                "Periksa sambungan internet server, lalu coba lagi beberapa menit lagi.",
                "Look at the server's internet connection and try again in a few minutes.",
            ),
        ),
        SendError::Permanent { code, why } => permanent(*code, why),
    }
}

fn permanent(code: i64, why: &str) -> (Said, Said) {
    match code {
        190 | 0 | 401 => (
            said(
                "Token akses ditolak Meta: salah, atau sudah kedaluwarsa.",
                "Meta refuses the access token: wrong, or expired.",
            ),
            said(
                "Buat token permanen (System User) di Meta Business, dengan izin whatsapp_business_messaging, lalu isi whatsapp.access_token.",
                "Make a permanent token (System User) in Meta Business with the right whatsapp_business_messaging and set whatsapp.access_token.",
            ),
        ),
        10 | 200..=299 => (
            said("Token akses tidak punya izin untuk nomor ini.", "The access token has no right to this number."),
            said(
                "Beri System User izin whatsapp_business_messaging dan whatsapp_business_management untuk akun WhatsApp ini.",
                "Give the System User the rights whatsapp_business_messaging and whatsapp_business_management for this WhatsApp account.",
            ),
        ),
        100 | 33 | 404 => (
            said(
                "Meta tidak mengenal nomor ini (phone_number_id salah).",
                "Meta does not know this number (wrong phone_number_id).",
            ),
            said(
                "Salin Phone number ID dari halaman API Setup di Meta ke whatsapp.phone_numbers. Ini bukan nomor teleponnya.",
                "Copy the Phone number ID from the page API Setup at Meta to whatsapp.phone_numbers. It is not the telephone number.",
            ),
        ),
        131_030 => (
            said("Nomor tujuan belum terdaftar sebagai nomor uji.", "The number is not on the list of test numbers."),
            said(
                "Nomor layanan masih nomor percobaan: tambahkan nomor tujuan di Meta, halaman API Setup, bagian To.",
                "The service number is a trial number: add this one at Meta, page API Setup, part To.",
            ),
        ),
        131_026 => (
            said("Nomor tujuan tidak dapat menerima pesan WhatsApp.", "This number cannot take WhatsApp messages."),
            said(
                "Periksa nomornya, dan apakah telepon itu memakai WhatsApp.",
                "Look at the number, and whether that telephone has WhatsApp.",
            ),
        ),
        131_031 | 368 => (
            said("Akun WhatsApp ini dikunci oleh Meta.", "Meta has locked this WhatsApp account."),
            said("Buka WhatsApp Manager dan ajukan peninjauan.", "Open the WhatsApp Manager and ask for a review."),
        ),
        131_042 => (
            said("Pembayaran akun WhatsApp belum beres.", "The payment of the WhatsApp account is not settled."),
            said("Lengkapi cara pembayaran di Meta Business.", "Complete the payment in Meta Business."),
        ),
        131_045 | 133_010 => (
            said(
                "Nomor layanan belum terdaftar di Cloud API.",
                "The service number is not registered with the Cloud API.",
            ),
            said(
                "Daftarkan nomor itu di Meta (Register), dengan PIN enam angka.",
                "Register the number at Meta (Register), with a PIN of six digits.",
            ),
        ),
        131_048 | 131_049 => (
            said("Meta membatasi pesan dari nomor ini.", "Meta limits messages from this number."),
            said(
                "Tunggu sehari, lalu lihat mutu nomor di WhatsApp Manager.",
                "Wait a day, then see the number's quality in the WhatsApp Manager.",
            ),
        ),
        132_000..=132_999 => (
            said(
                format!("Templat tidak dapat dipakai (kode {code})."),
                format!("The template cannot be used (code {code})."),
            ),
            said(
                "Periksa nama dan bahasa templat di whatsapp.templates.",
                "Look at the template's name and language in whatsapp.templates.",
            ),
        ),
        _ => (
            said(
                format!("WhatsApp menolak pesan (kode {code}): {why}"),
                format!("WhatsApp refused the message (code {code}): {why}"),
            ),
            said(
                "Cari kode itu di halaman Cloud API error codes milik Meta.",
                "Look that code up on Meta's page Cloud API error codes.",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_mistakes_are_told_apart_and_each_says_what_to_do() {
        let said = |code| explain(&SendError::Permanent { code, why: "x".to_owned() });
        let codes = [190, 10, 100, 131_030, 131_026, 131_031, 131_042, 133_010, 131_048, 132_001, 470];
        let words: std::collections::BTreeSet<String> = codes.map(|code| said(code).0.id).into();
        assert_eq!(words.len(), codes.len());
        for error in [SendError::Window, SendError::Retry { after_s: 6, why: "timeout".to_owned() }] {
            let (words, hint) = explain(&error);
            assert!(!words.id.is_empty() && !hint.en.is_empty());
        }
        assert!(said(470).0.id.contains("470"), "a code nobody foresaw is shown");
    }
}
