namespace Broker.Generators.Model;

/// <summary>
/// One schema file. Served lies within Versions: what is outside can be read and answered, with an error.
/// </summary>
public sealed record ApiSchema(
    string Name,
    short Key,
    VersionRange Versions,
    VersionRange Served,
    short FirstFlexible,
    string? Comment,
    MessageSchema Request,
    MessageSchema Response);
