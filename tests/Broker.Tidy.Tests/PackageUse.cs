using System.Xml.Linq;

namespace Broker.Tidy.Tests;

/// <summary>One package reference of a project, and what of it stays private.</summary>
internal sealed record PackageUse(string Name, string PrivateAssets, bool HasOwnVersion)
{
    public static PackageUse Read(XElement reference) => new(
        reference.Attribute("Include")!.Value,
        reference.Attribute("PrivateAssets")?.Value ?? reference.Element("PrivateAssets")?.Value ?? "",
        reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null);
}
