namespace Broker.Generators.Model;

/// <summary>
/// A message or a part of one. MinimumSize is the least number of bytes that it takes in any version.
/// </summary>
public sealed record StructSchema(
    string Name,
    EquatableArray<FieldSchema> Fields,
    VersionRange Versions,
    int MinimumSize);
