namespace Broker.Model;

/// <summary>One life of a data directory: new whenever a broker starts with an empty one.</summary>
public readonly record struct Incarnation(Guid Value)
{
    public static readonly Incarnation Empty = new(Guid.Empty);

    public bool IsEmpty => Value == Guid.Empty;

    /// <summary>Draws a new identity from the randomness that was handed in.</summary>
    public static Incarnation New(Random random) => new(RandomGuid.Next(random));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out Incarnation id)
    {
        bool parsed = KafkaUuid.TryParse(text, out Guid value);
        id = new Incarnation(value);
        return parsed;
    }

    /// <summary>22 characters of URL-safe base64, as Kafka prints its UUIDs.</summary>
    public override string ToString() => KafkaUuid.Format(Value);
}
