namespace Broker.Metadata;

/// <summary>One config that somebody wants changed.</summary>
/// <param name="Value">As the client gave it; not looked at where the config is deleted.</param>
public sealed record ConfigChange(string Name, ConfigOperation Operation, string? Value);
