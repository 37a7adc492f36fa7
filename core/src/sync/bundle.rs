//! A bundle as bytes: what it is, a header, and pieces that are compressed and signed each for itself.
//!
//! ```text
//! "MOTCUAB1"   header: u16 length, then postcard of Header
//! a piece:     u32 length of what is packed, u64 place up to which it goes, u64 mark of that place, u8 1 for the last,
//!              64 bytes signature, what is packed: raw DEFLATE of postcard of the runs
//! ```
//!
//! All numbers are little-endian. The signature is over the header, the place after which the piece begins and all the
//! piece, so none can be changed, left out, moved, or put into another bundle.

use super::SyncError;
use super::key::{Hex, OfficeKey, PublicKey, Signature};
use crate::dossier::signature::Digest;
use crate::journal::Words;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::io::{Read, Write};

const MAGIC: &[u8; 8] = b"MOTCUAB1";
const MAX_HEADER: u16 = 1024;
/// The longest piece, in bytes.
pub(super) const MAX_CHUNK: u32 = 16 << 20;
/// The longest that a piece may become when it is unpacked, in bytes.
pub(super) const MAX_UNPACKED: u64 = 64 << 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) from: SmolStr,
    pub(crate) to: SmolStr,
    /// The place in the sender's journal after which it begins.
    pub(crate) after: u64,
    /// The place in the receiver's journal up to which the sender has taken it in, and its mark.
    pub(crate) acknowledged: (u64, u64),
}

/// A piece, without what is packed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) after: u64,
    pub(crate) up_to: u64,
    /// The first bytes of the hash of the event there, by which the sender will know the place again.
    pub(crate) mark: u64,
    pub(crate) is_last: bool,
}

/// Consecutive events of a dossier. Their hashes follow from the one before and are not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) dossier: SmolStr,
    /// The version of the first.
    pub(crate) first: u64,
    /// The hash of the event before the first; absent if there is none.
    pub(crate) before: Option<Digest>,
    pub(crate) events: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) body: String,
    pub(crate) said: Said,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Said {
    Nothing,
    Words(Words),
    /// Words that were erased, by their hash.
    Erased(Digest),
}

impl Run {
    /// The version of the last event.
    pub(crate) fn last(&self) -> u64 {
        self.first.saturating_add(self.events.len() as u64).saturating_sub(1)
    }

    /// About how long it is, not packed.
    pub(crate) fn bytes(&self) -> usize {
        let said = |item: &Item| match &item.said {
            Said::Words(words) => words.texts.iter().map(String::len).sum(),
            _ => 0,
        };
        self.events.iter().map(|item| item.body.len() + said(item)).sum()
    }
}

fn io(error: std::io::Error) -> SyncError {
    SyncError::Io { reason: error.to_string() }
}

fn unreadable(error: impl ToString) -> SyncError {
    SyncError::Unreadable { reason: error.to_string() }
}

/// What is signed of a piece.
fn message(header: &[u8], chunk: Chunk, packed: &[u8]) -> Vec<u8> {
    let mut message = b"motcua bundle 1\n".to_vec();
    message.extend_from_slice(&(header.len() as u64).to_le_bytes());
    message.extend_from_slice(header);
    for number in [chunk.after, chunk.up_to, chunk.mark, chunk.is_last.into()] {
        message.extend_from_slice(&number.to_le_bytes());
    }
    message.extend_from_slice(packed);
    message
}

/// Runs as they are sent.
fn pack(runs: &[Run]) -> Result<Vec<u8>, SyncError> {
    let plain = postcard::to_stdvec(runs).map_err(unreadable)?;
    if plain.len() as u64 > MAX_UNPACKED {
        return Err(SyncError::TooLarge);
    }
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&plain).map_err(io)?;
    packer.finish().map_err(io)
}

/// The runs that [`pack`] packed. What would unpack to more than a piece may be is not unpacked further.
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<Run>, SyncError> {
    let mut plain = Vec::new();
    let read = DeflateDecoder::new(packed).take(MAX_UNPACKED + 1).read_to_end(&mut plain);
    if read.map_err(unreadable)? as u64 > MAX_UNPACKED {
        return Err(SyncError::TooLarge);
    }
    postcard::from_bytes(&plain).map_err(unreadable)
}

