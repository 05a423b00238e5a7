namespace Broker.Storage;

/// <summary>
/// The votes of this data directory are missing or damaged. The broker may have voted for anybody: it must not vote or
/// acknowledge again under its old incarnation.
/// </summary>
public sealed class VoteJournalDamagedException(string message) : StorageException(message);
