namespace Broker.Protocol.Records;

/// <summary>
/// Reads records out of the uncompressed part of a batch. Every length is held against the bytes that are there
/// before it is used; what does not fit gives false and no exception, since the validator meets such bytes as a
/// matter of course.
/// </summary>
internal static class RecordParser
{
    public static bool TryRead(ReadOnlySpan<byte> records, scoped ref int position, out RecordView record)
    {
        record = default;
        if (!ZigZag.TryRead(records, ref position, out int length) || length < 0 || length > records.Length - position)
        {
            return false;
        }

        ReadOnlySpan<byte> body = records.Slice(position, length);
        position += length;
        int at = 1; // the record's own attributes: unused
        if (length < 1
            || !ZigZag.TryRead(body, ref at, out long timestampDelta)
            || !ZigZag.TryRead(body, ref at, out int offsetDelta)
            || !TryReadBytes(body, ref at, out bool hasKey, out ReadOnlySpan<byte> key)
            || !TryReadBytes(body, ref at, out bool hasValue, out ReadOnlySpan<byte> value)
            || !ZigZag.TryRead(body, ref at, out int headerCount) || headerCount < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> headers = body[at..];
        if (!HeadersFit(headers, headerCount))
        {
            return false;
        }

        record = new RecordView
        {
            TimestampDelta = timestampDelta,
            OffsetDelta = offsetDelta,
            HasKey = hasKey,
            Key = key,
            HasValue = hasValue,
            Value = value,
            HeaderCount = headerCount,
            HeaderBytes = headers,
        };
        return true;
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> headers, scoped ref int position, out RecordHeaderView header)
    {
        header = default;
        if (!TryReadBytes(headers, ref position, out bool hasKey, out ReadOnlySpan<byte> key) || !hasKey
            || !TryReadBytes(headers, ref position, out bool hasValue, out ReadOnlySpan<byte> value))
        {
            return false;
        }

        header = new RecordHeaderView { Key = key, HasValue = hasValue, Value = value };
        return true;
    }

    private static bool HeadersFit(ReadOnlySpan<byte> headers, int count)
    {
        int position = 0;
        for (int i = 0; i < count; i++)
        {
            if (!TryReadHeader(headers, ref position, out _))
            {
                return false;
            }
        }

        return position == headers.Length;
    }

    /// <summary>A length, -1 for null, and that many bytes.</summary>
    private static bool TryReadBytes(
        ReadOnlySpan<byte> bytes, scoped ref int position, out bool hasBytes, out ReadOnlySpan<byte> value)
    {
        value = default;
        hasBytes = false;
        if (!ZigZag.TryRead(bytes, ref position, out int length) || length < -1 || length > bytes.Length - position)
        {
            return false;
        }

        hasBytes = length >= 0;
        if (length > 0)
        {
            value = bytes.Slice(position, length);
            position += length;
        }

        return true;
    }
}
