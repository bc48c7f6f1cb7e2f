//! Where to begin: ten steps, in order, so that nobody faces all the questions at once.
//!
//! The order is ours: what the later steps stand on comes first, and what OCR has asked about most often.

use crate::rule::{RowId, rule};

/// One of the first ten steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstStep {
    /// What it is: "Security official".
    pub title: &'static str,
    /// What to do, in one or two sentences.
    pub todo: &'static str,
    /// The rows it documents or begins to, in the order to take them.
    pub rows: Vec<RowId>,
    /// Names of the registers to fill, without `.csv`.
    pub registers: &'static [&'static str],
    /// Ids of the starter policies to make one's own.
    pub policies: &'static [&'static str],
}

impl FirstStep {
    /// The files to open, below the binder's folder: registers, policies, answers.
    pub fn files(&self) -> Vec<String> {
        let registers = self.registers.iter().map(|name| format!("registers/{name}.csv"));
        let policies = self.policies.iter().map(|id| format!("policies/{id}.md"));
        let answers = self.rows.iter().map(|row| super::answer_path(*row));
        registers.chain(policies).chain(answers).collect()
    }
}

struct Step {
    title: &'static str,
    todo: &'static str,
    rows: &'static [&'static str],
    registers: &'static [&'static str],
    policies: &'static [&'static str],
}

const STEPS: [Step; 10] = [
    Step {
        title: "Risk analysis",
        todo: "List your systems, then write down what could go wrong with the patient data in each, how likely and how bad. The signed analysis goes into `records/`. Most of the rest follows from it.",
        rows: &["164.308(a)(1)(ii)(A)", "164.308(a)(1)(ii)(B)"],
        registers: &["systems", "risks"],
        policies: &["risk-analysis"],
    },
    Step {
        title: "Security official",
        todo: "Name one person in a signed letter, and say who stands in.",
        rows: &["164.308(a)(2)"],
        registers: &["designations"],
        policies: &["security-official"],
    },
    Step {
        title: "Business associates",
        todo: "List every outside company that touches patient data, and find the signed contract of each.",
        rows: &["164.308(b)(1)", "164.308(b)(3)", "164.314(a)(2)(i)"],
        registers: &["business-associates"],
        policies: &["business-associates", "business-associate-contract"],
    },
    Step {
        title: "Devices and encryption",
        todo: "List every computer, phone and drive, and say of each whether it is encrypted. Encrypt the laptops and phones.",
        rows: &["164.310(d)(1)", "164.312(a)(2)(iv)"],
        registers: &["devices"],
        policies: &["device-and-media", "encryption-and-sending"],
    },
    Step {
        title: "People and their log-ins",
        todo: "List everyone who works here. One log-in a person, a second step where there is one, and none left of those who are gone.",
        rows: &["164.312(a)(2)(i)", "164.312(d)", "164.308(a)(3)(ii)(C)"],
        registers: &["workforce", "access", "leavers"],
        policies: &["access-management", "leaver-checklist"],
    },
    Step {
        title: "Backups",
        todo: "Find out what is backed up and where to. Look whether the last one worked, and bring one thing back as a test.",
        rows: &["164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"],
        registers: &["backups"],
        policies: &["backup-and-recovery"],
    },
    Step {
        title: "Incidents",
        todo: "Fill in the call list, print the plan, and begin the log.",
        rows: &["164.308(a)(6)(i)", "164.308(a)(6)(ii)"],
        registers: &["incidents"],
        policies: &["incident-response-plan"],
    },
    Step {
        title: "Looking at access reports",
        todo: "See that logging is on in every system, look at one report, and write down what you found.",
        rows: &["164.308(a)(1)(ii)(D)", "164.312(b)"],
        registers: &["activity-reviews"],
        policies: &["activity-review"],
    },
    Step {
        title: "Training",
        todo: "Train everyone, owners included, and write down who, when and on what.",
        rows: &["164.308(a)(5)(i)"],
        registers: &["training"],
        policies: &["security-training"],
    },
    Step {
        title: "Sanctions, and the policy set",
        todo: "Make the sanction policy yours, hand the policies out, and have everyone acknowledge them.",
        rows: &["164.308(a)(1)(ii)(C)", "164.316(b)(2)(ii)"],
        registers: &["sanctions", "acks"],
        policies: &["sanction-policy", "documentation-policy"],
    },
];

/// The first ten steps, in order.
pub fn first_ten() -> Vec<FirstStep> {
    let row = |citation: &&str| rule().row(&citation.parse().ok()?);
    STEPS
        .iter()
        .map(|step| FirstStep {
            title: step.title,
            todo: step.todo,
            rows: step.rows.iter().filter_map(row).collect(),
            registers: step.registers,
            policies: step.policies,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::starter::{Facts, files};

    #[test]
    fn each_names_rows_and_files_that_are_there() {
        let made: Vec<String> = files(&Facts::default())
            .into_iter()
            .map(|file| file.path)
            .collect();
        let steps = first_ten();
        assert_eq!(steps.len(), 10);
        for (step, declared) in steps.iter().zip(&STEPS) {
            assert_eq!(step.rows.len(), declared.rows.len(), "{}", step.title);
            assert!(!step.files().is_empty());
            for file in step.files() {
                assert!(made.contains(&file), "{file} of \"{}\"", step.title);
            }
        }
        assert_eq!(steps[0].title, "Risk analysis");
    }
}
