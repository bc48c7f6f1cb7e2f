//! What looks like a person's name.
//!
//! A name has no shape of its own in a text that is full of capital letters, so one is taken for a name only behind a
//! label, or with a given name that is common in the United States.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Most bytes of a name.
const LONGEST: usize = 64;

/// The end of a name that begins at `at`: "Jane Doe", "J. Q. Doe", "Doe, Jane", "DOE, JANE". At least two words, none of
/// which is a word of forms and offices; with `known`, one of them a common given name.
pub fn at(text: &str, at: usize, known: bool) -> Option<usize> {
    let mut limit = (at + LONGEST).min(text.len());
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let rest = &text[at..limit];
    let (mut end, mut words, mut whole, mut given, mut comma) = (0, 0, 0, false, false);
    while words < 4 {
        let from = match words {
            0 => 0,
            _ => match gap(&rest[end..]) {
                Some((length, is_comma)) if !(is_comma && (comma || words > 1)) => {
                    comma |= is_comma;
                    end + length
                }
                _ => break,
            },
        };
        let Some(word) = word(&rest[from..]) else {
            break;
        };
        let bare = word.trim_end_matches('.').to_lowercase();
        let is_initial = bare.chars().count() == 1;
        if !is_initial && NOT_NAMES.contains(bare.as_str()) {
            break;
        }
        words += 1;
        whole += usize::from(!is_initial);
        given |= GIVEN.contains(bare.as_str());
        end = from + word.len();
    }
    (words >= 2 && whole >= 1 && (given || !known)).then_some(at + end)
}

/// Length of what stands between two words of a name, and whether it is a comma.
fn gap(text: &str) -> Option<(usize, bool)> {
    let comma = text.starts_with(',');
    let rest = &text[usize::from(comma)..];
    match (rest.starts_with(' '), comma) {
        (true, _) => Some((1 + usize::from(comma), comma)),
        _ => None,
    }
}

/// A word with a capital letter at the beginning of `text`; an initial has its point.
fn word(text: &str) -> Option<&str> {
    let is_part = |c: char| c.is_alphabetic() || matches!(c, '\'' | '\u{2019}' | '-');
    let end = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    let word = text[..end].trim_end_matches(['\'', '-', '\u{2019}']);
    word.chars().next().filter(|c| c.is_uppercase())?;
    let is_initial = word.chars().count() == 1;
    let point = is_initial && text[word.len()..].starts_with('.');
    Some(&text[..word.len() + usize::from(point)])
}

/// True where a name with a common given name stands directly in front of `at`, on the same line: "Jane Doe (",
/// "Doe, Jane, ", "Jane Doe was ".
pub fn stands_before(text: &str, at: usize) -> bool {
    let mut start = at.saturating_sub(LONGEST);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let before = &text[start..at];
    let line = before.rsplit('\n').next().unwrap_or(before);
    let trimmed = line.trim_end_matches([
        ' ', ',', '(', ';', ':', '*', '_', '|', '"', '-', '\u{2013}', '\u{2014}', '[', '<',
    ]);
    let trimmed = ["was", "is", "patient", "child"]
        .iter()
        .fold(trimmed, |line, word| {
            line.strip_suffix(word)
                .filter(|rest| rest.ends_with(' '))
                .map_or(line, str::trim_end)
        });
    if trimmed.len() == line.len() {
        return false;
    }
    let words: Vec<&str> = trimmed.rsplit(' ').take(3).collect();
    (2..=words.len()).any(|n| {
        let length = words[..n].iter().map(|word| word.len() + 1).sum::<usize>() - 1;
        let from = trimmed.len() - length;
        let opens = trimmed[from..].len()
            - trimmed[from..]
                .trim_start_matches(|c: char| !c.is_alphabetic())
                .len();
        self::at(trimmed, from + opens, true) == Some(trimmed.len())
    })
}

static GIVEN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| GIVEN_NAMES.split_whitespace().collect());
static NOT_NAMES: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| FORM_WORDS.split_whitespace().collect());

