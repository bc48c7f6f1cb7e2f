//! Policies: the list, and a page for every text of every policy.

use serde::Serialize;

use super::changes::TurnView;
use super::{Day, Link, RowRef};
use crate::address;
use crate::binder::{PolicyText, Standing, Tie};
use crate::content::{PolicyKind, Revision};
use crate::history::texts::TextChange;
use crate::retention::{Keep, keep_policy_text};
use crate::rule::RowId;
use crate::site::html::Html;
use crate::site::markdown::{Ids, Setting};
use crate::site::{Notes, Site};

/// `policies/index.html`.
#[derive(Debug, Serialize)]
pub struct Policies {
    /// By kind of document.
    pub groups: Vec<Group>,
    /// How many.
    pub total: usize,
    /// How many are in effect.
    pub in_effect: usize,
    /// The page on superseded texts, and how long they are kept.
    pub retention: Link,
}

/// Documents of one kind.
#[derive(Debug, Serialize)]
pub struct Group {
    /// "Procedures".
    pub title: &'static str,
    /// The documents, by title.
    pub policies: Vec<PolicyLine>,
}

/// A line of the list.
#[derive(Debug, Serialize)]
pub struct PolicyLine {
    /// Title and page.
    pub link: Link,
    /// Its id.
    pub id: String,
    /// Version, "" if none.
    pub version: String,
    /// Class name: `in-effect`.
    pub standing: &'static str,
    /// "in effect".
    pub standing_words: &'static str,
    /// First day in effect.
    pub from: Option<Day>,
    /// Last reviewed.
    pub reviewed: Option<Day>,
    /// Who owns it, "" if nobody is named.
    pub owner: String,
    /// Rows that it documents.
    pub rows: Vec<RowRef>,
    /// A changed text waits for approval.
    pub pending: bool,
}

/// `policies/sanction-policy.html` and `policies/sanction-policy/1.0.html`.
#[derive(Debug, Serialize)]
pub struct PolicyPage {
    /// Title.
    pub title: String,
    /// "Policy".
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// The file, "" where nobody is to type there.
    pub file: String,
    /// Version, "" if none.
    pub version: String,
    /// Class name of where the policy stands: `in-effect`.
    pub standing: &'static str,
    /// In words.
    pub standing_words: &'static str,
    /// This text is not the one shown as the policy: an older one, or a change that waits.
    pub other_text: bool,
    /// This text waits for approval while an approved one holds.
    pub is_pending: bool,
    /// The page of the text that is shown as the policy.
    pub shown: Link,
    /// The page of the text that waits for approval.
    pub pending: Option<Link>,
    /// The text that waits was approved, and takes effect on this day.
    pub approved_from: Option<Day>,
    /// Heading of that change.
    pub change_title: &'static str,
    /// What the text that waits for approval changes: on its own page and on that of the words in effect.
    pub pending_change: Option<ChangeView>,
    /// What the text that took the place of this one changed.
    pub next_change: Option<ChangeView>,
    /// Who owns it, "" if nobody is named.
    pub owner: String,
    /// When it was approved.
    pub approved: Option<Day>,
    /// By whom, "" if nobody is named.
    pub approved_by: String,
    /// Class name of how the approval is tied to the words: `tied`.
    pub tie: &'static str,
    /// In words.
    pub tie_words: &'static str,
    /// The exhibit that shows the approval on paper.
    pub sheet: Option<Link>,
    /// Meant to hold from.
    pub effective: Option<Day>,
    /// In effect from.
    pub from: Option<Day>,
    /// In effect to.
    pub to: Option<Day>,
    /// "2032-02-14 (other law or ...)", "" while it is in effect, on hold or a draft.
    pub keep: String,
    /// "12 months", "" where the practice's interval holds.
    pub review_every: String,
    /// Digest of the words.
    pub text_digest: String,
    /// The sealed versions in which these words were in effect, the newest first.
    pub sealed_in: Vec<Link>,
    /// Reason of a legal hold, "" if none.
    pub hold: String,
    /// Blanks left in the text.
    pub blanks: Vec<String>,
    /// What it documents: sections and the rows they carry.
    pub documents: Vec<Documents>,
    /// Rows that its front matter claims and no section carries.
    pub claims: Vec<RowRef>,
    /// The text.
    pub body: Html,
    /// `[[revisions]]`, newest first.
    pub revisions: Vec<RevisionView>,
    /// `[[reviews]]`, newest first.
    pub reviews: Vec<ReviewView>,
    /// Other texts of the policy.
    pub versions: Vec<VersionLine>,
}

