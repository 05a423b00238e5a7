using Broker.Model;
using Broker.Protocol.Compression;
using Broker.Protocol.Records;

namespace Broker.Client.Producing;

/// <summary>
/// Records of one partition that travel together. Owned by its queue while it fills; from <see cref="Seal"/> on its
/// bytes do not change, so that a retry sends the same batch under the same sequence.
/// </summary>
internal sealed class ProducerBatch(CompressionType compression, long createdAt)
{
    private readonly RecordBatchBuilder _builder = new(compression);
    private readonly List<TaskCompletionSource<RecordPosition>> _waiting = [];

    /// <summary>On the clock's own scale.</summary>
    public long CreatedAt => createdAt;

    public int RecordCount => _builder.RecordCount;

    public int SizeInBytes => _builder.SizeInBytes;

    /// <summary>What this batch holds of the producer's buffer.</summary>
    public long ReservedBytes { get; private set; }

    public ReadOnlyMemory<byte> Bytes { get; private set; }

    public ProducerIdentity Identity { get; private set; } = ProducerIdentity.None;

    /// <summary>Whether a broker may have it although no answer said so.</summary>
    public bool MayBeWritten { get; set; }

    public Task<RecordPosition> Append(ProducerRecord record, long timestamp, int reserved)
    {
        _builder.Append(timestamp, record.Key, record.Value, record.Headers);
        ReservedBytes += reserved;
        TaskCompletionSource<RecordPosition> waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(waiting);
        return waiting.Task;
    }

    public void Seal(ProducerIdentity identity, int baseSequence)
    {
        Identity = identity;
        Bytes = _builder.Build(identity.Id, identity.Epoch, identity == ProducerIdentity.None ? -1 : baseSequence);
    }

    public void Complete(TopicPartition partition, Offset baseOffset)
    {
        for (int i = 0; i < _waiting.Count; i++)
        {
            Offset offset = baseOffset.Value < 0 ? new Offset(-1) : baseOffset + i;
            _waiting[i].SetResult(new RecordPosition(partition, offset));
        }

        _builder.Dispose();
    }

    public void Fail(Exception cause)
    {
        foreach (TaskCompletionSource<RecordPosition> waiting in _waiting)
        {
            waiting.SetException(cause);

            // Whoever did not keep the task has said that the outcome does not matter.
            _ = waiting.Task.Exception;
        }

        _builder.Dispose();
    }
}
