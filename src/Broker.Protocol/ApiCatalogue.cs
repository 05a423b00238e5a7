using System.Diagnostics.CodeAnalysis;

namespace Broker.Protocol;

/// <summary>All APIs that have a schema. Which of them a broker serves and advertises is the broker's choice.</summary>
public static partial class ApiCatalogue
{
    private static readonly ApiDescription?[] ByKey;

    // Not a field initialiser: those of another part of the class may run later.
    static ApiCatalogue() => ByKey = Index(Descriptions);

    /// <summary>In the order of their keys.</summary>
    public static IReadOnlyList<ApiDescription> All => Descriptions;

    public static bool TryFind(ApiKey key, [NotNullWhen(true)] out ApiDescription? description)
    {
        description = (uint)key < (uint)ByKey.Length ? ByKey[(int)key] : null;
        return description is not null;
    }

    /// <summary>Of an API that is known to have a schema.</summary>
    public static ApiDescription Of(ApiKey key) =>
        TryFind(key, out ApiDescription? description)
            ? description
            : throw new ProtocolException($"{key} has no schema.");

    private static ApiDescription?[] Index(ApiDescription[] descriptions)
    {
        var index = new ApiDescription?[(int)descriptions[^1].Key + 1];
        foreach (ApiDescription description in descriptions)
            index[(int)description.Key] = description;
        return index;
    }
}
