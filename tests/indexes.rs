//! The ways into the printed binder: what an index says stands on a page does stand there, for every row, every request
//! item and every exhibit of the example clinic.
//!
//! The indexes are read back from the pages with `pdftotext -bbox` (poppler-utils): each word with its place, so that a
//! number is taken from the column it is printed in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use hipaa_binder::binder::{Binder, Edition, Options, join};
use hipaa_binder::content;
use hipaa_binder::content::Audience;
use hipaa_binder::gap::State;
use hipaa_binder::print::{Printed, render};
use hipaa_binder::rule::{RequestKind, RowId, rule};
use hipaa_binder::theme::Theme;
use hipaa_binder::world::read;
use jiff::civil::date;

mod support;
use support::pdf::poppler;

/// A word on a page: left edge and baseline box in points.
#[derive(Debug, Clone)]
struct Word {
    left: f64,
    top: f64,
    text: String,
}

/// A binder, and its pages as words.
struct Book {
    binder: Binder,
    printed: Printed,
    /// The words of each page in the order of the text, the first page first.
    pages: Vec<Vec<Word>>,
}

/// The example clinic, printed once.
static EXAMPLE: LazyLock<Book> = LazyLock::new(|| book(Options::new(date(2026, 11, 20))));

fn book(options: Options) -> Book {
    let folder = read::read(Path::new("content-example"));
    let content = content::parse(&folder)
        .content
        .expect("the example has a binder.toml");
    let id = format!("sha256:{}", "0123456789ab".repeat(5) + "cdef");
    let (binder, _) = join(content, &[], &options, &id);
    let (printed, _) = render(&binder, &Theme::with_overrides(&folder), &folder)
        .unwrap_or_else(|errors| panic!("{errors:#?}"));
    let pages = words(&printed.pdf);
    assert_eq!(pages.len(), printed.pages);
    Book {
        binder,
        printed,
        pages,
    }
}

fn words(pdf: &[u8]) -> Vec<Vec<Word>> {
    let text = poppler("pdftotext", &["-bbox"], pdf);
    let mut pages = vec![];
    for line in text.lines().map(str::trim) {
        if line.starts_with("<page") {
            pages.push(vec![]);
        }
        let Some(rest) = line.strip_prefix("<word ") else {
            continue;
        };
        let numbers: Vec<f64> = rest
            .split('"')
            .filter_map(|part| part.parse().ok())
            .take(2)
            .collect();
        let inner = rest.split_once('>').map_or("", |(_, inner)| inner);
        let text = inner
            .trim_end_matches("</word>")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'");
        if let (Some(page), &[left, top]) = (pages.last_mut(), &numbers[..]) {
            page.push(Word { left, top, text });
        }
    }
    pages
}

/// The letters of a text, without white space.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

impl Book {
    /// Everything that a page says, without white space. `page` counts from 1.
    fn letters(&self, page: usize) -> String {
        let words = self.pages.get(page - 1).map_or(&[][..], Vec::as_slice);
        words.iter().map(|word| letters(&word.text)).collect()
    }

    /// The same from top to bottom, whatever stands beside each other.
    fn top_to_bottom(&self, page: usize) -> String {
        let mut words: Vec<&Word> = self.pages[page - 1].iter().collect();
        words.sort_by(|a, b| {
            let line = |word: &Word| (word.top / 3.0).round() as i64;
            (line(a), a.left)
                .partial_cmp(&(line(b), b.left))
                .expect("numbers")
        });
        words.iter().map(|word| letters(&word.text)).collect()
    }

    /// The pages whose running head names an index.
    fn sheets(&self, title: &str) -> Vec<usize> {
        let title = letters(title);
        let head = |page: &Vec<Word>| -> String {
            let head = page.iter().filter(|word| word.top < 62.0);
            head.map(|word| letters(&word.text)).collect()
        };
        let of_index = |n: &usize| head(&self.pages[n - 1]).contains(&title);
        (1..=self.pages.len()).filter(of_index).collect()
    }

