namespace Broker.Generators.Model;

/// <summary>
/// A message that has no key and travels alone: a record's key or value in one of Kafka's internal topics.
/// </summary>
public sealed record RecordSchema(ApiLimits Limits, string? Comment, MessageSchema Message);
