//! Categories as an office calls and offers them. The codes are the program's and fixed: reports, plans and
//! figures carry them. Names, order, the citizens' form and further words are the office's.
//!
//! An office adds matters of its own by naming one of the places kept for them ([`Category::OWN`]). A place
//! without a name stands in no set and is offered nowhere. Once named it is a category like any other and stays
//! one, because reports may carry it: emptying or leaving out its name retires it under the name it had.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::report::{Category, Service};

/// Characters of a name at most: it stands in rows and on buttons.
pub const MOST_NAME: usize = 40;

/// Own words of one category at most.
pub const MOST_WORDS: usize = 30;

/// Characters of one own word or phrase.
pub const WORD_CHARS: std::ops::RangeInclusive<usize> = 3..=40;

/// One category as an office calls and offers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryStyle {
    /// Which; fixed.
    pub code: Category,
    /// The office's Indonesian name, up to 40 characters; none for the program's.
    #[serde(default)]
    pub name_id: Option<String>,
    /// The office's English name, up to 40 characters; none for the program's.
    #[serde(default)]
    pub name_en: Option<String>,
    /// Citizens may choose it on their form.
    #[serde(default)]
    pub on_form: bool,
    /// People no longer choose it. What carries it keeps it, and the machine may still read it; of the office's own
    /// it then reads none.
    #[serde(default)]
    pub retired: bool,
    /// Words and phrases by which people of this city mean it, up to 30 of 3 to 40 characters.
    #[serde(default)]
    pub words: Vec<String>,
}

/// All categories of an office, each once, in the order they are offered: the program's, and those of its own that
/// it has named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategorySet {
    /// In order.
    pub items: Vec<CategoryStyle>,
}

/// Why categories cannot be so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCategories {
    /// One is there twice, or one of the program's not at all.
    #[error("each category stands there once: {code} does not")]
    NotOnce {
        /// Which.
        code: &'static str,
    },
    /// A name that is empty, too long or not of one line.
    #[error("a name has 1 to {MOST_NAME} characters on one line")]
    Name {
        /// Whose.
        code: &'static str,
        /// `name_id` or `name_en`.
        field: &'static str,
    },
    /// Two categories with one name.
    #[error("{code} has the name of another category")]
    SameName {
        /// The second of them.
        code: &'static str,
        /// `name_id` or `name_en`.
        field: &'static str,
    },
    /// One the engine cannot do without.
    #[error("{code} is needed")]
    Needed {
        /// Which.
        code: &'static str,
    },
    /// One that citizens cannot mean, or that is no longer used, on their form.
    #[error("{code} cannot stand on the citizens' form")]
    OnForm {
        /// Which.
        code: &'static str,
    },
    /// Own words that cannot be.
    #[error("own words: up to {MOST_WORDS}, each of 3 to 40 letters or digits and blanks")]
    Word {
        /// Whose.
        code: &'static str,
    },
    /// A word that stands for two.
    #[error("a word stands for one category only: {word}")]
    SameWord {
        /// The second of them.
        code: &'static str,
        /// The word.
        word: String,
    },
}

impl BadCategories {
    /// Stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOnce { .. } => "category_not_once",
            Self::Name { .. } => "category_name",
            Self::SameName { .. } => "category_same_name",
            Self::Needed { .. } => "category_needed",
            Self::OnForm { .. } => "category_on_form",
            Self::Word { .. } => "category_word",
            Self::SameWord { .. } => "category_same_word",
        }
    }

    /// What it is about, as a path: `sim.name_id`.
    #[must_use]
    pub fn field(&self) -> String {
        match self {
            Self::NotOnce { code } => (*code).to_owned(),
            Self::Name { code, field } | Self::SameName { code, field } => format!("{code}.{field}"),
            Self::Needed { code } => format!("{code}.retired"),
            Self::OnForm { code } => format!("{code}.on_form"),
            Self::Word { code } | Self::SameWord { code, .. } => format!("{code}.words"),
        }
    }
}

/// What citizens are offered as long as an office says nothing else.
const ON_FORM: [Category; 10] = [
    Category::LakaLantas,
    Category::Kemacetan,
    Category::Kejahatan,
    Category::Kekerasan,
    Category::Kamtibmas,
    Category::PohonTumbang,
    Category::Kebakaran,
    Category::Bencana,
    Category::OrangHilang,
    Category::JalanRusak,
];

