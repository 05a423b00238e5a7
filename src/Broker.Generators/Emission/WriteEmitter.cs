using Broker.Generators.Model;

namespace Broker.Generators.Emission;

/// <summary>Emits the method that puts a struct on the wire.</summary>
internal static class WriteEmitter
{
    public static void Emit(CodeText code, StructSchema part, StructLayout layout)
    {
        code.Open("public void Write(ProtocolWriter writer, short version)");
        layout.EmitVersionCheck(code);
        layout.EmitFlexible(code, part);
        foreach (FieldSchema field in part.Fields)
        {
            string? condition = FieldCode.Condition(field.Versions, part.Versions);
            if (field.Tag is null)
                EmitGuarded(code, field, condition, part, layout);
            else
                EmitTagRoomCheck(code, field, condition, layout);
        }

        if (layout.HasTags(part))
            EmitTags(code, part, layout);
        code.Close();
    }

    private static void EmitGuarded(
        CodeText code, FieldSchema field, string? condition, StructSchema part, StructLayout layout)
    {
        if (condition is null)
        {
            EmitField(code, field, layout, "writer");
            return;
        }

        code.Open($"if ({condition})");
        EmitField(code, field, layout, "writer");
        code.Close();
        if (!field.Ignorable)
        {
            code.Open($"else if ({FieldCode.Differs(field)})");
            code.Line($"throw ProtocolException.NoRoomFor(\"{layout.MessageName}.{field.Name}\", version);");
            code.Close();
        }
    }

    private static void EmitTagRoomCheck(CodeText code, FieldSchema field, string? condition, StructLayout layout)
    {
        if (condition is null || field.Ignorable)
            return;
        code.Open($"if (!({condition}) && {FieldCode.Differs(field)})");
        code.Line($"throw ProtocolException.NoRoomFor(\"{layout.MessageName}.{field.Name}\", version);");
        code.Close();
    }

    private static void EmitField(CodeText code, FieldSchema field, StructLayout layout, string writer)
    {
        string? nullWhere = FieldCode.NullCondition(field);
        if (nullWhere is not null and not "true")
        {
            string isNull = field.Type.Kind == FieldKind.Records ? $"{field.Name}.IsNull" : $"{field.Name} is null";
            code.Open($"if ({isNull} && !({nullWhere}))");
            code.Line($"throw ProtocolException.NullNotAllowed(\"{layout.MessageName}.{field.Name}\", version);");
            code.Close();
        }

        if (field.Type.IsArray)
        {
            EmitArray(code, field, writer);
        }
        else if (field.Type.Kind == FieldKind.Struct)
        {
            if (field.Tag is null)
                code.Line($"{writer}.WriteIsNull({field.Name} is null);");
            code.Line($"{field.Name}{(field.Tag is null ? "?" : "!")}.Write({writer}, version);");
        }
        else
        {
            EmitValue(code, field, nullWhere, writer);
        }
    }

    private static void EmitValue(CodeText code, FieldSchema field, string? nullWhere, string writer)
    {
        if (nullWhere is null or "true")
        {
            code.Line(FieldCode.Write(field.Type.Kind, field.Name, writer, nullWhere is not null));
            return;
        }

        // The nullable form differs from the plain one only in how it says null, and that was ruled out above.
        code.Line(FieldCode.Write(field.Type.Kind, field.Name, writer, true));
    }

    private static void EmitArray(CodeText code, FieldSchema field, string writer)
    {
        bool nullable = field.Type.Nullable is not null;
        if (field.Type.Kind == FieldKind.Struct)
        {
            code.Line($"{writer}.Write{(nullable ? "Nullable" : "")}List({field.Name}, version, flexible);");
            return;
        }

        string count = nullable ? $"{field.Name}?.Count ?? -1" : $"{field.Name}.Count";
        code.Line($"{writer}.WriteCount({count}, flexible);");
        string items = nullable ? $"{field.Name} ?? []" : field.Name;
        code.Open($"foreach ({FieldCode.ElementType(field.Type)} item in {items})");
        code.Line(FieldCode.Write(field.Type.Kind, "item", writer, false));
        code.Close();
    }

    private static void EmitTags(CodeText code, StructSchema part, StructLayout layout)
    {
        string? condition = FieldCode.Condition(layout.Flexible, part.Versions);
        if (condition is not null)
            code.Open("if (flexible)");
        List<FieldSchema> tagged = [.. part.Fields.Where(field => field.Tag is not null).OrderBy(field => field.Tag)];
        if (tagged.Count == 0)
        {
            code.Line("writer.WriteUnsignedVarint(0);");
        }
        else
        {
            string counts = string.Join(" + ", tagged.Select(field => $"({Present(field, part)} ? 1 : 0)"));
            code.Line($"writer.WriteUnsignedVarint((uint)({counts}));");
            foreach (FieldSchema field in tagged)
                EmitTag(code, field, part, layout);
        }

        if (condition is not null)
            code.Close();
    }

    private static void EmitTag(CodeText code, FieldSchema field, StructSchema part, StructLayout layout)
    {
        code.Open($"if ({Present(field, part)})");
        code.Line("ProtocolWriter tagged = writer.BeginTaggedField();");
        EmitField(code, field, layout, "tagged");
        code.Line($"writer.EndTaggedField({field.Tag}, tagged);");
        code.Close();
    }

    private static string Present(FieldSchema field, StructSchema part)
    {
        string? condition = FieldCode.Condition(field.Versions, part.Versions);
        return condition is null ? FieldCode.Differs(field) : $"{condition} && {FieldCode.Differs(field)}";
    }
}
