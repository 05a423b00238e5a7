using System.Globalization;

namespace Broker.Model;

/// <summary>The position of a record in a partition as Kafka clients see it: dense, from 0.</summary>
public readonly record struct Offset(long Value) : IComparable<Offset>
{
    public static bool operator <(Offset left, Offset right) => left.Value < right.Value;
    public static bool operator >(Offset left, Offset right) => left.Value > right.Value;
    public static bool operator <=(Offset left, Offset right) => left.Value <= right.Value;
    public static bool operator >=(Offset left, Offset right) => left.Value >= right.Value;

    public static readonly Offset Zero = new(0);

    public static Offset operator +(Offset offset, long count) => new(offset.Value + count);
    public static Offset operator -(Offset offset, long count) => new(offset.Value - count);
    public static long operator -(Offset left, Offset right) => left.Value - right.Value;

    public static Offset Min(Offset left, Offset right) => left < right ? left : right;
    public static Offset Max(Offset left, Offset right) => left > right ? left : right;

    public int CompareTo(Offset other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
