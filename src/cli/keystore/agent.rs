//! The user's key agent: the five messages of the SSH agent protocol that are needed
//! (draft-ietf-sshm-ssh-agent), over its socket. One connection a request.
//!
//! ```text
//! message    uint32 length ‖ byte type ‖ body          string    uint32 length ‖ bytes
//! key blob   string "ssh-ed25519" ‖ string A
//! ```
//!
//! An agent signs the bytes it is given, so a seal is an ordinary Ed25519 signature. Nothing it answers is believed:
//! sizes are bounded, and every signature is verified before it is used.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use super::Env;
use crate::fault::Fault;
use crate::record::keys::{KeyId, PublicKey, SecretKey, SignError, Signer};

const FAILURE: u8 = 5;
const SUCCESS: u8 = 6;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
const REMOVE_IDENTITY: u8 = 18;
const ADD_ID_CONSTRAINED: u8 = 25;
const CONSTRAIN_LIFETIME: u8 = 1;

const ALGORITHM: &[u8] = b"ssh-ed25519";
/// OpenSSH's own limit for a message.
const MAX_MESSAGE: usize = 256 << 10;
/// Long enough for a person to answer an agent that asks before each use.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the agent did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AgentError {
    /// No connection, or it broke.
    Unreachable(String),
    /// It answered with failure.
    Refused,
    /// It answered with something else than the protocol has.
    BadReply(&'static str),
}

impl From<AgentError> for Fault {
    fn from(error: AgentError) -> Self {
        match error {
            AgentError::Unreachable(found) => Fault::machine("agent.unreachable").with("found", found),
            AgentError::Refused => Fault::machine("agent.refused"),
            AgentError::BadReply(found) => Fault::machine("agent.bad_reply").with("found", found),
        }
    }
}

impl From<io::Error> for AgentError {
    fn from(error: io::Error) -> Self {
        Self::Unreachable(error.to_string())
    }
}

type Answer<T> = Result<T, AgentError>;

/// An agent at a socket.
#[derive(Debug, Clone)]
pub struct Agent {
    socket: PathBuf,
}

impl Agent {
    /// The user's agent, if one is named; whether it lives shows with the first request.
    pub fn of(env: &Env) -> Option<Self> {
        env.agent.clone().map(|socket| Self { socket })
    }

