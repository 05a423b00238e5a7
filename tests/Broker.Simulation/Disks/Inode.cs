namespace Broker.Simulation.Disks;

/// <summary>
/// A file's bytes as everybody sees them, and as they survive. Between two flushes every change is remembered, so that
/// a crash can keep any part of them: any subset of the 512-byte sectors of each write, a cut or not.
/// </summary>
internal sealed class Inode
{
    public const int Sector = 512;
    private const int Page = 4096;

    private readonly List<Change> _changes = [];
    private byte[] _bytes = [];
    private byte[] _durable = [];
    private int _durableLength;

    /// <summary>
    /// What stood behind the end before it was cut, if the cut is not durable yet though the data is.
    /// </summary>
    private byte[] _ghost = [];

    /// <summary>The last one.</summary>
    private Decay? _decay;

    public int Length { get; private set; }

    public bool IsDecayed => _decay is { IsSeen: true };

    public bool IsDirty => _changes.Count > 0 || _ghost.Length > 0;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>What survives for certain.</summary>
    public ReadOnlySpan<byte> DurableBytes => _durable.AsSpan(0, _durableLength);

    public int Read(Span<byte> into, long position)
    {
        if (position >= Length)
            return 0;
        int count = (int)Math.Min(into.Length, Length - position);
        _bytes.AsSpan((int)position, count).CopyTo(into);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        if (bytes.Length == 0)
            return;
        _changes.Add(new Change(position, bytes.ToArray()));
        Apply(bytes, position);
    }

    public void SetLength(long length)
    {
        _changes.Add(new Change(length, null));
        Resize((int)length);
    }

    /// <summary>fdatasync: the bytes and the length survive, but a cut may still come undone.</summary>
    public void Flush()
    {
        if (_durableLength > Length)
        {
            _ghost = DurableBytes.ToArray();
            _decay?.IsBehindCut = _decay.IsDurable;
        }

        Settle();
    }

    /// <summary>fsync: all of it survives.</summary>
    public void FlushWithMetadata()
    {
        _ghost = [];
        _decay?.IsBehindCut = false;
        Settle();
    }

    /// <summary>
    /// A flush that failed (lesson 27): the kernel calls the pages clean and never writes them. Readers go on seeing
    /// what was written, or what stood there before, page by page. A cut is in the file system's journal and stays.
    /// </summary>
    public void FailFlush(Random random)
    {
        double dropped = random.Next(3) switch { 0 => 0.0, 1 => 1.0, _ => 0.5 };
        var pages = new SortedSet<long>();
        foreach (Change change in _changes.Where(change => change.Bytes is not null))
        {
            for (long at = change.Position / Page; at * Page < change.Position + change.Bytes!.Length; at++)
                pages.Add(at);
        }

        foreach (long page in pages)
        {
            if (random.NextDouble() < dropped)
                ReadAnew((int)(page * Page));
        }

        _changes.RemoveAll(change => change.Bytes is not null);
    }

    /// <summary>What is left after the power failed.</summary>
    /// <param name="luck">Null: what survives for certain, and nothing else.</param>
    public void Crash(Random? luck)
    {
        int seenLength = Length;
        Replace(DurableBytes);
        _decay?.IsSeen = _decay.IsDurable;
        if (luck is not null)
            KeepSome(seenLength, luck);
        _changes.Clear();
        _ghost = [];
        _durable = Bytes.ToArray();
        _durableLength = Length;
        _decay?.IsDurable = _decay.IsSeen;
        _decay?.IsBehindCut = false;
    }

    private void KeepSome(int seenLength, Random random)
    {
        if (_ghost.Length > Length && random.Next(2) == 0)
        {
            Replace([.. DurableBytes, .. _ghost.AsSpan(_durableLength)]);
            _decay?.IsSeen |= _decay.IsBehindCut && _decay.IsWithin(_durableLength, Length);
        }

        double kept = random.Next(4) switch { 0 => 0.0, 1 => 1.0, _ => random.NextDouble() };
        foreach (Change change in _changes)
        {
            if (change.Bytes is { } bytes)
                KeepSome(bytes, change.Position, kept, random);
            else if (random.Next(2) == 0)
                Resize((int)change.Position);
        }

        // The length may have been written before the bytes: then they read as zeros.
        if (_changes.Count > 0 && seenLength > Length && random.Next(4) == 0)
            Resize(seenLength);
    }

    /// <summary>Decay: it is there for readers at once, and for good.</summary>
    public void FlipBit(long position, int bit)
    {
        _bytes[position] ^= (byte)(1 << bit);
        if (position < _durableLength)
            _durable[position] ^= (byte)(1 << bit);
        _decay = new Decay(position) { IsDurable = position < _durableLength };
    }

    /// <summary>What stood behind this length is lost, on the medium and for every reader.</summary>
    public void CutOff(int length)
    {
        _changes.Clear();
        _ghost = [];
        Replace(Bytes[..length]);
        _durable = Bytes.ToArray();
        _durableLength = length;
        _decay = _decay?.IsWithin(0, length) == true ? _decay : null;
    }

    private void ReadAnew(int position)
    {
        int end = Math.Min(position + Page, Length);
        if (end <= position)
            return;
        Span<byte> page = _bytes.AsSpan(position, end - position);
        page.Clear();
        if (position < _durableLength)
            _durable.AsSpan(position, Math.Min(end, _durableLength) - position).CopyTo(page);
        if (_decay?.IsWithin(position, end) == true)
            _decay.IsSeen = _decay.IsDurable;
    }

    private void KeepSome(byte[] bytes, long position, double kept, Random random)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int count = (int)Math.Min(Sector - ((position + at) % Sector), bytes.Length - at);
            if (random.NextDouble() < kept)
                Apply(bytes.AsSpan(at, count), position + at);
            at += count;
        }
    }

    // Only what changed is written: what a failed flush has forgotten stays forgotten.
    private void Settle()
    {
        foreach (Change change in _changes)
        {
            int end = (int)change.Position + (change.Bytes?.Length ?? 0);
            if (change.Bytes is null || end > _durableLength)
                ResizeDurable(end);
            change.Bytes?.CopyTo(_durable.AsSpan((int)change.Position));
            if (change.Bytes is not null)
                _decay?.IsDurable &= !_decay.IsWithin(change.Position, end);
        }

        _changes.Clear();
    }

    private void ResizeDurable(int length)
    {
        if (length > _durable.Length)
            Array.Resize(ref _durable, Math.Max(length, _durable.Length * 2));
        if (length < _durableLength)
            _durable.AsSpan(length, _durableLength - length).Clear();
        _decay?.IsDurable &= _decay.IsWithin(0, length);
        _durableLength = length;
    }

    private void Apply(ReadOnlySpan<byte> bytes, long position)
    {
        int end = (int)position + bytes.Length;
        if (end > Length)
            Resize(end);
        bytes.CopyTo(_bytes.AsSpan((int)position));
        _decay?.IsSeen &= !_decay.IsWithin(position, end);
    }

    private void Resize(int length)
    {
        if (length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(length, _bytes.Length * 2));
        if (length < Length)
            _bytes.AsSpan(length, Length - length).Clear();
        _decay?.IsSeen &= _decay.IsWithin(0, length);
        Length = length;
    }

    private void Replace(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        Length = bytes.Length;
    }

    /// <param name="Bytes">Null for a change of length to Position.</param>
    private readonly record struct Change(long Position, byte[]? Bytes);
}
