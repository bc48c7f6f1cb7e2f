//! The declarations, one register after the other. To add a register, add it here: the reader, the join, the gap
//! logic, the site and the print follow. What serves which row is our reading of the rule's words and of OCR's 2016
//! audit protocol.

use super::ColumnKind::{
    self, Citations, Date, Devices, Exhibit, Number, OneOf, Persons, Sites, Systems, Text, YesNo,
};
use super::Condition::{AnyFilled, Either, Is, NotAfter, Present, Yes, YesOrDecided};
use super::shorthand::{may, must, serve};
use super::{
    Audience, Condition, Contradiction, Coverage, NEVER_AGES, NoneAccepted, NoneRule, Register, SystemFilter,
};

const LEVELS: ColumnKind = OneOf(&["low", "moderate", "high"]);
const EVERY_LINE: Coverage = Coverage::EveryLine;
const EVERY_LINE_IF_ANY: Coverage = Coverage::EveryLineIfAny;
const EVERYBODY: Coverage = Coverage::Workforce { with_access: false };
const EPHI_SYSTEMS: Coverage = Coverage::Systems(SystemFilter::HoldsEphi);
const LOGGED_SYSTEMS: Coverage = Coverage::Systems(SystemFilter::LoggingOn);
/// Somebody who started and reaches ePHI was authorized and given access.
const JOINED_WITH_ACCESS: &[Contradiction] = &[Contradiction {
    register: "workforce",
    date: "since",
    when: &[Yes("access")],
}];
const IN_USE: &[Condition] = &[Is("status", &["in-use", "spare"])];
const IN_USE_WITH_EPHI: &[Condition] = &[Is("status", &["in-use", "spare"]), Yes("ephi")];

