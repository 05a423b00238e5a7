namespace Broker.Generators.Model;

/// <summary>A field's type. Nullable holds the versions in which null may stand, or none.</summary>
public sealed record FieldType(FieldKind Kind, string? StructName, bool IsArray, VersionRange? Nullable)
{
    public bool IsText => Kind is FieldKind.String or FieldKind.TopicName;
}
