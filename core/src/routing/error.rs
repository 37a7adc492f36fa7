use thiserror::Error;

/// Why a routing is refused when it is compiled, or a step when it is completed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RoutingError {
    /// `routing.empty`
    #[error("the routing has no step; write at least one")]
    Empty,
    /// `routing.too_large`
    #[error(
        "the routing needs {places} places for its steps and joins, more than {limit}; split the procedure"
    )]
    TooLarge {
        /// Places needed.
        places: usize,
        /// Places allowed.
        limit: usize,
    },
    /// `routing.too_many_outcomes`
    #[error("the steps have {outcomes} outcomes, more than {limit}; split the procedure")]
    TooManyOutcomes {
        /// Outcomes there are.
        outcomes: usize,
        /// Outcomes allowed.
        limit: usize,
    },
    /// `routing.duplicate_step`
    #[error("the step id `{step}` is used twice or is the reserved word `end`; give each step its own id")]
    DuplicateStep {
        /// The id.
        step: String,
    },
    /// `routing.no_outcome`
    #[error("step `{step}` does not say what follows; write `next` or `outcomes` with at least one target")]
    NoOutcome {
        /// The step.
        step: String,
    },
    /// `routing.duplicate_outcome`
    #[error("step `{step}` has the outcome `{outcome}` twice; give each its own name")]
    DuplicateOutcome {
        /// The step.
        step: String,
        /// Its outcome.
        outcome: String,
    },
    /// `routing.unknown_start`
    #[error("the routing is to start with `{step}`, which is no step; name one")]
    UnknownStart {
        /// The start that is no step.
        step: String,
    },
    /// `routing.unknown_target`
    #[error(
        "outcome `{outcome}` of step `{step}` leads to `{target}`, which is no step; name a step or `end`"
    )]
    UnknownTarget {
        /// The step.
        step: String,
        /// Its outcome.
        outcome: String,
        /// The target that is no step.
        target: String,
    },
    /// `routing.unknown_cancel`
    #[error("outcome `{outcome}` of step `{step}` cancels `{target}`, which is no step; name a step")]
    UnknownCancel {
        /// The step.
        step: String,
        /// Its outcome.
        outcome: String,
        /// What is cancelled and is no step.
        target: String,
    },
    /// `routing.bad_need`
    #[error(
        "step `{step}` waits for {of} steps, and its `need` is none of 1 to {of}; correct it or leave it out"
    )]
    BadNeed {
        /// The joining step.
        step: String,
        /// How many steps it waits for.
        of: usize,
    },
    /// `routing.join_twice`
    #[error("step `{step}` names `{awaited}` twice in its `join`; name it once")]
    JoinTwice {
        /// The joining step.
        step: String,
        /// The step that is named twice.
        awaited: String,
    },
    /// `routing.join_not_fed`
    #[error("step `{step}` waits for `{awaited}`, which never leads to it; make it a target of `{awaited}`")]
    JoinNotFed {
        /// The joining step.
        step: String,
        /// The step it waits for in vain.
        awaited: String,
    },
    /// `routing.join_lacks`
    #[error(
        "step `{from}` leads to `{step}`, which does not wait for it; name `{from}` in the `join` of `{step}`"
    )]
    JoinLacks {
        /// The joining step.
        step: String,
        /// The step that leads to it unnamed.
        from: String,
    },
    /// `routing.unreachable_step`
    #[error("step `{step}` can never run; lead an outcome to it or remove it")]
    UnreachableStep {
        /// The step.
        step: String,
    },
    /// `routing.stuck`
    #[error(
        "the dossier gets stuck after {path}: {waiting} waits for a branch that never comes; let the missing \
         branch start or drop the join"
    )]
    Stuck {
        /// A shortest way there, `receive -complete-> check …`.
        path: String,
        /// The joining steps that wait for tokens nobody can bring.
        waiting: String,
    },
    /// `routing.never_ends`
    #[error("after {path} the end can no longer be reached; give one of the steps in the loop a way out")]
    NeverEnds {
        /// A shortest way there.
        path: String,
    },
    /// `routing.runs_twice`
    #[error("after {path} step `{step}` would run twice at once; join the branches before it")]
    RunsTwice {
        /// A shortest way there.
        path: String,
        /// The step that would get a second token.
        step: String,
    },
    /// `routing.too_many_markings`
    #[error(
        "the routing has more than {limit} markings, or {moves} ways between them, so it cannot be proved; \
         use fewer parallel branches"
    )]
    TooManyMarkings {
        /// Markings that may be explored.
        limit: usize,
        /// Ways between them that may be explored.
        moves: usize,
    },
    /// `routing.unknown_step`
    #[error("`{step}` is no step of this procedure; name one of {known}")]
    UnknownStep {
        /// The step asked for.
        step: String,
        /// The steps there are.
        known: String,
    },
    /// `routing.not_running`
    #[error("step `{step}` is not running; complete what runs now first: {running}")]
    NotRunning {
        /// The step asked for.
        step: String,
        /// The steps that run.
        running: String,
    },
    /// `routing.unknown_outcome`
    #[error("step `{step}` has no outcome `{outcome}`; use one of {known}")]
    UnknownOutcome {
        /// The step.
        step: String,
        /// The outcome asked for.
        outcome: String,
        /// The outcomes there are.
        known: String,
    },
    /// `routing.return_unsound`
    #[error(
        "`{from}` cannot hand back to `{to}` now, for {trouble}; let the other running steps end first, or \
         cancel them with the return"
    )]
    ReturnUnsound {
        /// The step that hands back.
        from: String,
        /// The step to which it would.
        to: String,
        /// What would go wrong.
        trouble: Trouble,
    },
    /// `routing.recall_too_late`
    #[error("`{step}` cannot be taken back, since {moved} has gone on already; hand back from there instead")]
    RecallTooLate {
        /// The step whose completion was to be taken back.
        step: String,
        /// The steps to which it led and that have gone on, or the step itself if it runs again.
        moved: String,
    },
    /// `routing.recall_cancelled`
    #[error(
        "`{step}` cannot be taken back, since with it other branches ended, and where they stood is not known; \
         hand back instead"
    )]
    RecallCancelled {
        /// The step whose completion was to be taken back.
        step: String,
    },
}

