#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use tempfile::TempDir;

use super::*;
use crate::cli::keystore::{KeyName, Keystore, MAX_MINUTES, Passphrase, PassphraseFrom};

fn key() -> SecretKey {
    SecretKey::from_seed([7; 32])
}

/// An agent that gives this answer to one request, and returns the request.
fn fake(folder: &TempDir, answer: Vec<u8>) -> (Agent, thread::JoinHandle<Vec<u8>>) {
    let socket = folder.path().join("fake");
    let _ = std::fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).unwrap();
    let serve = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut request = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut request).unwrap();
        let _ = stream.write_all(&answer);
        request
    });
    (Agent { socket }, serve)
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn framed(parts: &[&[u8]]) -> Vec<u8> {
    string(&parts.concat())
}

fn signature(algorithm: &[u8], bytes: &[u8]) -> Vec<u8> {
    framed(&[&[SIGN_RESPONSE], &string(&[string(algorithm), string(bytes)].concat())])
}

fn signer(agent: Agent) -> AgentSigner {
    AgentSigner { agent, key: PublicKey::decode(key().key()).unwrap() }
}

#[test]
fn messages_have_the_bytes_of_the_protocol() {
    let folder = TempDir::new().unwrap();
    let (a, success) = (*key().key().as_bytes(), framed(&[&[SUCCESS]]));
    let blob = [string(b"ssh-ed25519"), string(&a)].concat();
    assert_eq!(key_blob(key().key()), blob);

    let (agent, request) = fake(&folder, success.clone());
    agent.add(&key(), "zhaoce 张三", 1800).unwrap();
    let pair = [[7; 32], a].concat();
    let expected =
        [&[25][..], &blob, &string(&pair), &string("zhaoce 张三".as_bytes()), &[1, 0, 0, 7, 8]].concat();
    assert_eq!(request.join().unwrap(), expected);

    let (agent, request) = fake(&folder, success);
    agent.remove(key().key()).unwrap();
    assert_eq!(request.join().unwrap(), [&[18][..], &string(&blob)].concat());

    let good = key().sign(b"m").unwrap();
    let (agent, request) = fake(&folder, signature(b"ssh-ed25519", &good));
    assert_eq!(signer(agent).sign(b"m"), Ok(good));
    assert_eq!(request.join().unwrap(), [&[13][..], &string(&blob), &string(b"m"), &[0; 4]].concat());
}

#[test]
fn identities_are_searched_to_the_end() {
    let folder = TempDir::new().unwrap();
    let (mine, other) = (string(&key_blob(key().key())), string(&key_blob(KeyId::from_bytes([3; 32]))));
    let comment = string(b"comment");
    for (blobs, found) in [(vec![&other, &mine], true), (vec![&other, &other], false), (vec![], false)] {
        let count = u32::try_from(blobs.len()).unwrap().to_be_bytes();
        let list = blobs.iter().flat_map(|blob| [blob.as_slice(), &comment].concat()).collect::<Vec<_>>();
        let (agent, _) = fake(&folder, framed(&[&[IDENTITIES_ANSWER], &count, &list]));
        assert_eq!(agent.holds(key().key()), Ok(found));
    }
}

#[test]
fn hostile_answers_are_errors() {
    let folder = TempDir::new().unwrap();
    let answers = [
        vec![],
        vec![0, 0],
        vec![0, 0, 0, 0],
        vec![0xff, 0xff, 0xff, 0xff, IDENTITIES_ANSWER],
        vec![0, 4, 0, 1, IDENTITIES_ANSWER],
        vec![0, 0, 0, 9, IDENTITIES_ANSWER],
        framed(&[&[FAILURE]]),
        framed(&[&[SUCCESS]]),
        framed(&[&[IDENTITIES_ANSWER]]),
        framed(&[&[IDENTITIES_ANSWER], &[0xff; 4]]),
        framed(&[&[IDENTITIES_ANSWER], &[0, 0, 0, 1], &[0xff; 4]]),
        framed(&[&[IDENTITIES_ANSWER], &[0, 0, 0, 1], &string(b"blob")]),
    ];
    for answer in answers {
        let (agent, _) = fake(&folder, answer.clone());
        assert!(agent.holds(key().key()).is_err(), "{answer:?}");
    }
}

#[test]
fn nothing_is_allocated_on_the_word_of_an_agent() {
    let folder = TempDir::new().unwrap();
    for length in [0, u32::try_from(MAX_MESSAGE).unwrap() + 1, u32::MAX] {
        let (agent, _) = fake(&folder, length.to_be_bytes().to_vec());
        assert_eq!(agent.holds(key().key()), Err(AgentError::BadReply("a message of impossible length")));
    }
}

#[test]
fn no_signature_is_believed() {
    let folder = TempDir::new().unwrap();
    let good = key().sign(b"m").unwrap();
    let foreign = SecretKey::from_seed([8; 32]).sign(b"m").unwrap();
    let other_message = key().sign(b"n").unwrap();
    let answers = [
        signature(b"ssh-ed25519", &foreign),
        signature(b"ssh-ed25519", &other_message),
        signature(b"ssh-ed25519", &good[..63]),
        signature(b"ssh-ed25519", &[&good[..], &[0]].concat()),
        signature(b"ssh-rsa", &good),
        framed(&[&[SIGN_RESPONSE], &string(&good)]),
        framed(&[&[SUCCESS]]),
    ];
    for answer in answers {
        let (agent, _) = fake(&folder, answer.clone());
        assert_eq!(signer(agent).sign(b"m"), Err(SignError::BadSignature), "{answer:?}");
    }
    let (agent, _) = fake(&folder, framed(&[&[FAILURE]]));
    assert_eq!(signer(agent).sign(b"m"), Err(SignError::Refused));
    let gone = Agent { socket: folder.path().join("gone") };
    assert!(matches!(signer(gone.clone()).sign(b"m"), Err(SignError::Unreachable(_))));
    assert_eq!(signer(gone).sign(&vec![0; MAX_MESSAGE]), Err(SignError::BadSignature));
}

