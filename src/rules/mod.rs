//! Floor 2: the rule book. Which event is lawful after which, and who may sign it.
