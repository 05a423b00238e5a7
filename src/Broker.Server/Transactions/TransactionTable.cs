using Broker.Server.Transactions.Log;

namespace Broker.Server.Transactions;

/// <summary>
/// What the records of one partition of __transaction_state come to: the last one of each transactional id. No locks.
/// </summary>
internal sealed class TransactionTable
{
    private readonly SortedDictionary<string, TransactionState> _states = new(StringComparer.Ordinal);

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyCollection<TransactionState> All => _states.Values;

    public TransactionState? Find(string id) => _states.GetValueOrDefault(id);

    public void Apply(TransactionRecord record)
    {
        if (record.State is { } state)
            _states[record.Id] = state;
        else
            _states.Remove(record.Id);
    }

    public void Clear() => _states.Clear();
}
