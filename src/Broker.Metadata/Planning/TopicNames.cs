namespace Broker.Metadata;

/// <summary>Which names a topic may have: Kafka's rules.</summary>
public static class TopicNames
{
    public const int MaxLength = 249;

    /// <summary>Null if the name is allowed, else why not.</summary>
    public static Refusal? Check(string name) => name switch
    {
        "" => Refuse("A topic name must not be empty."),
        "." or ".." => Refuse($"A topic must not be called '{name}'."),
        { Length: > MaxLength } => Refuse(
            $"A topic name has at most {MaxLength} characters; this one has {name.Length}."),
        _ when !name.All(IsAllowed) => Refuse(
            $"Topic name '{Printable(name)}' may have only ASCII letters, digits, '.', '_' and '-'."),
        _ => null,
    };

    /// <summary>Null, or the topic that would have the same metric names: '.' and '_' are one there.</summary>
    public static Refusal? CheckCollision(ClusterImage image, string name)
    {
        if (!name.AsSpan().ContainsAny('.', '_'))
        {
            return null;
        }

        string folded = Fold(name);
        string? other = image.Topics.Keys.FirstOrDefault(
            existing => existing != name && existing.Length == name.Length && Fold(existing) == folded);
        return other is null
            ? null
            : Refuse($"Topic '{name}' collides with topic '{other}': '.' and '_' are one character in metric names.");
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';

    private static string Fold(string name) => name.Replace('.', '_');

    private static string Printable(string name) =>
        string.Concat(name.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    private static Refusal Refuse(string message) => new(RefusalReason.InvalidTopicName, message);
}
