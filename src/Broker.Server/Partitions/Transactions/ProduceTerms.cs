namespace Broker.Server.Partitions.Transactions;

/// <summary>On what terms a batch is appended.</summary>
/// <param name="Acks">1, or -1 for all.</param>
/// <param name="Deadline">A timestamp of the broker's TimeProvider.</param>
/// <param name="Token">Looked at only if the batch is transactional.</param>
internal readonly record struct ProduceTerms(short Acks, long Deadline, TransactionToken Token = default);
