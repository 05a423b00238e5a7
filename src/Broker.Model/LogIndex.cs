using System.Globalization;

namespace Broker.Model;

/// <summary>The position of an entry in a partition's Raft log. The first entry has 1; 0 is "before the log".</summary>
public readonly record struct LogIndex(long Value) : IComparable<LogIndex>
{
    public static bool operator <(LogIndex left, LogIndex right) => left.Value < right.Value;
    public static bool operator >(LogIndex left, LogIndex right) => left.Value > right.Value;
    public static bool operator <=(LogIndex left, LogIndex right) => left.Value <= right.Value;
    public static bool operator >=(LogIndex left, LogIndex right) => left.Value >= right.Value;

    /// <summary>The position before the first entry.</summary>
    public static readonly LogIndex Zero = new(0);

    public static LogIndex operator +(LogIndex index, long count) => new(index.Value + count);
    public static LogIndex operator -(LogIndex index, long count) => new(index.Value - count);
    public static long operator -(LogIndex left, LogIndex right) => left.Value - right.Value;

    public static LogIndex Min(LogIndex left, LogIndex right) => left < right ? left : right;
    public static LogIndex Max(LogIndex left, LogIndex right) => left > right ? left : right;

    public int CompareTo(LogIndex other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
