using Broker.Generators.Model;

namespace Broker.Generators.Emission;

/// <summary>Emits the list of all APIs that have a schema.</summary>
internal static class CatalogueEmitter
{
    public static string Emit(IEnumerable<ApiSchema> apis)
    {
        var code = new CodeText();
        code.Line("namespace Broker.Protocol;");
        code.Line();
        code.Open("public static partial class ApiCatalogue");
        code.Line("private static readonly ApiDescription[] Descriptions =");
        code.OpenList();
        foreach (ApiSchema api in apis.OrderBy(api => api.Key))
        {
            code.Line($"new(ApiKey.{api.Name}, {api.Versions.First}, {api.Versions.Last}, {api.Limits.Served.First}, "
                + $"{api.FirstFlexible},");
            code.Line($"    static () => new Messages.{api.Name}Request(),");
            code.Line($"    static () => new Messages.{api.Name}Response()),");
        }

        code.Close("];");
        code.Close();
        return code.ToString();
    }
}
