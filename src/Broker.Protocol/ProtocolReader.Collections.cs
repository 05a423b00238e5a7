namespace Broker.Protocol;

/// <summary>Arrays, nullable structs and tagged fields (KIP-482).</summary>
public ref partial struct ProtocolReader
{
    /// <summary>The number of elements of an array, −1 for null; never more than could fit into what remains.</summary>
    /// <param name="flexible">Which of the two dialects.</param>
    /// <param name="leastSize">Bytes that the smallest possible element takes.</param>
    /// <param name="nullable">Whether null may stand here.</param>
    internal int ReadCount(bool flexible, int leastSize, bool nullable)
    {
        int count = flexible ? ReadCompactLength() : ReadInt32();
        if (count == -1 && nullable)
            return -1;
        if (count < 0 || count > Remaining / leastSize)
            Fail($"a count of {count} with {Remaining} bytes left");

        // Numbers take no more memory than wire. Strings and structs do.
        if (leastSize < sizeof(int) && (_elementsLeft -= count) < 0)
            Fail("too many elements");
        return count;
    }

    internal RecycledList<T>? ReadList<T>(
        RecycledList<T>? list, short version, bool flexible, int leastSize, bool nullable)
        where T : class, IMessagePart, new()
    {
        int count = ReadCount(flexible, leastSize, nullable);
        if (count < 0)
            return null;
        if (leastSize >= sizeof(int) && (_elementsLeft -= count) < 0)
            Fail("too many elements");
        list ??= [];
        for (int i = 0; i < count; i++)
            list.Next().Read(ref this, version);
        return list;
    }

    /// <summary>Whether a nullable struct is null: a byte before it, negative for null.</summary>
    internal bool ReadIsNull() => ReadInt8() < 0;

    internal int ReadTagCount()
    {
        uint count = ReadUnsignedVarint();
        if (count > (uint)(Remaining / 2))
            Fail($"{count} tagged fields with {Remaining} bytes left");
        return (int)count;
    }

    /// <summary>Confines reading to one tagged field; the result goes to <see cref="LeaveTaggedField"/>.</summary>
    internal int EnterTaggedField(out int tag)
    {
        uint number = ReadUnsignedVarint();
        uint size = ReadUnsignedVarint();
        if (size > (uint)Remaining || number > int.MaxValue)
            Fail($"a tagged field of {size} bytes with {Remaining} left");
        tag = (int)number;
        int outerEnd = _end;
        _end = _position + (int)size;
        return outerEnd;
    }

    internal void LeaveTaggedField(int outerEnd)
    {
        if (Remaining != 0)
            Fail($"a tagged field is {Remaining} bytes longer than its value");
        _end = outerEnd;
    }

    internal void SkipTaggedField(int outerEnd)
    {
        _position = _end;
        _end = outerEnd;
    }

    internal void SkipTaggedFields()
    {
        int count = ReadTagCount();
        for (int i = 0; i < count; i++)
            SkipTaggedField(EnterTaggedField(out _));
    }
}
