//! What is asked of an authority (RFC 3161 §2.4.1).

use der::asn1::Int;
use der::{Decode as _, Encode as _};
use x509_tsp::{TimeStampReq, TspVersion};

use super::{Imprint, unreadable};
use crate::fault::Outcome;

/// The bytes of a request for a stamp over `imprint`, its certificates included in the answer. `nonce` is random.
pub fn request(imprint: &Imprint, nonce: [u8; 8]) -> Outcome<Vec<u8>> {
    build(imprint, nonce).map_err(|error| unreadable("a request", error))
}

fn build(imprint: &Imprint, mut nonce: [u8; 8]) -> der::Result<Vec<u8>> {
    // A positive integer whose first byte is not 0 has one encoding of eight bytes.
    nonce[0] = nonce[0] & 0x7f | 0x40;
    let request = TimeStampReq {
        version: TspVersion::V1,
        message_imprint: imprint.to_asn1()?,
        req_policy: None,
        nonce: Some(Int::new(&nonce)?),
        cert_req: true,
        extensions: None,
    };
    request.to_der()
}

/// What a request asked for.
pub(super) struct Asked {
    pub(super) imprint: Option<Imprint>,
    pub(super) nonce: Option<Vec<u8>>,
}

impl Asked {
    pub(super) fn read(bytes: &[u8]) -> Outcome<Self> {
        let request =
            TimeStampReq::from_der(bytes).map_err(|error| unreadable("an RFC 3161 request", error))?;
        let nonce = request.nonce.map(|nonce| nonce.as_bytes().to_vec());
        Ok(Self { imprint: Imprint::of_asn1(&request.message_imprint), nonce })
    }
}
