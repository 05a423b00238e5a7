using Broker.Generators.Model;

namespace Broker.Generators.Emission;

/// <summary>How one field looks in C#: its type, its default, and the expressions that read and write it.</summary>
internal static class FieldCode
{
    public static string ElementType(FieldType type) => type.Kind switch
    {
        FieldKind.Bool => "bool",
        FieldKind.Int8 => "sbyte",
        FieldKind.Int16 => "short",
        FieldKind.UInt16 => "ushort",
        FieldKind.Int32 => "int",
        FieldKind.UInt32 => "uint",
        FieldKind.Int64 => "long",
        FieldKind.Float64 => "double",
        FieldKind.Uuid => "global::System.Guid",
        FieldKind.String or FieldKind.TopicName => "string",
        FieldKind.Bytes => "global::System.ReadOnlyMemory<byte>",
        FieldKind.Records => "RecordBytes",
        FieldKind.TopicId => "global::Broker.Model.TopicId",
        FieldKind.BrokerId => "global::Broker.Model.BrokerId",
        FieldKind.ProducerId => "global::Broker.Model.ProducerId",
        FieldKind.ErrorCode => "ErrorCode",
        _ => type.StructName!,
    };

    /// <summary>
    /// The property's type. Tagged structs are null where they are absent; records have a null of their own.
    /// </summary>
    public static string PropertyType(FieldSchema field)
    {
        string element = ElementType(field.Type);
        string type = !field.Type.IsArray ? element
            : field.Type.Kind == FieldKind.Struct ? $"RecycledList<{element}>"
            : $"global::System.Collections.Generic.List<{element}>";
        return CanBeNull(field) && field.Type.Kind != FieldKind.Records ? type + "?" : type;
    }

    public static bool CanBeNull(FieldSchema field) =>
        field.Type.Nullable is not null || (field.Type.Kind == FieldKind.Struct && !field.Type.IsArray);

    public static bool DefaultIsNull(FieldSchema field) =>
        CanBeNull(field) && (field.Default == "null" || (!field.Type.IsArray && !field.Type.IsText));

    public static string Default(FieldSchema field)
    {
        if (field.Type.Kind == FieldKind.Records)
            return "default";
        if (DefaultIsNull(field))
            return "null";
        if (field.Type.IsArray)
            return "new()";
        string number = field.Default ?? "0";
        return field.Type.Kind switch
        {
            FieldKind.Bool => field.Default ?? "false",
            FieldKind.String or FieldKind.TopicName => "\"\"",
            FieldKind.Uuid or FieldKind.TopicId or FieldKind.Bytes => "default",
            FieldKind.BrokerId or FieldKind.ProducerId => field.Default is null ? "default" : $"new({number})",
            FieldKind.ErrorCode => field.Default is null ? "ErrorCode.None" : $"(ErrorCode)({number})",
            _ => number,
        };
    }

    /// <summary>A condition that holds when the field has something to say that its default would not.</summary>
    public static string Differs(FieldSchema field)
    {
        if (field.Type.Kind == FieldKind.Records)
            return $"!{field.Name}.IsNull";
        if (DefaultIsNull(field))
            return $"{field.Name} is not null";
        string dot = CanBeNull(field) ? "?." : ".";
        if (field.Type.IsArray)
            return $"{field.Name}{dot}Count != 0";
        if (field.Type.IsText || field.Type.Kind == FieldKind.Bytes)
            return $"{field.Name}{dot}Length != 0";
        string value = Default(field);
        return field.Type.Kind is FieldKind.BrokerId or FieldKind.ProducerId
            ? $"{field.Name}.Value != {field.Default ?? "0"}"
            : $"{field.Name} != {value}";
    }

    public static string Read(FieldKind kind, bool nullable)
    {
        string orNull = nullable ? "Nullable" : "";
        return kind switch
        {
            FieldKind.Bool => "reader.ReadBoolean()",
            FieldKind.Uuid => "reader.ReadUuid()",
            FieldKind.String => $"reader.Read{orNull}String(flexible)",
            FieldKind.TopicName => $"reader.Read{orNull}Name(flexible)",
            FieldKind.Bytes => $"reader.Read{orNull}Bytes(flexible)",
            FieldKind.Records => $"reader.Read{orNull}Records(flexible)",
            FieldKind.TopicId => "new global::Broker.Model.TopicId(reader.ReadUuid())",
            FieldKind.BrokerId => "new global::Broker.Model.BrokerId(reader.ReadInt32())",
            FieldKind.ProducerId => "new global::Broker.Model.ProducerId(reader.ReadInt64())",
            FieldKind.ErrorCode => "(ErrorCode)reader.ReadInt16()",
            _ => $"reader.Read{kind}()",
        };
    }

    public static string Write(FieldKind kind, string value, string writer, bool nullable)
    {
        string orNull = nullable ? "Nullable" : "";
        return kind switch
        {
            FieldKind.Bool => $"{writer}.WriteBoolean({value});",
            FieldKind.Uuid => $"{writer}.WriteUuid({value});",
            FieldKind.String or FieldKind.TopicName => $"{writer}.Write{orNull}String({value}, flexible);",
            FieldKind.Bytes => $"{writer}.Write{orNull}Bytes({value}, flexible);",
            FieldKind.Records => $"{writer}.Write{orNull}Records({value}, flexible);",
            FieldKind.TopicId => $"{writer}.WriteUuid({value}.Value);",
            FieldKind.BrokerId => $"{writer}.WriteInt32({value}.Value);",
            FieldKind.ProducerId => $"{writer}.WriteInt64({value}.Value);",
            FieldKind.ErrorCode => $"{writer}.WriteInt16((short){value});",
            _ => $"{writer}.Write{kind}({value});",
        };
    }

    /// <summary>Where null may stand: a condition, "true" for everywhere, or null for nowhere.</summary>
    public static string? NullCondition(FieldSchema field) =>
        field.Type.Nullable is { } range ? Condition(range, field.Versions) ?? "true" : null;

    /// <summary>"version is in range", or null where every version of the struct is.</summary>
    public static string? Condition(VersionRange range, VersionRange versions)
    {
        bool from = range.First > versions.First;
        bool to = range.Last < versions.Last;
        if (from && to && range.First == range.Last)
            return $"version == {range.First}";
        if (from && to)
            return $"version is >= {range.First} and <= {range.Last}";
        return from ? $"version >= {range.First}" : to ? $"version <= {range.Last}" : null;
    }
}
