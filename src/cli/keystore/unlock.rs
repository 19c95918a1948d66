//! Making a key usable: through the agent that holds it, else from its file with a passphrase.

use super::agent::{Agent, AgentSigner};
use super::{Env, KeyName, Keystore, PassphraseFrom};
use crate::fault::{Fault, Outcome};
use crate::record::keys::{KeyId, PublicKey, Signer};

/// Longest time a key may stay unlocked: a working day.
pub const MAX_MINUTES: u32 = 12 * 60;

impl Keystore {
    /// A signer for the key: the agent when it holds the key, else the file, for which a passphrase is needed.
    ///
    /// An agent that does not answer is passed over: the passphrase will do.
    pub fn unlock(&self, name: &KeyName, from: &PassphraseFrom<'_>) -> Outcome<Box<dyn Signer>> {
        if let Some(signer) = self.in_agent(name, from.env)? {
            return Ok(Box::new(signer));
        }
        self.must_exist(name)?;
        let secret = self.open(name, &from.existing(name)?)?;
        Ok(Box::new(secret))
    }

    /// `key unlock --minutes N`: hands the key to the user's agent, which forgets it after that time.
    pub fn unlock_in_agent(&self, name: &KeyName, minutes: u32, from: &PassphraseFrom<'_>) -> Outcome<KeyId> {
        if !(1..=MAX_MINUTES).contains(&minutes) {
            return Err(Fault::usage("agent.bad_minutes")
                .with("expected", MAX_MINUTES)
                .with("found", minutes));
        }
        let agent = Agent::of(from.env).ok_or_else(|| Fault::usage("agent.none"))?;
        self.must_exist(name)?;
        let secret = self.open(name, &from.existing(name)?)?;
        agent.add(&secret, &format!("zhaoce {name}"), minutes * 60)?;
        // Some agents say yes to any key and keep none of it.
        if agent.holds(secret.key())? { Ok(secret.key()) } else { Err(Fault::machine("agent.refused")) }
    }

    /// `key lock`: takes the key from the agent; `false` when it was not there.
    pub fn lock(&self, name: &KeyName, env: &Env) -> Outcome<bool> {
        let agent = Agent::of(env).ok_or_else(|| Fault::usage("agent.none"))?;
        let entry = self.entry(name)?.ok_or_else(|| self.unknown(name))?;
        let there = agent.holds(entry.key)?;
        if there {
            agent.remove(entry.key)?;
        }
        Ok(there)
    }

    /// Is the key in the agent now? `false` also when there is no agent or it does not answer.
    pub fn is_unlocked(&self, name: &KeyName, env: &Env) -> Outcome<bool> {
        Ok(self.in_agent(name, env)?.is_some())
    }

    fn in_agent(&self, name: &KeyName, env: &Env) -> Outcome<Option<AgentSigner>> {
        let (Some(agent), Some(entry)) = (Agent::of(env), self.entry(name)?) else { return Ok(None) };
        if !agent.holds(entry.key).unwrap_or(false) {
            return Ok(None);
        }
        Ok(PublicKey::decode(entry.key).ok().map(|key| AgentSigner { agent, key }))
    }
}
