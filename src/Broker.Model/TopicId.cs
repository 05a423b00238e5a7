namespace Broker.Model;

/// <summary>A topic's identity: deleted and created again under its name, a topic gets a new one (KIP-516).</summary>
public readonly record struct TopicId(Guid Value)
{
    public static readonly TopicId Empty = new(Guid.Empty);

    public bool IsEmpty => Value == Guid.Empty;

    /// <summary>Draws a new identity from the randomness that was handed in.</summary>
    public static TopicId New(Random random) => new(RandomGuid.Next(random));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out TopicId id)
    {
        bool parsed = KafkaUuid.TryParse(text, out Guid value);
        id = new TopicId(value);
        return parsed;
    }

    /// <summary>22 characters of URL-safe base64, as Kafka prints its UUIDs.</summary>
    public override string ToString() => KafkaUuid.Format(Value);
}
