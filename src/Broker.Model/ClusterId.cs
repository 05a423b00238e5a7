namespace Broker.Model;

/// <summary>A cluster's identity, minted once by its first metadata leader.</summary>
public readonly record struct ClusterId(Guid Value)
{
    public static readonly ClusterId Empty = new(Guid.Empty);

    public bool IsEmpty => Value == Guid.Empty;

    /// <summary>Draws a new identity from the randomness that was handed in.</summary>
    public static ClusterId New(Random random) => new(RandomGuid.Next(random));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out ClusterId id)
    {
        bool parsed = KafkaUuid.TryParse(text, out Guid value);
        id = new ClusterId(value);
        return parsed;
    }

    /// <summary>22 characters of URL-safe base64, as Kafka prints its UUIDs.</summary>
    public override string ToString() => KafkaUuid.Format(Value);
}
