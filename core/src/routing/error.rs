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
    #[error("the dossier gets stuck after {path}: {waiting}; let the missing branch start or drop the join")]
    Stuck {
        /// A shortest way there, `receive -complete-> check …`.
        path: String,
        /// The joins that wait for tokens nobody can bring.
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
        "the routing has more than {limit} markings, so it cannot be proved; use fewer parallel branches"
    )]
    TooManyMarkings {
        /// Markings explored.
        limit: usize,
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
}

impl RoutingError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "routing.empty",
            Self::TooLarge { .. } => "routing.too_large",
            Self::DuplicateStep { .. } => "routing.duplicate_step",
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
        }
    }

    /// The step at fault, where there is one: a loader finds the line by it.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::DuplicateStep { step }
            | Self::NoOutcome { step }
            | Self::UnknownTarget { step, .. }
            | Self::JoinNotFed { step, .. }
            | Self::JoinLacks { step, .. }
            | Self::UnreachableStep { step }
            | Self::RunsTwice { step, .. }
            | Self::UnknownStep { step, .. }
            | Self::NotRunning { step, .. }
            | Self::UnknownOutcome { step, .. } => Some(step),
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
            Self::Stuck { path, waiting } => format!("Hồ sơ bị kẹt sau {path}: {waiting}"),
            Self::NeverEnds { path } => format!("Sau {path} không còn đường tới kết thúc"),
            Self::RunsTwice { path, step } => format!("Sau {path} bước `{step}` chạy hai lần cùng lúc"),
            Self::TooManyMarkings { limit } => {
                format!("Quy trình có hơn {limit} trạng thái, không chứng minh được")
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
