using Broker.Model;
using Broker.Protocol;
using Broker.Protocol.Records;

namespace Broker.Server.Coordination;

/// <summary>Records of a coordinator as one batch, and back.</summary>
internal static class CoordinatorBatch
{
    public delegate TRecord? Decoder<TRecord>(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
        where TRecord : class;

    /// <param name="now">Unix milliseconds: when the records were made.</param>
    public static byte[] Of(IEnumerable<(byte[] Key, byte[]? Value)> records, long now)
    {
        using RecordBatchBuilder batch = With(records, now);
        return batch.Build().ToArray();
    }

    /// <summary>The same, in a producer's transaction: they mean nothing until that is committed.</summary>
    public static byte[] Of(
        IEnumerable<(byte[] Key, byte[]? Value)> records, long now, ProducerId producer, short epoch)
    {
        using RecordBatchBuilder batch = With(records, now);
        return batch.Build(producer, epoch, isTransactional: true).ToArray();
    }

    /// <summary>What of a batch is understood here; nothing of one with a marker.</summary>
    /// <param name="unreadable">Told of every record that is not.</param>
    public static IReadOnlyList<TRecord> Read<TRecord>(
        ReadOnlyMemory<byte> batch, Decoder<TRecord> decode, Action<string> unreadable)
        where TRecord : class
    {
        var records = new List<TRecord>();
        using var reader = new RecordBatchReader();
        try
        {
            reader.Open(batch);
            if (reader.Header.Attributes.IsControl)
                return records;
            while (reader.TryRead(out RecordView view))
                Read(view, decode, records, unreadable);
        }
        catch (ProtocolException malformed)
        {
            unreadable(malformed.Message);
        }

        return records;
    }

    private static RecordBatchBuilder With(IEnumerable<(byte[] Key, byte[]? Value)> records, long now)
    {
        var batch = new RecordBatchBuilder();
        foreach ((byte[] key, byte[]? value) in records)
            batch.Append(now, key, value);
        return batch;
    }

    private static void Read<TRecord>(
        in RecordView view, Decoder<TRecord> decode, List<TRecord> records, Action<string> unreadable)
        where TRecord : class
    {
        try
        {
            ReadOnlyMemory<byte>? value = view.HasValue ? view.Value.ToArray() : default(ReadOnlyMemory<byte>?);
            if (decode(view.Key.ToArray(), value) is { } record)
                records.Add(record);
        }
        catch (ProtocolException malformed)
        {
            unreadable(malformed.Message);
        }
    }
}