/// A real `ssh-agent`; stopped when dropped.
struct RealAgent {
    child: Child,
    agent: Agent,
}

impl RealAgent {
    /// Nothing when OpenSSH is not installed; with `ZHAOCE_THIRD_PARTY=1` that is a failure.
    fn start(folder: &Path) -> Option<Self> {
        let socket = folder.join("agent");
        let child = Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(Stdio::null()).spawn();
        let Ok(child) = child else {
            let demanded = std::env::var_os("ZHAOCE_THIRD_PARTY").is_some_and(|value| value == "1");
            assert!(!demanded, "ssh-agent is not installed: apt-get install openssh-client");
            eprintln!("SKIPPED: ssh-agent is not installed, custody through an agent was NOT tested");
            return None;
        };
        let started = Self { child, agent: Agent { socket } };
        until(|| started.agent.holds(key().key()).is_ok());
        Some(started)
    }
}

impl Drop for RealAgent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn until(condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "still not so");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_real_agent_holds_signs_and_forgets() {
    let folder = TempDir::new().unwrap();
    let Some(real) = RealAgent::start(folder.path()) else { return };
    let (agent, id) = (&real.agent, key().key());
    assert_eq!(agent.holds(id), Ok(false));
    assert_eq!(agent.remove(id), Err(AgentError::Refused));
    agent.add(&key(), "zhaoce", 600).unwrap();
    assert_eq!(agent.holds(id), Ok(true));
    // An Ed25519 signature is the same bytes whoever makes it.
    assert_eq!(signer(agent.clone()).sign(b"m"), key().sign(b"m"));
    agent.remove(id).unwrap();
    assert_eq!(agent.holds(id), Ok(false));
    assert_eq!(signer(agent.clone()).sign(b"m"), Err(SignError::Refused));
    // By itself, when the time is over.
    agent.add(&key(), "zhaoce", 1).unwrap();
    assert_eq!(agent.holds(id), Ok(true));
    until(|| agent.holds(id) == Ok(false));
}

#[test]
fn a_key_unlocked_once_needs_no_passphrase_until_locked() {
    let folder = TempDir::new().unwrap();
    let Some(real) = RealAgent::start(folder.path()) else { return };
    let env = |passphrase: Option<&str>| Env {
        home: Some(folder.path().join("home")),
        agent: Some(real.agent.socket.clone()),
        passphrase: passphrase.map(|text| Passphrase::from_bytes(text.into())),
        ..Env::default()
    };
    let (knows, none) = (env(Some("correct horse")), env(None));
    let from = |env| PassphraseFrom { env, file: None };
    let (store, name) = (Keystore::of(&none).unwrap(), KeyName::parse("张三").unwrap());
    let entry = store.create(&name, &from(&knows)).unwrap();

    assert_eq!(store.unlock(&name, &from(&none)).err().unwrap().code, "passphrase.missing");
    assert!(!store.is_unlocked(&name, &none).unwrap());
    for minutes in [0, MAX_MINUTES + 1] {
        assert_eq!(
            store.unlock_in_agent(&name, minutes, &from(&knows)).unwrap_err().code,
            "agent.bad_minutes"
        );
    }
    assert_eq!(store.unlock_in_agent(&name, 30, &from(&knows)).unwrap(), entry.key);
    assert!(store.is_unlocked(&name, &none).unwrap());
    let signed = store.unlock(&name, &from(&none)).unwrap().sign(b"m").unwrap();
    assert!(PublicKey::decode(entry.key).unwrap().verify(b"m", &signed));

    assert!(store.lock(&name, &none).unwrap());
    assert!(!store.lock(&name, &none).unwrap());
    assert_eq!(store.unlock(&name, &from(&none)).err().unwrap().code, "passphrase.missing");
}

#[test]
fn a_dead_agent_does_not_stand_in_the_way_of_the_file() {
    let folder = TempDir::new().unwrap();
    let env = Env {
        home: Some(folder.path().join("home")),
        agent: Some(folder.path().join("gone")),
        passphrase: Some(Passphrase::from_bytes(b"correct horse".to_vec())),
        ..Env::default()
    };
    let from = PassphraseFrom { env: &env, file: None };
    let (store, name) = (Keystore::of(&env).unwrap(), KeyName::parse("张三").unwrap());
    let entry = store.create(&name, &from).unwrap();
    assert_eq!(store.unlock(&name, &from).unwrap().key(), entry.key);
    assert_eq!(store.unlock_in_agent(&name, 30, &from).unwrap_err().code, "agent.unreachable");
    assert_eq!(store.lock(&name, &env).unwrap_err().code, "agent.unreachable");
    let without = Env { agent: None, ..env };
    assert_eq!(store.lock(&name, &without).unwrap_err().code, "agent.none");
}