/// One text of a policy against another.
#[derive(Debug, Serialize)]
pub struct ChangeView {
    /// The text that is not the one of the page.
    pub other: Link,
    /// First day in effect of that text; `None` where it waits for approval.
    pub from: Option<Day>,
    /// What is said beside the words: title, first day in effect, the rows it documents.
    pub turns: Vec<TurnView>,
    /// The words; `None` where they are the same.
    pub words: Option<Html>,
    /// How many words are new, and how many are gone.
    pub added: usize,
    /// Words that are gone.
    pub removed: usize,
    /// Why, as the newer text's revisions say.
    pub reasons: Vec<RevisionView>,
}

/// A section and the rows it carries.
#[derive(Debug, Serialize)]
pub struct Documents {
    /// The section.
    pub section: Link,
    /// The rows.
    pub rows: Vec<RowRef>,
}

/// Why the words changed.
#[derive(Debug, Serialize)]
pub struct RevisionView {
    /// Version.
    pub version: String,
    /// Day.
    pub date: Option<Day>,
    /// What changed.
    pub change: String,
}

/// Somebody read it through.
#[derive(Debug, Serialize)]
pub struct ReviewView {
    /// Day.
    pub date: Day,
    /// Who.
    pub by: String,
    /// Result.
    pub result: String,
}

/// Another text of the policy.
#[derive(Debug, Serialize)]
pub struct VersionLine {
    /// Version and page.
    pub link: Link,
    /// This is the page.
    pub current: bool,
    /// In effect from.
    pub from: Option<Day>,
    /// In effect to.
    pub to: Option<Day>,
    /// "in effect", "waits for approval" ...
    pub words: &'static str,
}

/// A kind of document in words.
pub fn kind_words(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Policy => "Policy",
        PolicyKind::Procedure => "Procedure",
        PolicyKind::Plan => "Plan",
        PolicyKind::Form => "Form",
        PolicyKind::Contract => "Contract template",
        PolicyKind::PlanDocument => "Plan document",
    }
}

fn kinds_words(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Policy => "Policies",
        PolicyKind::Procedure => "Procedures",
        PolicyKind::Plan => "Plans",
        PolicyKind::Form => "Forms",
        PolicyKind::Contract => "Contract templates",
        PolicyKind::PlanDocument => "Plan documents",
    }
}

/// Where a policy stands, in words.
pub fn standing_words(standing: Standing) -> &'static str {
    match standing {
        Standing::Draft => "draft, not in effect",
        Standing::NotYet => "approved, takes effect later",
        Standing::InEffect => "in effect",
        Standing::Lapsed => "no longer in effect, nothing took its place",
    }
}

fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Draft => "draft",
        Standing::NotYet => "not-yet",
        Standing::InEffect => "in-effect",
        Standing::Lapsed => "lapsed",
    }
}

fn tie(tie: Tie) -> (&'static str, &'static str) {
    match tie {
        Tie::Draft => ("draft", "no approval recorded"),
        Tie::Tied => ("tied", "recorded approval of exactly these words"),
        Tie::Untied => ("untied", "approval recorded, not tied to these words"),
        Tie::Changed => ("changed", "the words changed after the approval"),
    }
}

/// The list as seen from `page`.
pub fn list(site: &Site<'_>, page: &str) -> Policies {
    let kinds = [
        PolicyKind::Policy,
        PolicyKind::Procedure,
        PolicyKind::Plan,
        PolicyKind::Form,
        PolicyKind::Contract,
        PolicyKind::PlanDocument,
    ];
    let groups = kinds.into_iter().filter_map(|kind| {
        let of_kind = |l: &usize| {
            site.binder.policies[*l].texts[site.binder.policies[*l].shown]
                .policy
                .kind
                == kind
        };
        let mut policies: Vec<PolicyLine> = (0..site.binder.policies.len())
            .filter(of_kind)
            .map(|l| line(site, page, l))
            .collect();
        policies.sort_by(|a, b| {
            a.link
                .text
                .to_lowercase()
                .cmp(&b.link.text.to_lowercase())
                .then(a.id.cmp(&b.id))
        });
        (!policies.is_empty()).then(|| Group {
            title: kinds_words(kind),
            policies,
        })
    });
    Policies {
        groups: groups.collect(),
        total: site.binder.policies.len(),
        in_effect: site
            .binder
            .policies
            .iter()
            .filter(|l| l.standing == Standing::InEffect)
            .count(),
        retention: Link::new(
            page,
            address::RETENTION,
            "Superseded texts, and how long they are kept",
        ),
    }
}

