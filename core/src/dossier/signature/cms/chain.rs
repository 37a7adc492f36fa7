//! From the signer's certificate to an authority that the host trusts.

use super::super::SignatureError;
use super::certificate::Held;
use chrono::NaiveDateTime;
use std::collections::VecDeque;

/// Authorities between the signer and an anchor. Two are usual: a root, and what it lets issue.
const MOST_BETWEEN: u8 = 3;

/// Looks for a way from `signer` to an anchor, through the certificates that came with the signature. Each of them is
/// looked at once, so a hostile file costs at most the square of their number.
pub(super) fn trusted(
    signer: &Held,
    sent: &[Held],
    anchors: &[Held],
    at: NaiveDateTime,
) -> Result<(), SignatureError> {
    // What a host trusts by itself needs no authority.
    if anchors.iter().any(|anchor| anchor.der == signer.der) {
        return Ok(());
    }
    let mut why = None;
    let mut seen = vec![false; sent.len()];
    let mut queue = VecDeque::from([(signer, 0)]);
    while let Some((certificate, between)) = queue.pop_front() {
        for anchor in anchors {
            match issues(anchor, certificate, between, at) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => why = why.or(Some(error)),
            }
        }
        if between == MOST_BETWEEN {
            continue;
        }
        for (issuer, seen) in sent.iter().zip(&mut seen).filter(|(_, seen)| !**seen) {
            match issues(issuer, certificate, between, at) {
                Ok(true) => {
                    *seen = true;
                    queue.push_back((issuer, between + 1));
                }
                Ok(false) => {}
                Err(error) => why = why.or(Some(error)),
            }
        }
    }
    Err(why
        .unwrap_or_else(|| SignatureError::Untrusted { signer: signer.subject(), issuer: signer.issuer() }))
}

/// Whether `issuer` issued `certificate`, and might.
fn issues(issuer: &Held, certificate: &Held, between: u8, at: NaiveDateTime) -> Result<bool, SignatureError> {
    if issuer.tbs().subject() != certificate.tbs().issuer() || !issuer.issued(certificate)? {
        return Ok(false);
    }
    issuer.fit_to_issue(between)?;
    issuer.valid_at(at)?;
    Ok(true)
}