/// What the engine says of what it does not understand, and what ends as misuse: always offered.
const NEEDED: [Category; 3] = [Category::BelumJelas, Category::LayananLain, Category::Prank];

impl CategoryStyle {
    /// As the program calls and offers it; of an office's own, what it is before it has a name.
    #[must_use]
    pub fn unnamed(code: Category) -> Self {
        let on_form = ON_FORM.contains(&code);
        Self { code, name_id: None, name_en: None, on_form, retired: false, words: Vec::new() }
    }

    /// No longer offered to anybody, under the name it has.
    fn put_away(&self) -> Self {
        Self { on_form: false, retired: true, words: Vec::new(), ..self.clone() }
    }
}

impl CategorySet {
    /// As they come with the program.
    #[must_use]
    pub fn builtin() -> Self {
        let mut items: Vec<CategoryStyle> = Category::ALL.iter().copied().map(CategoryStyle::unnamed).collect();
        // What a patrol goes to stands first, what is none of ours last.
        items.sort_by_key(|style| match style.code.service() {
            Service::Police => 0,
            Service::Information => 1,
            Service::OtherAgency => 2,
            Service::OffTopic => 3,
            Service::Prank => 4,
        });
        Self { items }
    }

    /// The Indonesian name of a category in this office.
    #[must_use]
    pub fn name(&self, category: Category) -> &str {
        self.style(category).and_then(|style| style.name_id.as_deref()).unwrap_or(category.label())
    }

    /// Whether it is a category here: one of the program's, or of the office's own with a name.
    #[must_use]
    pub fn has(&self, category: Category) -> bool {
        !category.is_own() || self.style(category).is_some()
    }

    fn style(&self, category: Category) -> Option<&CategoryStyle> {
        self.items.iter().find(|style| style.code == category)
    }

    /// These in the place of `before`, whose own matters stay: one whose name is emptied, or that is left out, is
    /// retired under the name it had.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        for style in self.items.iter_mut().filter(|style| style.code.is_own() && style.name_id.is_none()) {
            if let Some(was) = before.style(style.code) {
                *style = was.put_away();
            }
        }
        let left_out = |was: &&CategoryStyle| was.code.is_own() && self.style(was.code).is_none();
        let kept: Vec<CategoryStyle> = before.items.iter().filter(left_out).map(CategoryStyle::put_away).collect();
        self.items.extend(kept);
        self
    }

    /// With blanks put in order, what is empty left out, and the program's own name not said twice.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let one_line = |name: Option<String>| {
            let name = name.map(|name| blanks_in_order(&name));
            name.filter(|name| !name.is_empty())
        };
        for style in &mut self.items {
            style.name_id = one_line(style.name_id.take()).filter(|name| name != style.code.label());
            style.name_en = one_line(style.name_en.take());
            let words = style.words.iter().map(|word| blanks_in_order(&word.to_lowercase()));
            let mut known = HashSet::new();
            style.words = words.filter(|word| !word.is_empty() && known.insert(word.clone())).collect();
        }
        self
    }

    /// Checks that each category is there once and can be told from the others.
    ///
    /// # Errors
    /// [`BadCategories`]: the first thing that is wrong, by name.
    pub fn check(&self) -> Result<(), BadCategories> {
        for code in Category::every() {
            let times = self.items.iter().filter(|style| style.code == code).count();
            if times > 1 || (times == 0 && !code.is_own()) {
                return Err(BadCategories::NotOnce { code: code.code() });
            }
        }
        let mut names: HashSet<(&str, String)> = HashSet::new();
        let mut words: HashMap<&str, Category> = HashMap::new();
        for style in &self.items {
            let code = style.code.code();
            if style.code.is_own() && style.name_id.is_none() {
                return Err(BadCategories::Name { code, field: "name_id" });
            }
            let indonesian = style.name_id.as_deref().unwrap_or(style.code.label());
            let given = [("name_id", Some(indonesian)), ("name_en", style.name_en.as_deref())];
            for (field, name) in given.into_iter().filter_map(|(field, name)| Some((field, name?))) {
                if name.trim().is_empty() || name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
                    return Err(BadCategories::Name { code, field });
                }
                if !names.insert((field, name.to_lowercase())) {
                    return Err(BadCategories::SameName { code, field });
                }
            }
            if style.retired && NEEDED.contains(&style.code) {
                return Err(BadCategories::Needed { code });
            }
            let none_of_ours = matches!(style.code.service(), Service::OffTopic | Service::Prank);
            if style.on_form && (style.retired || none_of_ours) {
                return Err(BadCategories::OnForm { code });
            }
            if style.words.len() > MOST_WORDS || !style.words.iter().all(|word| is_word(word)) {
                return Err(BadCategories::Word { code });
            }
            for word in &style.words {
                if words.insert(word, style.code).is_some() {
                    return Err(BadCategories::SameWord { code, word: word.clone() });
                }
            }
        }
        Ok(())
    }

    /// The categories that are named, offered or placed otherwise than in `before`, in their new order: as each was,
    /// and as it is. A new one was unnamed.
    #[must_use]
    pub fn changed_from(&self, before: &Self) -> Vec<(CategoryStyle, CategoryStyle)> {
        let was = |code: Category| before.style(code).cloned().unwrap_or_else(|| CategoryStyle::unnamed(code));
        let pairs = self.items.iter().map(|now| (was(now.code), now.clone()));
        pairs.filter(|(was, now)| was != now).collect()
    }

    /// Whether both offer them in the same order.
    #[must_use]
    pub fn same_order(&self, other: &Self) -> bool {
        self.items.iter().map(|style| style.code).eq(other.items.iter().map(|style| style.code))
    }
}

