using Broker.Generators.Model;

namespace Broker.Generators.Parsing;

/// <summary>What the head of a schema file fixes for every field in it.</summary>
internal sealed record SchemaLimits(VersionRange Versions, short FirstFlexible);
