using Broker.Protocol.Records;

namespace Broker.Server.Groups.Log;

/// <summary>Records of a coordinator as one batch.</summary>
internal static class GroupBatch
{
    /// <param name="now">Unix milliseconds: when the records were made.</param>
    public static byte[] Of(IReadOnlyList<GroupRecord> records, long now)
    {
        using var batch = new RecordBatchBuilder();
        foreach (GroupRecord record in records)
        {
            (byte[] key, byte[]? value) = GroupRecordCodec.Encode(record);
            batch.Append(now, key, value);
        }

        return batch.Build().ToArray();
    }

    /// <summary>What of a batch is understood here.</summary>
    /// <param name="unreadable">Told of every record that is not.</param>
    public static IReadOnlyList<GroupRecord> Read(ReadOnlyMemory<byte> batch, Action<string> unreadable)
    {
        var records = new List<GroupRecord>();
        using var reader = new RecordBatchReader();
        try
        {
            reader.Open(batch);
            if (reader.Header.Attributes.IsControl)
                return records;
            while (reader.TryRead(out RecordView view))
                Read(view, records, unreadable);
        }
        catch (Protocol.ProtocolException malformed)
        {
            unreadable(malformed.Message);
        }

        return records;
    }

    private static void Read(in RecordView view, List<GroupRecord> records, Action<string> unreadable)
    {
        try
        {
            ReadOnlyMemory<byte>? value = view.HasValue ? view.Value.ToArray() : default(ReadOnlyMemory<byte>?);
            if (GroupRecordCodec.Decode(view.Key.ToArray(), value) is { } record)
                records.Add(record);
        }
        catch (Protocol.ProtocolException malformed)
        {
            unreadable(malformed.Message);
        }
    }
}