    /// The lines of an index: what its first column says, and the words of each column, over all its pages. A line begins
    /// where `begins` accepts a word of the first column.
    fn index(
        &self,
        title: &str,
        columns: &[&str],
        begins: impl Fn(&str) -> bool,
    ) -> BTreeMap<String, Vec<String>> {
        let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let sheets = self.sheets(title);
        assert!(!sheets.is_empty(), "{title} is printed");
        for sheet in sheets {
            let words: Vec<&Word> = self.pages[sheet - 1]
                .iter()
                .filter(|w| w.top > 62.0 && w.top < 730.0)
                .collect();
            // Each table on the page has a header of its own, with the same columns.
            let head = |top: f64| -> Option<Vec<f64>> {
                let mut on_line: Vec<&&Word> = words.iter().filter(|w| (w.top - top).abs() < 1.0).collect();
                on_line.sort_by(|a, b| a.left.total_cmp(&b.left));
                let mut from = 0;
                let mut edges = vec![];
                for column in columns {
                    let at = on_line[from..].iter().position(|word| word.text == *column)? + from;
                    edges.push(on_line[at].left);
                    from = at + 1;
                }
                Some(edges)
            };
            let edges = words
                .iter()
                .find_map(|word| head(word.top))
                .unwrap_or_else(|| panic!("page {sheet} of {title} has a header"));
            let column = |word: &Word| {
                edges
                    .iter()
                    .rposition(|edge| word.left >= edge - 2.0)
                    .unwrap_or(0)
            };
            let mut starts: Vec<(f64, String)> = words
                .iter()
                .filter(|word| (word.left - edges[0]).abs() < 2.0 && begins(&word.text))
                .map(|word| (word.top, word.text.clone()))
                .collect();
            starts.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (n, (top, name)) in starts.iter().enumerate() {
                let end = starts.get(n + 1).map_or(f64::MAX, |(next, _)| *next - 1.0);
                let cells = lines
                    .entry(name.clone())
                    .or_insert_with(|| vec![String::new(); columns.len()]);
                for word in words.iter().filter(|w| w.top >= top - 2.0 && w.top < end - 1.0) {
                    let cell = &mut cells[column(word)];
                    cell.push_str(&word.text);
                    cell.push(' ');
                }
            }
        }
        lines
    }
}

/// "12-14, 31" as the pages it means. Ranges rise, and none touches the one before it.
#[track_caller]
fn pages(cell: &str) -> BTreeSet<usize> {
    let mut pages = BTreeSet::new();
    let mut before = 0;
    for piece in cell.split([',', ' ']).filter(|piece| !piece.is_empty()) {
        let (first, last) = piece.split_once('\u{2013}').unwrap_or((piece, piece));
        let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) else {
            continue;
        };
        assert!(first <= last, "{piece} of {cell:?} runs backwards");
        assert!(
            before == 0 || first > before + 1,
            "{piece} of {cell:?} is not merged with what stands before it"
        );
        before = last;
        pages.extend(first..=last);
    }
    pages
}

/// What an index must name, and words that stand on its page.
struct Wanted {
    /// For messages.
    what: String,
    /// Words on one page, without white space; each on its own where the cells of a table stand between them.
    words: Vec<String>,
}

impl Wanted {
    /// It stands on this page, or begins on it and goes on on the next, where the index names that one too.
    fn is_on(&self, book: &Book, page: usize, pages: &BTreeSet<usize>) -> bool {
        let mut text = book.letters(page);
        if pages.contains(&(page + 1)) {
            text.push_str(&book.letters(page + 1));
        }
        self.words.iter().all(|word| text.contains(word))
    }
}

/// Each thing wanted stands on one of the pages, and each page has something wanted on it or lies within a range of it.
#[track_caller]
fn assert_there(book: &Book, pages: &BTreeSet<usize>, wanted: &[Wanted], whence: &str) {
    let mut used = BTreeSet::new();
    for wanted in wanted {
        let there: Vec<usize> = pages
            .iter()
            .copied()
            .filter(|page| wanted.is_on(book, *page, pages))
            .collect();
        assert!(
            !there.is_empty(),
            "{whence}: {} is on none of the pages {pages:?}",
            wanted.what
        );
        used.extend(there);
    }
    // A thing may go over several pages and say its name on the first only.
    let lost = pages
        .iter()
        .find(|page| !used.contains(page) && !pages.contains(&(**page - 1)));
    assert_eq!(
        lost, None,
        "{whence}: nothing that is wanted stands on that page of {pages:?}"
    );
}

fn sections(binder: &Binder, row: RowId) -> Vec<Wanted> {
    let links = binder.links(row).sections.iter();
    links
        .filter(|link| link.in_effect && link.text == binder.policies[link.life].shown)
        .map(|link| {
            let policy = &binder.text(*link).policy;
            let title = &policy.sections[link.section].title;
            Wanted {
                what: format!("{}: {title}", policy.title),
                words: vec![letters(title)],
            }
        })
        .collect()
}

