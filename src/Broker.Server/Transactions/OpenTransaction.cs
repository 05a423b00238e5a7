using Broker.Server.Network;

namespace Broker.Server.Transactions;

/// <summary>The time of one transaction.</summary>
internal sealed class OpenTransaction(string id, long number, Action<OpenTransaction> due) : Deadline
{
    public string Id => id;

    public long Number => number;

    protected internal override void Expired() => due(this);
}
