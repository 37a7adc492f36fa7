//! What stands against a command that its actor might give and the state allows.

use chrono::{NaiveDate, NaiveDateTime};
use thiserror::Error;

/// A refusal for what the command asks; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Error, strum::IntoStaticStr)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum Objection {
    #[error("officer `{officer}` is absent on {day}; give the step to another")]
    #[strum(serialize = "dossier.absent")]
    Absent { officer: String, day: NaiveDate },
    #[error("step `{step}` is with nobody; `claim` or `assign` it first")]
    #[strum(serialize = "dossier.not_claimed")]
    NotClaimed { step: String },
    #[error("this dossier has not been through step `{to}`; hand it back to one of: {known}")]
    #[strum(serialize = "dossier.not_done_before")]
    NotDoneBefore { to: String, known: String },
    #[error("`{actor}` did not complete step `{step}`; who did may take it back, or use `return`")]
    #[strum(serialize = "dossier.not_completed_by")]
    NotCompletedBy { step: String, actor: String },
    #[error("step `{step}` cannot be taken back, since `{next}` has been taken up; use `return` there")]
    #[strum(serialize = "dossier.taken_up")]
    TakenUp { step: String, next: String },
    #[error("step `{step}` does not end by itself; complete it")]
    #[strum(serialize = "dossier.does_not_elapse")]
    DoesNotElapse { step: String },
    #[error("the time of step `{step}` is not over before {until}; wait until then")]
    #[strum(serialize = "dossier.too_early")]
    TooEarly { step: String, until: String },
    #[error("step `{step}` is decided by vote; give the votes with the outcome")]
    #[strum(serialize = "dossier.votes_missing")]
    VotesMissing { step: String },
    #[error(
        "{in_favour} of {cast} votes are less than the {share} that step `{step}` takes; use another outcome"
    )]
    #[strum(serialize = "dossier.votes_too_few")]
    VotesTooFew { step: String, in_favour: u32, cast: u64, share: String },
    #[error(
        "say in `votes` how many members there are in all, at least the {present} that were there in step `{step}`"
    )]
    #[strum(serialize = "dossier.members_missing")]
    MembersMissing { step: String, present: u64 },
    #[error(
        "{present} of {members} members are less than the {share} that have to be there in step `{step}`; meet again"
    )]
    #[strum(serialize = "dossier.no_quorum")]
    NoQuorum { step: String, present: u64, members: u64, share: String },
    #[error("step `{step}` gives a document its number; say it in `number`")]
    #[strum(serialize = "dossier.number_missing")]
    NumberMissing { step: String },
    #[error("the result is handed over in person, in step `{step}`; use the channel `counter`")]
    #[strum(serialize = "dossier.in_person")]
    InPerson { step: String },
    #[error(
        "the signature is of {signed}, which is after the command ({at}) or before the dossier; verify it anew"
    )]
    #[strum(serialize = "dossier.signature_time")]
    SignatureTime { signed: NaiveDateTime, at: NaiveDateTime },
    #[error("of component `{component}` there is less than is asked for; hand in what is missing")]
    #[strum(serialize = "dossier.papers_too_few")]
    PapersTooFew { component: String },
    #[error("step `{step}` works on papers that are not there: {papers}; record them with `hand_in`")]
    #[strum(serialize = "dossier.documents_missing")]
    DocumentsMissing { step: String, papers: String },
    #[error("procedure `{procedure}` asks at reception which case it is; name one of: {known}")]
    #[strum(serialize = "dossier.case_needed")]
    CaseNeeded { procedure: String, known: String },
    #[error("the procedure has no component `{component}`; use one of: {known}")]
    #[strum(serialize = "dossier.unknown_component")]
    UnknownComponent { component: String, known: String },
    #[error(
        "of component `{component}` nothing is handed in; give a number of originals or copies, or `from_data`"
    )]
    #[strum(serialize = "dossier.no_paper")]
    NoPaper { component: String },
    #[error("`{field}` is {moment}, which is past; give a later moment")]
    #[strum(serialize = "dossier.past_moment")]
    PastMoment { field: &'static str, moment: NaiveDateTime },
    #[error(
        "the applicant was asked {times} times, which is as often as {act} allows; decide on what is there"
    )]
    #[strum(serialize = "dossier.asked_before")]
    AskedBefore { times: u8, act: String },
    #[error("the version begins on {from}, and is not in force yet; wait until then")]
    #[strum(serialize = "dossier.version_to_come")]
    VersionToCome { from: NaiveDate },
    #[error("papers are missing: {papers}; ask for a supplement, or let them follow where that is allowed")]
    #[strum(serialize = "dossier.papers_missing")]
    PapersMissing { papers: String },
    #[error("component `{component}` may not come later; take the dossier in when it is there")]
    #[strum(serialize = "dossier.may_not_follow")]
    MayNotFollow { component: String },
    #[error("papers that were to follow are not there: {papers}; record them with `hand_in` first")]
    #[strum(serialize = "dossier.papers_to_follow")]
    PapersToFollow { papers: String },
    #[error("the dossier has no part `{part}`; use one of: {known}")]
    #[strum(serialize = "dossier.unknown_part")]
    UnknownPart { part: String, known: String },
    #[error(
        "dossier `{dossier}` is carried on by office `{owner}`, and this is office `{office}`; send the command there, or have \
         the dossier entrusted to this one with `entrust`"
    )]
    #[strum(serialize = "dossier.owned_by_other")]
    OwnedByOther { dossier: String, owner: String, office: String },
    #[error("office `{office}` carries the dossier on already; name another office")]
    #[strum(serialize = "dossier.same_office")]
    SameOffice { office: String },
    #[error("this engine is of no office, so nothing can be entrusted; open it with `Engine::at_office`")]
    #[strum(serialize = "dossier.no_office")]
    NoOffice,
    #[error("part `{part}` has its result already; correct an error with `report_error`")]
    #[strum(serialize = "dossier.part_decided")]
    PartDecided { part: String },
    #[error("part `{part}` has no result yet, or it is handed over; use `resolve_part` first")]
    #[strum(serialize = "dossier.part_not_ready")]
    PartNotReady { part: String },
    #[error("parts have no result yet: {parts}; use `resolve_part` for each")]
    #[strum(serialize = "dossier.parts_left")]
    PartsLeft { parts: String },
    #[error("{vnd} đồng are more than the {most} that {what}; give at most so much")]
    #[strum(serialize = "dossier.too_much")]
    TooMuch { vnd: u64, most: u64, what: &'static str },
    #[error("the work is suspended since {since}; use `resume` first")]
    #[strum(serialize = "dossier.suspended")]
    Suspended { since: NaiveDateTime },
    #[error("the work is not suspended; `supply` and `pay` end what the applicant was asked for")]
    #[strum(serialize = "dossier.not_suspended")]
    NotSuspended,
    #[error(
        "rule `{incident}` is one for {of}, and procedure `{procedure}` is none of them; name another, or none"
    )]
    #[strum(serialize = "dossier.rule_of_another")]
    RuleOfAnother { incident: String, of: String, procedure: String },
    #[error("no clock runs; take the dossier in first")]
    #[strum(serialize = "dossier.no_clock")]
    NoClock,
    #[error(
        "the law sets no time after which this request lapses; use `discontinue`, or `refuse` before acceptance"
    )]
    #[strum(serialize = "dossier.no_lapse")]
    NoLapse,
    #[error(
        "{act} ended, and stops what was handed in under it; `discontinue` the dossier, to be handed in anew"
    )]
    #[strum(serialize = "dossier.stopped_by_law")]
    StoppedByLaw { act: String },
    #[error("the applicant has time until {until}; close the dossier after that")]
    #[strum(serialize = "dossier.not_lapsed")]
    NotLapsed { until: NaiveDateTime },
    #[error("the dossier has been taken in; use `resolve` with the result `refused`, or `discontinue`")]
    #[strum(serialize = "dossier.taken_in")]
    TakenIn,
    #[error("no error is open; use `report_error` first")]
    #[strum(serialize = "dossier.no_error")]
    NoError,
    #[error("the dossier is with unit `{unit}` already; name another")]
    #[strum(serialize = "dossier.same_unit")]
    SameUnit { unit: String },
    #[error("unit `{unit}` is not in force on {day}; name the one that followed it, or went before")]
    #[strum(serialize = "dossier.unit_not_in_force")]
    UnitNotInForce { unit: String, day: NaiveDate },
    #[error("dossier `{dossier}` is not linked to settle part `{part}`; `link` it with the part first")]
    #[strum(serialize = "dossier.not_linked")]
    NotLinked { dossier: String, part: String },
    #[error(
        "part `{part}` is settled by procedure `{procedure}`, which dossier `{dossier}` is not of; name another"
    )]
    #[strum(serialize = "dossier.other_procedure")]
    OtherProcedure { dossier: String, part: String, procedure: String },
    #[error(
        "dossier `{dossier}` does not say that it is a part of `{whole}`, so its result would not come here; \
         `receive` it with `part_of`"
    )]
    #[strum(serialize = "dossier.not_part_of")]
    NotPartOf { dossier: String, whole: String },
    #[error("dossier `{dossier}` is this one, or linked already; name another")]
    #[strum(serialize = "dossier.linked_already")]
    LinkedAlready { dossier: String },
    #[error("the dossier is under the version in force from {from} already; name another: {known}")]
    #[strum(serialize = "dossier.same_version")]
    SameVersion { from: NaiveDate, known: String },
    #[error("no version of procedure `{procedure}` begins on {from}; use one of: {known}")]
    #[strum(serialize = "dossier.unknown_version")]
    UnknownVersion { procedure: String, from: NaiveDate, known: String },
    #[error("the other version has no step `{step}`; say in `steps` what `{old}` becomes")]
    #[strum(serialize = "dossier.step_not_mapped")]
    StepNotMapped { old: String, step: String },
    #[error(
        "{act} does not let an applicant `{right}` what came by {channel}; let the office ask for a supplement, or \
         `discontinue`"
    )]
    #[strum(serialize = "dossier.not_by_channel")]
    NotByChannel { act: String, right: String, channel: String },
}