fn papers(binder: &Binder, row: RowId) -> Vec<Wanted> {
    let links = binder.links(row);
    let records = links.records.iter().map(|index| {
        let title = &binder.content.records[*index].title;
        (title.clone(), letters(title))
    });
    let exhibits = links.exhibits.iter().map(|index| {
        let id = &binder.content.exhibits[*index].id;
        (id.clone(), letters(&format!("Exhibit {id}:")))
    });
    let all = records.chain(exhibits);
    all.map(|(what, words)| Wanted {
        what,
        words: vec![words],
    })
    .collect()
}

fn lines(binder: &Binder, row: RowId) -> Vec<Wanted> {
    let links = binder.links(row);
    let entries = links
        .entries
        .iter()
        .filter(|link| link.register != "evidence")
        .map(|link| {
            let table = &binder.content.registers[link.register];
            let cells = table.entries[link.entry].cells.iter();
            // In narrow columns lines end after a dash, and long words are broken.
            let words = cells
                .filter(|(column, _)| !["audience", "privileged"].contains(column))
                .flat_map(|(_, cell)| cell.text.split(|c: char| !c.is_alphanumeric()))
                .filter(|word| word.len() < 11 && word.is_ascii())
                .map(str::to_string);
            Wanted {
                what: format!("line {} of {}", link.entry + 1, link.register),
                words: words.chain([letters(table.register.title)]).collect(),
            }
        });
    let nones = links.nones.iter().map(|link| Wanted {
        what: format!("statement of none in {}", link.register),
        words: vec![letters("Statements that there was none")],
    });
    entries.chain(nones).collect()
}

const SLACK: &str = "\u{2013}";

fn is_row(word: &str) -> bool {
    word.starts_with("164.3") && rule().rows().iter().any(|row| row.citation.to_string() == word)
}

#[test]
fn the_index_of_rows_names_the_pages_of_everything_a_row_has() {
    let book = &*EXAMPLE;
    let columns = [
        "Row", "State,", "Answer", "Policies", "Evidence", "Log", "Decision", "Gaps",
    ];
    let index = book.index("Index of rows", &columns, is_row);
    assert_eq!(index.len(), rule().rows().len(), "every row, once");
    for row in rule().rows() {
        let (cite, cells) = (row.citation.to_string(), &index[&row.citation.to_string()]);
        let links = book.binder.links(row.id);
        let found = book.binder.assessment(row.id);
        assert!(
            cells.iter().all(|cell| !cell.trim().is_empty()),
            "{cite}: no cell is empty: {cells:?}"
        );
        assert!(
            cells[1].contains(found.state.words().split(' ').next().unwrap_or_default()),
            "{cite}: {:?}",
            cells[1]
        );

        let part = pages(&cells[1]);
        assert_eq!(
            part.first(),
            book.printed.row_pages.get(&row.id),
            "{cite}: the page in binder.json"
        );
        for page in &part {
            let head = letters(&format!("{cite} {}", row.name()));
            assert!(book.letters(*page).contains(&head), "{cite} is on page {page}");
        }
        let own = |words: &str| {
            vec![Wanted {
                what: words.to_string(),
                words: vec![letters(words), letters(&cite)],
            }]
        };
        let check = |column: usize, wanted: &[Wanted]| {
            let there = pages(&cells[column]);
            let whence = format!("{cite}, {}", columns[column]);
            if wanted.is_empty() {
                assert!(
                    there.is_empty() && cells[column].contains(SLACK),
                    "{whence}: {:?}",
                    cells[column]
                );
            } else {
                assert_there(book, &there, wanted, &whence);
            }
        };
        let answered = links.answer.is_some();
        if answered {
            check(2, &own("Our answer"));
        }
        check_or_mark(&cells[3], &sections(&book.binder, row.id), |wanted| {
            check(3, wanted)
        });
        check_or_mark(&cells[4], &papers(&book.binder, row.id), |wanted| {
            check(4, wanted)
        });
        check(5, &lines(&book.binder, row.id));
        if links
            .answer
            .is_some_and(|index| !book.binder.content.answers[index].decisions.is_empty())
        {
            check(6, &own("Decided by"));
        }
        match found.gaps.is_empty() {
            true => check(7, &[]),
            false => check(7, &own(&format!("Gaps: {cite}"))),
        }
    }
}