/// What a return would bring about.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Trouble {
    /// A join would wait for a branch that never comes.
    #[error("{waiting} would wait for a branch that never comes")]
    Stuck {
        /// The joining steps.
        waiting: String,
    },
    /// The end could no longer be reached.
    #[error("the end could no longer be reached")]
    NeverEnds,
    /// A step would get a second token.
    #[error("`{step}` would run twice at once")]
    RunsTwice {
        /// The step.
        step: String,
    },
    /// It would take too long to find out.
    #[error("there are too many ways on to prove that it ends well")]
    TooManyMarkings,
}

impl Trouble {
    fn vi(&self) -> String {
        match self {
            Self::Stuck { waiting } => format!("{waiting} sẽ chờ một nhánh không bao giờ tới"),
            Self::NeverEnds => "không còn đường tới kết thúc".into(),
            Self::RunsTwice { step } => format!("`{step}` sẽ chạy hai lần cùng lúc"),
            Self::TooManyMarkings => "có quá nhiều khả năng để kiểm chứng".into(),
        }
    }
}

impl RoutingError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "routing.empty",
            Self::TooLarge { .. } => "routing.too_large",
            Self::TooManyOutcomes { .. } => "routing.too_many_outcomes",
            Self::DuplicateStep { .. } => "routing.duplicate_step",
            Self::DuplicateOutcome { .. } => "routing.duplicate_outcome",
            Self::UnknownStart { .. } => "routing.unknown_start",
            Self::UnknownCancel { .. } => "routing.unknown_cancel",
            Self::BadNeed { .. } => "routing.bad_need",
            Self::JoinTwice { .. } => "routing.join_twice",
            Self::NoOutcome { .. } => "routing.no_outcome",
            Self::UnknownTarget { .. } => "routing.unknown_target",
            Self::JoinNotFed { .. } => "routing.join_not_fed",
            Self::JoinLacks { .. } => "routing.join_lacks",
            Self::UnreachableStep { .. } => "routing.unreachable_step",
            Self::Stuck { .. } => "routing.stuck",
            Self::NeverEnds { .. } => "routing.never_ends",
            Self::RunsTwice { .. } => "routing.runs_twice",
            Self::TooManyMarkings { .. } => "routing.too_many_markings",
            Self::UnknownStep { .. } => "routing.unknown_step",
            Self::NotRunning { .. } => "routing.not_running",
            Self::UnknownOutcome { .. } => "routing.unknown_outcome",
            Self::ReturnUnsound { .. } => "routing.return_unsound",
            Self::RecallTooLate { .. } => "routing.recall_too_late",
            Self::RecallCancelled { .. } => "routing.recall_cancelled",
        }
    }

    /// The step at fault, where there is one: a loader finds the line by it.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::DuplicateStep { step }
            | Self::NoOutcome { step }
            | Self::DuplicateOutcome { step, .. }
            | Self::UnknownStart { step }
            | Self::UnknownCancel { step, .. }
            | Self::BadNeed { step, .. }
            | Self::JoinTwice { step, .. }
            | Self::UnknownTarget { step, .. }
            | Self::JoinNotFed { step, .. }
            | Self::JoinLacks { step, .. }
            | Self::UnreachableStep { step }
            | Self::RunsTwice { step, .. }
            | Self::UnknownStep { step, .. }
            | Self::NotRunning { step, .. }
            | Self::UnknownOutcome { step, .. }
            | Self::ReturnUnsound { from: step, .. }
            | Self::RecallTooLate { step, .. }
            | Self::RecallCancelled { step } => Some(step),
            _ => None,
        }
    }

    /// The message in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Empty => "Quy trình chưa có bước nào; cần ít nhất một bước".into(),
            Self::TooLarge { places, limit } => {
                format!("Quy trình cần {places} vị trí, quá giới hạn {limit}; hãy tách thủ tục")
            }
            Self::TooManyOutcomes { outcomes, limit } => {
                format!("Các bước có {outcomes} kết quả, quá giới hạn {limit}; hãy tách thủ tục")
            }
            Self::DuplicateOutcome { step, outcome } => {
                format!("Bước `{step}` có hai kết quả cùng tên `{outcome}`")
            }
            Self::UnknownStart { step } => format!("Quy trình bắt đầu bằng `{step}`, không phải là bước nào"),
            Self::UnknownCancel { step, outcome, target } => {
                format!("Kết quả `{outcome}` của bước `{step}` hủy `{target}`, không phải là bước nào")
            }
            Self::BadNeed { step, of } => {
                format!("Bước `{step}` chờ {of} bước; `need` phải từ 1 đến {of}")
            }
            Self::JoinTwice { step, awaited } => {
                format!("Bước `{step}` nêu `{awaited}` hai lần trong `join`")
            }
            Self::DuplicateStep { step } => format!("Mã bước `{step}` bị trùng hoặc là từ dành riêng `end`"),
            Self::NoOutcome { step } => {
                format!("Bước `{step}` chưa nêu bước tiếp theo (`next` hoặc `outcomes`)")
            }
            Self::UnknownTarget { step, outcome, target } => {
                format!("Kết quả `{outcome}` của bước `{step}` dẫn tới `{target}`, không phải là bước nào")
            }
            Self::JoinNotFed { step, awaited } => {
                format!("Bước `{step}` chờ `{awaited}` nhưng `{awaited}` không dẫn tới nó")
            }
            Self::JoinLacks { step, from } => {
                format!(
                    "Bước `{from}` dẫn tới `{step}` nhưng `{step}` không chờ `{from}`; hãy thêm vào `join`"
                )
            }
            Self::UnreachableStep { step } => format!("Bước `{step}` không bao giờ được thực hiện"),
            Self::Stuck { path, waiting } => {
                format!("Hồ sơ bị kẹt sau {}: {waiting} chờ một nhánh không bao giờ tới", vi_path(path))
            }
            Self::NeverEnds { path } => format!("Sau {} không còn đường tới kết thúc", vi_path(path)),
            Self::RunsTwice { path, step } => {
                format!("Sau {} bước `{step}` chạy hai lần cùng lúc", vi_path(path))
            }
            Self::TooManyMarkings { limit, moves } => {
                format!("Quy trình có hơn {limit} trạng thái hoặc {moves} bước chuyển, không chứng minh được")
            }
            Self::ReturnUnsound { from, to, trouble } => format!(
                "Bước `{from}` chưa thể trả lại `{to}`: {}; hãy để các bước song song kết thúc hoặc hủy chúng",
                trouble.vi()
            ),
            Self::RecallTooLate { step, moved } => {
                format!("Không thể thu hồi bước `{step}` vì {moved} đã chuyển tiếp; hãy trả lại từ đó")
            }
            Self::RecallCancelled { step } => {
                format!(
                    "Không thể thu hồi bước `{step}` vì khi đó các nhánh khác đã bị hủy; hãy trả lại hồ sơ"
                )
            }
            Self::UnknownStep { step, known } => format!("Không có bước `{step}`; các bước: {known}"),
            Self::NotRunning { step, running } => {
                format!("Bước `{step}` không đang chạy; đang chạy: {running}")
            }
            Self::UnknownOutcome { step, outcome, known } => {
                format!("Bước `{step}` không có kết quả `{outcome}`; chỉ có {known}")
            }
        }
    }
}

/// Paths are made of ids; only the empty one is a word.
pub(super) const AT_START: &str = "the start";
pub(super) const AT_ONCE: &str = "this moment";

fn vi_path(path: &str) -> &str {
    match path {
        AT_START => "lúc bắt đầu",
        AT_ONCE => "lúc này",
        path => path,
    }
}
