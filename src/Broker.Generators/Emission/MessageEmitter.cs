using Broker.Generators.Model;

namespace Broker.Generators.Emission;

/// <summary>Emits a request's or response's class, with the classes of its parts inside.</summary>
internal static class MessageEmitter
{
    public static string Emit(ApiSchema api, MessageSchema message, bool isRequest)
    {
        var code = new CodeText();
        var layout = new StructLayout(message, api);
        code.Line("namespace Broker.Protocol.Messages;");
        code.Line();
        string versions = $"{(isRequest ? "Request" : "Response")}, versions {api.Versions}.";
        code.Summary(api.Comment is null ? versions : $"{api.Comment.TrimEnd('.')}. {versions}");
        string kind = isRequest ? $"IRequestFor<{api.Name}Response>" : "IResponse";
        code.Open($"public sealed class {message.Root.Name} : {kind}");
        code.Line($"public const short MinVersion = {api.Versions.First};");
        code.Line($"public const short MaxVersion = {api.Versions.Last};");
        code.Line();
        code.Line($"public ApiKey ApiKey => ApiKey.{api.Name};");
        code.Line();
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
