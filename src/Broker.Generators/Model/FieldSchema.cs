namespace Broker.Generators.Model;

/// <summary>
/// One field. Default is the schema's own text or null for the type's default. Ignorable: where a version has no room
/// for the field, its value is dropped on writing; for others, a value that is not the default is an error.
/// </summary>
public sealed record FieldSchema(
    string Name,
    FieldType Type,
    VersionRange Versions,
    int? Tag,
    string? Default,
    bool Ignorable,
    string? Comment);
