using Broker.Protocol.Records;

namespace Broker.Server.Partitions.Transactions;

/// <summary>A transactional batch that waits at the gate.</summary>
internal sealed class TransactionalProduce
{
    private readonly Partition _partition;
    private readonly ProduceBatch _batch;
    private readonly RecordBatchHeader _header;
    private readonly ProduceTerms _terms;
    private readonly TaskCompletionSource<ProduceOutcome> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TransactionalProduce(
        Partition partition, in ProduceBatch batch, in RecordBatchHeader header, in ProduceTerms terms)
    {
        (_partition, _batch, _header, _terms) = (partition, batch, header, terms);
        batch.Buffer.Retain();
    }

    public Task<ProduceOutcome> Answer => _answer.Task;

    /// <summary>The gate has opened, or has not. Called once.</summary>
    public void Entered(PartitionFault fault, TransactionToken token)
    {
        if (fault == PartitionFault.None)
            _ = ForwardAsync(_partition.Begin(_batch, _header, _terms with { Token = token }));
        else
            _answer.SetResult(new ProduceOutcome(fault));
        _batch.Buffer.Release();
    }

    private async Task ForwardAsync(ValueTask<ProduceOutcome> outcome) => _answer.SetResult(await outcome);
}
