namespace Broker.Generators.Model;

/// <summary>Something wrong with a schema file; Line counts from 0.</summary>
public sealed record SchemaProblem(string Id, string Message, string Path, int Line);
