//! The printed binder: any Markdown prints, none of it runs, and what the page says is what the file says.

use std::collections::BTreeMap;
use std::sync::Arc;

use hipaa_binder::binder::{Binder, Options, join};
use hipaa_binder::content::config::{Config, Practice};
use hipaa_binder::content::{Audience, Content, Handling, Policy, PolicyKind};
use hipaa_binder::diagnostic::{Place, Source};
use hipaa_binder::markdown;
use hipaa_binder::print::{Printed, render};
use hipaa_binder::theme::Theme;
use hipaa_binder::world::Folder;
use jiff::civil::date;

fn policy(id: &str, text: &str) -> Policy {
    let path: Arc<str> = format!("policies/{id}.md").into();
    let source = Source::new(path.clone(), text);
    let start = text.strip_prefix("+++").and_then(|rest| rest.find("+++")).map_or(0, |at| at + 6);
    let (body, _) = markdown::parse(&source, start);
    Policy {
        id: id.to_string(),
        version: "1.0".to_string(),
        kind: PolicyKind::Policy,
        title: id.replace('-', " "),
        path: path.clone(),
        place: Place::file(path),
        satisfies: vec![],
        owner: None,
        effective: None,
        approved: None,
        approved_by: None,
        approved_text: None,
        approved_sheet: None,
        text_digest: String::new(),
        superseded: None,
        review_every: None,
        revisions: vec![],
        reviews: vec![],
        starter: None,
        body_digest: String::new(),
        body,
        sections: vec![],
        placeholders: vec![],
        handling: Handling::default(),
    }
}

fn binder(policies: Vec<Policy>) -> Binder {
    let content = Content {
        config: Config {
            practice: Practice { name: "Larkspur Family Medicine".into(), legal_name: "Larkspur Family Medicine, PLLC".into(), ..Practice::default() },
            retention_years: 6,
            ..Config::default()
        },
        answers: vec![],
        policies,
        approved: vec![],
        records: vec![],
        registers: BTreeMap::new(),
        exhibits: vec![],
    };
    join(content, &options(), &format!("sha256:{}", "0123456789abcdef".repeat(4))).0
}

fn options() -> Options {
    Options {
        as_of: date(2026, 11, 20),
        reconstruction: false,
        version_label: None,
        audience: Audience::Official,
        pdf: true,
    }
}

fn print(policies: Vec<Policy>) -> Printed {
    let folder = Folder::default();
    let theme = Theme::with_overrides(&folder);
    match render(&binder(policies), &theme, &folder) {
        Ok((printed, _)) => printed,
        Err(errors) => panic!("{errors:#?}"),
    }
}

#[test]
fn example() {
    let folder = hipaa_binder::world::read::read(std::path::Path::new("content-example"));
    let parsed = hipaa_binder::content::parse(&folder);
    for d in parsed.diagnostics.iter().take(20) { eprintln!("{:?} {}:{} {}", d.severity, d.place.file, d.place.line, d.message); }
    let (binder, _) = join(parsed.content.unwrap(), &options(), &format!("sha256:{}", "0123456789abcdef".repeat(4)));
    eprintln!("{:?}", binder.counts());
    let theme = Theme::with_overrides(&folder);
    let t = std::time::Instant::now();
    match render(&binder, &theme, &folder) {
        Ok((printed, warnings)) => {
            eprintln!("{} pages {:?} {warnings:#?}", printed.pages, t.elapsed());
            std::fs::write("/tmp/print-example.pdf", &printed.pdf).unwrap();
        }
        Err(errors) => panic!("{errors:#?}"),
    }
}
