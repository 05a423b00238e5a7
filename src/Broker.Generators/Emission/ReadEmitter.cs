using Broker.Generators.Model;

namespace Broker.Generators.Emission;

/// <summary>Emits the method that takes a struct from the wire.</summary>
internal static class ReadEmitter
{
    public static void Emit(CodeText code, StructSchema part, StructLayout layout)
    {
        code.Open("public void Read(ref ProtocolReader reader, short version)");
        layout.EmitVersionCheck(code);
        code.Line("Reset();");
        layout.EmitFlexible(code, part);
        foreach (FieldSchema field in part.Fields)
        {
            if (field.Tag is null)
                EmitGuarded(code, field, part.Versions, layout);
        }

        if (layout.HasTags(part))
            EmitTags(code, part, layout);
        code.Close();
        code.Line();
    }

    private static void EmitGuarded(CodeText code, FieldSchema field, VersionRange versions, StructLayout layout)
    {
        string? condition = FieldCode.Condition(field.Versions, versions);
        if (condition is null)
        {
            EmitField(code, field, layout);
            return;
        }

        code.Open($"if ({condition})");
        EmitField(code, field, layout);
        code.Close();
    }

    private static void EmitField(CodeText code, FieldSchema field, StructLayout layout)
    {
        string? nullWhere = FieldCode.NullCondition(field);
        if (field.Type.IsArray)
        {
            EmitArray(code, field, nullWhere, layout);
        }
        else if (field.Type.Kind == FieldKind.Struct)
        {
            string absent = field.Tag is null ? "reader.ReadIsNull() ? null : " : "";
            code.Line($"{field.Name} = {absent}new();");
            code.Line($"{field.Name}{(absent.Length > 0 ? "?" : "")}.Read(ref reader, version);");
        }
        else if (nullWhere is null or "true")
        {
            code.Line($"{field.Name} = {FieldCode.Read(field.Type.Kind, nullWhere is not null)};");
        }
        else
        {
            string nullable = FieldCode.Read(field.Type.Kind, true);
            code.Line($"{field.Name} = {nullWhere} ? {nullable} : {FieldCode.Read(field.Type.Kind, false)};");
        }
    }

    private static void EmitArray(CodeText code, FieldSchema field, string? nullWhere, StructLayout layout)
    {
        string nullable = nullWhere ?? "false";
        if (field.Type.Kind == FieldKind.Struct)
        {
            int size = layout.MinimumSizeOf(field.Type.StructName!);
            string read = $"reader.ReadList({field.Name}, version, flexible, {size}, {nullable})";
            code.Line(nullWhere is null ? read + ";" : $"{field.Name} = {read};");
            return;
        }

        int least = Parsing.MinimumSize.OfElement(field.Type.Kind, true);
        string local = char.ToLowerInvariant(field.Name[0]) + field.Name.Substring(1);
        code.Line($"int {local}Count = reader.ReadCount(flexible, {least}, {nullable});");
        if (nullWhere is not null)
        {
            string list = FieldCode.PropertyType(field).TrimEnd('?');
            code.Line($"{list}? {local} = {local}Count < 0 ? null : {field.Name} ?? [];");
            code.Line($"{field.Name} = {local};");
        }
        else
        {
            code.Line($"{FieldCode.PropertyType(field)} {local} = {field.Name};");
        }

        code.Line($"for (int i = 0; i < {local}Count; i++)");
        code.Line($"    {local}{(nullWhere is null ? "" : "!")}.Add({FieldCode.Read(field.Type.Kind, false)});");
    }

    private static void EmitTags(CodeText code, StructSchema part, StructLayout layout)
    {
        string? condition = FieldCode.Condition(layout.Flexible, part.Versions);
        if (condition is not null)
            code.Open("if (flexible)");
        List<FieldSchema> tagged = [.. part.Fields.Where(field => field.Tag is not null).OrderBy(field => field.Tag)];
        if (tagged.Count == 0)
            code.Line("reader.SkipTaggedFields();");
        else
            EmitTagLoop(code, tagged, part, layout);
        if (condition is not null)
            code.Close();
    }

    private static void EmitTagLoop(CodeText code, List<FieldSchema> tagged, StructSchema part, StructLayout layout)
    {
        code.Line("int tagCount = reader.ReadTagCount();");
        code.Open("for (int tagIndex = 0; tagIndex < tagCount; tagIndex++)");
        code.Line("int end = reader.EnterTaggedField(out int tag);");
        code.Open("switch (tag)");
        foreach (FieldSchema field in tagged)
        {
            string? condition = FieldCode.Condition(field.Versions, part.Versions.Within(layout.Flexible));
            code.Open($"case {field.Tag}{(condition is null ? "" : $" when {condition}")}:");
            if (field.Type.IsArray)
                code.Line($"{field.Name}{(field.Type.Nullable is null ? "" : "?")}.Clear();");
            EmitField(code, field, layout);
            code.Line("reader.LeaveTaggedField(end);");
            code.Line("break;");
            code.Close();
        }

        code.Line("default:");
        code.Line("    reader.SkipTaggedField(end);");
        code.Line("    break;");
        code.Close();
        code.Close();
    }
}
