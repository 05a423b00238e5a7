namespace Broker.Generators.Model;

/// <summary>
/// What the head of a schema file fixes for every field in it. Served lies within Versions: what is outside can be
/// read and answered, with an error.
/// </summary>
public sealed record ApiLimits(VersionRange Versions, VersionRange Served, short FirstFlexible);
