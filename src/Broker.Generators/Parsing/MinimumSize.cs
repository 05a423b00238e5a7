using Broker.Generators.Model;

namespace Broker.Generators.Parsing;

/// <summary>
/// The least bytes a struct takes on the wire in any of its versions. A reader refuses a count of elements that could
/// not fit into the bytes that remain, before it makes room for them.
/// </summary>
internal static class MinimumSize
{
    public static int Of(
        IReadOnlyList<FieldSchema> fields,
        VersionRange versions,
        short firstFlexible,
        IReadOnlyList<StructSchema> parts)
    {
        int least = int.MaxValue;
        for (int version = versions.First; version <= versions.Last; version++)
        {
            bool flexible = version >= firstFlexible;
            int size = flexible ? 1 : 0;
            foreach (FieldSchema field in fields)
            {
                if (field.Tag is null && field.Versions.Contains(version))
                    size += OfField(field.Type, flexible, parts);
            }

            least = Math.Min(least, size);
        }

        return least == int.MaxValue ? 0 : least;
    }

    private static int OfField(FieldType type, bool flexible, IReadOnlyList<StructSchema> parts)
    {
        if (type.IsArray)
            return flexible ? 1 : 4;
        if (type.Kind == FieldKind.Struct)
            return type.Nullable is null ? parts.First(part => part.Name == type.StructName).MinimumSize : 1;
        return OfElement(type.Kind, flexible);
    }

    public static int OfElement(FieldKind kind, bool flexible) => kind switch
    {
        FieldKind.Bool or FieldKind.Int8 => 1,
        FieldKind.Int16 or FieldKind.UInt16 or FieldKind.ErrorCode => 2,
        FieldKind.Int32 or FieldKind.UInt32 or FieldKind.BrokerId => 4,
        FieldKind.Int64 or FieldKind.Float64 or FieldKind.ProducerId => 8,
        FieldKind.Uuid or FieldKind.TopicId => 16,
        FieldKind.String or FieldKind.TopicName => flexible ? 1 : 2,
        _ => flexible ? 1 : 4,
    };
}
