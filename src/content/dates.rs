//! Days as people write them: `2026-09-14`, `9/14/2026`, with or without a time of day.

use jiff::civil::Date;

/// First and last year that a binder can mean.
pub const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

/// Why a text is no day, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadDate {
    /// What is wrong.
    pub message: String,
    /// What to type.
    pub help: String,
}

impl BadDate {
    fn new(message: String, help: impl Into<String>) -> Self {
        Self {
            message,
            help: help.into(),
        }
    }
}

const HELP: &str = "Type the day as year-month-day, like 2026-02-15, or as month/day/year, like 2/15/2026.";

/// Reads a day. ISO (`2026-09-14`), American (`9/14/2026`), each also with a time of day behind it, which is left out.
///
/// # Errors
/// Says what is wrong: not a date, no such day in the calendar, a year outside [`YEARS`], a year of two digits, the day
/// before the month, a spreadsheet's day number.
pub fn parse(text: &str) -> Result<Date, BadDate> {
    let text = text.trim();
    let day = day_part(text);
    let (year, month, of_month) = if let Some(parts) = three(day, '-')
        .or_else(|| three(day, '/'))
        .or_else(|| three(day, '.'))
    {
        match parts {
            [(year, 4), (month, _), (of_month, _)] => (year, month, of_month),
            [(month, _), (of_month, _), (year, 4)] => (year, month, of_month),
            [_, _, (_, 1..=3)] => {
                return Err(BadDate::new(
                    format!("{text} does not say which century"),
                    "Type the year with four digits, like 2026-02-15 or 2/15/2026.",
                ));
            }
            _ => return Err(not_a_date(text)),
        }
    } else {
        return Err(not_a_date(text));
    };
    if !i16::try_from(year).is_ok_and(|y| YEARS.contains(&y)) {
        return Err(BadDate::new(
            format!("the year {year} in {text} cannot be right"),
            format!("Type a year from {} to {}.", YEARS.start(), YEARS.end()),
        ));
    }
    check(day, year as i16, month, of_month).map_err(|mut bad| {
        if month > 12 && (1..=12).contains(&of_month) && check(day, year as i16, of_month, month).is_ok() {
            let first = if day.starts_with(&year.to_string()) {
                "after the year"
            } else {
                "first"
            };
            bad.help = format!(
                "The month comes {first}: type {year}-{of_month:02}-{month:02} or {of_month}/{month}/{year}."
            );
        }
        bad
    })
}

/// The day, if the calendar has it. `written` is what was typed, so that the reader finds it again.
fn check(written: &str, year: i16, month: u32, day: u32) -> Result<Date, BadDate> {
    if !(1..=12).contains(&month) {
        return Err(BadDate::new(
            format!("there is no month {month}, so {written} is not a date"),
            HELP,
        ));
    }
    let first = Date::new(year, month as i8, 1).map_err(|_| not_a_date(written))?;
    let days = first.days_in_month();
    if day == 0 || day > days as u32 {
        let name = MONTHS[month as usize - 1];
        return Err(BadDate::new(
            format!("{name} {year} has {days} days, so {written} is not a date"),
            "Type a day that exists, like ".to_owned() + &format!("{year}-{month:02}-{days:02}."),
        ));
    }
    Date::new(year, month as i8, day as i8).map_err(|_| not_a_date(written))
}

/// Names of the months, January first.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn not_a_date(text: &str) -> BadDate {
    if let Some(day) = spreadsheet_day(text) {
        return BadDate::new(
            format!("{text} is a spreadsheet's number for a day, perhaps {day}"),
            format!("Type {day}, or give the column a date format in the spreadsheet and save again."),
        );
    }
    if let Some(day) = in_words(text) {
        return BadDate::new(
            format!("\"{}\" is written in words", super::words::excerpt(text, 40)),
            format!("Type {day}."),
        );
    }
    BadDate::new(
        format!("\"{}\" is not a date", super::words::excerpt(text, 40)),
        HELP,
    )
}

