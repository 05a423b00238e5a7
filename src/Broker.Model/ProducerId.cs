using System.Globalization;

namespace Broker.Model;

/// <summary>Identifies an idempotent producer (KIP-98).</summary>
public readonly record struct ProducerId(long Value) : IComparable<ProducerId>
{
    public static bool operator <(ProducerId left, ProducerId right) => left.Value < right.Value;
    public static bool operator >(ProducerId left, ProducerId right) => left.Value > right.Value;
    public static bool operator <=(ProducerId left, ProducerId right) => left.Value <= right.Value;
    public static bool operator >=(ProducerId left, ProducerId right) => left.Value >= right.Value;

    /// <summary>A batch of a producer that is not idempotent.</summary>
    public static readonly ProducerId None = new(-1);

    public int CompareTo(ProducerId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
