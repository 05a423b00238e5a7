using Broker.Generators.Model;

namespace Broker.Generators.Emission;

/// <summary>What the emitters of one message share.</summary>
internal sealed class StructLayout(MessageSchema message, ApiLimits limits)
{
    public string MessageName => message.Root.Name;

    public short FirstFlexible => limits.FirstFlexible;

    public VersionRange Flexible => new(limits.FirstFlexible, VersionRange.Open);

    private bool _atRoot = true;

    /// <summary>
    /// Only the outermost struct checks the version: what is inside was called with one that had passed.
    /// </summary>
    public void EnterParts() => _atRoot = false;

    public bool HasTags(StructSchema part) => part.Versions.Last >= FirstFlexible;

    public int MinimumSizeOf(string part) => message.Parts.First(other => other.Name == part).MinimumSize;

    public void EmitVersionCheck(CodeText code)
    {
        if (!_atRoot)
            return;
        code.Open($"if (version is < {limits.Versions.First} or > {limits.Versions.Last})");
        code.Line($"throw ProtocolException.UnknownVersion(\"{MessageName}\", version);");
        code.Close();
    }

    public void EmitFlexible(CodeText code, StructSchema part)
    {
        if (part.Fields.Any(NeedsDialect) || (HasTags(part) && part.Versions.First < FirstFlexible))
            code.Line($"bool flexible = version >= {FirstFlexible};");
    }

    private static bool NeedsDialect(FieldSchema field) =>
        field.Type.IsArray || field.Type.IsText || field.Type.Kind is FieldKind.Bytes or FieldKind.Records;
}
