//! The words of one office for its categories: messages and words enter, the category that is meant leaves.
//! Pure. What decides which reading they may change stands in `runtime/reading.rs`.

use super::normalise::tokens;
use crate::model::category::{CategorySet, CategoryStyle};
use crate::model::report::Category;

/// The category whose own words stand in the messages, and the words: the longest first, of equally long ones
/// the one that is offered first.
#[must_use]
pub fn named<'a>(texts: &[&str], set: &'a CategorySet) -> Option<(Category, &'a str)> {
    if set.items.iter().all(|style| style.words.is_empty()) {
        return None;
    }
    let said: Vec<String> = tokens(texts).into_iter().map(|token| token.word).collect();
    let mut found: Option<(usize, Category, &'a str)> = None;
    let read = |style: &&CategoryStyle| !(style.retired && style.code.is_own());
    for style in set.items.iter().filter(read) {
        for word in &style.words {
            let wanted: Vec<String> = tokens(&[word]).into_iter().map(|token| token.word).collect();
            let stands = !wanted.is_empty() && said.windows(wanted.len()).any(|part| part == wanted.as_slice());
            if stands && found.is_none_or(|(longest, ..)| wanted.len() > longest) {
                found = Some((wanted.len(), style.code, word));
            }
        }
    }
    found.map(|(_, category, word)| (category, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> CategorySet {
        let mut set = CategorySet::builtin();
        for style in &mut set.items {
            match style.code {
                Category::Kemacetan => style.words = vec!["macet".to_owned(), "pasar tumpah".to_owned()],
                Category::Kejahatan => style.words = vec!["geng motor pasar tumpah".to_owned()],
                _ => {}
            }
        }
        set
    }

    #[test]
    fn the_longest_phrase_is_meant_in_any_spelling_and_only_whole_words() {
        let set = set();
        assert_eq!(named(&["Pak ada PASAR  tumpah lagi"], &set), Some((Category::Kemacetan, "pasar tumpah")));
        let both = named(&["ada geng motor", "geng motor pasar tumpah"], &set);
        assert_eq!(both, Some((Category::Kejahatan, "geng motor pasar tumpah")));
        assert_eq!(named(&["kemacetan di pasar"], &set), None);
        assert_eq!(named(&["pasar tumpah"], &CategorySet::builtin()), None);
        assert_eq!(named(&[], &set), None);
    }

    #[test]
    fn a_retired_matter_of_the_office_s_own_is_read_no_more() {
        let mut set = set();
        let own = CategoryStyle {
            name_id: Some("Balap liar".to_owned()),
            words: vec!["balapan liar".to_owned()],
            ..CategoryStyle::unnamed(Category::OwnPolice1)
        };
        set.items.push(own);
        assert_eq!(named(&["ada balapan liar"], &set), Some((Category::OwnPolice1, "balapan liar")));
        for style in &mut set.items {
            style.retired = true;
        }
        assert_eq!(named(&["ada balapan liar"], &set), None);
        assert_eq!(named(&["pasar tumpah"], &set), Some((Category::Kemacetan, "pasar tumpah")));
    }
}