fn blanks_in_order(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_word(word: &str) -> bool {
    let letters = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '\'');
    WORD_CHARS.contains(&word.chars().count()) && word.chars().all(letters) && word.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut CategorySet)) -> (&'static str, String) {
        let mut set = CategorySet::builtin();
        change(&mut set);
        let error = set.check().unwrap_err();
        (error.code(), error.field())
    }

    fn of(set: &mut CategorySet, code: Category) -> &mut CategoryStyle {
        set.items.iter_mut().find(|style| style.code == code).unwrap()
    }

    #[test]
    fn the_categories_of_the_program_are_lawful_and_keep_their_names() {
        let set = CategorySet::builtin();
        assert_eq!(set.check(), Ok(()));
        assert_eq!(set.clone().tidied(), set);
        assert!(Category::ALL.iter().all(|code| set.name(*code) == code.label()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        use Category::{BelumJelas, Hewan, Odgj, Sim, Spam};
        let name = |set: &mut CategorySet, code, name: &str| of(set, code).name_id = Some(name.to_owned());
        assert_eq!(refused(|set| drop(set.items.pop())).0, "category_not_once");
        assert_eq!(refused(|set| set.items.push(set.items[0].clone())).0, "category_not_once");
        assert_eq!(refused(|set| name(set, Sim, &"x".repeat(41))), ("category_name", "sim.name_id".to_owned()));
        assert_eq!(refused(|set| name(set, Sim, "satu\ndua")).0, "category_name");
        assert_eq!(refused(|set| of(set, Sim).name_en = Some(" ".to_owned())).1, "sim.name_en");
        assert_eq!(refused(|set| name(set, Hewan, "odgj")), ("category_same_name", "hewan.name_id".to_owned()));
        assert_eq!(refused(|set| of(set, BelumJelas).retired = true).0, "category_needed");
        assert_eq!(refused(|set| of(set, Spam).on_form = true), ("category_on_form", "spam.on_form".to_owned()));
        assert_eq!(
            refused(|set| of(set, Sim).words = vec!["ab".to_owned()]),
            ("category_word", "sim.words".to_owned())
        );
        let words = |set: &mut CategorySet| {
            of(set, Hewan).words = vec!["ular sanca".to_owned()];
            of(set, Odgj).words = vec!["ular sanca".to_owned()];
        };
        assert_eq!(refused(words).0, "category_same_word");
        // Names in any script and with pictures are names.
        let mut set = CategorySet::builtin();
        name(&mut set, Sim, "SIM 🚗 ꦱꦶꦩ꧀");
        assert_eq!(set.check(), Ok(()));
    }

    #[test]
    fn blanks_and_doubles_are_put_in_order() {
        let mut set = CategorySet::builtin();
        *of(&mut set, Category::Sim) = CategoryStyle {
            code: Category::Sim,
            name_id: Some("  SIM \t baru ".to_owned()),
            name_en: Some("  ".to_owned()),
            on_form: false,
            retired: false,
            words: vec!["  Kartu   Kuning".to_owned(), "kartu kuning".to_owned(), String::new()],
        };
        of(&mut set, Category::Hewan).name_id = Some("Hewan".to_owned());
        let mut set = set.tidied();
        let sim = of(&mut set, Category::Sim).clone();
        assert_eq!(
            (sim.name_id.as_deref(), sim.name_en, sim.words),
            (Some("SIM baru"), None, vec!["kartu kuning".to_owned()])
        );
        assert_eq!(of(&mut set, Category::Hewan).name_id, None, "the program's own name is no change");
        assert_eq!(set.name(Category::Sim), "SIM baru");
    }

    fn own(code: Category, name: &str) -> CategoryStyle {
        CategoryStyle { name_id: Some(name.to_owned()), ..CategoryStyle::unnamed(code) }
    }

    #[test]
    fn a_place_for_an_own_matter_is_nothing_before_it_has_a_name() {
        let mut set = CategorySet::builtin();
        assert!(set.items.iter().all(|style| !style.code.is_own()));
        assert!(set.has(Category::Sim) && !set.has(Category::OwnPolice1));
        set.items.insert(0, own(Category::OwnPolice1, "Balap liar"));
        assert_eq!(set.check(), Ok(()));
        assert!(set.has(Category::OwnPolice1) && !set.has(Category::OwnPolice2));
        assert_eq!(set.name(Category::OwnPolice1), "Balap liar");
        let seen = set.changed_from(&CategorySet::builtin());
        assert_eq!(seen, [(CategoryStyle::unnamed(Category::OwnPolice1), set.items[0].clone())]);

        use Category::OwnInfo1;
        assert_eq!(
            refused(|set| set.items.push(CategoryStyle::unnamed(OwnInfo1))),
            ("category_name", "own_info_1.name_id".to_owned())
        );
        assert_eq!(refused(|set| set.items.push(own(OwnInfo1, "skck"))).0, "category_same_name");
        let twice = |set: &mut CategorySet| set.items.extend([own(OwnInfo1, "a"), own(OwnInfo1, "b")]);
        assert_eq!(refused(twice), ("category_not_once", "own_info_1".to_owned()));
    }

    #[test]
    fn an_own_matter_whose_name_is_emptied_or_left_out_is_retired_under_it() {
        let mut before = CategorySet::builtin();
        let named =
            CategoryStyle { on_form: true, words: vec!["balapan".to_owned()], ..own(Category::OwnPolice3, "Balap") };
        before.items.insert(2, named.clone());
        let put_away = CategoryStyle { on_form: false, retired: true, words: Vec::new(), ..named.clone() };

        let mut emptied = before.clone();
        of(&mut emptied, Category::OwnPolice3).name_id = Some("  ".to_owned());
        let emptied = emptied.tidied().after(&before);
        assert_eq!((emptied.check(), &emptied.items[2]), (Ok(()), &put_away), "it keeps its place");

        let left_out = CategorySet::builtin().after(&before);
        assert_eq!((left_out.check(), left_out.items.last()), (Ok(()), Some(&put_away)));
        // Named anew it is back, under the new name.
        let mut back = left_out.clone();
        *of(&mut back, Category::OwnPolice3) = own(Category::OwnPolice3, "Tawuran");
        assert_eq!(back.clone().after(&left_out), back);
    }

    proptest::proptest! {
        /// However an office edits, what was named once has a name for good, and each set is lawful.
        #[test]
        fn no_own_matter_ever_loses_its_name(
            edits in proptest::collection::vec(proptest::collection::vec((0_usize..12, proptest::bool::ANY), 0..6), 1..8),
        ) {
            let (mut set, mut known) = (CategorySet::builtin(), HashSet::new());
            for edit in edits {
                let mut next = CategorySet::builtin();
                for (at, named) in edit {
                    let code = Category::OWN[at];
                    if next.has(code) || !(named || set.has(code)) {
                        continue;
                    }
                    let name = named.then(|| format!("perkara {at}"));
                    next.items.push(CategoryStyle { name_id: name, ..CategoryStyle::unnamed(code) });
                    known.insert(code);
                }
                set = next.tidied().after(&set);
                proptest::prop_assert_eq!(set.check(), Ok(()));
                for code in &known {
                    proptest::prop_assert!(set.has(*code) && set.name(*code).starts_with("perkara"));
                }
            }
        }
    }
}
