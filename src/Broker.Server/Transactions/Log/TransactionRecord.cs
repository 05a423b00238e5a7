namespace Broker.Server.Transactions.Log;

/// <summary>A record of __transaction_state, understood.</summary>
/// <param name="State">Null: nothing is known of the id any more.</param>
internal sealed record TransactionRecord(string Id, TransactionState? State);