fn line(site: &Site<'_>, page: &str, life: usize) -> PolicyLine {
    let data = &site.binder.policies[life];
    let policy = &data.texts[data.shown].policy;
    PolicyLine {
        link: Link::new(page, &site.text_page(life, data.shown), policy.title.clone()),
        id: data.id.clone(),
        version: policy.version.clone(),
        standing: standing_name(data.standing),
        standing_words: standing_words(data.standing),
        from: data.texts[data.shown].in_effect_from.map(Day::from),
        reviewed: policy.reviews.iter().map(|r| r.date).max().map(Day::from),
        owner: policy.owner.as_ref().map_or(String::new(), |o| o.value.clone()),
        rows: site.row_refs(page, rows(&data.texts[data.shown])),
        pending: data.pending.is_some(),
    }
}

/// The rows that sections of a text carry, each once, in rule order.
fn rows(text: &PolicyText) -> std::collections::BTreeSet<RowId> {
    text.policy
        .sections
        .iter()
        .flat_map(|s| s.rows.iter().copied())
        .collect()
}

/// The page of a text.
pub fn view(site: &Site<'_>, page: &str, life: usize, text: usize, notes: &mut Notes) -> PolicyPage {
    let data = &site.binder.policies[life];
    let this = &data.texts[text];
    let policy = &this.policy;
    let carried = rows(this);
    let setting = Setting {
        targets: &site.targets,
        page,
        file: &policy.path,
        document: &policy.body,
        level: 2,
        ids: Ids::Own,
        title: &policy.title,
    };
    let body = site.markdown(setting, 0..policy.body.blocks.len(), notes);
    let documents = policy
        .sections
        .iter()
        .filter(|s| !s.rows.is_empty())
        .map(|section| Documents {
            section: Link {
                text: section.title.clone(),
                href: address::link(page, &format!("{page}#{}", section.anchor)),
            },
            rows: site.row_refs(page, section.rows.iter().copied()),
        });
    let claims: std::collections::BTreeSet<RowId> = policy
        .satisfies
        .iter()
        .map(|c| c.row)
        .filter(|r| !carried.contains(r))
        .collect();
    let (tie, tie_words) = tie(this.tie);
    let mut reviews: Vec<_> = policy.reviews.iter().collect();
    reviews.sort_by_key(|r| std::cmp::Reverse(r.date));
    PolicyPage {
        title: policy.title.clone(),
        kind: kind_words(policy.kind),
        id: data.id.clone(),
        file: site.source(&policy.path),
        version: policy.version.clone(),
        standing: if text == data.shown {
            standing_name(data.standing)
        } else {
            "other"
        },
        standing_words: if text == data.shown {
            standing_words(data.standing)
        } else {
            text_words(site, life, text)
        },
        other_text: text != data.shown,
        is_pending: data.pending == Some(text),
        shown: Link::new(
            page,
            &site.text_page(life, data.shown),
            version_words(&data.texts[data.shown]),
        ),
        pending: data
            .pending
            .filter(|p| text == data.shown && site.text_page(life, *p) != page)
            .map(|p| Link::new(page, &site.text_page(life, p), version_words(&data.texts[p]))),
        approved_from: data.approved_from().map(Day::from),
        change_title: match data.approved_from() {
            Some(_) => "Change that is approved and not yet in effect",
            None => "Change that waits for approval",
        },
        pending_change: data
            .pending
            .filter(|pending| text == data.shown || text == *pending)
            .map(|pending| change(site, page, life, (data.shown, pending))),
        next_change: data
            .successor(text)
            .filter(|_| text != data.shown)
            .map(|next| change(site, page, life, (text, next))),
        owner: policy.owner.as_ref().map_or(String::new(), |o| o.value.clone()),
        approved: policy.approved.as_ref().map(|d| d.value.into()),
        approved_by: policy
            .approved_by
            .as_ref()
            .map_or(String::new(), |b| b.value.clone()),
        tie,
        tie_words,
        sheet: policy.approved_sheet.as_ref().and_then(|s| {
            let id = site.exhibit_id(&s.value)?;
            Some(Link::new(page, &address::exhibit_page(id), id))
        }),
        effective: policy.effective.as_ref().map(|d| d.value.into()),
        from: this.in_effect_from.map(Day::from),
        to: this.in_effect_to.map(Day::from),
        keep: keep_policy_text(site.binder, life, text).map_or_else(String::new, Keep::fact),
        review_every: policy
            .review_every
            .map_or(String::new(), |m| super::count(m as usize, "month", "months")),
        text_digest: policy.text_digest.clone(),
        sealed_in: super::versions::of_text(site, page, policy),
        hold: policy.handling.hold.clone().unwrap_or_default(),
        blanks: policy.placeholders.iter().map(|p| p.value.clone()).collect(),
        documents: documents.collect(),
        claims: site.row_refs(page, claims),
        body,
        revisions: policy.revisions.iter().rev().map(revision).collect(),
        reviews: reviews
            .into_iter()
            .map(|r| ReviewView {
                date: r.date.into(),
                by: r.by.clone(),
                result: r.result.clone(),
            })
            .collect(),
        versions: versions(site, page, life),
    }
}