/// Common given names, less those that are months and common words.
const GIVEN_NAMES: &str = "\
aaron abigail adam adrian aisha alan albert alejandro alex alexander alexandra alexis alfred alice alicia \
allison alyssa amanda amber amy ana andrea andrew angel angela angelica anita ann anna anne annette annie \
anthony antonio ariana arthur ashley audrey austin barbara beatrice ben benjamin bernard beth betty beverly \
bill billy bob bobby bonnie brad bradley brandon brenda brian brittany bruce bryan caleb cameron carl carla \
carlos carmen carol caroline carolyn carrie catherine cathy charles charlotte cheryl chris christian \
christina christine christopher cindy claire clara clarence claudia colin connie connor courtney craig \
crystal curtis cynthia daisy dan dana daniel danielle darlene darrell david dawn deborah debra denise \
dennis derek diana diane diego dolores donald donna doris dorothy douglas dylan earl eddie edith edna \
edward edwin eileen elaine eleanor elena eli elijah elizabeth ella ellen elsie emily emma eric erica erik \
erin esther ethan ethel eugene eva evan evelyn fatima felix fernando florence frances francis francisco \
frank fred frederick gabriel gail gary gene george gerald geraldine gina gladys glen glenn gloria gordon \
grace greg gregory guadalupe hannah harold harry harvey hazel heather hector heidi helen henry herbert \
holly howard hugo ian ida irene isaac isabel isabella jack jackie jackson jacob jacqueline jaime jake jamal \
james jamie jane janet janice jared jasmine jason jay jean jeanne jeff jeffrey jenna jennifer jeremy jerome \
jerry jesse jessica jesus jill jim jimmy joan joann joanne joe joel johanna john johnny jon jonathan jordan \
jorge jose joseph joshua joyce juan juanita judith judy julia julian julie justin karen karl kate katherine \
kathleen kathryn kathy katie kayla keith kelly ken kenneth kevin kim kimberly kristen kristin kyle larry \
latoya laura lauren laurie lawrence leah lee leo leon leonard leroy leslie liam lillian lily linda lisa \
lois lola lorena loretta lori lorraine louis louise lucas lucia lucille lucy luis luke luz lydia lynn \
madison manuel marc marcia marcus margaret margarita maria marie marilyn mario marion marjorie mark martha \
martin marvin mary mason matthew maureen max maxine megan mei melanie melissa melvin mercedes mia michael \
michele michelle miguel mike mildred miriam mohamed mohammed molly monica morgan muhammad nancy naomi \
natalie nathan nathaniel neil nicholas nicole nina noah nora norma norman olga olivia omar oscar pablo \
pamela patricia patrick paul paula pauline pedro peggy penny peter philip phillip phyllis priya rachel \
rafael raj ralph ramon randy raul ray raymond rebecca regina renee rhonda ricardo rich richard rick rita \
robert roberta roberto robin rodney roger roland ron ronald ronnie rosa rosalie rose rosemary ross roy \
ruben ruby russell ruth ryan sally sam samantha samuel sandra santiago sara sarah scott sean sergio seth \
shane shannon sharon shawn sheila sherry shirley sofia sonia sophia stacy stanley stella stephanie stephen \
steve steven stuart sue susan suzanne sylvia tamara tammy tanya tara ted teresa terri terry theodore \
theresa thomas tiffany tim timothy tina todd tom tommy tony tracy travis tyler valerie vanessa vernon \
veronica vicki victor victoria vincent viola virginia vivian walter wanda warren wayne wei wendy wesley \
william willie yolanda yvonne zachary zoe";

/// Words that stand behind "Patient" and in headings, and are no part of a name there.
const FORM_WORDS: &str = "\
a about access account accounts act address admin administration administrator advocate affairs age \
agreement all an and annual any appointment appointments april are as assessment associate associates at \
august authorization balance bank billing board business by calendar call calls care center chart charts \
check clinic clinical code college company complaint complaints consent contact contacts contract copy \
count county coverage current daily data database date dates day december department desk details device \
devices diagnosis director discharge doctor document documents drive education electronic email emergency \
encounter engagement equipment evidence example examples experience facing family fax february federal \
feedback field file files financial first folder for form forms friday from front full general group groups \
guide handbook handout health healthcare history home hospital hours id identification identifier identity \
in inc information initials insurance intake interview invoice is issue january july june label last ledger \
legal letter letters level list llc log login logins main manager march medical medication medicine meeting \
member message messages middle mon monday monitor monthly must my name names new next no none not note \
notes notice november number nurse october of office officer official on only order our outreach owner page \
paper paperwork partner patient patients payment payments period person phone physician plan policy portal \
practice preferred primary privacy procedure procedures program protocol provider public quarterly record \
records reference referral register registration relations relationship reminder reminders report reports \
representative request requests responsible result results review rights room safety sample satisfaction \
saturday schedule scheduling screen search secure security see september service services sex sheet sign \
signature site sms software south staff statement statements status step street summary sunday support \
surgery survey system systems table team telehealth telephone temp test texting the thursday time title to \
today total transport transportation tuesday type under unknown update us use user users verification \
version via visit visits volume volumes waiting warning web website wednesday week what when where who with \
workflow workforce yes your zip";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_two_words_at_least() {
        for (text, known) in [
            ("Jane Doe", true),
            ("Jane Q. Doe", true),
            ("Doe, Jane", true),
            ("DOE, JANE", true),
            ("Zeynep O\u{2019}Hara-Smith", false),
            ("J. Doe", false),
        ] {
            assert_eq!(at(text, 0, known), Some(text.len()), "{text}");
        }
        assert_eq!(at("Jane Doe Date", 0, true), Some(8));
        for text in [
            "Portal Access",
            "jane doe",
            "Jane",
            "Front Desk",
            "Records Request",
            "",
            "1 Jane",
        ] {
            assert_eq!(at(text, 0, false), None, "{text}");
        }
    }

    #[test]
    fn a_name_in_front_stands_directly_in_front() {
        for text in [
            "Jane Doe (",
            "seen: Jane Doe, ",
            "Doe, Jane ",
            "**Jane Q. Doe**, ",
            "Jane Doe was ",
        ] {
            assert!(stands_before(text, text.len()), "{text}");
        }
        for text in [
            "Federal Register, ",
            "Jane Doe since ",
            "Larkspur Clinic (",
            "Jane ",
            "",
            "Jane Doe",
        ] {
            assert!(!stands_before(text, text.len()), "{text}");
        }
    }
}