/// A column with a mark: where no page is named, the mark or a dash stands alone.
fn check_or_mark(cell: &str, wanted: &[Wanted], check: impl Fn(&[Wanted])) {
    if wanted.is_empty() {
        assert!(pages(cell).is_empty(), "{cell:?} names no page");
    } else {
        check(wanted);
    }
}

/// Of an item: what its cells say.
fn items(book: &Book) -> BTreeMap<String, Vec<String>> {
    book.index("Index of request items", &["Item", "Asked", "Where"], |word| {
        word.starts_with("164.3")
    })
}

#[test]
fn the_index_of_request_items_names_documents_or_says_that_there_is_none() {
    let book = &*EXAMPLE;
    let items = items(book);
    let (mut named, mut nothing) = (0, 0);
    for row in rule().rows() {
        for item in &row.requests {
            let id = format!("{}/{}", row.citation, item.id);
            let cells = items
                .get(&id)
                .unwrap_or_else(|| panic!("{id} stands in the index"));
            assert!(
                letters(&cells[1]).contains(&letters(&item.text)),
                "{id}: {:?}",
                cells[1]
            );
            // The heads of rows stand in the same columns.
            let place = cells[2].split(" page ").next().unwrap_or_default();
            if book.binder.assessment(row.id).state == State::DoesNotApply {
                assert!(place.contains("does not apply"), "{id}: {place:?}");
                continue;
            }
            let wanted: Vec<Wanted> = match item.kind {
                RequestKind::Policy => sections(&book.binder, row.id),
                RequestKind::Evidence => [papers(&book.binder, row.id), lines(&book.binder, row.id)]
                    .into_iter()
                    .flatten()
                    .collect(),
                RequestKind::Alternative => {
                    let answer = book.binder.links(row.id).answer;
                    let decided =
                        answer.is_some_and(|i| !book.binder.content.answers[i].decisions.is_empty());
                    let form = || Wanted {
                        what: "the decision".to_string(),
                        words: vec![letters("Decided by"), letters(&row.citation.to_string())],
                    };
                    decided.then(form).into_iter().collect()
                }
            };
            if wanted.is_empty() {
                nothing += 1;
                assert!(
                    place.contains("This binder contains no document for this item."),
                    "{id}: {place:?}"
                );
                assert!(
                    place.contains("Name and signature") && place.contains("Date"),
                    "{id}: room to sign: {place:?}"
                );
                continue;
            }
            named += 1;
            assert!(!place.contains("no document"), "{id}: {place:?}");
            let there: BTreeSet<usize> = numbers(place).collect();
            for wanted in wanted {
                let on = there.iter().any(|page| wanted.is_on(book, *page, &there));
                assert!(on, "{id}: {} is on none of {there:?}", wanted.what);
            }
        }
    }
    assert!(
        named > 100 && nothing > 5,
        "both are in the example: {named}, {nothing}"
    );
}

/// Every number of a text that may be a page, ranges as all their pages.
fn numbers(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.split([',', ' ']).flat_map(|piece| {
        let (first, last) = piece.split_once('\u{2013}').unwrap_or((piece, piece));
        let range = first.parse::<usize>().ok().zip(last.parse::<usize>().ok());
        range.map_or(0..0, |(first, last)| first..last + 1)
    })
}

