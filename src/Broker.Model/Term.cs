using System.Globalization;

namespace Broker.Model;

/// <summary>A Raft term. Kafka clients see a partition's term as its leader epoch, so it is 32 bits wide.</summary>
public readonly record struct Term(int Value) : IComparable<Term>
{
    public static bool operator <(Term left, Term right) => left.Value < right.Value;
    public static bool operator >(Term left, Term right) => left.Value > right.Value;
    public static bool operator <=(Term left, Term right) => left.Value <= right.Value;
    public static bool operator >=(Term left, Term right) => left.Value >= right.Value;

    /// <summary>Before the first election.</summary>
    public static readonly Term Zero = new(0);

    public Term Next() => new(checked(Value + 1));

    public int CompareTo(Term other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
