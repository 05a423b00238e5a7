using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Broker.Cli.Output;

/// <summary>JSON as all commands print it: camel case, and one object a line where there are many.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    private static readonly JsonSerializerOptions OneLine = new(Indented) { WriteIndented = false };

    public static void Print<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, Indented));

    public static string Line<T>(T value) => JsonSerializer.Serialize(value, OneLine);
}