#[test]
fn the_index_of_exhibits_names_every_exhibit_with_all_its_pages() {
    let book = &*EXAMPLE;
    let columns = ["Exhibit", "Title", "Date", "State", "Cites,", "Pages"];
    let exhibits = &book.binder.content.exhibits;
    let index = book.index("Index of exhibits", &columns, |word| {
        exhibits.iter().any(|exhibit| exhibit.id == word)
    });
    assert_eq!(index.len(), exhibits.len());
    let mut several = 0;
    for exhibit in exhibits {
        let (id, cells) = (&exhibit.id, &index[&exhibit.id]);
        assert!(
            cells.iter().all(|cell| !cell.trim().is_empty()),
            "{id}: no cell is empty: {cells:?}"
        );
        let title = letters(&exhibit.title);
        assert!(letters(&cells[1]).contains(&title), "{id}: {:?}", cells[1]);
        if let Some(date) = &exhibit.date {
            assert!(cells[2].contains(&date.value.to_string()), "{id}: {:?}", cells[2]);
        }
        assert!(
            [
                "fresh",
                "older",
                "no date",
                "later",
                "cites no row",
                "sheet",
                "not in the folder",
                "own output"
            ]
            .iter()
            .any(|word| cells[3].contains(word)),
            "{id}: {:?}",
            cells[3]
        );
        for row in &exhibit.rows {
            let with_page = format!("{}p.{}", row.cited, book.printed.row_pages[&row.row]);
            assert!(
                letters(&cells[4]).contains(&with_page),
                "{id} cites {with_page}: {:?}",
                cells[4]
            );
        }
        let there = pages(&cells[5]);
        let first = there.first().copied().expect("a page");
        let head = letters(&format!("Exhibit {id}:"));
        assert!(book.letters(first).contains(&head), "{id} begins on page {first}");
        // The next page is not its own: it does not go on there.
        let last = there.last().copied().expect("a page");
        let more = letters(&format!("Exhibit {id}, page"));
        assert!(
            last == book.pages.len() || !book.letters(last + 1).contains(&more),
            "{id} ends on page {last}"
        );
        several += usize::from(there.len() > 1);
    }
    assert!(several > 3, "exhibits of more than one page have a range");
}

#[test]
fn the_index_of_citations_has_the_row_in_bold_and_every_document_that_serves_it() {
    let book = &*EXAMPLE;
    let index = book.index("Index of citations", &["Citation", "Row", "Pages"], is_row);
    for row in rule().rows() {
        let cite = row.citation.to_string();
        let own = book.printed.row_pages[&row.id];
        // The row's own part stands for itself, in bold: it is not merged with the gap page behind it.
        let there: BTreeSet<usize> = numbers(&index[&cite][2]).collect();
        assert!(there.contains(&own), "{cite}: its part, page {own}");
        let wanted = [
            sections(&book.binder, row.id),
            papers(&book.binder, row.id),
            lines(&book.binder, row.id),
        ];
        for wanted in wanted.into_iter().flatten() {
            let on = there.iter().any(|page| wanted.is_on(book, *page, &there));
            assert!(on, "{cite}: {} is on none of {there:?}", wanted.what);
        }
        for mention in &book.binder.links(row.id).mentions {
            let words = letters(&mention.text);
            let on = there.iter().any(|page| book.letters(*page).contains(&words));
            assert!(on, "{cite}: mentioned in {} as {words}", mention.title);
        }
    }
}

#[test]
fn every_row_page_has_five_parts_in_one_order() {
    let book = &*EXAMPLE;
    for row in rule().rows() {
        let first = book.printed.row_pages[&row.id];
        let mut text = book.top_to_bottom(first);
        let head = letters(&format!("{} {}", row.citation, row.name()));
        if book.letters(first + 1).contains(&head) {
            text.push_str(&book.top_to_bottom(first + 1));
        }
        let mut at = 0;
        for part in ["The law", "Our answer", "Policies in effect", "Evidence", "Gaps"] {
            let found = text[at..].find(&letters(part));
            at += found.unwrap_or_else(|| panic!("{}: {part} has its place", row.citation));
        }
        assert!(
            text[at..].contains(&letters("audit protocol asks to see")),
            "{}: what is asked for",
            row.citation
        );
    }
}

#[test]
fn a_copy_that_shows_less_speaks_of_itself_and_names_no_gap() {
    let workforce = book(Options {
        audience: Audience::Workforce,
        ..Options::new(date(2026, 11, 20))
    });
    let items = items(&workforce);
    let said = items
        .values()
        .filter(|cells| cells[2].contains("contains no document"));
    let mut count = 0;
    for cells in said {
        count += 1;
        assert!(
            cells[2].contains("This copy of the binder contains no document for this item."),
            "{:?}",
            cells[2]
        );
    }
    assert!(count > 5, "a copy for the workforce has less in it");
    for page in workforce.sheets("Index of rows") {
        assert!(
            !workforce.letters(page).contains("Gaps"),
            "page {page} has no column of gaps"
        );
    }

    let production = book(Options {
        edition: Edition::Production,
        ..Options::new(date(2026, 11, 20))
    });
    for page in production.sheets("Index of exhibits") {
        assert!(
            !production.letters(page).contains("olderthan"),
            "page {page} gives no advice on what is old"
        );
    }
    assert_eq!(
        production.printed.row_pages.len(),
        rule().rows().len(),
        "no row is dropped"
    );
}
