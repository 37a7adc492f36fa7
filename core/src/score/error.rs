use super::Scoring;
use thiserror::Error;

/// Why a figure cannot be scored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum ScoreError {
    #[error(
        "indicator `{code}` counts {numerator} of {denominator}, more than there are; correct the counts"
    )]
    NumeratorExceeds { code: String, numerator: u64, denominator: u64 },
    #[error("`{code}` is no indicator of `{index}`; use one of {known}")]
    UnknownIndicator { code: String, index: String, known: String },
    #[error("indicator `{code}` is {scoring:?} and takes {}", wanted(*.scoring, *.levels))]
    WrongFigure { code: String, scoring: Scoring, levels: usize },
    #[error(
        "indicator `{code}` has an amount that is not between the lowest and the highest of all; correct them"
    )]
    OutOfRange { code: String },
    #[error("indicator `{code}` is given {points} points, and {max} is the most; correct them")]
    TooManyPoints { code: String, points: String, max: u32 },
    #[error("indicator `{code}` is given points without evidence; name the document that shows it")]
    NoEvidence { code: String },
}

/// What a scoring takes.
fn wanted(scoring: Scoring, levels: usize) -> String {
    match scoring {
        Scoring::Ordinal => format!("`levels`, a count for each of its {levels} levels"),
        Scoring::MinMax => "`value`, `lowest` and `highest`".into(),
        Scoring::Manual => "`points` and `evidence`".into(),
        Scoring::Linear | Scoring::Capped | Scoring::Banded | Scoring::Shown => {
            "`numerator` and `denominator`".into()
        }
    }
}

impl ScoreError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NumeratorExceeds { .. } => "score.numerator_exceeds",
            Self::UnknownIndicator { .. } => "score.unknown_indicator",
            Self::WrongFigure { .. } => "score.wrong_figure",
            Self::OutOfRange { .. } => "score.out_of_range",
            Self::TooManyPoints { .. } => "score.too_many_points",
            Self::NoEvidence { .. } => "score.no_evidence",
        }
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::NumeratorExceeds { code, numerator, denominator } => {
                format!(
                    "chỉ số `{code}` có {numerator} trên {denominator}, tử số lớn hơn mẫu số; hãy sửa số liệu"
                )
            }
            Self::UnknownIndicator { code, index, known } => {
                format!("`{code}` không phải chỉ số của `{index}`; hãy dùng một trong {known}")
            }
            Self::WrongFigure { code, scoring, levels } => {
                format!("chỉ số `{code}` cần {}", wanted(*scoring, *levels))
            }
            Self::OutOfRange { code } => {
                format!("giá trị của chỉ số `{code}` nằm ngoài khoảng nhỏ nhất – lớn nhất; hãy sửa số liệu")
            }
            Self::TooManyPoints { code, points, max } => {
                format!("chỉ số `{code}` được chấm {points} điểm, tối đa là {max}; hãy sửa điểm")
            }
            Self::NoEvidence { code } => {
                format!("chỉ số `{code}` được chấm điểm mà không có tài liệu kiểm chứng; hãy nêu tài liệu")
            }
        }
    }
}
