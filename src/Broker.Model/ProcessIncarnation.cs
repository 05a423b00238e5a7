namespace Broker.Model;

/// <summary>One run of a broker process.</summary>
public readonly record struct ProcessIncarnation(Guid Value)
{
    public static readonly ProcessIncarnation Empty = new(Guid.Empty);

    public bool IsEmpty => Value == Guid.Empty;

    /// <summary>Draws a new identity from the randomness that was handed in.</summary>
    public static ProcessIncarnation New(Random random) => new(RandomGuid.Next(random));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out ProcessIncarnation id)
    {
        bool parsed = KafkaUuid.TryParse(text, out Guid value);
        id = new ProcessIncarnation(value);
        return parsed;
    }

    /// <summary>22 characters of URL-safe base64, as Kafka prints its UUIDs.</summary>
    public override string ToString() => KafkaUuid.Format(Value);
}