/// Excel counts days from the end of 1899.
fn spreadsheet_day(text: &str) -> Option<Date> {
    let number: i64 = text.strip_suffix(".0").unwrap_or(text).parse().ok()?;
    if !(32_874..=73_415).contains(&number) {
        return None;
    }
    let origin = Date::new(1899, 12, 30).ok()?;
    origin.checked_add(jiff::Span::new().try_days(number).ok()?).ok()
}

/// "Sept. 14, 2026", "14 September 2026": only to say what to type instead.
fn in_words(text: &str) -> Option<Date> {
    let words: Vec<String> = super::words::plain(text).split(' ').map(str::to_owned).collect();
    let [a, b, year] = words.as_slice() else {
        return None;
    };
    let month_of = |word: &str| {
        (word.len() >= 3)
            .then(|| {
                MONTHS
                    .iter()
                    .position(|m| m.to_lowercase().starts_with(&word[..3.min(word.len())]))
            })
            .flatten()
    };
    let digits = |word: &str| {
        word.trim_end_matches(|c: char| c.is_alphabetic())
            .parse::<u32>()
            .ok()
    };
    let (month, day) = match (a.is_char_boundary(3).then(|| month_of(a)).flatten(), digits(b)) {
        (Some(month), Some(day)) => (month, day),
        _ => (b.is_char_boundary(3).then(|| month_of(b)).flatten()?, digits(a)?),
    };
    let year: i16 = year.parse().ok().filter(|y| YEARS.contains(y))?;
    check("", year, month as u32 + 1, day).ok()
}

/// Leaves out a time of day: `2026-09-14T08:30`, `9/14/2026 0:00`.
fn day_part(text: &str) -> &str {
    let Some((day, time)) = text.split_once(['T', 't', ' ']) else {
        return text;
    };
    let is_time = time.trim_start().starts_with(|c: char| c.is_ascii_digit())
        && time.contains(':')
        && time
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ":.+- ".contains(c));
    if is_time { day } else { text }
}

/// Three numbers between `separator`, each with its count of digits.
fn three(text: &str, separator: char) -> Option<[(u32, usize); 3]> {
    let mut numbers = [(0, 0); 3];
    let mut parts = text.split(separator);
    for number in &mut numbers {
        let part = parts.next()?.trim();
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = (part.parse().ok()?, part.len());
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_as_people_write_them() {
        for text in [
            "2026-09-14",
            "9/14/2026",
            "09/14/2026",
            "2026-9-14",
            "2026/09/14",
            "9-14-2026",
            " 2026-09-14 ",
            "2026-09-14T08:30:00Z",
            "9/14/2026 0:00",
            "2026-09-14 08:30",
        ] {
            assert_eq!(parse(text), Ok(date(2026, 9, 14)), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_explained() {
        for (text, message, help) in [
            (
                "2026-02-30",
                "February 2026 has 28 days, so 2026-02-30 is not a date",
                "2026-02-28",
            ),
            ("2028-02-30", "has 29 days", "2028-02-29"),
            (
                "2026-13-01",
                "there is no month 13",
                "The month comes after the year: type 2026-01-13",
            ),
            ("2026-13-13", "there is no month 13", "2026-02-15"),
            ("13/13/2026", "so 13/13/2026 is not a date", "2026-02-15"),
            (
                "14/9/2026",
                "there is no month 14",
                "The month comes first: type 2026-09-14 or 9/14/2026.",
            ),
            ("9/14/26", "which century", "four digits"),
            ("1897-01-01", "the year 1897", "from 1990 to 2100"),
            ("soon", "\"soon\" is not a date", "2026-02-15"),
            ("46279", "spreadsheet's number", "Type 2026-09-14"),
            ("Sept. 14, 2026", "in words", "Type 2026-09-14."),
            ("14 September 2026", "in words", "Type 2026-09-14."),
            ("", "is not a date", "2026-02-15"),
        ] {
            let bad = parse(text).expect_err(text);
            assert!(bad.message.contains(message), "{text}: {}", bad.message);
            assert!(bad.help.contains(help), "{text}: {}", bad.help);
        }
    }
}