    /// Does the agent hold this key?
    pub(super) fn holds(&self, key: KeyId) -> Answer<bool> {
        let answer = self.ask(Message::new(REQUEST_IDENTITIES))?;
        let mut body = Body::of(&answer, IDENTITIES_ANSWER)?;
        let (wanted, count) = (key_blob(key), body.number()?);
        // `count` is the agent's word; the loop ends with the bytes, whichever comes first.
        for _ in 0..count {
            let (blob, _comment) = (body.string()?, body.string()?);
            if blob == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives the agent a key for `seconds`; then the agent forgets it by itself.
    pub(super) fn add(&self, secret: &SecretKey, comment: &str, seconds: u32) -> Answer<()> {
        let mut message = Message::new(ADD_ID_CONSTRAINED);
        message.string(ALGORITHM)?;
        message.string(secret.key().as_bytes())?;
        let pair = Zeroizing::new([secret.expose_seed().as_slice(), secret.key().as_bytes()].concat());
        message.string(&pair)?;
        message.string(comment.as_bytes())?;
        message.byte(CONSTRAIN_LIFETIME);
        message.number(seconds);
        self.command(message)
    }

    /// Takes a key from the agent.
    pub(super) fn remove(&self, key: KeyId) -> Answer<()> {
        let mut message = Message::new(REMOVE_IDENTITY);
        message.string(&key_blob(key))?;
        self.command(message)
    }

    fn sign(&self, key: KeyId, data: &[u8]) -> Answer<[u8; 64]> {
        let mut message = Message::new(SIGN_REQUEST);
        message.string(&key_blob(key))?;
        message.string(data)?;
        message.number(0);
        let answer = self.ask(message)?;
        let mut body = Body::of(&answer, SIGN_RESPONSE)?;
        let mut signature = Body(body.string()?);
        if signature.string()? != ALGORITHM {
            return Err(AgentError::BadReply("a signature of another algorithm"));
        }
        signature.string()?.try_into().map_err(|_| AgentError::BadReply("a signature of another length"))
    }

    fn command(&self, message: Message) -> Answer<()> {
        let answer = self.ask(message)?;
        Body::of(&answer, SUCCESS).map(|_| ())
    }

    #[cfg(unix)]
    fn connect(&self) -> io::Result<std::os::unix::net::UnixStream> {
        let stream = std::os::unix::net::UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// Agents are reached by a Unix socket only.
    #[cfg(not(unix))]
    fn connect(&self) -> io::Result<std::net::TcpStream> {
        Err(io::Error::new(io::ErrorKind::Unsupported, self.socket.display().to_string()))
    }

    fn ask(&self, message: Message) -> Answer<Vec<u8>> {
        let mut stream = self.connect()?;
        stream.write_all(&message.framed()?)?;
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length == 0 || length > MAX_MESSAGE {
            return Err(AgentError::BadReply("a message of impossible length"));
        }
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    }
}

/// A key that the agent signs with.
pub(super) struct AgentSigner {
    /// Where the key is.
    pub agent: Agent,
    /// Which key it is.
    pub key: PublicKey,
}

impl Signer for AgentSigner {
    fn key(&self) -> KeyId {
        self.key.id()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let signature = self.agent.sign(self.key.id(), message).map_err(|error| match error {
            AgentError::Unreachable(found) => SignError::Unreachable(found),
            AgentError::Refused => SignError::Refused,
            AgentError::BadReply(_) => SignError::BadSignature,
        })?;
        if self.key.verify(message, &signature) { Ok(signature) } else { Err(SignError::BadSignature) }
    }
}

fn key_blob(key: KeyId) -> Vec<u8> {
    let mut blob = Vec::with_capacity(51);
    for part in [ALGORITHM, key.as_bytes()] {
        blob.extend_from_slice(&u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
        blob.extend_from_slice(part);
    }
    blob
}

/// A message being built. May hold a private key: overwritten when dropped, and for such messages allocated once.
struct Message(Zeroizing<Vec<u8>>);

impl Message {
    fn new(kind: u8) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
        bytes.extend_from_slice(&[0, 0, 0, 0, kind]);
        Self(bytes)
    }

    fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    fn number(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    fn string(&mut self, value: &[u8]) -> Answer<()> {
        let length = u32::try_from(value.len()).ok().filter(|_| value.len() <= MAX_MESSAGE / 2);
        self.number(length.ok_or(AgentError::BadReply("too long to be signed by an agent"))?);
        self.0.extend_from_slice(value);
        Ok(())
    }

    fn framed(mut self) -> Answer<Zeroizing<Vec<u8>>> {
        let length = u32::try_from(self.0.len().saturating_sub(4)).map_err(|_| AgentError::Refused)?;
        if let Some(head) = self.0.first_chunk_mut::<4>() {
            *head = length.to_be_bytes();
        }
        Ok(self.0)
    }
}

/// What is left of a message being read; nothing is read past its end.
struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    fn of(answer: &'a [u8], expected: u8) -> Answer<Self> {
        match answer.split_first() {
            Some((kind, body)) if *kind == expected => Ok(Self(body)),
            Some((&FAILURE, _)) => Err(AgentError::Refused),
            _ => Err(AgentError::BadReply("another message than was asked for")),
        }
    }

    fn number(&mut self) -> Answer<u32> {
        let (head, rest) =
            self.0.split_first_chunk::<4>().ok_or(AgentError::BadReply("a message cut short"))?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*head))
    }

    fn string(&mut self) -> Answer<&'a [u8]> {
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        let (head, rest) =
            self.0.split_at_checked(length).ok_or(AgentError::BadReply("a message cut short"))?;
        self.0 = rest;
        Ok(head)
    }
}

#[cfg(all(test, unix))]
mod tests;
