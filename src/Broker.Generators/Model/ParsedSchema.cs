namespace Broker.Generators.Model;

/// <summary>What came of one file: a schema, or the problems that prevented it.</summary>
public sealed record ParsedSchema(string Path, ApiSchema? Schema, EquatableArray<SchemaProblem> Problems);