/// What `newer` changes in `older`, two texts of one policy, as seen from `page`.
fn change(site: &Site<'_>, page: &str, life: usize, (older, newer): (usize, usize)) -> ChangeView {
    let data = &site.binder.policies[life];
    let texts = &data.texts;
    let found = TextChange::new(&texts[older].policy, &texts[newer].policy);
    let words = site.redline((&texts[older].policy, &texts[newer].policy), None);
    let newer_page = site.text_page(life, newer);
    let other = if newer_page == page { older } else { newer };
    let waits = data.pending == Some(other);
    let name = match waits {
        true => "the changed text".to_string(),
        false => version_words(&texts[other]),
    };
    ChangeView {
        other: Link::new(page, &site.text_page(life, other), name),
        from: texts[other]
            .in_effect_from
            .filter(|_| !waits || data.approved_from().is_some())
            .map(Day::from),
        turns: found.turns.iter().map(super::changes::turn).collect(),
        added: words.added,
        removed: words.removed,
        words: words.words.clone(),
        reasons: found.reasons.iter().map(revision).collect(),
    }
}

fn revision(revision: &Revision) -> RevisionView {
    RevisionView {
        version: revision.version.clone(),
        date: revision.date.map(Day::from),
        change: revision.change.clone(),
    }
}

/// "version 2.0".
pub fn version_words(text: &PolicyText) -> String {
    match text.policy.version.as_str() {
        "" => "text without a version".to_string(),
        version => format!("version {version}"),
    }
}

/// Every text of a policy that has a page of its own, newest last in effect first; empty when there is only one.
fn versions(site: &Site<'_>, page: &str, life: usize) -> Vec<VersionLine> {
    let data = &site.binder.policies[life];
    let own: Vec<usize> = (0..data.texts.len())
        .filter(|t| site.has_own_page(life, *t))
        .collect();
    if own.len() < 2 {
        return Vec::new();
    }
    let line = |t: usize| {
        let address = site.text_page(life, t);
        VersionLine {
            current: address == page,
            link: Link::new(page, &address, version_words(&data.texts[t])),
            from: data.texts[t].in_effect_from.map(Day::from),
            to: data.texts[t].in_effect_to.map(Day::from),
            words: text_words(site, life, t),
        }
    };
    own.into_iter().rev().map(line).collect()
}

/// Where a text of a policy stands, in words.
pub fn text_words(site: &Site<'_>, life: usize, text: usize) -> &'static str {
    let data = &site.binder.policies[life];
    let this = &data.texts[text];
    let as_of = site.binder.meta.as_of;
    match this.in_effect_from {
        _ if data.pending == Some(text) && data.approved_from().is_some() => "approved, takes effect later",
        _ if data.pending == Some(text) => "changed text, waits for approval",
        _ if text == data.shown => standing_words(data.standing),
        None => "draft, not in effect",
        Some(from) if from > as_of => "approved, takes effect later",
        Some(_) => "no longer in effect",
    }
}