impl Objection {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The sentence in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Absent { officer, day } => {
                format!("cán bộ `{officer}` vắng mặt ngày {day}; hãy giao người khác")
            }
            Self::NotClaimed { step } => {
                format!("bước `{step}` chưa có người nhận; hãy `claim` hoặc `assign` trước")
            }
            Self::NotDoneBefore { to, known } => {
                format!("hồ sơ chưa qua bước `{to}`; chỉ trả lại được về: {known}")
            }
            Self::NotCompletedBy { step, actor } => {
                format!("`{actor}` không phải người hoàn thành bước `{step}`; người đó mới được thu hồi")
            }
            Self::TakenUp { step, next } => {
                format!(
                    "không thu hồi được bước `{step}` vì `{next}` đã có người xử lý; hãy dùng `return` tại đó"
                )
            }
            Self::DoesNotElapse { step } => format!("bước `{step}` không tự kết thúc; hãy dùng `complete`"),
            Self::TooEarly { step, until } => {
                format!("bước `{step}` chưa hết thời hạn trước {until}; hãy chờ đến lúc đó")
            }
            Self::VotesMissing { step } => {
                format!("bước `{step}` quyết định bằng biểu quyết; hãy ghi số phiếu")
            }
            Self::VotesTooFew { step, in_favour, cast, share } => format!(
                "{in_favour}/{cast} phiếu thấp hơn mức {share} của bước `{step}`; hãy dùng kết quả khác"
            ),
            Self::MembersMissing { step, present } => {
                format!(
                    "hãy ghi trong `votes` tổng số thành viên của bước `{step}`, ít nhất {present} người có mặt"
                )
            }
            Self::NoQuorum { step, present, members, share } => {
                format!(
                    "{present}/{members} thành viên có mặt thấp hơn mức {share} của bước `{step}`; hãy họp lại"
                )
            }
            Self::NumberMissing { step } => format!("bước `{step}` cấp số văn bản; hãy ghi `number`"),
            Self::InPerson { step } => {
                format!("kết quả phải trao trực tiếp ở bước `{step}`; hãy dùng kênh `counter`")
            }
            Self::SignatureTime { signed, at } => {
                format!("chữ ký lúc {signed} sau lệnh ({at}) hoặc trước hồ sơ; hãy kiểm tra lại chữ ký")
            }
            Self::PapersTooFew { component } => {
                format!("giấy tờ `{component}` nộp ít hơn yêu cầu; hãy nộp phần còn thiếu")
            }
            Self::DocumentsMissing { step, papers } => {
                format!("bước `{step}` cần giấy tờ chưa có: {papers}; hãy ghi nhận bằng `hand_in`")
            }
            Self::CaseNeeded { procedure, known } => {
                format!("thủ tục `{procedure}` cần chọn trường hợp khi tiếp nhận: {known}")
            }
            Self::UnknownComponent { component, known } => {
                format!("thủ tục không có thành phần hồ sơ `{component}`; hãy dùng: {known}")
            }
            Self::PapersMissing { papers } => format!("hồ sơ thiếu giấy tờ: {papers}; hãy yêu cầu bổ sung"),
            Self::NoPaper { component } => {
                format!(
                    "không nộp gì cho giấy tờ `{component}`; hãy ghi số bản chính, bản sao hoặc `from_data`"
                )
            }
            Self::PastMoment { field, moment } => {
                format!("`{field}` là {moment}, đã qua; hãy chọn lúc muộn hơn")
            }
            Self::AskedBefore { times, act } => {
                format!(
                    "đã yêu cầu bổ sung {times} lần, đủ số lần theo {act}; hãy quyết định trên hồ sơ hiện có"
                )
            }
            Self::VersionToCome { from } => format!("phiên bản có hiệu lực từ {from}, chưa đến; hãy chờ"),
            Self::MayNotFollow { component } => format!("giấy tờ `{component}` không được nộp sau"),
            Self::PapersToFollow { papers } => {
                format!("giấy tờ được nộp sau chưa có: {papers}; hãy ghi bằng `hand_in`")
            }
            Self::UnknownPart { part, known } => format!("hồ sơ không có phần `{part}`; hãy dùng: {known}"),
            Self::PartDecided { part } => {
                format!("phần `{part}` đã có kết quả; hãy dùng `report_error` nếu sai sót")
            }
            Self::PartNotReady { part } => {
                format!("phần `{part}` chưa có kết quả hoặc đã trả; hãy dùng `resolve_part`")
            }
            Self::PartsLeft { parts } => {
                format!("các phần chưa có kết quả: {parts}; hãy dùng `resolve_part`")
            }
            Self::TooMuch { vnd, most, .. } => {
                format!("{vnd} đồng vượt quá {most} đồng; hãy ghi số không lớn hơn")
            }
            Self::Suspended { since } => format!("hồ sơ đang tạm dừng từ {since}; hãy dùng `resume` trước"),
            Self::NotSuspended => {
                "hồ sơ không tạm dừng; dùng `supply` hoặc `pay` cho yêu cầu với người nộp".into()
            }
            Self::RuleOfAnother { incident, of, procedure } => format!(
                "quy định `{incident}` dành cho {of}, không cho thủ tục `{procedure}`; hãy ghi quy định khác hoặc bỏ trống"
            ),
            Self::NoClock => "chưa tính thời hạn; hãy tiếp nhận hồ sơ trước".into(),
            Self::NoLapse => "pháp luật không đặt thời hạn cho yêu cầu này; hãy dùng `discontinue`".into(),
            Self::StoppedByLaw { act } => {
                format!("{act} đã hết hiệu lực và hồ sơ nộp theo đó phải dừng; hãy `discontinue` để nộp lại")
            }
            Self::NotLapsed { until } => format!("người nộp còn thời hạn đến {until}; hãy đóng hồ sơ sau đó"),
            Self::TakenIn => {
                "hồ sơ đã tiếp nhận; hãy dùng `resolve` với kết quả từ chối, hoặc `discontinue`".into()
            }
            Self::NoError => "không có sai sót đang mở; hãy dùng `report_error` trước".into(),
            Self::OwnedByOther { dossier, owner, office } => format!(
                "hồ sơ `{dossier}` do cơ quan `{owner}` giữ, đây là cơ quan `{office}`; hãy gửi lệnh tới nơi giữ, hoặc để nơi đó \
                 bàn giao bằng `entrust`"
            ),
            Self::SameOffice { office } => {
                format!("cơ quan `{office}` đang giữ hồ sơ; hãy chọn cơ quan khác")
            }
            Self::NoOffice => {
                "chương trình chưa mang tên cơ quan nào nên không bàn giao được; hãy mở bằng `Engine::at_office`".into()
            }
            Self::SameUnit { unit } => format!("hồ sơ đã ở đơn vị `{unit}`; hãy chọn đơn vị khác"),
            Self::UnitNotInForce { unit, day } => {
                format!(
                    "đơn vị `{unit}` không hoạt động vào ngày {day}; hãy ghi đơn vị kế tục hoặc đơn vị trước đó"
                )
            }
            Self::NotLinked { dossier, part } => {
                format!("hồ sơ `{dossier}` chưa liên kết để giải quyết phần `{part}`; hãy `link` trước")
            }
            Self::OtherProcedure { dossier, part, procedure } => format!(
                "phần `{part}` do thủ tục `{procedure}` giải quyết, hồ sơ `{dossier}` không thuộc thủ tục đó; hãy chọn hồ sơ khác"
            ),
            Self::NotPartOf { dossier, whole } => format!(
                "hồ sơ `{dossier}` không ghi là một phần của `{whole}` nên kết quả không về đây; hãy `receive` với `part_of`"
            ),
            Self::LinkedAlready { dossier } => {
                format!("hồ sơ `{dossier}` đã được liên kết; hãy chọn hồ sơ khác")
            }
            Self::SameVersion { from, known } => {
                format!("hồ sơ đã theo phiên bản từ {from}; phiên bản khác: {known}")
            }
            Self::UnknownVersion { procedure, from, known } => {
                format!("thủ tục `{procedure}` không có phiên bản từ {from}; hãy dùng: {known}")
            }
            Self::StepNotMapped { old, step } => {
                format!("phiên bản kia không có bước `{step}`; hãy chỉ rõ `{old}` thành bước nào")
            }
            Self::NotByChannel { act, right, channel } => format!(
                "{act} không cho người nộp `{right}` hồ sơ nộp qua {channel}; hãy để cơ quan yêu cầu bổ sung hoặc `discontinue`"
            ),
        }
    }
}