/// Writes a bundle.
pub(crate) struct Writer<'a> {
    to: &'a mut dyn Write,
    key: &'a OfficeKey,
    header: Vec<u8>,
    /// The place up to which it has come.
    after: u64,
    pub(crate) bytes: u64,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(to: &'a mut dyn Write, key: &'a OfficeKey, header: &Header) -> Result<Self, SyncError> {
        let bytes = postcard::to_stdvec(header).map_err(unreadable)?;
        let length = u16::try_from(bytes.len()).ok().filter(|length| *length <= MAX_HEADER);
        let length = length.ok_or(SyncError::TooLarge)?;
        let mut writer = Self { to, key, header: bytes, after: header.after, bytes: 0 };
        writer.write(MAGIC)?;
        writer.write(&length.to_le_bytes())?;
        let header = writer.header.clone();
        writer.write(&header)?;
        Ok(writer)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), SyncError> {
        self.bytes += bytes.len() as u64;
        self.to.write_all(bytes).map_err(io)
    }

    pub(crate) fn chunk(
        &mut self,
        up_to: u64,
        mark: u64,
        is_last: bool,
        runs: &[Run],
    ) -> Result<(), SyncError> {
        let packed = pack(runs)?;
        let length = u32::try_from(packed.len()).ok().filter(|length| *length <= MAX_CHUNK);
        let length = length.ok_or(SyncError::TooLarge)?;
        let chunk = Chunk { after: self.after, up_to, mark, is_last };
        let Hex(signature) = self.key.sign(&message(&self.header, chunk, &packed));
        self.write(&length.to_le_bytes())?;
        self.write(&up_to.to_le_bytes())?;
        self.write(&mark.to_le_bytes())?;
        self.write(&[is_last.into()])?;
        self.write(&signature)?;
        self.write(&packed)?;
        self.after = up_to;
        if is_last { self.to.flush().map_err(io) } else { Ok(()) }
    }
}

/// Reads a bundle.
pub(crate) struct Reader<'a> {
    from: &'a mut dyn Read,
    header: Vec<u8>,
    after: u64,
    is_over: bool,
}

impl<'a> Reader<'a> {
    /// Reads the header; `None` if it is cut off. Nothing of it is sure before a piece has been read.
    pub(crate) fn new(from: &'a mut dyn Read) -> Result<Option<(Self, Header)>, SyncError> {
        let Some(magic) = exactly::<8>(from)? else { return Ok(None) };
        if magic != *MAGIC {
            return Err(unreadable("it does not begin as one"));
        }
        let Some(length) = exactly::<2>(from)? else { return Ok(None) };
        let length = u16::from_le_bytes(length);
        if length > MAX_HEADER {
            return Err(SyncError::TooLarge);
        }
        let Some(bytes) = some(from, length.into())? else { return Ok(None) };
        let header: Header = postcard::from_bytes(&bytes).map_err(unreadable)?;
        Ok(Some((Self { from, header: bytes, after: header.after, is_over: false }, header)))
    }

    /// The next piece, signed by `key` of an office; `None` if there is no whole one left.
    pub(crate) fn next(
        &mut self,
        office: &str,
        key: &PublicKey,
    ) -> Result<Option<(Chunk, Vec<u8>)>, SyncError> {
        if self.is_over {
            return Ok(None);
        }
        let Some(length) = exactly::<4>(self.from)? else { return Ok(None) };
        let length = u32::from_le_bytes(length);
        if length > MAX_CHUNK {
            return Err(SyncError::TooLarge);
        }
        let Some(up_to) = exactly::<8>(self.from)?.map(u64::from_le_bytes) else { return Ok(None) };
        let Some(mark) = exactly::<8>(self.from)?.map(u64::from_le_bytes) else { return Ok(None) };
        let Some([is_last]) = exactly::<1>(self.from)? else { return Ok(None) };
        let Some(signature) = exactly::<64>(self.from)? else { return Ok(None) };
        let Some(packed) = some(self.from, length.into())? else { return Ok(None) };
        let chunk = Chunk { after: self.after, up_to, mark, is_last: is_last == 1 };
        let signature: Signature = Hex(signature);
        if is_last > 1 || !key.has_signed(&message(&self.header, chunk, &packed), &signature) {
            return Err(SyncError::Signature { office: office.into() });
        }
        (self.after, self.is_over) = (up_to, chunk.is_last);
        Ok(Some((chunk, packed)))
    }

    /// Whether the last piece was read.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }
}

/// So many bytes, or `None` if there are fewer. A length that is not true costs no memory.
fn some(from: &mut dyn Read, length: u64) -> Result<Option<Vec<u8>>, SyncError> {
    let mut bytes = Vec::new();
    let read = from.take(length).read_to_end(&mut bytes).map_err(io)?;
    Ok((read as u64 == length).then_some(bytes))
}

fn exactly<const N: usize>(from: &mut dyn Read) -> Result<Option<[u8; N]>, SyncError> {
    Ok(some(from, N as u64)?.and_then(|bytes| bytes.try_into().ok()))
}
