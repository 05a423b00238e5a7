using System.Globalization;
using Broker.Generators.Model;

namespace Broker.Generators.Parsing;

/// <summary>What a field may not say, seen together with the fields before it.</summary>
internal static class FieldRules
{
    public static IEnumerable<string> Check(
        FieldSchema field, ApiLimits limits, VersionRange parent, List<FieldSchema> earlier)
    {
        if (earlier.Any(other => other.Name == field.Name))
            yield return $"the field '{field.Name}' is there twice";
        if (field.Versions.IsEmpty)
            yield return $"the versions of '{field.Name}' lie outside {parent}";
        if (field.Tag is not null && field.Versions.First < limits.FirstFlexible)
            yield return $"'{field.Name}' has a tag in version {field.Versions.First}, which has no tagged fields";
        if (field.Tag is not null && earlier.Any(other => other.Tag == field.Tag))
            yield return $"the tag {field.Tag} is there twice";
        if (field.Type.Nullable is not null && !MayBeNull(field.Type))
            yield return $"'{field.Name}' can't be nullable";
        bool alone = field.Type.Kind == FieldKind.Struct && !field.Type.IsArray;
        if (alone && field.Type.Nullable is null && field.Tag is null)
            yield return $"the struct '{field.Name}' must be nullable, tagged or an array";
        if (field.Type.Kind == FieldKind.Records && field.Type.IsArray)
            yield return $"'{field.Name}' can't be an array of records";
        if (field.Default is not null && !IsDefaultOf(field.Default, field.Type))
            yield return $"'{field.Default}' can't be the default of '{field.Name}'";
    }

    private static bool MayBeNull(FieldType type) =>
        type.IsArray || type.IsText || type.Kind is FieldKind.Bytes or FieldKind.Records or FieldKind.Struct;

    private static bool IsDefaultOf(string text, FieldType type)
    {
        if (text == "null")
            return type.Nullable is not null;
        if (type.IsArray)
            return false;
        (decimal least, decimal most) = type.Kind switch
        {
            FieldKind.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            FieldKind.Int16 or FieldKind.ErrorCode => (short.MinValue, short.MaxValue),
            FieldKind.UInt16 => (ushort.MinValue, ushort.MaxValue),
            FieldKind.Int32 or FieldKind.BrokerId => (int.MinValue, int.MaxValue),
            FieldKind.UInt32 => (uint.MinValue, uint.MaxValue),
            FieldKind.Int64 or FieldKind.ProducerId => (long.MinValue, long.MaxValue),
            _ => (1m, 0m),
        };
        return type.Kind == FieldKind.Bool
            ? text is "true" or "false"
            : decimal.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal value)
                && value >= least && value <= most;
    }
}
