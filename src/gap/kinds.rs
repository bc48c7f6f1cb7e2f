//! The closed list of gap kinds. The names are stable: they stand in JSON and in addresses.

macro_rules! gap_kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What sort of thing is missing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum GapKind { $($(#[$doc])* $variant),+ }

        impl GapKind {
            /// Every kind.
            pub const ALL: &[GapKind] = &[$(GapKind::$variant),+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(GapKind::$variant => $name),+ }
            }
        }
    };
}

gap_kinds! {
    /// No answer file, or nothing in it.
    AnswerMissing = "answer-missing",
    /// One question has no answer.
    QuestionUnanswered = "question-unanswered",
    /// An unchecked task stands in an answer.
    TaskOpen = "task-open",
    /// A blank is left in an answer.
    PlaceholderLeft = "placeholder-left",
    /// The answer opens with the word that states a shortfall.
    ShortfallStated = "shortfall-stated",
    /// Not reviewed within the interval.
    AnswerReviewDue = "answer-review-due",
    /// No policy speaks of the row.
    PolicyMissing = "policy-missing",
    /// A paragraph cites the row; no section documents it.
    PolicyMentionOnly = "policy-mention-only",
    /// `satisfies` names the row; no section holds its text.
    ClaimWithoutText = "claim-without-text",
    /// The section repeats the regulation and nothing else.
    RuleTextOnly = "rule-text-only",
    /// Blanks are left in the policy.
    PolicyPlaceholder = "policy-placeholder",
    /// Starter text that nobody changed.
    StarterTextUnchanged = "starter-text-unchanged",
    /// A draft.
    PolicyNotApproved = "policy-not-approved",
    /// Approved, but the approval is not tied to the words.
    ApprovalNotTiedToText = "approval-not-tied-to-text",
    /// The words changed after they were approved.
    TextChangedSinceApproval = "text-changed-since-approval",
    /// Approved, and takes effect later.
    PolicyNotYetInEffect = "policy-not-yet-in-effect",
    /// Superseded, and nothing took its place.
    PolicyLapsed = "policy-lapsed",
    /// Not reviewed within its interval.
    PolicyReviewDue = "policy-review-due",
    /// The rule calls for a procedure or an action; there is only a statement of intent.
    ProcedureMissing = "procedure-missing",
    /// No proof.
    EvidenceMissing = "evidence-missing",
    /// Proof, but too old.
    EvidenceOlderThanInterval = "evidence-older-than-interval",
    /// Proof for some, not for all.
    CoverageIncomplete = "coverage-incomplete",
    /// A hole between "none" statements.
    PeriodUncovered = "period-uncovered",
    /// "None" where something must have happened.
    NoneNotAccepted = "none-not-accepted",
    /// "None", and an entry in the same period.
    NoneContradicted = "none-contradicted",
    /// The file of an exhibit is not there.
    EvidenceFileMissing = "evidence-file-missing",
    /// The file of an exhibit is not the one recorded.
    EvidenceFileChanged = "evidence-file-changed",
    /// Proof dated after the as-of date.
    EvidenceDatedLater = "evidence-dated-later",
    /// Addressable, and no branch chosen.
    BranchMissing = "branch-missing",
    /// A factor of the determination is not written.
    DeterminationIncomplete = "determination-incomplete",
    /// Nobody is named, or no date.
    DeterminationUnsigned = "determination-unsigned",
    /// Not looked at again within the interval.
    DeterminationReviewDue = "determination-review-due",
    /// Neither implemented nor replaced, and the standard is not met on its own.
    StandardNotMet = "standard-not-met",
    /// A fact that decides the row is not stated, or not by whom and when.
    ApplicabilityUnexplained = "applicability-unexplained",
    /// A register says otherwise.
    ApplicabilityContradicted = "applicability-contradicted",
    /// Not looked at again within the interval.
    ApplicabilityReviewDue = "applicability-review-due",
    /// A specification of the standard is not documented.
    SpecificationOpen = "specification-open",
    /// Something that must still be kept is not in the folder.
    KeptRecordMissing = "kept-record-missing",
}
