namespace Broker.Generators.Model;

/// <summary>One schema file.</summary>
public sealed record ApiSchema(
    string Name,
    short Key,
    ApiLimits Limits,
    string? Comment,
    MessageSchema Request,
    MessageSchema Response)
{
    public VersionRange Versions => Limits.Versions;

    public short FirstFlexible => Limits.FirstFlexible;
}
