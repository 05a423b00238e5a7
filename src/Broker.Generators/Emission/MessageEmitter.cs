using Broker.Generators.Model;

namespace Broker.Generators.Emission;

/// <summary>Emits the class of a request, a response or a record, with the classes of its parts inside.</summary>
internal static class MessageEmitter
{
    public static string Emit(ApiSchema api, MessageSchema message, bool isRequest)
    {
        string kind = isRequest ? $"IRequestFor<{api.Name}Response>" : "IResponse";
        string summary = Summary(api.Comment, isRequest ? "Request" : "Response", api.Limits);
        return Emit(message, api.Limits, summary, kind, code =>
        {
            code.Line($"public ApiKey ApiKey => ApiKey.{api.Name};");
            code.Line();
        });
    }

    public static string Emit(RecordSchema record) => Emit(
        record.Message, record.Limits, Summary(record.Comment, "Record", record.Limits), "IMessagePart", _ => { });

    private static string Summary(string? comment, string what, ApiLimits limits)
    {
        string versions = $"{what}, versions {limits.Versions}.";
        return comment is null ? versions : $"{comment.TrimEnd('.')}. {versions}";
    }

    private static string Emit(
        MessageSchema message, ApiLimits limits, string summary, string kind, Action<CodeText> emitKey)
    {
        var code = new CodeText();
        var layout = new StructLayout(message, limits);
        code.Line("namespace Broker.Protocol.Messages;");
        code.Line();
        code.Summary(summary);
        code.Open($"public sealed class {message.Root.Name} : {kind}");
        code.Line($"public const short MinVersion = {limits.Versions.First};");
        code.Line($"public const short MaxVersion = {limits.Versions.Last};");
        code.Line();
        emitKey(code);
        EmitBody(code, message.Root, layout);
        layout.EnterParts();
        foreach (StructSchema part in message.Parts)
        {
            code.Line();
            code.Open($"public sealed class {part.Name} : IMessagePart");
            EmitBody(code, part, layout);
            code.Close();
        }

        code.Close();
        return code.ToString();
    }

    private static void EmitBody(CodeText code, StructSchema part, StructLayout layout)
    {
        foreach (FieldSchema field in part.Fields)
        {
            code.Summary(field.Comment);
            string setter = field.Type.IsArray && field.Type.Nullable is null ? "{ get; }" : "{ get; set; }";
            string value = FieldCode.Default(field);
            bool initialised = value is not ("default" or "null" or "0" or "false" or "ErrorCode.None");
            string initialiser = initialised ? $" = {value};" : "";
            code.Line($"public {FieldCode.PropertyType(field)} {field.Name} {setter}{initialiser}");
            code.Line();
        }

        EmitReset(code, part);
        ReadEmitter.Emit(code, part, layout);
        WriteEmitter.Emit(code, part, layout);
    }

    /// <summary>Lists are emptied and kept, so that a message that is used again allocates nothing.</summary>
    private static void EmitReset(CodeText code, StructSchema part)
    {
        code.Open("public void Reset()");
        foreach (FieldSchema field in part.Fields)
        {
            bool kept = field.Type.IsArray && !FieldCode.DefaultIsNull(field);
            if (!kept)
                code.Line($"{field.Name} = {FieldCode.Default(field)};");
            else if (field.Type.Nullable is null)
                code.Line($"{field.Name}.Clear();");
            else
                code.Line($"({field.Name} ??= new()).Clear();");
        }

        code.Close();
        code.Line();
    }
}
