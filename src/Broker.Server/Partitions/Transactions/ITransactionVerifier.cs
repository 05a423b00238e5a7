using Broker.Model;

namespace Broker.Server.Partitions.Transactions;

/// <summary>Asks the coordinator of a transactional id, wherever it is. Any thread.</summary>
internal interface ITransactionVerifier
{
    /// <summary>Completes within some seconds; Busy if the coordinator could not be asked.</summary>
    Task<Verification> VerifyAsync(string transactionalId, ProducerId producer, short epoch, PartitionId partition);
}