/// Every register, in the order of the index of registers.
pub static REGISTERS: &[Register] = &[
    Register {
        name: "workforce",
        title: "Workforce",
        purpose: "Everyone who works here, staff, contractors on site, students and volunteers, with the dates they came and left.",
        columns: &[
            must("id", "Id", Text),
            must("name", "Name", Text),
            must("role", "Role", Text),
            may("site", "Site", Sites),
            must("since", "Since", Date),
            may("until", "Until", Date),
            may("access", "Reaches ePHI", YesNo),
            may("first_login", "First log-in", Date),
            may("cleared", "Cleared", Date),
            may("cleared_by", "Cleared by", Text),
            may("cleared_how", "Kind of check", Text),
            must("checked", "Line confirmed", Date),
        ],
        key: "id",
        date: "checked",
        audience: Audience::Workforce,
        serves: &[serve(
            "164.308(a)(3)(ii)(B)",
            "",
            &[NotAfter("cleared", "first_login")],
            12,
        )
        .among(&[Yes("access")])
        .filled(&["cleared", "cleared_by", "cleared_how"])
        .covering(EVERY_LINE)],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "systems",
        title: "Systems",
        purpose: "Every program or service that holds or reaches patient data, in use or retired, with how it is protected.",
        columns: &[
            must("id", "Id", Text),
            must("name", "Name", Text),
            may("vendor", "Vendor", Text),
            may("hosted", "Run by the vendor", YesNo),
            must("holds_ephi", "Holds ePHI", YesNo),
            may("since", "Since", Date),
            may("until", "Retired on", Date),
            may("owner", "Owner", Text),
            may("logging", "Logging", OneOf(&["on", "off", "not-possible"])),
            may("unique_ids", "One log-in a person", YesNo),
            may("logoff_minutes", "Logs off after (min)", Number),
            may("at_rest", "Encrypted at rest", OneOf(&["yes", "no", "decision"])),
            may("mfa", "Second step", YesNo),
            may("antimalware", "Malware protection", Text),
            must("checked", "Line confirmed", Date),
        ],
        key: "id",
        date: "checked",
        audience: Audience::Workforce,
        serves: &[
            serve("164.312(a)(2)(i)", "ids", &[Yes("unique_ids")], 12)
                .among(&[Yes("holds_ephi")])
                .covering(EVERY_LINE),
            serve("164.312(a)(2)(iii)", "minutes", &[Present("logoff_minutes")], 12)
                .among(&[Yes("holds_ephi")])
                .covering(EVERY_LINE),
            serve("164.312(a)(2)(iv)", "systems", &[YesOrDecided("at_rest")], 12)
                .among(&[Yes("holds_ephi")])
                .covering(EVERY_LINE),
            serve("164.312(b)", "logging", &[Is("logging", &["on"])], 12)
                .among(&[Yes("holds_ephi")])
                .covering(EVERY_LINE),
            serve("164.312(d)", "second-step", &[], 12)
                .among(&[Yes("holds_ephi")])
                .filled(&["mfa"])
                .covering(EVERY_LINE),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "designations",
        title: "Who is who",
        purpose: "Named persons in named roles, with the dates: the security official first of all, and who stands in.",
        columns: &[
            must("role", "Role", Text),
            must("person", "Person", Text),
            must("since", "Since", Date),
            may("until", "Until", Date),
            may("letter", "Letter", Exhibit),
            may("backup", "Stands in", Text),
            must("checked", "Line confirmed", Date),
        ],
        key: "",
        date: "checked",
        audience: Audience::Workforce,
        serves: &[
            serve(
                "164.308(a)(2)",
                "person",
                &[Is("role", &["security official", "security officer"])],
                12,
            )
            .filled(&["person", "since"]),
            serve(
                "164.308(a)(2)",
                "letter",
                &[Is("role", &["security official", "security officer"])],
                NEVER_AGES,
            )
            .filled(&["letter"]),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "business-associates",
        title: "Business associates",
        purpose: "Every outside company or person that creates, keeps, sees or sends patient data for the practice, with its contract.",
        columns: &[
            must("id", "Id", Text),
            must("name", "Name", Text),
            must("service", "Service", Text),
            may("ephi", "ePHI touched", Text),
            must(
                "arrangement",
                "Arrangement",
                OneOf(&["contract", "mou", "subcontractor", "statute"]),
            ),
            may("signed", "Signed", Date),
            may("file", "Contract", Exhibit),
            may("kept_at", "Kept at", Text),
            may("clause_comply", "Clause (A): comply", YesNo),
            may("clause_subcontractors", "Clause (B): subcontractors", YesNo),
            may("clause_report", "Clause (C): report", YesNo),
            may("clauses_read", "Clauses read", Date),
            may("read_by", "Read by", Text),
            may("deviations", "Deviations from the template", Text),
            may("deviations_approved_by", "Deviations approved by", Text),
            may("contact", "Contact", Text),
            may("incident_contact", "Contact for incidents", Text),
            may("renewal", "Renewal", Date),
            may("until", "Ended on", Date),
            may("returned", "Returned or destroyed", Text),
            must("checked", "Line confirmed", Date),
        ],
        key: "id",
        date: "checked",
        audience: Audience::Workforce,
        serves: &[
            serve("164.308(b)(1)", "", &[], 12).covering(EVERY_LINE),
            serve("164.308(b)(3)", "", &[AnyFilled(&["file", "kept_at"])], 12)
                .filled(&["signed"])
                .covering(EVERY_LINE),
            serve(
                "164.314(a)(1)",
                "",
                &[Either(&[
                    Is("deviations", &["none", "no"]),
                    Present("deviations_approved_by"),
                    Is("arrangement", &["mou", "statute"]),
                ])],
                12,
            )
            .filled(&["arrangement"])
            .covering(EVERY_LINE),
            serve(
                "164.314(a)(2)(i)",
                "",
                &[
                    Yes("clause_comply"),
                    Yes("clause_subcontractors"),
                    Yes("clause_report"),
                    AnyFilled(&["file", "kept_at"]),
                ],
                12,
            )
            .among(&[Is("arrangement", &["contract", "subcontractor"])])
            .filled(&["signed", "clauses_read"])
            .dated("clauses_read")
            .covering(EVERY_LINE),
            serve("164.314(a)(2)(ii)", "", &[AnyFilled(&["file", "kept_at"])], 12)
                .among(&[Is("arrangement", &["mou", "statute"])])
                .filled(&["signed"])
                .covering(EVERY_LINE),
            serve("164.314(a)(2)(iii)", "", &[AnyFilled(&["file", "kept_at"])], 12)
                .among(&[Is("arrangement", &["subcontractor"])])
                .filled(&["signed"])
                .covering(EVERY_LINE),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "devices",
        title: "Devices and workstations",
        purpose: "Every computer, phone, drive and copier that can hold or show patient data: where it is, who uses it, how it is protected.",
        columns: &[
            must("id", "Id", Text),
            must(
                "kind",
                "Kind",
                OneOf(&[
                    "desktop",
                    "laptop",
                    "tablet",
                    "phone",
                    "server",
                    "printer",
                    "usb",
                    "network",
                    "workstation",
                    "other",
                ]),
            ),
            may("class", "Used for", Text),
            may("place", "Place", Text),
            must("site", "Site", Sites),
            may("user", "User", Persons),
            must("ephi", "Holds ePHI", YesNo),
            may("encryption", "Encrypted", OneOf(&["yes", "no", "decision"])),
            may("antimalware", "Malware protection", Text),
            may("physical", "Secured by", Text),
            may("sight_line", "Screen out of public sight", YesNo),
            may("since", "Since", Date),
            must("status", "Status", OneOf(&["in-use", "spare", "retired"])),
            may("until", "Retired on", Date),
            must("checked", "Line confirmed", Date),
        ],
        key: "id",
        date: "checked",
        audience: Audience::Workforce,
        serves: &[
            serve(
                "164.308(a)(5)(ii)(B)",
                "protection",
                &[Present("antimalware")],
                12,
            )
            .among(&[
                Is("status", &["in-use", "spare"]),
                Is("kind", &["desktop", "laptop", "tablet", "server", "workstation"]),
            ])
            .covering(EVERY_LINE),
            serve("164.310(b)", "inventory", &[], 12)
                .among(IN_USE)
                .filled(&["class", "place"])
                .covering(EVERY_LINE),
            serve("164.310(c)", "", &[Present("physical")], 12)
                .among(IN_USE)
                .covering(EVERY_LINE),
            serve("164.310(d)(1)", "inventory", &[], 12)
                .among(IN_USE)
                .covering(EVERY_LINE),
            serve("164.310(d)(2)(iii)", "inventory", &[], 12)
                .among(IN_USE)
                .covering(EVERY_LINE),
            serve("164.312(a)(2)(iv)", "devices", &[YesOrDecided("encryption")], 12)
                .among(IN_USE_WITH_EPHI)
                .covering(EVERY_LINE_IF_ANY),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "risks",
        title: "Risk register",
        purpose: "Each risk of the risk analysis with its level, what was decided, who does it and until when.",
        columns: &[
            must("id", "Id", Text),
            must("asset", "Asset", Text),
            must("threat", "Threat", Text),
            must("vulnerability", "Vulnerability", Text),
            may("measures", "Measures in place", Text),
            must("likelihood", "Likelihood", LEVELS),
            must("impact", "Impact", LEVELS),
            must("level", "Level", LEVELS),
            may(
                "decision",
                "Decision",
                OneOf(&["mitigate", "accept", "avoid", "transfer"]),
            ),
            may("owner", "Owner", Text),
            may("due", "Due", Date),
            may("done", "Done", Date),
            may("proof", "Proof", Exhibit),
            may("residual", "Residual", LEVELS),
            may("accepted_by", "Accepted by", Text),
            may("accepted", "Accepted on", Date),
            must("checked", "Line confirmed", Date),
        ],
        key: "id",
        date: "checked",
        audience: Audience::Management,
        serves: &[
            serve("164.308(a)(1)(i)", "", &[], 12)
                .filled(&["done", "proof"])
                .dated("done"),
            serve("164.308(a)(1)(ii)(B)", "", &[], 12).covering(Coverage::RiskLines),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "criticality",
        title: "Criticality of applications and data",
        purpose: "Which systems come back first, and how long the practice can manage without each.",
        columns: &[
            must("system", "System", Systems),
            may("data", "Data", Text),
            must("priority", "Priority", Number),
            must("max_downtime", "Longest time without it", Text),
            must("agreed_by", "Agreed by", Text),
            must("checked", "Agreed or confirmed", Date),
        ],
        key: "",
        date: "checked",
        audience: Audience::Workforce,
        serves: &[serve("164.308(a)(7)(ii)(E)", "", &[], 12)
            .filled(&["priority", "max_downtime", "agreed_by"])
            .covering(Coverage::Systems(SystemFilter::InUse))],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "evidence",
        title: "Exhibits",
        purpose: "Each file that proves something: what it shows, of which day, and which rows it serves.",
        columns: &[
            must("id", "Exhibit", Text),
            may("file", "File", Text),
            must("title", "Title", Text),
            must("date", "Date", Date),
            must("rows", "Rows", Citations),
            may("system", "System", Systems),
            may("site", "Site", Sites),
            may("person", "Person", Persons),
            may(
                "shows",
                "Shows",
                OneOf(&[
                    "setting",
                    "user-list",
                    "letter",
                    "report",
                    "export",
                    "statement",
                    "photo",
                    "form",
                    "material",
                    "contract",
                    "test",
                    "list",
                ]),
            ),
            may("by", "Captured by", Text),
            may("source", "Source", Text),
            may("sha256", "SHA-256", Text),
            may("kept_at", "Kept at", Text),
        ],
        key: "id",
        date: "date",
        audience: Audience::Workforce,
        serves: &[],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "access",
        title: "Access authorizations, changes and reviews",
        purpose: "Who was given, changed or refused which access, who approved it, and each review of the user lists.",
        columns: &[
            must("date", "Date", Date),
            must(
                "action",
                "Action",
                OneOf(&[
                    "authorize",
                    "grant",
                    "review",
                    "change",
                    "remove",
                    "emergency",
                    "emergency-test",
                    "list-confirmed",
                ]),
            ),
            may("person", "Person", Persons),
            may("role", "Role", Text),
            may("system", "System", Systems),
            may("level", "Level", Text),
            may("approved_by", "Approved by", Text),
            may("by", "Done by", Text),
            may("login", "First log-in", Date),
            may("changes", "What was changed", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[
            serve("164.308(a)(3)(i)", "", &[Is("action", &["review"])], 12),
            serve(
                "164.308(a)(3)(ii)(A)",
                "authorizations",
                &[Is("action", &["authorize"])],
                12,
            )
            .filled(&["approved_by"])
            .none(NoneAccepted::Yes)
            .contradicted_by(JOINED_WITH_ACCESS),
            serve(
                "164.308(a)(3)(ii)(A)",
                "list",
                &[Is("action", &["list-confirmed"])],
                12,
            ),
            serve("164.308(a)(4)(i)", "review", &[Is("action", &["review"])], 12),
            serve(
                "164.308(a)(4)(ii)(B)",
                "",
                &[Is("action", &["grant"]), NotAfter("date", "login")],
                12,
            )
            .filled(&["level", "approved_by"])
            .none(NoneAccepted::WithList)
            .contradicted_by(JOINED_WITH_ACCESS),
            serve(
                "164.308(a)(4)(ii)(C)",
                "",
                &[Is("action", &["review", "change", "remove"])],
                12,
            ),
            serve("164.312(a)(1)", "review", &[Is("action", &["review"])], 12),
            serve(
                "164.312(a)(2)(ii)",
                "",
                &[Is("action", &["emergency", "emergency-test"])],
                12,
            ),
            serve(
                "164.310(a)(2)(iii)",
                "list",
                &[Is("action", &["list-confirmed"])],
                12,
            ),
        ],
        none: NoneRule::Accepted { per: "action" },
    },
    Register {
        name: "leavers",
        title: "Leavers",
        purpose: "For each person who left: which accounts were closed and when, and what came back.",
        columns: &[
            must("date", "Left on", Date),
            must("person", "Person", Persons),
            may("role", "Role", Text),
            may("accounts", "Accounts", Text),
            must("accounts_off", "Accounts off", Date),
            may("keys_back", "Keys back", Text),
            may("devices_back", "Devices back", Text),
            must("done_by", "Done by", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[serve("164.308(a)(3)(ii)(C)", "", &[], 12)
            .filled(&["accounts_off", "done_by"])
            .covering(Coverage::Leavers)
            .none(NoneAccepted::NoHoles)
            .contradicted_by(&[Contradiction {
                register: "workforce",
                date: "until",
                when: &[],
            }])],
        none: NoneRule::Accepted { per: "" },
    },
    Register {
        name: "training",
        title: "Training",
        purpose: "Who was trained, when, on what, with which material. One line a person and topic.",
        columns: &[
            must("date", "Date", Date),
            must("person", "Person", Persons),
            must(
                "topic",
                "Topic",
                OneOf(&[
                    "general",
                    "malware",
                    "log-in",
                    "passwords",
                    "incident",
                    "contingency",
                    "privacy",
                ]),
            ),
            may("material", "Material", Exhibit),
            may("version", "Version", Text),
            may("by", "Given by", Text),
            may("signature", "Signature", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[
            serve("164.308(a)(5)(i)", "", &[Is("topic", &["general"])], 12)
                .filled(&["material"])
                .covering(EVERYBODY),
            serve(
                "164.308(a)(5)(ii)(B)",
                "training",
                &[Is("topic", &["malware"])],
                12,
            )
            .covering(EVERYBODY),
            serve(
                "164.308(a)(5)(ii)(C)",
                "training",
                &[Is("topic", &["log-in"])],
                12,
            )
            .covering(EVERYBODY),
            serve(
                "164.308(a)(5)(ii)(D)",
                "training",
                &[Is("topic", &["passwords"])],
                12,
            )
            .covering(EVERYBODY),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "reminders",
        title: "Security reminders",
        purpose: "Each reminder between trainings: day, way, topic, to whom.",
        columns: &[
            must("date", "Date", Date),
            must("channel", "Channel", Text),
            must("topic", "Topic", Text),
            must("sent_by", "Sent by", Text),
            must("sent_to", "Sent to", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[serve("164.308(a)(5)(ii)(A)", "", &[], 6)],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "acks",
        title: "Acknowledgments",
        purpose: "Who received and acknowledged which policy or plan, and how.",
        columns: &[
            must("date", "Date", Date),
            must("person", "Person", Persons),
            must("policy", "Policy or plan", Text),
            may("version", "Version", Text),
            must("how", "How", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[
            serve(
                "164.308(a)(6)(i)",
                "",
                &[Is(
                    "policy",
                    &[
                        "incident-response-plan",
                        "incident-response",
                        "security-incident-plan",
                    ],
                )],
                12,
            )
            .covering(EVERYBODY),
            serve("164.308(a)(7)(i)", "", &[Is("policy", &["contingency-plan"])], 12).covering(EVERYBODY),
            serve("164.316(b)(2)(ii)", "received", &[], 12).covering(EVERYBODY),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "activity-reviews",
        title: "Information system activity reviews",
        purpose: "Each look at access reports and logs: which system, what, by whom, what was found. \"Nothing found\" is a finding.",
        columns: &[
            must("date", "Date", Date),
            must("system", "System", Systems),
            must(
                "what",
                "What was looked at",
                OneOf(&["access-report", "log-ins", "audit-log", "incident-reports", "all"]),
            ),
            may("period", "Period", Text),
            must("by", "By", Text),
            must("findings", "Findings", Text),
            may("action", "Action", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[
            serve("164.308(a)(1)(i)", "", &[Present("action")], 12),
            serve("164.308(a)(1)(ii)(D)", "", &[], 3)
                .filled(&["by", "findings"])
                .covering(LOGGED_SYSTEMS),
            serve(
                "164.308(a)(5)(ii)(C)",
                "review",
                &[Is("what", &["log-ins", "all"])],
                3,
            ),
            serve("164.312(b)", "review", &[], 3)
                .filled(&["by", "findings"])
                .covering(LOGGED_SYSTEMS),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "incidents",
        title: "Security incidents",
        purpose: "Every suspected or known incident, attempts included: what was done, how harm was limited, how it ended.",
        columns: &[
            must("id", "Id", Text),
            must("date", "Found", Date),
            must(
                "kind",
                "Kind",
                OneOf(&[
                    "lost-device",
                    "malware",
                    "phishing",
                    "misdirected",
                    "unauthorized-access",
                    "integrity",
                    "outage",
                    "other",
                ]),
            ),
            may("system", "System", Systems),
            may("severity", "Severity", LEVELS),
            must("what", "What happened", Text),
            may("reported_to", "Reported to", Text),
            must("response", "Response", Text),
            may("mitigation", "Harm limited by", Text),
            must("outcome", "Outcome", Text),
            may("breach_decision", "Breach decision", Text),
            may("closed", "Closed", Date),
        ],
        key: "id",
        date: "date",
        audience: Audience::Management,
        serves: &[
            serve("164.308(a)(1)(i)", "", &[], 12).filled(&["outcome", "closed"]),
            serve("164.308(a)(6)(ii)", "", &[], 12)
                .filled(&["response", "mitigation", "outcome"])
                .none(NoneAccepted::NoHoles),
            serve("164.308(a)(7)(i)", "", &[Is("kind", &["outage"])], 12).filled(&["response", "outcome"]),
            serve("164.308(a)(7)(ii)(C)", "", &[Is("kind", &["outage"])], 12)
                .filled(&["response", "outcome"])
                .none(NoneAccepted::Named),
            serve("164.312(c)(1)", "incidents", &[Is("kind", &["integrity"])], 12).none(NoneAccepted::Yes),
        ],
        none: NoneRule::Accepted { per: "kind" },
    },
    Register {
        name: "sanctions",
        title: "Sanctions",
        purpose: "Each sanction applied: the rule broken, the step, who decided. Never a name.",
        columns: &[
            must("id", "Id", Text),
            must("date", "Date", Date),
            must("rule_broken", "Rule broken", Text),
            must("step", "Step taken", Text),
            must("decided_by", "Decided by", Text),
            may("closed", "Closed", Date),
        ],
        key: "id",
        date: "date",
        audience: Audience::Management,
        serves: &[serve("164.308(a)(1)(ii)(C)", "", &[], 12)
            .filled(&["step", "decided_by"])
            .none(NoneAccepted::NoHoles)],
        none: NoneRule::Accepted { per: "" },
    },
    Register {
        name: "backups",
        title: "Backup checks and restore tests",
        purpose: "Each check that a backup ran, each test that something came back, each copy made before a move.",
        columns: &[
            must("date", "Date", Date),
            must("kind", "Kind", OneOf(&["check", "restore-test", "move-copy"])),
            must("system", "System", Systems),
            must("result", "Result", Text),
            must("by", "By", Text),
            may("problem", "Problem", Text),
            may("fix", "Fix", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[
            serve("164.308(a)(7)(ii)(A)", "", &[Is("kind", &["check"])], 3)
                .filled(&["result", "by"])
                .covering(EPHI_SYSTEMS),
            serve("164.308(a)(7)(ii)(B)", "", &[Is("kind", &["restore-test"])], 12).filled(&["result", "by"]),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "contingency-tests",
        title: "Contingency tests and drills",
        purpose: "Each drill or test of a plan, even around a table: who took part, what went wrong, what was changed.",
        columns: &[
            must("date", "Date", Date),
            must(
                "scenario",
                "Scenario",
                OneOf(&[
                    "downtime",
                    "disaster",
                    "incident-drill",
                    "ransomware",
                    "table-top",
                ]),
            ),
            must("participants", "Participants", Text),
            must("result", "Result", Text),
            must("plan_change", "Change to the plan", Text),
            may("facility_access", "Entry to the building tried", YesNo),
            may("contacts_checked", "Contact list checked", YesNo),
            may("by", "Led by", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[
            serve(
                "164.308(a)(6)(i)",
                "",
                &[Either(&[
                    Is("scenario", &["incident-drill"]),
                    Yes("contacts_checked"),
                ])],
                12,
            ),
            serve("164.308(a)(7)(i)", "", &[], 12).filled(&["participants", "result"]),
            serve("164.308(a)(7)(ii)(C)", "", &[Is("scenario", &["downtime"])], 12)
                .filled(&["participants", "result"]),
            serve("164.308(a)(7)(ii)(D)", "", &[], 12).filled(&["participants", "result", "plan_change"]),
            serve("164.310(a)(2)(i)", "", &[Yes("facility_access")], 12).filled(&["result"]),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "walkthroughs",
        title: "Walk-throughs",
        purpose: "Each walk through a site: locks, alarm, what can be seen on screens, how workstations are secured.",
        columns: &[
            must("date", "Date", Date),
            must("site", "Site", Sites),
            must("by", "By", Text),
            may("locks_ok", "Locks in order", YesNo),
            may("alarm_ok", "Alarm in order", YesNo),
            may("sight_lines_ok", "Screens out of sight", YesNo),
            may("workstations_ok", "Workstations secured", YesNo),
            must("findings", "Findings", Text),
            may("fixed", "Fixed", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[
            serve("164.310(a)(2)(ii)", "", &[], 12)
                .filled(&["locks_ok", "alarm_ok"])
                .covering(Coverage::Sites),
            serve("164.310(b)", "sight-lines", &[], 12)
                .filled(&["sight_lines_ok"])
                .covering(Coverage::Sites),
            serve("164.310(c)", "", &[], 12)
                .filled(&["workstations_ok"])
                .covering(Coverage::Sites),
        ],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "visitors",
        title: "Visitors",
        purpose: "Visitors and repair people behind the front desk: who, for whom, where, from when to when.",
        columns: &[
            must("date", "Date", Date),
            must("site", "Site", Sites),
            must("name", "Name", Text),
            may("company", "Company", Text),
            may("reason", "Reason", Text),
            must("host", "Host", Text),
            may("area", "Area", Text),
            may("in", "In", Text),
            may("out", "Out", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Management,
        serves: &[serve("164.310(a)(2)(iii)", "visitors", &[], 12)
            .filled(&["host"])
            .covering(Coverage::Sites)
            .none(NoneAccepted::Yes)],
        none: NoneRule::Accepted { per: "" },
    },
    Register {
        name: "keys",
        title: "Keys, badges and codes",
        purpose: "Who holds which key, badge or alarm code, since when. Never the code itself.",
        columns: &[
            must("item", "Item", Text),
            must("site", "Site", Sites),
            must("holder", "Holder", Persons),
            must("issued", "Issued", Date),
            may("returned", "Returned", Date),
            must("checked", "Line confirmed", Date),
        ],
        key: "",
        date: "checked",
        audience: Audience::Management,
        serves: &[serve("164.310(a)(1)", "", &[], 12)
            .filled(&["holder"])
            .covering(Coverage::Sites)],
        none: NoneRule::NotAccepted,
    },
    Register {
        name: "maintenance",
        title: "Maintenance of the premises",
        purpose: "Repairs and changes to doors, locks, walls, alarms and cameras, with who did and who authorized them.",
        columns: &[
            must("date", "Date", Date),
            must("site", "Site", Sites),
            must("place", "Place", Text),
            must("work", "Work", Text),
            must("done_by", "Done by", Text),
            must("authorized_by", "Authorized by", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[serve("164.310(a)(2)(iv)", "", &[], 12)
            .filled(&["done_by", "authorized_by"])
            .covering(Coverage::Sites)
            .none(NoneAccepted::NoHoles)],
        none: NoneRule::Accepted { per: "" },
    },
    Register {
        name: "media",
        title: "Movement, re-use and disposal of devices and media",
        purpose: "Each device or drive that came, left, moved, was wiped for another use or destroyed.",
        columns: &[
            must("id", "Id", Text),
            must("date", "Date", Date),
            must(
                "action",
                "Action",
                OneOf(&["in", "out", "move", "re-use", "disposal"]),
            ),
            must("item", "Item", Devices),
            may("from_place", "From", Text),
            may("to_place", "To", Text),
            may("person", "Responsible", Persons),
            may("method", "Method", Text),
            may("verified_by", "Verified by", Text),
            may("certificate", "Certificate", Exhibit),
            may("copy_made_first", "Copy made first", Text),
            may("site", "Site", Sites),
        ],
        key: "id",
        date: "date",
        audience: Audience::Workforce,
        serves: &[
            serve(
                "164.310(d)(1)",
                "movements",
                &[Is("action", &["in", "out", "move"])],
                12,
            )
            .none(NoneAccepted::Yes),
            serve("164.310(d)(2)(i)", "", &[Is("action", &["disposal"])], 12)
                .filled(&["method", "verified_by", "certificate"])
                .none(NoneAccepted::NoHoles)
                .contradicted_by(&[Contradiction {
                    register: "devices",
                    date: "until",
                    when: &[Is("status", &["retired"])],
                }]),
            serve("164.310(d)(2)(ii)", "", &[Is("action", &["re-use"])], 12)
                .filled(&["method", "verified_by"])
                .none(NoneAccepted::NoHoles),
            serve(
                "164.310(d)(2)(iii)",
                "movements",
                &[Is("action", &["move", "out", "in"])],
                12,
            )
            .filled(&["person"])
            .none(NoneAccepted::Yes),
            serve(
                "164.310(d)(2)(iv)",
                "",
                &[Is("action", &["move", "out"]), Present("copy_made_first")],
                12,
            )
            .none(NoneAccepted::NoHoles),
        ],
        none: NoneRule::Accepted { per: "action" },
    },
    Register {
        name: "changes",
        title: "Changes",
        purpose: "Each change to premises, systems or services that touches security. A risk analysis and an evaluation must be newer than the last one.",
        columns: &[
            must("date", "Date", Date),
            must("what", "What changed", Text),
            may("system", "System", Systems),
            may("site", "Site", Sites),
            must("effect", "Effect on security", Text),
            may("follow_up", "Follow-up", Text),
        ],
        key: "",
        date: "date",
        audience: Audience::Workforce,
        serves: &[],
        none: NoneRule::NotAccepted,
    },
];
