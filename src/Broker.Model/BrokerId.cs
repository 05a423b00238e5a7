using System.Globalization;

namespace Broker.Model;

/// <summary>A broker's number, unique in its cluster: Kafka's node id.</summary>
public readonly record struct BrokerId(int Value) : IComparable<BrokerId>
{
    public static bool operator <(BrokerId left, BrokerId right) => left.Value < right.Value;
    public static bool operator >(BrokerId left, BrokerId right) => left.Value > right.Value;
    public static bool operator <=(BrokerId left, BrokerId right) => left.Value <= right.Value;
    public static bool operator >=(BrokerId left, BrokerId right) => left.Value >= right.Value;

    /// <summary>What the wire says where no broker is meant.</summary>
    public static readonly BrokerId None = new(-1);

    public int CompareTo(BrokerId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
