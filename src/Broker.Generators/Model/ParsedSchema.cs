namespace Broker.Generators.Model;

/// <summary>What came of one file: an API's schema or a record's, or the problems that prevented it.</summary>
public sealed record ParsedSchema(string Path, ApiSchema? Schema, EquatableArray<SchemaProblem> Problems)
{
    public RecordSchema? Record { get; init; }
}
