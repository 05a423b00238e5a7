using System.Text;
using Broker.Model;
using Broker.Protocol.Records;

namespace Broker.Client.Consuming;

/// <summary>What one fetch brought of one partition; opened by the consumer's owner, on its thread.</summary>
internal sealed record FetchedBatches(TopicPartition Partition, Offset From, ReadOnlyMemory<byte> Batches)
{
    /// <summary>
    /// The records from <see cref="From"/> on: a batch is sent whole even if the wanted offset is in its middle. A
    /// batch that is cut off at the end is left out, and so are the markers of transactions.
    /// </summary>
    public IEnumerable<ConsumedRecord> Records()
    {
        using RecordBatchReader reader = new();
        ReadOnlyMemory<byte> rest = Batches;
        while (NextSize(rest) is { } size)
        {
            reader.Open(rest[..size]);
            rest = rest[size..];
            while (!reader.Header.Attributes.IsControl && Read(reader, out ConsumedRecord? record))
            {
                if (record is not null)
                {
                    yield return record;
                }
            }
        }
    }

    /// <summary>The offset behind the last whole batch, or <paramref name="from"/> if there is none.</summary>
    public static Offset NextOffset(ReadOnlyMemory<byte> batches, Offset from)
    {
        Offset next = from;
        while (NextSize(batches) is { } size)
        {
            next = Offset.Max(next, RecordBatchHeader.Read(batches.Span).NextOffset);
            batches = batches[size..];
        }

        return next;
    }

    private static int? NextSize(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < RecordBatchLayout.HeaderSize)
        {
            return null;
        }

        long size = RecordBatchHeader.Read(bytes.Span).SizeInBytes;
        return size >= RecordBatchLayout.HeaderSize && size <= bytes.Length ? (int)size : null;
    }

    private bool Read(RecordBatchReader reader, out ConsumedRecord? record)
    {
        record = null;
        if (!reader.TryRead(out RecordView view))
        {
            return false;
        }

        RecordBatchHeader header = reader.Header;
        Offset offset = header.BaseOffset + view.OffsetDelta;
        if (offset >= From)
        {
            long timestamp = header.Attributes.IsLogAppendTime
                ? header.MaxTimestamp
                : header.BaseTimestamp + view.TimestampDelta;
            record = new ConsumedRecord(
                Partition,
                offset,
                Time(timestamp),
                view.HasKey ? view.Key.ToArray() : null,
                view.HasValue ? view.Value.ToArray() : null,
                HeadersOf(view)
            );
        }

        return true;
    }

    /// <summary>
    /// A producer may write any 64 bits as its time; what a calendar can't hold becomes its nearest end.
    /// </summary>
    private static DateTimeOffset Time(long timestamp) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Clamp(
                timestamp,
                DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
                DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            )
        );

    private static KeyValuePair<string, byte[]?>[] HeadersOf(RecordView view)
    {
        if (view.HeaderCount == 0)
        {
            return [];
        }

        KeyValuePair<string, byte[]?>[] headers = new KeyValuePair<string, byte[]?>[view.HeaderCount];
        int next = 0;
        foreach (RecordHeaderView header in view.Headers)
        {
            headers[next++] = KeyValuePair.Create(
                Encoding.UTF8.GetString(header.Key),
                header.HasValue ? header.Value.ToArray() : null
            );
        }

        return headers;
    }
}
